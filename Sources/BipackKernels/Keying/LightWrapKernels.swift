import BipackPixels

/// The light of a background that may fall on a subject: held, weighed by its brightness, and only where
/// the background is seen. Inputs: red, green, blue of the background, the subject's matte. Outputs:
/// red, green, blue of the light, and the matte again.
package struct WrapLightKernel: PointKernel {
  /// Highlights bend towards this luminance; infinite for none.
  private let limit: Float
  /// Luminance from here to 1 counts more and more; nil when all light counts alike.
  private let tolerance: Float?
  /// Takes the place of the background's colour.
  private let constant: (r: Float, g: Float, b: Float)?
  private let weights: (r: Float, g: Float, b: Float)

  package init(
    limit: Double, tolerance: Double?, constant: (r: Float, g: Float, b: Float)?,
    weights: (r: Float, g: Float, b: Float)
  ) {
    self.limit = limit > 1 ? Float(limit) : .infinity
    self.tolerance = tolerance.map { Float($0) }
    self.constant = constant
    self.weights = weights
  }

  package func apply(_ strip: borrowing Strip) {
    let (r, g, b) = (strip.input(0), strip.input(1), strip.input(2))
    let matte = strip.input(3)
    var red = strip.output(0)
    var green = strip.output(1)
    var blue = strip.output(2)
    var alpha = strip.output(3)
    let room = limit - 1
    let isHeld = limit < .infinity
    let (floor, span) = (tolerance ?? 0, 1 - (tolerance ?? 0))
    for i in 0..<strip.count {
      let a = matte[i] < 0 ? 0 : matte[i] > 1 ? 1 : matte[i]
      let luminance = r[i] * weights.r + g[i] * weights.g + b[i] * weights.b
      // Straight up to 1, then bent towards the limit: 1 + x / (1 + x / room), x above 1.
      let over = luminance - 1
      let bent = 1 + over / (1 + over / room)
      let scale = isHeld && over > 0 ? bent / luminance : 1
      let bright = (luminance - floor) / (span > 1e-6 ? span : 1e-6)
      let counted = tolerance == nil ? 1 : bright > 0 ? (bright < 1 ? bright : 1) : 0
      let share = counted * (1 - a)
      red[i] = (constant?.r ?? r[i] * scale) * share
      green[i] = (constant?.g ?? g[i] * scale) * share
      blue[i] = (constant?.b ?? b[i] * scale) * share
      alpha[i] = a
    }
  }
}

/// Where light that was spread falls: within the subject, and with a glow outside too. Inputs: red,
/// green, blue of the light, the spread matte, the subject's own alpha.
package struct WrapMaskKernel: PointKernel {
  private let intensity: Float
  private let glows: Bool

  package init(intensity: Double, glows: Bool) {
    self.intensity = Float(intensity)
    self.glows = glows
  }

  package func apply(_ strip: borrowing Strip) {
    let (spread, own) = (strip.input(3), strip.input(4))
    for channel in 0..<3 {
      let light = strip.input(channel)
      var out = strip.output(channel)
      for i in 0..<strip.count {
        let a = own[i] < 0 ? 0 : own[i] > 1 ? 1 : own[i]
        let mask = glows ? a + (1 - a) * spread[i] : a
        out[i] = light[i] * mask * intensity
      }
    }
  }
}
