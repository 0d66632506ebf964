/// Any count of points of the picture: corners, spots, seeds. In the document `[[x, y], [x, y], ...]`.
public struct Points: Value, Hashable, ExpressibleByArrayLiteral {
  public var points: [Vec2]

  public init(_ points: [Vec2]) { self.points = points }
  public init(arrayLiteral elements: Vec2...) { points = elements }

  public static var kind: ValueKind { .points }
  public init?(_ data: ValueData) {
    guard case .array(let elements) = data else { return nil }
    points = []
    for element in elements {
      guard element.isArray, let point = Vec2(element) else { return nil }
      points.append(point)
    }
  }
  public var data: ValueData { .array(points.map(\.data)) }
}

extension ValueKind {
  /// Any count of points.
  public static let points = ValueKind(PointsType())
}

private struct PointsType: ValueType {
  let name = "points"
  let components = ValueComponents.many(of: .vector(2))
  let animation = ValueAnimation.structured

  func shape(_ bounds: String) -> String { "points [[x, y], ...]" }

  func schema(_ number: JSONValue) -> [JSONValue] {
    let point: JSONValue = ["type": "array", "items": number, "minItems": 2, "maxItems": 2]
    return [["type": "array", "items": point]]
  }

  func problem(_ data: ValueData) -> ValueProblem? {
    problem(data, elements: "a point [x, y]") { $0.numbers?.count == 2 }
  }

  func fitted(_ data: ValueData) -> ValueData? { Points(data)?.data }
  func filled(with number: Double) -> ValueData? { .array([.vector([number, number])]) }
}
