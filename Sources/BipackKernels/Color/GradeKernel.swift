import BipackPixels
import CVector

/// Nuke's Grade of one channel: a linear ramp, bounds, a gamma; or all of it backwards.
///
/// The gamma is Nuke's: a power between 0 and 1, its tangent above 1 (so that highlights do not
/// run away), nothing below 0.
package struct GradeKernel: PointKernel {
  package struct Settings: Sendable {
    package var blackpoint = 0.0
    package var whitepoint = 1.0
    package var black = 0.0
    package var white = 1.0
    package var multiply = 1.0
    package var add = 0.0
    package var gamma = 1.0
    package var reverse = false
    package var blackClamp = false
    package var whiteClamp = false

    package init() {}

    /// A and B of A x + B. A white point equal to the black point gives Nuke's steep 10000.
    package var ramp: (scale: Double, offset: Double) {
      let range = whitepoint - blackpoint
      let scale = (range == 0 ? 10_000 : (white - black) / range) * multiply
      return (scale, add + black - blackpoint * scale)
    }

    package var isIdentity: Bool {
      let (scale, offset) = ramp
      return scale == 1 && offset == 0 && gamma == 1 && !blackClamp && !whiteClamp
    }
  }

  private enum Form {
    case linear(BoundedAffine)
    case curve(scale: Float, offset: Float, low: Float, high: Float, exponent: Float)
    case curveBack(scale: Float, offset: Float, low: Float, high: Float, exponent: Float)
    /// The limit of the curve at gamma 0: 0 below 0, infinity above 1.
    case limit(BoundedAffine)
    /// The limit of the way back: 1 above 0, and then the ramp.
    case limitBack(zero: Float, one: Float)
  }

  private let form: Form

  package init(_ settings: Settings) {
    let low: Float = settings.blackClamp ? 0 : -.infinity
    let high: Float = settings.whiteClamp ? 1 : .infinity
    var (scale, offset) = settings.ramp
    let gamma = settings.gamma
    if settings.reverse {
      let inverse = scale == 0 ? 1 : 1 / scale
      (scale, offset) = (inverse, -offset * inverse)
      let (a, b) = (Float(scale), Float(offset))
      if gamma <= 0 {
        func bounded(_ value: Float) -> Float { min(max(value, low), high) }
        form = .limitBack(zero: bounded(b), one: bounded(a + b))
      } else if gamma == 1 {
        form = .linear(BoundedAffine(a, b, low: low, high: high))
      } else {
        form = .curveBack(scale: a, offset: b, low: low, high: high, exponent: Float(gamma))
      }
    } else {
      let ramp = BoundedAffine(Float(scale), Float(offset), low: low, high: high)
      if gamma <= 0 {
        form = .limit(ramp)
      } else if gamma == 1 {
        form = .linear(ramp)
      } else {
        form = .curve(
          scale: Float(scale), offset: Float(offset), low: low, high: high,
          exponent: Float(1 / gamma))
      }
    }
  }

  package func apply(_ strip: borrowing Strip) {
    switch form {
    case .linear(let ramp): ramp.apply(strip)
    case .curve(let scale, let offset, let low, let high, let exponent):
      bp_grade(
        strip.inputPointer(0), strip.outputPointer(0), strip.count, scale, offset, low, high,
        exponent)
    case .curveBack(let scale, let offset, let low, let high, let exponent):
      bp_ungrade(
        strip.inputPointer(0), strip.outputPointer(0), strip.count, scale, offset, low, high,
        exponent)
    case .limit(let ramp):
      ramp.apply(strip)
      var out = strip.output(0)
      for i in 0..<strip.count {
        let value = out[i]
        let raised = value < 0 ? 0 : value
        out[i] = value > 1 ? .infinity : raised
      }
    case .limitBack(let zero, let one):
      let input = strip.input(0)
      var out = strip.output(0)
      for i in 0..<strip.count { out[i] = input[i] > 0 ? one : zero }
    }
  }
}
