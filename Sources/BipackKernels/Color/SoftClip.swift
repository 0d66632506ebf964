import BipackPixels

/// A shoulder: nothing happens up to `low`, from there a logarithm leaves the straight line without
/// a corner and reaches 1 at `high`, and above `high` everything is 1.
///
/// y = low + a ln(1 + (x - low) / a); the slope at `low` is 1, and a is such that y(high) = 1. Where
/// `high` is 1 (or `low` is) nothing is left to bend and values are cut off at 1.
package struct Shoulder: Sendable {
  package let low: Float
  package let high: Float
  private let size: Float
  private let inverse: Float

  /// - Parameters:
  ///   - low: where it begins, 0 to 1.
  ///   - high: what becomes 1, at least 1.
  package init(low: Double, high: Double) {
    self.low = Float(low)
    self.high = Float(high)
    let size = Self.size(room: 1 - low, span: high - low)
    self.size = Float(size)
    inverse = Float(1 / size)
  }

  /// The a for which a ln(1 + span / a) = room. With t = ln(1 + span / a) that is
  /// t / (e^t - 1) = room / span, and the left side falls from 1 to 0.
  private static func size(room: Double, span: Double) -> Double {
    guard room > 0, span > room else { return .infinity }
    func steepness(_ t: Double) -> Double { ExactMath.exp(t) - 1 }
    var (from, to) = (0.0, 600.0)
    for _ in 0..<100 {
      let t = (from + to) / 2
      if t > room / span * steepness(t) { from = t } else { to = t }
    }
    return to < 1e-6 ? .infinity : span / steepness(to)
  }

  /// Where a value comes out.
  @inline(__always)
  package func value(_ x: Float) -> Float {
    let over = (x - low) * inverse
    // ln(1 + s) to the last bits, however small s is: log2(1 + s) s / ((1 + s) - 1).
    let sum = 1 + over
    let step = sum - 1
    let isCurved = over > 0 && step > 0 && x < high
    let safe: Float = isCurved ? sum : 2
    let log = TransferMath.log2(safe) * 0.693_147_18 * (over / (isCurved ? step : 1))
    let curved = low + size * log
    let bent = isCurved ? (curved < 1 ? curved : 1) : x
    let limit: Float = x >= high ? 1 : bent
    return x > 1 && limit > 1 ? 1 : limit
  }
}

/// Each element through a shoulder by itself.
package struct ShoulderKernel: PointKernel {
  private let shoulder: Shoulder

  package init(_ shoulder: Shoulder) { self.shoulder = shoulder }

  package func apply(_ strip: borrowing Strip) {
    let (input, shoulder) = (strip.input(0), shoulder)
    var out = strip.output(0)
    for i in 0..<strip.count { out[i] = shoulder.value(input[i]) }
  }
}

/// Colours whose largest component goes through a shoulder and takes the others along.
package struct SoftClipKernel: PointKernel {
  /// What a colour keeps beside its hue.
  package enum Keeping: Sendable {
    /// The brightness: the colour moves towards its grey until its largest component fits.
    case brightness(r: Float, g: Float, b: Float)
    /// The saturation: the colour is scaled.
    case saturation
  }

  private let shoulder: Shoulder
  private let keeping: Keeping

  package init(_ shoulder: Shoulder, _ keeping: Keeping) {
    self.shoulder = shoulder
    self.keeping = keeping
  }

  package func apply(_ strip: borrowing Strip) {
    let (r, g, b) = (strip.input(0), strip.input(1), strip.input(2))
    var red = strip.output(0)
    var green = strip.output(1)
    var blue = strip.output(2)
    let shoulder = shoulder
    switch keeping {
    case .saturation:
      for i in 0..<strip.count {
        let most = Max.value(Max.value(r[i], g[i]), b[i])
        let isOver = most > shoulder.low && most > 0
        let scale = isOver ? shoulder.value(most) / (isOver ? most : 1) : 1
        red[i] = r[i] * scale
        green[i] = g[i] * scale
        blue[i] = b[i] * scale
      }
    case .brightness(let x, let y, let z):
      for i in 0..<strip.count {
        let most = Max.value(Max.value(r[i], g[i]), b[i])
        let grey = r[i] * x + g[i] * y + b[i] * z
        let target = shoulder.value(most)
        let isOver = most > shoulder.low && target < most
        // A grey that does not fit itself comes down too.
        let centre = grey < target ? grey : target
        let hasRoom = grey < target && most > grey
        let share = hasRoom ? (target - grey) / (hasRoom ? most - grey : 1) : 0
        red[i] = isOver ? centre + (r[i] - grey) * share : r[i]
        green[i] = isOver ? centre + (g[i] - grey) * share : g[i]
        blue[i] = isOver ? centre + (b[i] - grey) * share : b[i]
      }
    }
  }
}
