/// A line through points: a lookup from one number to another.
///
/// In the document `[[x, y], [x, y], ...]`, x ascending. The line is a smooth cubic that keeps to
/// the range of its neighbours (no overshoot); a point `[x, y, "linear"]` is joined to the next by a
/// straight line; `[x, y, slope]` gives the line's slope there, `[x, y, left, right]` that before and
/// that behind the point. Outside the points the line goes on straight with its end slope, so that two
/// points (0, 0) and (1, 1) leave every number as it is.
public struct LookupCurve: Value, Hashable {
  public struct Point: Hashable, Sendable {
    public var x: Double
    public var y: Double
    /// Whether a straight line leads to the next point.
    public var isLinear: Bool
    /// The slopes before and behind the point; nil where the neighbours make them.
    public let slopes: Slopes?

    public init(_ x: Double, _ y: Double, linear: Bool = false) {
      self.x = x
      self.y = y
      isLinear = linear
      slopes = nil
    }

    /// A point with slopes of its own.
    public init(_ x: Double, _ y: Double, left: Double, right: Double) {
      self.x = x
      self.y = y
      isLinear = false
      slopes = Slopes(left: left, right: right)
    }

    public init(_ x: Double, _ y: Double, slope: Double) {
      self.init(x, y, left: slope, right: slope)
    }

    fileprivate var isFinite: Bool {
      x.isFinite && y.isFinite && slopes.map { $0.left.isFinite && $0.right.isFinite } ?? true
    }

    /// Whether its slopes are `slope`, if it has any.
    fileprivate func keeps(_ slope: Double) -> Bool {
      slopes == nil || slopes == Slopes(left: slope, right: slope)
    }
  }

  /// How steep the line is before and behind a point.
  public struct Slopes: Hashable, Sendable {
    public var left: Double
    public var right: Double

    public init(left: Double, right: Double) {
      self.left = left
      self.right = right
    }
  }

  /// At least one, x ascending.
  public let points: [Point]
  private let slopes: [Slopes]

  /// Nil when there is no point, a number is not finite or x does not ascend.
  public init?(_ points: [Point]) {
    guard !points.isEmpty, points.allSatisfy(\.isFinite),
      zip(points, points.dropFirst()).allSatisfy({ $0.x < $1.x })
    else { return nil }
    self.init(valid: points)
  }

  private init(valid points: [Point]) {
    self.points = points
    slopes = Self.slopes(points)
  }

  /// Those the points give, else smooth ones; with `period`, the points repeat.
  private static func slopes(_ points: [Point], period: Double? = nil) -> [Slopes] {
    let smooth = Hermite.smoothSlopes(points.map(\.x), points.map(\.y), period: period)
    return zip(points, smooth).map { $0.slopes ?? Slopes(left: $1, right: $1) }
  }

  /// Leaves every number as it is.
  public static let identity = LookupCurve(valid: [Point(0, 0), Point(1, 1)])

  /// Gives `value` everywhere.
  public static func constant(_ value: Double) -> LookupCurve {
    LookupCurve(valid: [Point(0, value.isFinite ? value : 0)])
  }

  /// Whether it gives back what it gets, everywhere.
  public var isIdentity: Bool {
    points.count > 1 && points.allSatisfy { $0.x == $0.y && $0.keeps(1) }
  }

  /// Whether it gives `value` everywhere.
  public func isConstant(_ value: Double) -> Bool {
    points.allSatisfy { $0.y == value && $0.keeps(0) }
  }

  /// The value at `x`; outside the points the straight continuation.
  public func evaluate(_ x: Double) -> Double {
    let (first, last) = (points[0], points[points.count - 1])
    if x.isNaN { return x }
    if x <= first.x { return beyond(first, x, startSlope) }
    if x >= last.x { return beyond(last, x, endSlope) }
    return between(x, slopes, nil)
  }

