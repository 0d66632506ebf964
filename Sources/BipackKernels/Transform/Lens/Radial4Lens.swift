/// 3DEqualizer's "Radial - Standard, Degree 4": radial and tangential terms up to the fourth degree, and a
/// beam splitter's bend.
///
/// The formula takes the lens out. Coordinates are those of the filmback from the lens centre, in halves of its
/// diagonal, y upwards:
///
///     x' = x (1 + c2 r^2 + c4 r^4) + (r^2 + 2 x^2) (u1 + u3 r^2) + 2 x y (v1 + v3 r^2)
///     y' = y (1 + c2 r^2 + c4 r^4) + (r^2 + 2 y^2) (v1 + v3 r^2) + 2 x y (u1 + u3 r^2)
///
/// and then the matrix that draws out by the root of 1 + b along the direction phi and in by as much across it.
package struct Radial4Lens: LensModel, Hashable {
  package let frame: LensFrame
  package var direction: LensDirection
  private let c2, u1, v1, c4, u3, v3: Double
  /// The beam splitter's matrix.
  private let mxx, mxy, myy: Double

  package static let formulaDirection = LensDirection.undistort

  /// What 3DEqualizer's dialogue calls degree 2 and degree 4.
  package struct Terms: Hashable, Sendable {
    package var c2 = 0.0, u1 = 0.0, v1 = 0.0
    package var c4 = 0.0, u3 = 0.0, v3 = 0.0
    /// In degrees.
    package var phi = 0.0
    package var b = 0.0

    package init() {}
  }

  /// - Parameters:
  ///   - format: the frame of the picture, which is the filmback.
  ///   - filmback: its size, in any unit.
  ///   - offset: from the middle of the filmback to the lens centre, in that unit, y upwards.
  package init(
    format: RealRect, filmback: (x: Double, y: Double), offset: (x: Double, y: Double),
    terms: Terms, direction: LensDirection
  ) {
    let half = (filmback.x * filmback.x + filmback.y * filmback.y).squareRoot() / 2
    let pixel = (
      x: filmback.x / (format.x1 - format.x0), y: filmback.y / (format.y1 - format.y0)
    )
    frame = LensFrame(
      origin: (
        (format.x0 + format.x1) / 2 + offset.x / pixel.x,
        (format.y0 + format.y1) / 2 - offset.y / pixel.y
      ),
      unit: (pixel.x / half, -pixel.y / half))
    self.direction = direction
    (c2, u1, v1) = (terms.c2, terms.u1, terms.v1)
    (c4, u3, v3) = (terms.c4, terms.u3, terms.v3)
    let q = (1 + terms.b).squareRoot()
    let (s, c) = ExactMath.sinCos(degrees: terms.phi)
    mxx = c * c * q + s * s / q
    mxy = (q - 1 / q) * c * s
    myy = c * c / q + s * s * q
  }

  package func formula(_ x: Double, _ y: Double) -> LensPoint {
    let r = x * x + y * y
    let g = 1 + r * (c2 + r * c4)
    let slope = c2 + 2 * r * c4
    let (gx, gy) = (2 * x * slope, 2 * y * slope)
    let (a, b) = (u1 + u3 * r, v1 + v3 * r)
    let (p, q, t) = (r + 2 * x * x, r + 2 * y * y, 2 * x * y)
    let px = x * g + p * a + t * b
    let py = y * g + q * b + t * a
    let xx = g + x * gx + 6 * x * a + p * 2 * x * u3 + 2 * y * b + t * 2 * x * v3
    let xy = x * gy + 2 * y * a + p * 2 * y * u3 + 2 * x * b + t * 2 * y * v3
    let yx = y * gx + 2 * x * b + q * 2 * x * v3 + 2 * y * a + t * 2 * x * u3
    let yy = g + y * gy + 6 * y * b + q * 2 * y * v3 + 2 * x * a + t * 2 * y * u3
    return LensPoint(
      x: mxx * px + mxy * py, y: mxy * px + myy * py, xx: mxx * xx + mxy * yx,
      xy: mxx * xy + mxy * yy, yx: mxy * xx + myy * yx, yy: mxy * xy + myy * yy)
  }
}
