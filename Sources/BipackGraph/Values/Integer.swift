extension Int: Value {
  public static var kind: ValueKind { .integer }
  public init?(_ data: ValueData) {
    guard case .number(let value) = data, let whole = Int(exactly: value) else { return nil }
    self = whole
  }
  public var data: ValueData { .number(Double(self)) }
}

extension ValueKind {
  /// A whole number. Key frames and expressions are rounded.
  public static let integer = ValueKind(IntegerType())
}

private struct IntegerType: ValueType {
  let name = "integer"
  let title = "whole number"
  let components = ValueComponents.one
  let animation = ValueAnimation.number
  let isRanged = true

  func shape(_ bounds: String) -> String { "a whole number" + bounds }
  func filled(with number: Double) -> ValueData? { .number(number) }

  func schema(_ number: JSONValue) -> [JSONValue] {
    [number.replacing("type", with: "integer")]
  }

  func problem(_ data: ValueData) -> ValueProblem? {
    guard case .number(let number) = data else { return nil }
    return number == number.rounded() && abs(number) < 9e15 ? nil : ValueProblem()
  }

  func fitted(_ data: ValueData) -> ValueData? {
    guard case .number(let number) = data else { return nil }
    return .number(number.rounded())
  }

  /// Stays whole, and what is not 0 does not become 0.
  func scaled(_ data: ValueData, by factor: Double) -> ValueData {
    data.mapNumbers { number in
      let rounded = (number * factor).rounded()
      return rounded == 0 && number != 0 ? (number < 0 ? -1 : 1) : rounded
    }
  }
}
