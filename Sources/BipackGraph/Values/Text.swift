extension String: Value {
  public static var kind: ValueKind { .string }
  public init?(_ data: ValueData) {
    guard case .string(let value) = data else { return nil }
    self = value
  }
  public var data: ValueData { .string(self) }
}

/// Any count of texts. In the document an array of them, or one text.
public struct TextList: Value, Hashable, ExpressibleByArrayLiteral {
  public var values: [String]

  public init(_ values: [String]) { self.values = values }
  public init(arrayLiteral elements: String...) { values = elements }

  public static var kind: ValueKind { .texts }
  public init?(_ data: ValueData) {
    guard case .array(let elements) = data else { return nil }
    values = []
    for element in elements {
      guard case .string(let text) = element else { return nil }
      values.append(text)
    }
  }
  public var data: ValueData { .array(values.map(ValueData.string)) }
}

extension ValueKind {
  public static let string = ValueKind(TextType())
  /// Any count of texts; one stands for itself.
  public static let texts = ValueKind(TextsType())
}

package struct TextType: ValueType {
  package let name = "text"

  package func shape(_ bounds: String) -> String { "a text" }
  package func schema(_ number: JSONValue) -> [JSONValue] { [["type": "string"]] }

  package func filled(with number: Double) -> ValueData? { .string(Wording.number(number)) }

  /// A number is written out: what a link gives may be one.
  package func fitted(_ data: ValueData) -> ValueData? {
    switch data {
    case .string: data
    case .number(let number): .string(Wording.number(number))
    default: nil
    }
  }

  package func problem(_ data: ValueData) -> ValueProblem? { data.isNumber ? ValueProblem() : nil }
}

package struct TextsType: ValueType {
  package let name = "texts"
  package let title = "list of texts, or one"

  package func shape(_ bounds: String) -> String { "an array of texts" }
  package func schema(_ number: JSONValue) -> [JSONValue] {
    [["type": "string"], ["type": "array", "items": ["type": "string"]]]
  }

  package func problem(_ data: ValueData) -> ValueProblem? {
    problem(data, elements: "a text", \.isString)
  }

  package func fitted(_ data: ValueData) -> ValueData? {
    switch data {
    case .string: .array([data])
    case .array(let parts): parts.allSatisfy(\.isString) ? data : nil
    default: nil
    }
  }
}
