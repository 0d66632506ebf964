/// Any count of numbers.
public struct NumberList: Value, Hashable, ExpressibleByArrayLiteral {
  public var values: [Double]

  public init(_ values: [Double]) { self.values = values }
  public init(arrayLiteral elements: Double...) { values = elements }

  public static var kind: ValueKind { .list }
  public init?(_ data: ValueData) {
    guard let v = data.numbers else { return nil }
    values = v
  }
  public var data: ValueData { .array(values.map(ValueData.number)) }
}

extension ValueKind {
  /// Any count of numbers, also written as rows of one length.
  public static let list = ValueKind(NumberListType())
}

private struct NumberListType: ValueType {
  let name = "numbers"
  let title = "list of numbers"
  let components = ValueComponents.many(of: .number)
  let animation = ValueAnimation.list
  let isRanged = true

  func shape(_ bounds: String) -> String { "an array of numbers" + bounds }

  func schema(_ number: JSONValue) -> [JSONValue] {
    let numbers: JSONValue = ["type": "array", "items": number]
    return [numbers, ["type": "array", "items": numbers]]
  }

  func problem(_ data: ValueData) -> ValueProblem? {
    guard case .array(let rows) = data, rows.contains(where: \.isArray) else {
      return problem(data, elements: "a number", \.isNumber)
    }
    for (i, row) in rows.enumerated() {
      guard case .array(let parts) = row, !parts.contains(where: \.isArray) else {
        return ValueProblem([.index(i)], expected: Messages.rowShape)
      }
      if let wrong = problem(row, elements: "a number", \.isNumber) {
        return ValueProblem([.index(i)] + wrong.steps, expected: wrong.expected)
      }
      if case .array(let first) = rows[0], parts.count != first.count {
        return ValueProblem(
          [.index(i)], Messages.unevenRows(parts.count, first.count), expected: Messages.rowShape)
      }
    }
    return nil
  }

  /// One number is a list of one; rows stand one after the other.
  func fitted(_ data: ValueData) -> ValueData? {
    switch data {
    case .number: return .array([data])
    case .array(let parts):
      var numbers: [ValueData] = []
      for part in parts {
        if part.isNumber {
          numbers.append(part)
        } else if let row = part.numbers {
          numbers += row.map(ValueData.number)
        } else {
          return nil
        }
      }
      return .array(numbers)
    default: return nil
    }
  }

  func filled(with number: Double) -> ValueData? { .array([.number(number)]) }
}
