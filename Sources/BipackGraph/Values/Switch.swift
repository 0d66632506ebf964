extension Bool: Value {
  public static var kind: ValueKind { .bool }
  public init?(_ data: ValueData) {
    guard case .bool(let value) = data else { return nil }
    self = value
  }
  public var data: ValueData { .bool(self) }
}

extension ValueKind {
  /// On or off. Where an expression or a link gives a number, every number but 0 is on.
  public static let bool = ValueKind(SwitchType())
}

private struct SwitchType: ValueType {
  let name = "bool"
  let title = "true or false"
  let components = ValueComponents.one
  let animation = ValueAnimation.switched

  func shape(_ bounds: String) -> String { "true or false" }
  func schema(_ number: JSONValue) -> [JSONValue] { [["type": "boolean"]] }
  func filled(with number: Double) -> ValueData? { .bool(number > 0) }

  func problem(_ data: ValueData) -> ValueProblem? { data.isNumber ? ValueProblem() : nil }

  func fitted(_ data: ValueData) -> ValueData? {
    switch data {
    case .bool: data
    case .number(let value): value.isNaN ? nil : .bool(value != 0)
    default: nil
    }
  }
}
