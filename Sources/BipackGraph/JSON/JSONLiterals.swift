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

  /// A definition of the schema.
  package init(def name: String) { self = ["$ref": JSONValue("#/$defs/" + name)] }

  /// Plain data as documents have it: nothing in its texts is taken for a variable.
  package init(data: ValueData) {
    switch data {
    case .number(let value): self.init(number: value)
    case .bool(let value): self.init(.bool(value))
    case .string(let value): self.init(.string(value.replacing("${", with: "$${")))
    case .array(let values):
      self.init(.array(values.map { JSONValue(data: $0) }))
    case .object(let members):
      self.init(members: members.map { ($0.name, JSONValue(data: $0.value)) })
    }
  }

  /// The same object with another value for a key it has.
  package func replacing(_ name: String, with value: JSONValue) -> JSONValue {
    guard case .object(let members) = content else { return self }
    return JSONValue(members: members.map { ($0.name, $0.name == name ? value : $0.value) })
  }

  /// Puts a member at the end.
  package mutating func append(_ name: String, _ value: JSONValue) {
    guard case .object(var members) = content else { return }
    members.append(JSONMember(name, value))
    content = .object(members)
  }
}