  /// The value at `x` of a line that repeats every `period` (hue). Points lie within one period.
  public func evaluate(_ x: Double, period: Double) -> Double {
    let first = points[0]
    if points.count == 1 || !x.isFinite { return first.y }
    var inside = (x - first.x).truncatingRemainder(dividingBy: period)
    if inside < 0 { inside += period }
    let slopes = Self.slopes(points, period: period)
    return between(first.x + inside, slopes, period)
  }

  /// `count` values at even steps from `low` to `high`, for kernels that look up instead of
  /// computing.
  public func table(from low: Double, to high: Double, count: Int, period: Double? = nil)
    -> [Float]
  {
    let periodic = period.map { (Self.slopes(points, period: $0), $0) }
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

  private var startSlope: Double {
    points.count > 1 && points[0].isLinear ? chord(0) : slopes[0].left
  }

  private var endSlope: Double {
    let before = points.count - 2
    // A slope that is given counts behind a straight piece too.
    if let given = points.last?.slopes?.right { return given }
    return before >= 0 && points[before].isLinear ? chord(before) : slopes[before + 1].right
  }

  /// The slope from a point straight to the next.
  private func chord(_ i: Int) -> Double {
    (points[i + 1].y - points[i].y) / (points[i + 1].x - points[i].x)
  }

  private func between(_ x: Double, _ slopes: [Slopes], _ period: Double?) -> Double {
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
      x, point.x, point.y, slopes[i].right, next.x, next.y, slopes[(i + 1) % points.count].left)
  }

  // MARK: Value

  public static var kind: ValueKind { .lookup }

  public init?(_ data: ValueData) {
    guard case .array(let elements) = data else { return nil }
    var points: [Point] = []
    for element in elements {
      guard case .array(let parts) = element, let point = Self.point(parts) else { return nil }
      points.append(point)
    }
    self.init(points)
  }

  /// `[x, y]`, `[x, y, word]`, `[x, y, slope]` or `[x, y, left, right]`.
  private static func point(_ parts: [ValueData]) -> Point? {
    if let numbers = ValueData.array(parts).numbers {
      switch numbers.count {
      case 2: return Point(numbers[0], numbers[1])
      case 3: return Point(numbers[0], numbers[1], slope: numbers[2])
      case 4: return Point(numbers[0], numbers[1], left: numbers[2], right: numbers[3])
      default: return nil
      }
    }
    guard parts.count == 3, case .number(let x) = parts[0], case .number(let y) = parts[1],
      case .string(let word) = parts[2], word == "linear" || word == "smooth"
    else { return nil }
    return Point(x, y, linear: word == "linear")
  }

  public var data: ValueData {
    .array(
      points.map { point in
        var parts: [ValueData] = [.number(point.x), .number(point.y)]
        if point.isLinear { parts.append(.string("linear")) }
        if let slopes = point.slopes { parts += [.number(slopes.left), .number(slopes.right)] }
        return .array(parts)
      })
  }
}

extension ValueKind {
  /// A lookup curve: points through which a smooth line runs.
  public static let lookup = ValueKind(LookupType())
}

private struct LookupType: ValueType {
  let name = "lookup"
  let title = "lookup curve"

  func shape(_ bounds: String) -> String { "points [[x, y], ...]" }

  func schema(_ number: JSONValue) -> [JSONValue] {
    let point: JSONValue = [
      "type": "array", "minItems": 2, "maxItems": 4,
      "prefixItems": [
        ["type": "number"], ["type": "number"],
        ["anyOf": [["enum": ["smooth", "linear"]], ["type": "number"]]], ["type": "number"],
      ],
    ]
    return [["type": "array", "minItems": 1, "items": point]]
  }

  func problem(_ data: ValueData) -> ValueProblem? {
    guard data.isArray else { return data.isNumber ? ValueProblem() : nil }
    return LookupCurve(data) == nil
      ? ValueProblem([], Messages.wrongCurve, expected: shape("")) : nil
  }

  func fitted(_ data: ValueData) -> ValueData? { data.isArray ? data : nil }
}
