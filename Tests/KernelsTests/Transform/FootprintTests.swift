import BipackPixels
import CVector
import Testing

@testable import BipackKernels

/// The shape of a warp's kernel, by its definition.
@Suite struct FootprintTests {
  typealias Matrix2 = (xx: Double, xy: Double, yx: Double, yy: Double)

  private func shape(_ j: Matrix2) -> Matrix2 {
    var (sx, sy, tx, ty) = (Float(0), Float(0), Float(0), Float(0))
    var j = j
    bp_warp_shapes(&sx, &sy, &tx, &ty, &j.xx, &j.xy, &j.yx, &j.yy, Footprint.widest, 1)
    return (Double(sx), Double(tx), Double(ty), Double(sy))
  }

  /// U diag(s) V^T with U and V turned by angles in degrees.
  private func jacobian(_ major: Double, _ minor: Double, _ u: Double, _ v: Double) -> Matrix2 {
    let (s, c) = ExactMath.sinCos(degrees: u)
    let (q, p) = ExactMath.sinCos(degrees: v)
    return (
      c * major * p + s * minor * q, c * major * q - s * minor * p,
      s * major * p - c * minor * q, s * major * q + c * minor * p
    )
  }

  private func near(_ a: Matrix2, _ b: Matrix2) -> Bool {
    let off = [a.xx - b.xx, a.xy - b.xy, a.yx - b.yx, a.yy - b.yy].map(abs).max() ?? 0
    return off < 1e-5
  }

  /// What turns, mirrors and scales by one number is the box it always was, and so is what scales along the
  /// axes, whatever the output is turned by.
  @Test func boxesStayBoxes() {
    for v in [0.0, 20, 45, 90, 137, 200] {
      #expect(near(shape(jacobian(1, 1, 30, v)), (1, 0, 0, 1)))
      #expect(near(shape(jacobian(0.3, 0.2, 30, v)), (1, 0, 0, 1)))
      #expect(near(shape(jacobian(2.5, 2.5, 30, v)), (2.5, 0, 0, 2.5)))
      #expect(near(shape(jacobian(4, 1.5, 0, v)), (4, 0, 0, 1.5)))
      #expect(near(shape(jacobian(4, 0.5, 90, v)), (1, 0, 0, 4)))
      #expect(near(shape(jacobian(2, -2, 30, v)), (2, 0, 0, 2)))
    }
  }

  /// Along a diagonal it is the output's square: up to its sides' order and signs, which the filter does
  /// not see.
  @Test(arguments: [(4.0, 1.5), (64, 2), (3, -1.2), (6, 0.1)], [30.0, 45, 110, -60])
  func diagonalsAreParallelograms(axes: (Double, Double), u: Double) {
    for v in [0.0, 30, 45, 90, 135, 250] {
      let j = jacobian(axes.0, axes.1, u, v)
      let s = shape(j)
      let minor = axes.1.magnitude < 1 ? (axes.1 < 0 ? -1 : 1) : axes.1
      let wanted = jacobian(axes.0, minor, u, v)
      let columns = [(wanted.xx, wanted.yx), (wanted.xy, wanted.yy)]
      func isColumn(_ x: Double, _ y: Double) -> Bool {
        columns.contains { c in
          let same = abs(c.0 - x) + abs(c.1 - y)
          let turned = abs(c.0 + x) + abs(c.1 + y)
          return min(same, turned) < 1e-4 * axes.0
        }
      }
      #expect(isColumn(s.xx, s.yx) && isColumn(s.xy, s.yy), "\(axes) \(u) \(v)")
      let area = abs(s.xx * s.yy - s.xy * s.yx)
      #expect(abs(area - abs(axes.0 * minor)) < 1e-4 * area)
    }
  }

  /// From a box to a parallelogram without a step.
  @Test func theyGoOverIntoEachOther() {
    var last = shape(jacobian(4, 1, 0, 0))
    for step in 1...9000 {
      let next = shape(jacobian(4, 1, Double(step) / 100, 0))
      let off =
        [next.xx - last.xx, next.xy - last.xy, next.yx - last.yx, next.yy - last.yy]
        .map(abs).max() ?? 0
      // The output's square comes back to itself after a quarter turn.
      if step != 4500 && step != 4501 { #expect(off < 0.15, "at \(step)") }
      last = next
    }
  }

  /// The kernels of a homography lie inside what is planned for them.
  @Test func nothingReachesFurtherThanPlanned() throws {
    var seed: UInt32 = 3
    func random() -> Double {
      seed = seed &* 1_664_525 &+ 1_013_904_223
      return Double(seed >> 8) / Double(1 << 24) * 2 - 1
    }
    for _ in 0..<2000 {
      let matrix = Matrix3([
        3 * random(), 3 * random(), 50 * random(), 3 * random(), 3 * random(), 50 * random(),
        0.01 * random(), 0.01 * random(), 1,
      ])
      guard matrix.inverse != nil else { continue }
      let bounds = RealRect(x0: 10 * random(), y0: 10 * random(), x1: 40, y1: 40)
      let planned = Footprint.reach(of: matrix, over: bounds)
      for i in 0...4 {
        for k in 0...4 {
          let x = bounds.x0 + (bounds.x1 - bounds.x0) * Double(i) / 4
          let y = bounds.y0 + (bounds.y1 - bounds.y0) * Double(k) / 4
          var (ux, uy, vx, vy) = (0.0, 0.0, 0.0, 0.0)
          bp_warp_jacobian(&ux, &uy, &vx, &vy, matrix.m, x - 0.5, y - 0.5, 1)
          if matrix.apply(x, y) == nil { continue }
          let s = shape((ux, uy, vx, vy))
          let isInside =
            s.xx.magnitude + s.xy.magnitude <= planned.x * 1.0001
            && s.yx.magnitude + s.yy.magnitude <= planned.y * 1.0001
          #expect(isInside, "\(matrix.m) at \(x), \(y): \(s) beyond \(planned)")
        }
      }
    }
  }
}
