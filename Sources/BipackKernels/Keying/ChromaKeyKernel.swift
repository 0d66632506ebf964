import BipackPixels

/// A wedge of hues around a key colour (Jack, Video Demystified; Natron's ChromaKeyer).
///
/// Chroma is Cb and Cr, doubled: (B - Y) / (1 - wb) and (R - Y) / (1 - wr). Turned so that the key's hue
/// lies along x, a colour is x along the key and z across it; what it has of the key is
/// x - |z| cot(acceptance / 2), 0 outside the wedge. Divided by the same of the key colour itself this
/// is how much screen there is, and the matte is the rest.
///
/// With `isRelative` chroma is measured by the brightness (R + G + B) / 3 it comes with, so that a
/// shadow on the screen is screen like the rest; brightness counts as at least `darkest` times the key's,
/// so that the grain of blacks has no hue. Without, a pixel that is half screen gives half.
package struct ChromaKeyKernel: PointKernel {
  private let weights: (r: Float, g: Float, b: Float)
  private let alongB: Float
  private let alongR: Float
  private let acrossB: Float
  private let acrossR: Float
  private let cotangent: Float
  private let whole: Float
  private let brightness: Float
  private let least: Float
  private let lift: Float
  private let isRelative: Bool

  /// Nil when the key colour has no hue.
  package init?(
    key: (r: Double, g: Double, b: Double), weights: (r: Double, g: Double, b: Double),
    acceptance: Double, lift: Double, gain: Double, isRelative: Bool, darkest: Double
  ) {
    let luma = weights.r * key.r + weights.g * key.g + weights.b * key.b
    let (blue, red) = ((key.b - luma) / (1 - weights.b), (key.r - luma) / (1 - weights.r))
    let chroma = (blue * blue + red * red).squareRoot()
    guard chroma > 1e-6, chroma.isFinite else { return nil }
    let (sine, cosine) = Turn.degrees(acceptance / 2)
    self.weights = (Float(weights.r), Float(weights.g), Float(weights.b))
    alongB = Float(blue / chroma / (1 - weights.b))
    alongR = Float(red / chroma / (1 - weights.r))
    acrossB = Float(-red / chroma / (1 - weights.b))
    acrossR = Float(blue / chroma / (1 - weights.r))
    cotangent = Float(cosine / sine)
    whole = Float(1 / (gain * chroma))
    // A key below black has a hue all the same, but no brightness to go by.
    let mean = (key.r + key.g + key.b) / 3
    brightness = Float(mean > 1e-6 ? mean : 1e-6)
    // Black has no chroma: what it is divided by must only not be 0.
    least = brightness * Float(Swift.max(darkest, 1e-6))
    self.lift = Float(lift)
    self.isRelative = isRelative
  }

  package func apply(_ strip: borrowing Strip) {
    let (r, g, b) = (strip.input(0), strip.input(1), strip.input(2))
    var out = strip.output(0)
    for i in 0..<strip.count {
      let luma = weights.r * r[i] + weights.g * g[i] + weights.b * b[i]
      let (blue, red) = (b[i] - luma, r[i] - luma)
      let along = alongB * blue + alongR * red
      let across = acrossB * blue + acrossR * red
      let kept = along - (across < 0 ? -across : across) * cotangent
      let mean = (r[i] + g[i] + b[i]) * (1.0 / 3)
      let scale = isRelative ? brightness / (mean > least ? mean : least) : 1
      let share = ((kept < 0 ? 0 : kept) * scale * whole - lift) / (1 - lift)
      out[i] = 1 - (share < 0 ? 0 : share > 1 ? 1 : share)
    }
  }
}
