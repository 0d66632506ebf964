/// A polyline with a width at each point, as polygons: what a round brush covers that is drawn along it.
///
/// Each side is a row of quads between the line and its edge, all turning the same way, and a fan at every corner; so
/// the winding is nowhere against the rest, and `nonZero` fills exactly their union, wherever the line
/// crosses itself.
struct Ribbon {
  private let points: [SIMD2<Double>]
  private let radii: [Double]
  /// The directions of the lines between the points.
  private let ways: [SIMD2<Double>]
  private let tolerance: Double
  private var polygon: [SIMD2<Double>] = []

  /// The polygons of a line with these radii. `tolerance` is how far round ends may stray from circles.
  static func polygons(
    _ line: [SIMD2<Double>], _ radii: [Double], tolerance: Double
  ) -> [[SIMD2<Double>]] {
    var (points, kept): ([SIMD2<Double>], [Double]) = ([], [])
    for (point, radius) in zip(line, radii) {
      let radius = radius > 0 ? radius : 0
      if points.last == point {
        kept[kept.count - 1] = max(kept[kept.count - 1], radius)
      } else {
        points.append(point)
        kept.append(radius)
      }
    }
    guard !points.isEmpty, kept.contains(where: { $0 > 0 }) else { return [] }
    if points.count == 1 { return [circle(points[0], kept[0], tolerance)] }
    var ribbon = Ribbon(points, kept, tolerance)
    ribbon.draw()
    return [ribbon.polygon]
  }

  private init(_ points: [SIMD2<Double>], _ radii: [Double], _ tolerance: Double) {
    (self.points, self.radii, self.tolerance) = (points, radii, tolerance)
    ways = zip(points, points.dropFirst()).map { a, b in (b - a).direction }
  }

  /// Along one side, around the end, back along the other, around the beginning.
  private mutating func draw() {
    let last = points.count - 1
    for i in ways.indices { side(i, from: i, to: i + 1, way: ways[i]) }
    fan(last, from: ways[last - 1].left, through: ways[last - 1])
    for i in ways.indices.reversed() { side(i, from: i + 1, to: i, way: -ways[i]) }
    fan(0, from: -ways[0].left, through: -ways[0])
  }

  /// The edge on the left of line `i`, walked in direction `way`.
  private mutating func side(_ i: Int, from: Int, to: Int, way: SIMD2<Double>) {
    let step = to - from
    let (before, after) = (walked(i - step, step), walked(i + step, step))
    let start = joint(before, way)
    let end = joint(after, way)
    let a = points[from] + (start ?? way.left) * radii[from]
    let b = points[to] + (end ?? way.left) * radii[to]
    // Where the line bends more tightly than it is wide, its inner edge would run backwards.
    if ((b - a) * way).sum() <= 0 {
      polygon += [points[from], points[from] + way.left * radii[from]]
      polygon += [points[to] + way.left * radii[to], points[to]]
    } else {
      polygon += [a, b]
    }
    guard end == nil, let after else { return }
    // Around the outside of a corner; through the point itself inside.
    if (way * after).sum() < -Self.straight {
      fan(to, from: way.left, through: way)
    } else if (way.left * after).sum() < 0 {
      fan(to, from: way.left, to: after.left)
    } else {
      polygon.append(points[to])
    }
  }

  /// The direction of line `i` walked forwards or backwards; nil beyond the ends.
  private func walked(_ i: Int, _ step: Int) -> SIMD2<Double>? {
    ways.indices.contains(i) ? (step > 0 ? ways[i] : -ways[i]) : nil
  }

  /// Where the edges of two lines meet that are nearly straight, in radii from their common point; nil at a corner
  /// and at the ends.
  private func joint(_ other: SIMD2<Double>?, _ way: SIMD2<Double>) -> SIMD2<Double>? {
    guard let other else { return nil }
    let cosine = (way * other).sum()
    return cosine > Self.straight ? (way.left + other.left) / (1 + cosine) : nil
  }

  /// The cosine of the angle from which on lines make a corner: 15 degrees.
  private static let straight = 0.966

  /// The half circle around an end.
  private mutating func fan(_ i: Int, from: SIMD2<Double>, through: SIMD2<Double>) {
    fan(i, from: from, to: through)
    fan(i, from: through, to: -from)
  }

  /// Less than half a circle, from one direction to another.
  private mutating func fan(_ i: Int, from: SIMD2<Double>, to: SIMD2<Double>) {
    polygon.append(points[i] + from * radii[i])
    Self.arc(points[i], radii[i], from, to, tolerance, into: &polygon)
    polygon.append(points[i] + to * radii[i])
  }

  /// The points between two directions, by halving.
  private static func arc(
    _ center: SIMD2<Double>, _ radius: Double, _ from: SIMD2<Double>, _ to: SIMD2<Double>,
    _ tolerance: Double, depth: Int = 0, into points: inout [SIMD2<Double>]
  ) {
    let middle = (from + to).direction
    // A chord lies so far inside its circle.
    let sag = radius * (1 - (from * middle).sum())
    if sag <= tolerance || depth > 12 || middle == .zero { return }
    arc(center, radius, from, middle, tolerance, depth: depth + 1, into: &points)
    points.append(center + middle * radius)
    arc(center, radius, middle, to, tolerance, depth: depth + 1, into: &points)
  }

  private static func circle(_ center: SIMD2<Double>, _ radius: Double, _ tolerance: Double)
    -> [SIMD2<Double>]
  {
    var points: [SIMD2<Double>] = []
    var from = SIMD2(1.0, 0)
    for _ in 0..<4 {
      points.append(center + from * radius)
      arc(center, radius, from, from.left, tolerance, into: &points)
      from = from.left
    }
    return points
  }
}

extension SIMD2<Double> {
  /// Of length 1; nothing where there is none.
  var direction: SIMD2<Double> {
    let length = (self * self).sum().squareRoot()
    return length > 0 ? self / length : .zero
  }

  /// A quarter turn, counter-clockwise as seen with y down.
  var left: SIMD2<Double> { SIMD2(y, -x) }
}
