import BipackPixels

/// Gains and suppressions that depend on the hue, in the order of Natron's HueCorrect.
package struct HueCorrectKernel: PointKernel {
  /// The curves, over the hue from 0 to 6 (red at 1).
  package enum Curve: Int, CaseIterable, Sendable {
    case sat, lum, red, green, blue, rSup, gSup, bSup, satThrsh
  }

  /// Table steps for one unit of hue. Between them values are joined by straight lines: of a smooth
  /// curve y'' the error is at most y'' / 8 million, at a corner within a step up to 1/4096 of the
  /// change of slope.
  package static let steps = 1024

  private let tables: [[Float]]
  private let weights: (r: Float, g: Float, b: Float)?
  private let mixLuminance: Float

  /// - Parameter tables: for each curve 6 `steps` + 1 values, or one value for a constant.
  package init(tables: [[Float]], math: LuminanceMath, mixLuminance: Double) {
    precondition(tables.count == Curve.allCases.count)
    precondition(tables.allSatisfy { $0.count == 1 || $0.count == 6 * Self.steps + 1 })
    self.tables = tables.map { $0.map { $0 > 0 ? $0 : 0 } }
    weights = math.weights
    self.mixLuminance = Float(mixLuminance)
  }

  package func apply(_ strip: borrowing Strip) {
    let (red, green, blue) = (strip.input(0), strip.input(1), strip.input(2))
    var outRed = strip.output(0)
    var outGreen = strip.output(1)
    var outBlue = strip.output(2)
    for i in 0..<strip.count {
      let color = corrected(RGB(red[i], green[i], blue[i]))
      outRed[i] = color.r
      outGreen[i] = color.g
      outBlue[i] = color.b
    }
  }

  private func luminance(_ c: RGB) -> Float {
    guard let weights else { return c.most }
    return c.r * weights.r + c.g * weights.g + c.b * weights.b
  }

  private func value(_ curve: Curve, _ place: Float) -> Float {
    let table = tables[curve.rawValue]
    if table.count == 1 { return table[0] }
    let index = Int(place)
    let fraction = place - Float(index)
    let next = index + 1 < table.count ? index + 1 : index
    return table[index] * (1 - fraction) + table[next] * fraction
  }

  /// Where a hue lies in the tables.
  private static func place(_ c: RGB) -> Float {
    let (high, delta) = (c.most, c.range)
    guard delta > 0 else { return Float(steps) }
    var hue =
      c.r == high
      ? (c.g - c.b) / delta : c.g == high ? 2 + (c.b - c.r) / delta : 4 + (c.r - c.g) / delta
    if hue < 0 { hue += 6 }
    hue += 1
    if hue > 6 { hue -= 6 }
    let place = hue * Float(steps)
    return place >= 0 && place <= Float(6 * steps) ? place : 0
  }

  private func corrected(_ input: RGB) -> RGB {
    var c = input
    let high = c.most
    let saturation = high == 0 ? 0 : c.range / high
    let place = Self.place(c)
    func suppressed(_ x: Float, _ y: Float, _ z: Float, _ curve: Curve) -> Float {
      let limit = Min.value(y, z)
      return x > limit ? limit + value(curve, place) * (x - limit) : x
    }
    c.r = suppressed(c.r, c.g, c.b, .rSup)
    c.g = suppressed(c.g, c.r, c.b, .gSup)
    c.b = suppressed(c.b, c.r, c.g, .bSup)
    let threshold = value(.satThrsh, place)
    let lum = value(.lum, place)
    if saturation > threshold || threshold == 0 {
      // No gain at the threshold, all of it far above, all of it everywhere without a threshold.
      let share = threshold == 0 ? 1 : (saturation - threshold) / saturation
      func gained(_ x: Float, _ curve: Curve) -> Float {
        x * ((1 - share) + share * value(curve, place) * lum)
      }
      c = RGB(gained(c.r, .red), gained(c.g, .green), gained(c.b, .blue))
    }
    let sat = value(.sat, place)
    if sat != 1 {
      let grey = luminance(c)
      c = c.map { (1 - sat) * grey + sat * $0 }
    }
    if mixLuminance > 0 {
      let (before, after) = (luminance(input), luminance(c))
      let factor = 1 + mixLuminance * (before / after - 1)
      c = after <= 0 ? RGB(before, before, before) : c.map { $0 * factor }
    }
    return c
  }
}
