/// Closed polygons, ready to be filled. They may overlap each other and themselves.
///
/// Coordinates are pixels, y down, (0, 0) the top left corner of a pixel; beyond `RealRect.furthest` they are
/// held there. A polygon with a point that is no number, or with fewer than three points, is left out.
package struct Outline: Sendable {
  /// The points of all polygons, the first of each again at its end.
  let points: [SIMD2<Double>]
  /// Edges that follow each other, with the rows they lie in: most of them are passed over unseen.
  let runs: [Run]
  /// What it lies in; nil where there is nothing.
  package let bounds: RealRect?

  struct Run: Sendable {
    /// Edge i goes from point i to the next.
    var edges: Range<Int>
    var top: Double
    var bottom: Double

    static let length = 32
  }

  package init(_ polygons: [[SIMD2<Double>]]) {
    var points: [SIMD2<Double>] = []
    var runs: [Run] = []
    let limit = SIMD2(repeating: RealRect.furthest)
    for polygon in polygons where polygon.count > 2 {
      guard polygon.allSatisfy({ $0.x.isFinite && $0.y.isFinite }) else { continue }
      let first = points.count
      points += polygon.map { $0.clamped(lowerBound: -limit, upperBound: limit) }
      points.append(points[first])
      for start in stride(from: first, to: points.count - 1, by: Run.length) {
        let edges = start..<min(start + Run.length, points.count - 1)
        let rows = points[edges.lowerBound...edges.upperBound].map(\.y)
        runs.append(Run(edges: edges, top: rows.min() ?? 0, bottom: rows.max() ?? 0))
      }
    }
    self.points = points
    self.runs = runs
    bounds = RealRect(around: points)
  }

  /// Twice the area it goes around clockwise less that counter-clockwise, as seen with y down.
  package var turning: Double {
    var sum = 0.0
    for run in runs {
      for i in run.edges {
        let (p, q) = (points[i], points[i + 1])
        sum += p.x * q.y - q.x * p.y
      }
    }
    return sum
  }
}

extension RealRect {
  /// The smallest around points; nil around none.
  package init?(around points: some Sequence<SIMD2<Double>>) {
    var (low, high): (SIMD2<Double>, SIMD2<Double>) = (
      .init(repeating: .infinity), -.init(repeating: .infinity)
    )
    for point in points {
      low = pointwiseMin(low, point)
      high = pointwiseMax(high, point)
    }
    guard low.x <= high.x, low.y <= high.y else { return nil }
    self.init(x0: low.x, y0: low.y, x1: high.x, y1: high.y)
  }

  /// The smallest around both.
  package func union(_ other: RealRect) -> RealRect {
    RealRect(
      x0: min(x0, other.x0), y0: min(y0, other.y0), x1: max(x1, other.x1), y1: max(y1, other.y1))
  }
}
