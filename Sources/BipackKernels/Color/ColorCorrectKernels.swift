import BipackPixels

/// Contrast, gamma, gain and offset of one channel: ((x / p)^contrast p)^(1 / gamma) gain + offset, p
/// being 0.18, the grey that contrast leaves alone. The two powers are one; values of 0 and below take
/// no part in it.
package struct ToneKernel: PointKernel {
  private let exponent: Float
  private let scale: Float
  private let gain: Float
  private let offset: Float

  /// - Parameter gamma: above 0.
  package init(contrast: Double, gamma: Double, gain: Double, offset: Double) {
    exponent = Float(contrast / gamma)
    scale = TransferMath.pow(0.18, Float((1 - contrast) / gamma))
    self.gain = Float(gain)
    self.offset = Float(offset)
  }

  package func apply(_ strip: borrowing Strip) {
    let input = strip.input(0)
    if exponent != 1 {
      TransferMath.pow(
        strip.inputPointer(0), exponent, negative: .pass, to: strip.outputPointer(0),
        count: strip.count)
    }
    var out = strip.output(0)
    let (isPower, scale, gain, offset) = (exponent != 1, scale, gain, offset)
    for i in 0..<strip.count {
      let x = input[i]
      let power = isPower ? out[i] : x
      out[i] = (x <= 0 ? x : power * scale) * gain + offset
    }
  }
}

/// Three pictures of one channel by the shares of shadows and highlights; the midtones have what those
/// two leave.
package struct TonesKernel: PointKernel {
  package init() {}

  package func apply(_ strip: borrowing Strip) {
    let (dark, middle, bright) = (strip.input(0), strip.input(1), strip.input(2))
    let (shadow, highlight) = (strip.input(3), strip.input(4))
    var out = strip.output(0)
    for i in 0..<strip.count {
      let (s, h) = (shadow[i], highlight[i])
      let m = 1 - s - h
      // A part that has no share counts for nothing, even an infinite one.
      let low = s == 0 ? 0 : s * dark[i]
      let high = h == 0 ? 0 : h * bright[i]
      let rest = m == 0 ? 0 : m * middle[i]
      out[i] = low + rest + high
    }
  }
}
