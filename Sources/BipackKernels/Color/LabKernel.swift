import BipackPixels

/// CIE L*a*b* (ISO/CIE 11664-4) from XYZ in shares of the white's, or back: L* runs from 0 to 100.
package struct LabKernel: PointKernel {
  private let isBack: Bool

  package init(back: Bool) { isBack = back }

  package func apply(_ strip: borrowing Strip) {
    if isBack { back(strip) } else { from(strip) }
  }

  private func from(_ strip: borrowing Strip) {
    for plane in 0..<3 {
      TransferMath.pow(
        strip.inputPointer(plane), 1 / 3, negative: .mirror, to: strip.outputPointer(plane),
        count: strip.count)
    }
    let (x, y, z) = (strip.input(0), strip.input(1), strip.input(2))
    var lightness = strip.output(0)
    var a = strip.output(1)
    var b = strip.output(2)
    for i in 0..<strip.count {
      let fx = Self.f(x[i], root: lightness[i])
      let fy = Self.f(y[i], root: a[i])
      let fz = Self.f(z[i], root: b[i])
      lightness[i] = 116 * fy - 16
      a[i] = 500 * (fx - fy)
      b[i] = 200 * (fy - fz)
    }
  }

  private func back(_ strip: borrowing Strip) {
    let (lightness, a, b) = (strip.input(0), strip.input(1), strip.input(2))
    var x = strip.output(0)
    var y = strip.output(1)
    var z = strip.output(2)
    for i in 0..<strip.count {
      let fy = (lightness[i] + 16) / 116
      x[i] = Self.share(fy + a[i] / 500)
      y[i] = Self.share(fy)
      z[i] = Self.share(fy - b[i] / 200)
    }
  }

  /// The cube root, straight below (6/29)³ and through 0.
  @inline(__always)
  private static func f(_ t: Float, root: Float) -> Float {
    t > 216 / 24389 ? root : (24389 / 27 * t + 16) / 116
  }

  @inline(__always)
  private static func share(_ f: Float) -> Float {
    f > 6 / 29 ? f * f * f : (116 * f - 16) * (27 / 24389)
  }
}
