/// A line through points: a lookup from one number to another.
///
/// In the document `[[x, y], [x, y], ...]`, x ascending. The line is a smooth cubic that keeps to
/// the range of its neighbours (no overshoot); a point `[x, y, "linear"]` is joined to the next by a
/// straight line. Outside the points the line goes on straight with its end slope, so that two
/// points (0, 0) and (1, 1) leave every number as it is.
public struct LookupCurve: ParamValue, Hashable {
  public struct Point: Hashable, Sendable {
    public var x: Double
    public var y: Double
    /// Whether a straight line leads to the next point.
    public var isLinear: Bool

    public init(_ x: Double, _ y: Double, linear: Bool = false) {
      self.x = x
      self.y = y
      isLinear = linear
    }
  }

  /// At least one, x ascending.
  public let points: [Point]
  private let slopes: [Double]

  /// Nil when there is no point, a number is not finite or x does not ascend.
  public init?(_ points: [Point]) {
    guard !points.isEmpty, points.allSatisfy({ $0.x.isFinite && $0.y.isFinite }),
      zip(points, points.dropFirst()).allSatisfy({ $0.x < $1.x })
    else { return nil }
    self.points = points
    slopes = Hermite.smoothSlopes(points.map(\.x), points.map(\.y))
  }

  private init(valid points: [Point]) {
    self.points = points
    slopes = Hermite.smoothSlopes(points.map(\.x), points.map(\.y))
  }

  /// Leaves every number as it is.
  public static let identity = LookupCurve(valid: [Point(0, 0), Point(1, 1)])

  /// Gives `value` everywhere.
  public static func constant(_ value: Double) -> LookupCurve {
    LookupCurve(valid: [Point(0, value.isFinite ? value : 0)])
  }

  /// Whether it gives back what it gets, everywhere.
  public var isIdentity: Bool { points.count > 1 && points.allSatisfy { $0.x == $0.y } }

  /// Whether it gives `value` everywhere.
  public func isConstant(_ value: Double) -> Bool { points.allSatisfy { $0.y == value } }

  /// The value at `x`; outside the points the straight continuation.
  public func evaluate(_ x: Double) -> Double {
    let (first, last) = (points[0], points[points.count - 1])
    if points.count == 1 || x.isNaN { return x.isNaN ? x : first.y }
    if x <= first.x { return beyond(first, x, endSlope(0)) }
    if x >= last.x { return beyond(last, x, endSlope(points.count - 1)) }
    return between(x, slopes, nil)
  }

  /// The value at `x` of a line that repeats every `period` (hue). Points lie within one period.
  public func evaluate(_ x: Double, period: Double) -> Double {
    let first = points[0]
    if points.count == 1 || !x.isFinite { return first.y }
    var inside = (x - first.x).truncatingRemainder(dividingBy: period)
    if inside < 0 { inside += period }
    let slopes = Hermite.smoothSlopes(points.map(\.x), points.map(\.y), period: period)
    return between(first.x + inside, slopes, period)
  }

  /// `count` values at even steps from `low` to `high`, for kernels that look up instead of
  /// computing.
  public func table(from low: Double, to high: Double, count: Int, period: Double? = nil)
    -> [Float]
  {
    let periodic = period.map {
      (Hermite.smoothSlopes(points.map(\.x), points.map(\.y), period: $0), $0)
    }
    return (0..<count).map { i in
      let x = low + (high - low) * Double(i) / Double(max(1, count - 1))
      guard let (slopes, period) = periodic, points.count > 1 else { return Float(evaluate(x)) }
      var inside = (x - points[0].x).truncatingRemainder(dividingBy: period)
      if inside < 0 { inside += period }
      return Float(between(points[0].x + inside, slopes, period))
    }
  }

  /// The straight continuation; a flat one stays flat even at infinity.
  private func beyond(_ end: Point, _ x: Double, _ slope: Double) -> Double {
    slope == 0 ? end.y : end.y + (x - end.x) * slope
  }

  private func endSlope(_ end: Int) -> Double {
    let i = end == 0 ? 0 : end - 1
    guard points[i].isLinear else { return slopes[end] }
    return (points[i + 1].y - points[i].y) / (points[i + 1].x - points[i].x)
  }

  private func between(_ x: Double, _ slopes: [Double], _ period: Double?) -> Double {
    let i = Hermite.segment(x, count: points.count) { points[$0].x }
    let point = points[i]
    var next = points[(i + 1) % points.count]
    if i + 1 == points.count {
      guard let period else { return point.y }
      next.x += period
    }
    if point.isLinear {
      return point.y + (next.y - point.y) * ((x - point.x) / (next.x - point.x))
    }
    return Hermite.value(
      x, point.x, point.y, slopes[i], next.x, next.y, slopes[(i + 1) % points.count])
  }

  // MARK: ParamValue

  public static var kind: ParamKind { .curve }

  public init?(_ data: ParamData) {
    guard case .array(let elements) = data else { return nil }
    var points: [Point] = []
    for element in elements {
      guard case .array(let parts) = element, parts.count == 2 || parts.count == 3,
        case .number(let x) = parts[0], case .number(let y) = parts[1]
      else { return nil }
      var linear = false
      if parts.count == 3 {
        guard case .string(let word) = parts[2], word == "linear" || word == "smooth" else {
          return nil
        }
        linear = word == "linear"
      }
      points.append(Point(x, y, linear: linear))
    }
    self.init(points)
  }

  public var data: ParamData {
    .array(
      points.map { point in
        .array(
          [.number(point.x), .number(point.y)] + (point.isLinear ? [.string("linear")] : []))
      })
  }
}
