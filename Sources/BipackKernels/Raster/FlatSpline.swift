/// A spline as a polyline, and what is drawn along it at any part of the way to its feather outline.
struct FlatSpline {
  private let points: [SIMD2<Double>]
  /// From each point to the feather outline, of what is filled.
  private var outwards: [SIMD2<Double>] = []
  /// Of a stroke: half its width, and how far its soft edge reaches.
  private var radii: [Double] = []
  private var feathers: [Double] = []
  private let isClosed: Bool
  private let tolerance: Double

  /// Mitres are no longer than this many feathers.
  static let longestMiter = 2.0

  init(_ cubics: [Cubic], of shape: SplineShape, scale: Double, _ tolerance: Double) {
    isClosed = shape.isClosed
    self.tolerance = tolerance / scale
    var places: [Cubic.Place] = []
    for cubic in cubics {
      places += cubic.places(cubic.pieces(tolerance: tolerance, scale: scale))
    }
    if let last = cubics.last, !isClosed { places.append(last.end) }
    points = places.map { SIMD2($0[0], $0[1]) }
    if isClosed {
      let sides = Self.sides(points)
      outwards = zip(places, sides).map { place, side in
        side * (place[4] + shape.feather) + SIMD2(place[2], place[3])
      }
    } else {
      radii = places.map { $0[5] / 2 }
      feathers = places.map { $0[4] + shape.feather }
    }
  }

  /// How wide its soft edge is where it is widest.
  var depth: Double {
    isClosed
      ? outwards.map { ($0 * $0).sum().squareRoot() }.max() ?? 0
      : feathers.map(\.magnitude).max() ?? 0
  }

  /// Whether the soft edge lies inside the outline.
  var fadesInwards: Bool {
    if !isClosed { return feathers.reduce(0, +) < 0 }
    let soft = zip(points, outwards).map { $0 + $1 }
    return Outline([soft]).turning.magnitude < Outline([points]).turning.magnitude
  }

  /// The polygons at a part of the way from the outline to the feather outline.
  func polygons(at part: Double) -> [[SIMD2<Double>]] {
    if !isClosed {
      let radii = zip(radii, feathers).map { $0 + part * $1 }
      return Ribbon.polygons(points, radii, tolerance: tolerance / 4)
    }
    return [part == 0 ? points : zip(points, outwards).map { $0 + part * $1 }]
  }

  /// What is inside on the way to the feather outline, as `map` shows it: where that turns itself inside out
  /// nothing is left.
  func rule(_ map: Matrix3) -> FillRule {
    let (m, at) = (map.m, points.first ?? .zero)
    // Mirrored or not.
    let (a, b, c) = (
      m[4] * m[8] - m[5] * m[7], m[5] * m[6] - m[3] * m[8], m[3] * m[7] - m[4] * m[6]
    )
    let determinant = m[0] * a + m[1] * b + m[2] * c
    let w = m[6] * at.x + (m[7] * at.y + m[8])
    return (Outline([points]).turning > 0) == (determinant * w > 0) ? .positive : .negative
  }

  /// Outwards at each point, so long that the distance from the lines beside it is 1.
  private static func sides(_ points: [SIMD2<Double>]) -> [SIMD2<Double>] {
    let count = points.count
    let sign = Outline([points]).turning < 0 ? -1.0 : 1
    var ways = (0..<count).map { (points[($0 + 1) % count] - points[$0]).direction }
    // Where points coincide, the direction before them goes on.
    guard let known = ways.last(where: { $0 != .zero }) else { return points.map { _ in .zero } }
    var before = known
    for i in ways.indices {
      if ways[i] == .zero { ways[i] = before }
      before = ways[i]
    }
    return (0..<count).map { i in
      let (a, b) = (ways[(i + count - 1) % count].left, ways[i].left)
      let cosine = (a * b).sum()
      let shortest = 2 / (longestMiter * longestMiter) - 1
      // Half the turn's cosine squared is (1 + cosine) / 2.
      if cosine > shortest { return (a + b) / (1 + cosine) * sign }
      return (a + b).direction * (longestMiter * sign)
    }
  }

  /// Whether it crosses itself nowhere.
  var isSimple: Bool {
    let outline = Outline([points])
    func box(_ run: Outline.Run) -> RealRect? {
      RealRect(around: outline.points[run.edges.lowerBound...run.edges.upperBound])
    }
    let boxes = outline.runs.map(box)
    let count = outline.points.count - 1
    for i in boxes.indices {
      for j in i..<boxes.count {
        guard let a = boxes[i], let b = boxes[j], a.x0 <= b.x1, b.x0 <= a.x1, a.y0 <= b.y1,
          b.y0 <= a.y1
        else { continue }
        for p in outline.runs[i].edges {
          for q in outline.runs[j].edges
          where q > p + 1 && !(p == 0 && q == count - 1) && outline.cross(p, q) {
            return false
          }
        }
      }
    }
    return true
  }
}

extension Outline {
  /// Whether two edges cross.
  fileprivate func cross(_ i: Int, _ j: Int) -> Bool {
    let (a, b, c, d) = (points[i], points[i + 1], points[j], points[j + 1])
    func side(_ p: SIMD2<Double>, _ q: SIMD2<Double>, _ r: SIMD2<Double>) -> Double {
      (q.x - p.x) * (r.y - p.y) - (q.y - p.y) * (r.x - p.x)
    }
    return side(a, b, c) * side(a, b, d) < 0 && side(c, d, a) * side(c, d, b) < 0
  }
}
