import BipackPixels

/// The lightness of CIE L* a* b* as 0 to 1, of every element by itself: in it equal steps look about
/// equally far apart. 1.16 cbrt(x) - 0.16, straight from 0 to 0.008856; negative values mirror, values
/// above 1 go on.
package struct LightnessKernel: PointKernel {
  package init() {}

  package func apply(_ strip: borrowing Strip) {
    Self.apply(strip.inputPointer(0), strip.outputPointer(0), count: strip.count)
  }

  /// The same on memory; `output` is not `input`.
  package static func apply(
    _ input: UnsafePointer<Float>, _ output: UnsafeMutablePointer<Float>, count: Int
  ) {
    TransferMath.pow(input, 1 / 3, negative: .mirror, to: output, count: count)
    for i in 0..<count { output[i] = lightness(input[i], root: output[i]) }
  }

  /// The same of one number.
  package static func of(_ x: Float) -> Float {
    let root = TransferMath.pow(x.magnitude, 1 / 3)
    return lightness(x, root: x < 0 ? -root : root)
  }

  @inline(__always)
  private static func lightness(_ x: Float, root: Float) -> Float {
    let isDark = x < 216 / 24389 && x > -216 / 24389
    let toe: Float = x < 0 ? -0.16 : 0.16
    return isDark ? x * (24389 / 2700) : 1.16 * root - toe
  }
}
