import BipackPixels

/// A homography of the plane: (x, y) goes to (X / W, Y / W).
///
/// Coordinates are the engine's: y down, (0, 0) the top left corner of pixel (0, 0), whose centre is
/// (0.5, 0.5).
package struct Matrix3: Sendable, Hashable {
  /// Row by row.
  package var m: [Double]

  package init(_ m: [Double]) {
    precondition(m.count == 9, "nine numbers")
    self.m = m
  }

  package static let identity = Matrix3([1, 0, 0, 0, 1, 0, 0, 0, 1])

  package static func translation(_ x: Double, _ y: Double) -> Matrix3 {
    Matrix3([1, 0, x, 0, 1, y, 0, 0, 1])
  }

  package static func scale(_ x: Double, _ y: Double) -> Matrix3 {
    Matrix3([x, 0, 0, 0, y, 0, 0, 0, 1])
  }

  /// Counter-clockwise as seen on the screen; exact at multiples of 90 degrees.
  package static func rotation(degrees: Double) -> Matrix3 {
    let (s, c) = ExactMath.sinCos(degrees: degrees)
    return Matrix3([c, s, 0, -s, c, 0, 0, 0, 1])
  }

  /// First `b`, then `a`.
  package static func * (a: Matrix3, b: Matrix3) -> Matrix3 {
    var result = [Double](repeating: 0, count: 9)
    for i in 0..<3 {
      for j in 0..<3 {
        result[3 * i + j] =
          a.m[3 * i] * b.m[j] + a.m[3 * i + 1] * b.m[3 + j] + a.m[3 * i + 2] * b.m[6 + j]
      }
    }
    return Matrix3(result)
  }

  /// The map back; nil when this one folds the plane into a line.
  package var inverse: Matrix3? {
    let (a, b, c, d, e, f, g, h, i) = (m[0], m[1], m[2], m[3], m[4], m[5], m[6], m[7], m[8])
    let (p, q, r) = (e * i - f * h, f * g - d * i, d * h - e * g)
    let determinant = a * p + b * q + c * r
    let size = m.map(abs).max() ?? 0
    guard determinant.isFinite, abs(determinant) > 1e-14 * size * size * size else { return nil }
    let n = [
      p, c * h - b * i, b * f - c * e, q, a * i - c * g, c * d - a * f, r, b * g - a * h,
      a * e - b * d,
    ]
    return Matrix3(n.map { $0 / determinant })
  }

  /// The same map with 1 in the last place; nil where there is 0.
  package var normalized: Matrix3? { m[8] == 0 ? nil : Matrix3(m.map { $0 / m[8] }) }

  /// The same in a picture whose pixels are `size` times as large.
  package func coarser(by size: Double) -> Matrix3 {
    .scale(1 / size, 1 / size) * self * .scale(size, size)
  }

  package var isFinite: Bool { m.allSatisfy(\.isFinite) }

  /// Whether parallel lines stay parallel.
  package var isAffine: Bool { m[6] == 0 && m[7] == 0 && m[8] != 0 }

  /// Whether it only scales, mirrors and shifts along the axes.
  package var isAxisAligned: Bool { isAffine && m[1] == 0 && m[3] == 0 }

  /// Where a point goes; nil on or behind the horizon.
  package func apply(_ x: Double, _ y: Double) -> (x: Double, y: Double)? {
    let w = m[6] * x + (m[7] * y + m[8])
    guard w > 0 else { return nil }
    return ((m[0] * x + (m[1] * y + m[2])) / w, (m[3] * x + (m[4] * y + m[5])) / w)
  }

  /// How far the corners of `rect` move, at most.
  package func displacement(of rect: Rect) -> Double {
    var most = 0.0
    for (x, y) in Self.corners(RealRect(rect)) {
      guard let p = apply(x, y) else { return .infinity }
      most = max(most, abs(p.x - x), abs(p.y - y))
    }
    return most
  }

  /// The box around the image of `bounds`. What lies behind the horizon is cut off first, so that
  /// the box is the visible part's, however far it reaches; nil when nothing is visible.
  package func apply(_ bounds: RealRect) -> RealRect? {
    let corners = Self.corners(bounds)
    let depths = corners.map { m[6] * $0.0 + (m[7] * $0.1 + m[8]) }
    let near = 1e-9 * (depths.map(abs).max() ?? 0)
    var points: [(Double, Double)] = []
    for i in 0..<4 {
      let (p, q) = (corners[i], corners[(i + 1) % 4])
      let (a, b) = (depths[i], depths[(i + 1) % 4])
      if a > near { points.append(p) }
      if (a > near) != (b > near) {
        let t = (near - a) / (b - a)
        points.append((p.0 + t * (q.0 - p.0), p.1 + t * (q.1 - p.1)))
      }
    }
    var result: RealRect?
    for (x, y) in points {
      let w = max(m[6] * x + (m[7] * y + m[8]), near)
      let px = (m[0] * x + (m[1] * y + m[2])) / w
      let py = (m[3] * x + (m[4] * y + m[5])) / w
      guard px.isFinite, py.isFinite else { continue }
      if var box = result {
        box.x0 = min(box.x0, px)
        box.y0 = min(box.y0, py)
        box.x1 = max(box.x1, px)
        box.y1 = max(box.y1, py)
        result = box
      } else {
        result = RealRect(x0: px, y0: py, x1: px, y1: py)
      }
    }
    return result
  }

  /// Whether the whole of `bounds` lies before the horizon.
  package func sees(_ bounds: RealRect) -> Bool {
    Self.corners(bounds).allSatisfy { m[6] * $0.0 + (m[7] * $0.1 + m[8]) > 0 }
  }

  private static func corners(_ b: RealRect) -> [(Double, Double)] {
    [(b.x0, b.y0), (b.x1, b.y0), (b.x1, b.y1), (b.x0, b.y1)]
  }

  /// The homography that takes four points to four others; nil when three of either lie on a line.
  package static func homography(
    from: [(x: Double, y: Double)], to: [(x: Double, y: Double)]
  ) -> Matrix3? {
    guard let a = fromUnitSquare(from), let b = fromUnitSquare(to), let back = a.inverse else {
      return nil
    }
    let result = b * back
    guard result.isFinite else { return nil }
    // The four points lie before the horizon.
    let w = result.m[6] * from[0].x + result.m[7] * from[0].y + result.m[8]
    guard w != 0 else { return nil }
    return Matrix3(result.m.map { $0 / w })
  }

  /// (0,0), (1,0), (1,1), (0,1) to four points (Heckbert 1989).
  private static func fromUnitSquare(_ p: [(x: Double, y: Double)]) -> Matrix3? {
    let dx1 = p[1].x - p[2].x
    let dx2 = p[3].x - p[2].x
    let dy1 = p[1].y - p[2].y
    let dy2 = p[3].y - p[2].y
    let sx = p[0].x - p[1].x + p[2].x - p[3].x
    let sy = p[0].y - p[1].y + p[2].y - p[3].y
    let determinant = dx1 * dy2 - dx2 * dy1
    guard determinant != 0 else { return nil }
    let g = (sx * dy2 - dx2 * sy) / determinant
    let h = (dx1 * sy - sx * dy1) / determinant
    let matrix = Matrix3([
      p[1].x - p[0].x + g * p[1].x, p[3].x - p[0].x + h * p[3].x, p[0].x,
      p[1].y - p[0].y + g * p[1].y, p[3].y - p[0].y + h * p[3].y, p[0].y, g, h, 1,
    ])
    return matrix.inverse == nil ? nil : matrix
  }
}

