import BipackPixels

/// At least as much as a core matte, which counts up to 1. Inputs: matte, core.
package struct CoreMatteKernel: PointKernel {
  package init() {}

  package func apply(_ strip: borrowing Strip) {
    let (a, b) = (strip.input(0), strip.input(1))
    var out = strip.output(0)
    for i in 0..<strip.count { out[i] = b[i] > a[i] ? (b[i] > 1 ? 1 : b[i]) : a[i] }
  }
}

/// At most what a garbage matte leaves. Inputs: matte, garbage.
package struct GarbageMatteKernel: PointKernel {
  package init() {}

  package func apply(_ strip: borrowing Strip) {
    let (a, b) = (strip.input(0), strip.input(1))
    var out = strip.output(0)
    for i in 0..<strip.count {
      let rest = b[i] < 1 ? 1 - b[i] : 0
      out[i] = rest < a[i] ? rest : a[i]
    }
  }
}

/// 0 up to A, rising to 1 at B, 1 up to C, falling to 0 at D: the trapezoid of luma keyers. Where two
/// corners meet the ramp between them is a step. A straight ramp turns into a smooth one (3t² - 2t³) as
/// `softness` goes from 0 to 1.
package struct TrapezoidKernel: PointKernel {
  private let a: Float
  private let b: Float
  private let c: Float
  private let d: Float
  private let softness: Float

  package init(a: Double, b: Double, c: Double, d: Double, softness: Double) {
    (self.a, self.b, self.c, self.d) = (Float(a), Float(b), Float(c), Float(d))
    self.softness = Float(softness)
  }

  package func apply(_ strip: borrowing Strip) {
    let input = strip.input(0)
    var out = strip.output(0)
    let (rise, fall) = (b - a, d - c)
    let (isRamp, isSlope) = (rise > 0, fall > 0)
    for i in 0..<strip.count {
      let v = input[i]
      let up = isRamp ? (v - a) / rise : v >= b ? 1 : 0
      let down = isSlope ? (d - v) / fall : v <= c ? 1 : 0
      let least = down < up ? down : up
      let t = least < 0 ? 0 : least > 1 ? 1 : least
      out[i] = t + softness * (t * t * (3 - 2 * t) - t)
    }
  }
}

/// A premultiplied colour whose alpha was changed: times new by old alpha, as it is where there was
/// none. Inputs: colour, old alpha, new alpha.
package struct FollowMatteKernel: PointKernel {
  package init() {}

  package func apply(_ strip: borrowing Strip) {
    let (color, before, after) = (strip.input(0), strip.input(1), strip.input(2))
    var out = strip.output(0)
    for i in 0..<strip.count {
      let isSome = before[i] > 0
      let scaled = color[i] * (after[i] / (isSome ? before[i] : 1))
      out[i] = isSome ? scaled : color[i] * (after[i] > 0 ? 1 : 0)
    }
  }
}

/// A premultiplied colour whose alpha was changed, where what is added has a colour of its own: times
/// the ratio where alpha falls, with the difference of the other colour added where it rises. Inputs:
/// colour, old alpha, new alpha, the other colour, not premultiplied.
package struct AdjustMatteKernel: PointKernel {
  package init() {}

  package func apply(_ strip: borrowing Strip) {
    let (color, before) = (strip.input(0), strip.input(1))
    let (after, other) = (strip.input(2), strip.input(3))
    var out = strip.output(0)
    for i in 0..<strip.count {
      let falls = after[i] < before[i]
      let ratio = after[i] / (falls ? before[i] : 1)
      let risen = color[i] + other[i] * (after[i] - before[i])
      out[i] = falls ? color[i] * ratio : risen
    }
  }
}
