import BipackPixels
import CVector

/// The kernel of a warp in its source.
///
/// Around a pixel a map is nearly linear: J, its Jacobian, takes a step in the output to a step in the
/// source. The square of an output pixel becomes a parallelogram there, and the circle in it an ellipse whose half
/// axes are the singular values of J. A half axis below 1 is made 1, since between its pixels a source must be
/// interpolated; none is above 64, so that a horizon costs no more than that. The kernel is the filter over that
/// parallelogram:
///
///     k(a) k(b), (a, b) = S^-1 d, J = U diag(s1, s2) V^T, S = U diag(s1', s2') V^T
///
/// What scales along the axes, turned or not, has an ellipse along the axes, and its kernel is the box around it: two
/// one-dimensional kernels, sooner done, and at rest the filter itself. What shrinks along a diagonal has a
/// narrow ellipse, whose box would blur across it. Where all sides of the box are within a tenth of what they should be, in
/// their squares, it is kept; from there to two tenths it goes over into the parallelogram.
///
/// A zone plate made smaller by 4 along a diagonal, against the same filter over a continuous picture, is off by
/// 0.064 with the box, 0.001 with the parallelogram, 0.068 with a round kernel drawn out to the ellipse (keys; with
/// the output turned by 45 degrees 0.101, 0.001, 0.095, and 0.037 with the filter's own square drawn
/// out by U diag(s1', s2') U^T).
///
/// `bp_warp_shapes` has the numbers.
package enum Footprint {
  /// The most the kernel is drawn out.
  package static let widest = 64.0
  /// The most it reaches then along an axis of the picture, in supports of the filter: a corner of the square.
  package static let furthest = widest * 2.0.squareRoot()

  /// How far kernels reach from their centres along the axes, in supports of the filter.
  package struct Reach: Hashable, Sendable {
    package var x: Double
    package var y: Double
    /// Whether any is more than the filter's own, not by rounding only.
    package var isWide: Bool

    /// The filter's own.
    package static let one = Reach(x: 1, y: 1, isWide: false)
    package static let most = Reach(x: furthest, y: furthest, isWide: true)

    /// `bp_warp_shapes` has its numbers.
    mutating func include(_ sx: Float, _ sy: Float, _ tx: Float, _ ty: Float) {
      x = max(x, Double(sx.magnitude + tx.magnitude))
      y = max(y, Double(sy.magnitude + ty.magnitude))
      isWide = isWide || sx > BP_WIDE || sy > BP_WIDE || tx != 0 || ty != 0
    }
  }

  /// That of a matrix from output to source, at most, over `bounds` of the output.
  package static func reach(of inverse: Matrix3, over bounds: RealRect) -> Reach {
    let m = inverse.m
    if inverse.isAffine { return reach(ofAffine: inverse) }
    guard inverse.sees(bounds), let box = inverse.apply(bounds) else { return .most }
    // J = (A - (u, v) (g, h)) / w: largest where w is least and u and v are extreme, all at corners.
    var nearest = Double.infinity
    for x in [bounds.x0, bounds.x1] {
      for y in [bounds.y0, bounds.y1] { nearest = min(nearest, m[6] * x + m[7] * y + m[8]) }
    }
    var (across, down, most) = (0.0, 0.0, 0.0)
    for u in [box.x0, box.x1] {
      for v in [box.y0, box.y1] {
        let (ux, uy) = ((m[0] - u * m[6]) / nearest, (m[1] - u * m[7]) / nearest)
        let (vx, vy) = ((m[3] - v * m[6]) / nearest, (m[4] - v * m[7]) / nearest)
        let (a, b, c) = (ux * ux + uy * uy, ux * vx + uy * vy, vx * vx + vy * vy)
        let half = (a - c) / 2
        across = max(across, a)
        down = max(down, c)
        most = max(most, (a + c) / 2 + (half * half + b * b).squareRoot())
      }
    }
    let limit = Double(BP_WIDE) * Double(BP_WIDE)
    if most <= limit { return .one }
    // A row of S is no longer than that of J and 1 together; its corner reaches root 2 times as far.
    func far(_ square: Double) -> Double {
      square < widest * widest ? min((2 * (square + 1)).squareRoot(), furthest) : furthest
    }
    return Reach(x: far(across), y: far(down), isWide: true)
  }

  private static func reach(ofAffine inverse: Matrix3) -> Reach {
    let m = inverse.m
    let w = abs(m[8])
    if inverse.isAxisAligned {
      // Never limited: two passes take any width.
      let (x, y) = (max(1, abs(m[0]) / w), max(1, abs(m[4]) / w))
      return Reach(x: x, y: y, isWide: x > Double(BP_WIDE) || y > Double(BP_WIDE))
    }
    var shape = (sx: Float(1), sy: Float(1), tx: Float(0), ty: Float(0))
    var j = (m[0] / m[8], m[1] / m[8], m[3] / m[8], m[4] / m[8])
    bp_warp_shapes(
      &shape.sx, &shape.sy, &shape.tx, &shape.ty, &j.0, &j.1, &j.2, &j.3, widest, 1)
    var result = Reach.one
    result.include(shape.sx, shape.sy, shape.tx, shape.ty)
    return result
  }
}
