import BipackPixels

/// A colour and how far it is to be trusted, to be averaged: red, green and blue times the weight, and
/// the weight. The matte counts from `threshold` (0) to 1. What is not finite, or absurd, has no weight,
/// so that it is not carried about. Inputs: red, green, blue, their alpha, the matte.
package struct TrustedColorKernel: PointKernel {
  private let threshold: Float
  private let isPremultiplied: Bool

  package init(threshold: Double, isPremultiplied: Bool) {
    self.threshold = Float(threshold)
    self.isPremultiplied = isPremultiplied
  }

  package func apply(_ strip: borrowing Strip) {
    let (r, g, b) = (strip.input(0), strip.input(1), strip.input(2))
    let (alpha, matte) = (strip.input(3), strip.input(4))
    var red = strip.output(0)
    var green = strip.output(1)
    var blue = strip.output(2)
    var weight = strip.output(3)
    let range = 1 - threshold
    for i in 0..<strip.count {
      let t = (matte[i] - threshold) / range
      let share = t > 0 ? (t > 1 ? 1 : t) : 0
      let a = isPremultiplied ? alpha[i] : 1
      let scale = 1 / (a > 1e-3 ? a : 1)
      let (x, y, z) = (r[i] * scale, g[i] * scale, b[i] * scale)
      let isUsable =
        x.magnitude < 1e9 && y.magnitude < 1e9 && z.magnitude < 1e9 && a > 1e-3
      let w = isUsable ? share : 0
      weight[i] = w
      red[i] = isUsable ? w * x : 0
      green[i] = isUsable ? w * y : 0
      blue[i] = isUsable ? w * z : 0
    }
  }
}

/// The extended colour where the matte is not solid, the picture's own where it is. Inputs: red, green,
/// blue, their alpha, the matte, the extended red, green, blue.
package struct ExtendedColorKernel: PointKernel {
  private let isPremultiplied: Bool
  private let premultiplies: Bool

  /// - Parameters:
  ///   - isPremultiplied: whether the picture is.
  ///   - premultiplies: whether the result is to be.
  package init(isPremultiplied: Bool, premultiplies: Bool) {
    self.isPremultiplied = isPremultiplied
    self.premultiplies = premultiplies
  }

  package func apply(_ strip: borrowing Strip) {
    let (alpha, matte) = (strip.input(3), strip.input(4))
    for channel in 0..<3 {
      let (color, extended) = (strip.input(channel), strip.input(5 + channel))
      var out = strip.output(channel)
      for i in 0..<strip.count {
        let a = alpha[i]
        let divisor = a == 0 ? 1 : a
        let own =
          isPremultiplied == premultiplies
          ? color[i] : premultiplies ? color[i] * a : color[i] / divisor
        out[i] = matte[i] >= 1 ? own : premultiplies ? extended[i] * a : extended[i]
      }
    }
  }
}
