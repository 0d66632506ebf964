/// Three rows of three numbers: a homography, a colour matrix. In the document
/// `[[1, 0, 0], [0, 1, 0], [0, 0, 1]]`, or the nine in a row.
public struct Matrix: Value, Hashable {
  /// Row after row.
  public var elements: [Double]

  /// Nine numbers, row after row.
  public init?(_ elements: [Double]) {
    guard elements.count == 9 else { return nil }
    self.elements = elements
  }

  private init() { elements = [1, 0, 0, 0, 1, 0, 0, 0, 1] }
  public static let identity = Matrix()

  public subscript(row: Int, column: Int) -> Double { elements[3 * row + column] }

  public static var kind: ValueKind { .matrix(3) }
  public init?(_ data: ValueData) {
    guard let fitted = MatrixType(size: 3).fitted(data) else { return nil }
    self.init(fitted.allNumbers)
  }
  public var data: ValueData {
    .array((0..<3).map { .vector(Array(elements[3 * $0..<3 * $0 + 3])) })
  }
}

extension ValueKind {
  /// A square matrix, row by row.
  public static func matrix(_ size: Int) -> ValueKind { ValueKind(MatrixType(size: size)) }
}

private struct MatrixType: ValueType {
  let size: Int

  let name = "matrix"
  var title: String { "\(size) x \(size) matrix" }
  let animation = ValueAnimation.structured

  func shape(_ bounds: String) -> String { "\(size) rows of \(size) numbers" }

  func schema(_ number: JSONValue) -> [JSONValue] {
    func array(_ items: JSONValue, _ count: Int) -> JSONValue {
      let count = JSONValue(number: Double(count))
      return ["type": "array", "items": items, "minItems": count, "maxItems": count]
    }
    return [array(array(number, size), size), array(number, size * size)]
  }

  func problem(_ data: ValueData) -> ValueProblem? {
    guard case .array(let rows) = data, fitted(data) == nil else { return nil }
    if let row = rows.firstIndex(where: { $0.numbers?.count != size }), rows.count == size {
      return ValueProblem([.index(row)], expected: "a row of \(size) numbers")
    }
    return ValueProblem()
  }

  func fitted(_ data: ValueData) -> ValueData? {
    if let numbers = data.numbers, numbers.count == size * size {
      return .array((0..<size).map { .vector(Array(numbers[size * $0..<size * ($0 + 1)])) })
    }
    guard case .array(let rows) = data, rows.count == size,
      rows.allSatisfy({ $0.numbers?.count == size })
    else { return nil }
    return data
  }

  func filled(with number: Double) -> ValueData? {
    .array(Array(repeating: .vector(Array(repeating: number, count: size)), count: size))
  }
}
