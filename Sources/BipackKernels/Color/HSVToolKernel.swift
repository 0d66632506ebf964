import BipackPixels

/// Values from `low` to `high`, and less and less of what lies up to `rolloff` beyond.
package struct Band: Sendable {
  package var low: Float
  package var high: Float
  package var rolloff: Float

  /// Infinite ends are open.
  package init(_ low: Double, _ high: Double, rolloff: Double) {
    self.low = Float(low)
    self.high = Float(high)
    self.rolloff = Float(rolloff)
  }

  /// 1 inside, 0 beyond the rolloff, a straight line between.
  @inline(__always)
  func share(_ x: Float) -> Float {
    let beyond = Max.value(low - x, x - high)
    let ramp = 1 - beyond / (rolloff > 0 ? rolloff : 1)
    let outside: Float = rolloff > 0 && ramp > 0 ? ramp : 0
    return beyond > 0 ? outside : 1
  }
}

/// What a tool for hues, saturations and values picks, and what it makes of it.
package struct HSVSelection: Sendable {
  /// The hue in the middle, in degrees, and the hues about it.
  package var center: Float
  package var hues: Band
  package var saturations: Band
  package var values: Band

  package init(center: Double, hues: Band, saturations: Band, values: Band) {
    self.center = Float(center)
    self.hues = hues
    self.saturations = saturations
    self.values = values
  }

  /// How far a hue of 0 to 1 is from the middle, -180 to 180 degrees.
  @inline(__always)
  func distance(_ hue: Float) -> Float {
    let turns = hue - center / 360 + 0.5
    return 360 * (turns - Floor.of(turns)) - 180
  }

  /// How much of each the colour has: of the hues, the saturations, the values.
  @inline(__always)
  func shares(_ hsv: RGB) -> RGB {
    RGB(hues.share(distance(hsv.r)), saturations.share(hsv.g), values.share(hsv.b))
  }
}

/// Turns hues and moves saturations and values, where all three are in their ranges.
package struct HSVToolKernel: PointKernel {
  /// x + amount + (gain - 1) (x - center).
  package struct Change: Sendable {
    private let amount: Float
    private let spread: Float
    private let center: Float

    package init(amount: Double, gain: Double, center: Double) {
      self.amount = Float(amount)
      spread = Float(gain - 1)
      self.center = Float(center)
    }

    @inline(__always)
    func value(_ x: Float) -> Float { amount + spread * (x - center) }
  }

  private let selection: HSVSelection
  /// In degrees from the middle of the hues.
  private let hue: Change
  private let saturation: Change
  private let value: Change

  package init(_ selection: HSVSelection, hue: Change, saturation: Change, value: Change) {
    self.selection = selection
    self.hue = hue
    self.saturation = saturation
    self.value = value
  }

  package func apply(_ strip: borrowing Strip) {
    let (r, g, b) = (strip.input(0), strip.input(1), strip.input(2))
    var red = strip.output(0)
    var green = strip.output(1)
    var blue = strip.output(2)
    let (selection, hue, saturation, value) = (selection, hue, saturation, value)
    for i in 0..<strip.count {
      let color = RGB(r[i], g[i], b[i])
      let hsv = HSV.from(color)
      let share = selection.shares(hsv).least
      let turned = hsv.r + share * hue.value(selection.distance(hsv.r)) / 360
      let moved = hsv.g + share * saturation.value(hsv.g)
      // Less than no saturation would be the opposite hue.
      let strong = hsv.g >= 0 && moved < 0 ? 0 : moved
      let changed = HSV.back(RGB(turned, strong, hsv.b + share * value.value(hsv.b)))
      red[i] = share == 0 ? color.r : changed.r
      green[i] = share == 0 ? color.g : changed.g
      blue[i] = share == 0 ? color.b : changed.b
    }
  }
}

/// The least of some of the shares a colour has of the ranges.
package struct HSVMatteKernel: PointKernel {
  private let selection: HSVSelection
  private let hue: Bool
  private let saturation: Bool
  private let value: Bool

  package init(_ selection: HSVSelection, hue: Bool, saturation: Bool, value: Bool) {
    self.selection = selection
    self.hue = hue
    self.saturation = saturation
    self.value = value
  }

  package func apply(_ strip: borrowing Strip) {
    let (r, g, b) = (strip.input(0), strip.input(1), strip.input(2))
    var out = strip.output(0)
    let (selection, hue, saturation, value) = (selection, hue, saturation, value)
    for i in 0..<strip.count {
      let shares = selection.shares(HSV.from(RGB(r[i], g[i], b[i])))
      out[i] = RGB(hue ? shares.r : 1, saturation ? shares.g : 1, value ? shares.b : 1).least
    }
  }
}