/// A rectangle with fractions.
package struct RealRect: Sendable, Hashable {
  package var x0: Double
  package var y0: Double
  package var x1: Double
  package var y1: Double

  package init(x0: Double, y0: Double, x1: Double, y1: Double) {
    self.x0 = x0
    self.y0 = y0
    self.x1 = x1
    self.y1 = y1
  }

  package init(_ rect: Rect) {
    self.init(
      x0: Double(rect.x0), y0: Double(rect.y0), x1: Double(rect.x1), y1: Double(rect.y1))
  }

  /// No picture lies beyond: coordinates are held to this.
  package static let furthest = 1e9

  package func expanded(x: Double, y: Double) -> RealRect {
    RealRect(x0: x0 - x, y0: y0 - y, x1: x1 + x, y1: y1 + y)
  }

  /// The pixels whose centres lie inside, edges excluded; coordinates are held to +-`limit`.
  package func pixels(limit: Double = furthest) -> Rect {
    func whole(_ v: Double) -> Int { Int(min(max(v, -limit), limit)) }
    guard x1 > x0, y1 > y0 else { return .empty }
    let slack = 1e-6
    let r = Rect(
      x0: whole((x0 - 0.5 + slack).rounded(.up)), y0: whole((y0 - 0.5 + slack).rounded(.up)),
      x1: whole((x1 - 0.5 - slack).rounded(.down)) + 1,
      y1: whole((y1 - 0.5 - slack).rounded(.down)) + 1)
    return r.isEmpty ? .empty : r
  }

  /// All pixels touched; coordinates are held to +-`limit`.
  package func covering(limit: Double = furthest) -> Rect {
    func whole(_ v: Double) -> Int { Int(min(max(v, -limit), limit)) }
    let r = Rect(
      x0: whole(x0.rounded(.down)), y0: whole(y0.rounded(.down)), x1: whole(x1.rounded(.up)),
      y1: whole(y1.rounded(.up)))
    return r
  }
}
