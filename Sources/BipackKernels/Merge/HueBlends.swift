// swift-format-ignore-file: AlwaysUseLowerCamelCase
// A and B are pictures, a and b their alphas: the letters of every book on compositing.

// The blend modes of ISO 32000-1 (11.3.5.3) that exchange hue, saturation and luminosity: A gives
// some of them, B the others. Luminosity is 0.30 R + 0.59 G + 0.11 B, as the standard has it.

/// A colour with its three components together.
struct RGB {
  var r: Float
  var g: Float
  var b: Float

  @inline(__always)
  init(_ r: Float, _ g: Float, _ b: Float) {
    self.r = r
    self.g = g
    self.b = b
  }

  @inline(__always) var luminosity: Float { 0.3 * r + 0.59 * g + 0.11 * b }
  @inline(__always) var least: Float { Min.value(Min.value(r, g), b) }
  @inline(__always) var most: Float { Max.value(Max.value(r, g), b) }
  @inline(__always) var range: Float { most - least }

  @inline(__always)
  func map(_ body: (Float) -> Float) -> RGB { RGB(body(r), body(g), body(b)) }

  /// The colour with another luminosity, pulled towards its grey where it would leave 0...`limit`.
  @inline(__always)
  func with(luminosity target: Float, limit: Float) -> RGB {
    let shift = target - luminosity
    var color = map { $0 + shift }
    let grey = color.luminosity
    let (low, high) = (color.least, color.most)
    if low < 0 {
      let span = grey - low
      let factor = span == 0 ? 0 : grey / span
      color = color.map { grey + ($0 - grey) * factor }
    }
    if high > limit {
      let span = high - grey
      let factor = span == 0 ? 0 : (limit - grey) / span
      let base = span == 0 ? limit : grey
      color = color.map { base + ($0 - grey) * factor }
    }
    return color
  }

  /// The colour stretched so that its range is `target` and its least component 0; a grey gives
  /// black.
  @inline(__always)
  func with(range target: Float) -> RGB {
    let (low, span) = (least, range)
    let factor = span == 0 ? 0 : target / span
    return map { ($0 - low) * factor }
  }
}

/// A formula that needs the three colours at once. A and B are premultiplied and so is the result.
protocol PixelFormula: SendableMetatype {
  /// a b F(A / a, B / b), computed without dividing where the standard's functions are linear.
  static func both(_ A: RGB, _ B: RGB, _ a: Float, _ b: Float) -> RGB
}

extension PixelFormula {
  /// Each image alone where the other is transparent, `both` where they overlap. `both` takes the
  /// colours as premultiplied as they are: all its functions are linear in them.
  @inline(__always)
  static func blended(_ A: RGB, _ B: RGB, _ a: Float, _ b: Float) -> RGB {
    let F = both(A, B, a, b)
    let empty = a == 0 || b == 0
    return RGB(
      (1 - a) * B.r + (1 - b) * A.r + (empty ? 0 : F.r),
      (1 - a) * B.g + (1 - b) * A.g + (empty ? 0 : F.g),
      (1 - a) * B.b + (1 - b) * A.b + (empty ? 0 : F.b))
  }
}

/// A's hue with B's saturation and luminosity.
enum HueBlend: PixelFormula {
  @inline(__always)
  static func both(_ A: RGB, _ B: RGB, _ a: Float, _ b: Float) -> RGB {
    A.map { $0 * b }.with(range: B.range * a).with(luminosity: B.luminosity * a, limit: a * b)
  }
}

/// A's saturation with B's hue and luminosity.
enum SaturationBlend: PixelFormula {
  @inline(__always)
  static func both(_ A: RGB, _ B: RGB, _ a: Float, _ b: Float) -> RGB {
    B.map { $0 * a }.with(range: A.range * b).with(luminosity: B.luminosity * a, limit: a * b)
  }
}

/// A's hue and saturation with B's luminosity.
enum ColorBlend: PixelFormula {
  @inline(__always)
  static func both(_ A: RGB, _ B: RGB, _ a: Float, _ b: Float) -> RGB {
    A.map { $0 * b }.with(luminosity: B.luminosity * a, limit: a * b)
  }
}

/// A's luminosity with B's hue and saturation.
enum LuminosityBlend: PixelFormula {
  @inline(__always)
  static func both(_ A: RGB, _ B: RGB, _ a: Float, _ b: Float) -> RGB {
    B.map { $0 * a }.with(luminosity: A.luminosity * b, limit: a * b)
  }
}
