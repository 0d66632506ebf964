extension Double: Value {
  public static var kind: ValueKind { .number }
  public init?(_ data: ValueData) {
    guard case .number(let value) = data else { return nil }
    self = value
  }
  public var data: ValueData { .number(self) }
}

extension ValueKind {
  public static let number = ValueKind(NumberType())
}

private struct NumberType: ValueType {
  let name = "number"
  let components = ValueComponents.one
  let animation = ValueAnimation.number
  let isRanged = true

  func shape(_ bounds: String) -> String { "a number" + bounds }
  func schema(_ number: JSONValue) -> [JSONValue] { [number] }
  func filled(with number: Double) -> ValueData? { .number(number) }

  func fitted(_ data: ValueData) -> ValueData? {
    switch data {
    case .number: data
    case .array(let values) where values.count == 1 && values[0].isNumber: values[0]
    default: nil
    }
  }
}
