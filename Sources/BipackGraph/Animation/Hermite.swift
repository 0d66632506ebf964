/// Smooth lines through points: cubic Hermite segments, shared by animation and lookup curves.
enum Hermite {
  /// The slope at each point of a smooth line that never overshoots: zero at a local extreme, else
  /// the Catmull-Rom slope, limited to three times the flatter neighbour segment (Fritsch and
  /// Carlson 1980). An end point takes the slope of its segment; with `period`, the points repeat.
  static func smoothSlopes(_ x: [Double], _ y: [Double], period: Double? = nil) -> [Double] {
    let count = x.count
    guard count > 1 else { return [Double](repeating: 0, count: count) }
    return (0..<count).map { i in
      var before: (x: Double, y: Double)?
      var after: (x: Double, y: Double)?
      if i > 0 { before = (x[i - 1], y[i - 1]) }
      if i + 1 < count { after = (x[i + 1], y[i + 1]) }
      if let period {
        before = before ?? (x[count - 1] - period, y[count - 1])
        after = after ?? (x[0] + period, y[0])
      }
      let left = before.map { (y[i] - $0.y) / (x[i] - $0.x) }
      let right = after.map { ($0.y - y[i]) / ($0.x - x[i]) }
      guard let left, let right, let before, let after else { return left ?? right ?? 0 }
      if left * right <= 0 { return 0 }
      let slope = (after.y - before.y) / (after.x - before.x)
      let limit = 3 * min(abs(left), abs(right))
      return abs(slope) > limit ? (slope < 0 ? -limit : limit) : slope
    }
  }

  /// The value at `x` between two points with slopes `s0` and `s1` there.
  static func value(
    _ x: Double, _ x0: Double, _ y0: Double, _ s0: Double, _ x1: Double, _ y1: Double, _ s1: Double
  ) -> Double {
    let h = x1 - x0
    let t = (x - x0) / h
    let rise = y1 - y0
    let (a, b) = (s0 * h, s1 * h)
    return y0 + t * (a + t * (3 * rise - 2 * a - b + t * (a + b - 2 * rise)))
  }

  /// The index of the segment `x` lies in: the last point not after it, at least 0.
  static func segment(_ x: Double, count: Int, at point: (Int) -> Double) -> Int {
    var (low, high) = (0, count)
    while high - low > 1 {
      let middle = (low + high) / 2
      if point(middle) <= x { low = middle } else { high = middle }
    }
    return low
  }
}
