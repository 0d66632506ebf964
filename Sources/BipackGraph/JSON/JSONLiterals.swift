// JSON written in Swift: `["type": "object", "minItems": 1]`. Keys keep their order.

extension JSONValue: ExpressibleByStringLiteral, ExpressibleByIntegerLiteral,
  ExpressibleByFloatLiteral, ExpressibleByBooleanLiteral, ExpressibleByArrayLiteral,
  ExpressibleByDictionaryLiteral
{
  package init(stringLiteral value: String) { self.init(.string(value)) }
  package init(integerLiteral value: Int) { self.init(.number(Double(value), String(value))) }
  package init(floatLiteral value: Double) { self.init(number: value) }
  package init(booleanLiteral value: Bool) { self.init(.bool(value)) }
  package init(arrayLiteral elements: JSONValue...) { self.init(.array(elements)) }
  package init(dictionaryLiteral elements: (String, JSONValue)...) {
    self.init(.object(elements.map { JSONMember($0.0, $0.1) }))
  }

  package init(_ text: String) { self.init(.string(text)) }
  package init(_ values: [JSONValue]) { self.init(.array(values)) }
  package init(words: [String]) { self.init(.array(words.map { JSONValue($0) })) }

  /// Without a needless fraction; reads back as exactly this number.
  package init(number value: Double) { self.init(.number(value, Wording.number(value))) }

  package init(members: [(String, JSONValue)]) {
    self.init(.object(members.map { JSONMember($0.0, $0.1) }))
  }

  /// Plain data; equal numbers of a vector that takes a single one become that one.
  package init(data: ParamData, kind: ParamKind? = nil) {
    switch data {
    case .number(let value): self.init(number: value)
    case .bool(let value): self.init(.bool(value))
    case .string(let value): self.init(.string(value))
    case .array(let values):
      if case .numbers(_, true, _)? = kind, let first = values.first,
        values.allSatisfy({ $0 == first })
      {
        self.init(data: first)
      } else {
        self.init(.array(values.map { JSONValue(data: $0) }))
      }
    }
  }

  /// Puts a member at the end.
  package mutating func append(_ name: String, _ value: JSONValue) {
    guard case .object(var members) = content else { return }
    members.append(JSONMember(name, value))
    content = .object(members)
  }
}
