/// The lens of Brown and Conrady as OpenCV has it: radial terms, above and below the line, and tangential ones.
///
/// (D. C. Brown, Decentering distortion of lenses, 1966; OpenCV, calib3d, "rational model".) The formula
/// puts the lens in: with r the distance from the axis and x, y divided by the focal length,
///
///     x' = x (1 + k1 r^2 + k2 r^4 + k3 r^6) / (1 + k4 r^2 + k5 r^4 + k6 r^6) + 2 p1 x y + p2 (r^2 + 2 x^2)
///     y' = y (...) / (...) + p1 (r^2 + 2 y^2) + 2 p2 x y
package struct OpenCVLens: LensModel, Hashable {
  package let frame: LensFrame
  package var direction: LensDirection
  private let k1, k2, k3, k4, k5, k6: Double
  private let p1, p2: Double

  package static let formulaDirection = LensDirection.distort

  /// - Parameters:
  ///   - focal: in pixels.
  ///   - center: where the axis meets the picture; the middle of a pixel lies at a half, so that it is
  ///     OpenCV's (cx, cy) and half a pixel.
  ///   - radial: k1 to k6.
  package init(
    focal: (x: Double, y: Double), center: (x: Double, y: Double), radial: [Double],
    tangential: (p1: Double, p2: Double), direction: LensDirection
  ) {
    precondition(radial.count == 6, "six radial terms")
    frame = LensFrame(origin: center, unit: (1 / focal.x, 1 / focal.y))
    self.direction = direction
    (k1, k2, k3) = (radial[0], radial[1], radial[2])
    (k4, k5, k6) = (radial[3], radial[4], radial[5])
    (p1, p2) = tangential
  }

  package func formula(_ x: Double, _ y: Double) -> LensPoint {
    let r = x * x + y * y
    let above = 1 + r * (k1 + r * (k2 + r * k3))
    let below = 1 + r * (k4 + r * (k5 + r * k6))
    let g = above / below
    // By the square of r; a lens whose lower line reaches 0 ends there.
    let slope =
      below > 1e-3
      ? (k1 + r * (2 * k2 + r * 3 * k3) - g * (k4 + r * (2 * k5 + r * 3 * k6))) / below : .nan
    let (gx, gy) = (2 * x * slope, 2 * y * slope)
    let cross = 2 * (p1 * x + p2 * y)
    return LensPoint(
      x: x * g + 2 * p1 * x * y + p2 * (r + 2 * x * x),
      y: y * g + p1 * (r + 2 * y * y) + 2 * p2 * x * y,
      xx: g + x * gx + 2 * p1 * y + 6 * p2 * x, xy: x * gy + cross, yx: y * gx + cross,
      yy: g + y * gy + 6 * p1 * y + 2 * p2 * x)
  }
}
