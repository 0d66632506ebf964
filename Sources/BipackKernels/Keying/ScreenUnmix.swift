import BipackPixels
import CVector

/// The subject's colour by taking the screen away: (C - (1 - a) S) / a, and C itself where nothing of
/// the subject is left; not below black where neither of them is: there it is no such mixture. Inputs:
/// picture, plate, alpha.
package struct ScreenSubtractionKernel: PointKernel {
  package init() {}

  package func apply(_ strip: borrowing Strip) {
    for channel in 0..<3 {
      let (color, plate) = (strip.input(channel), strip.input(3 + channel))
      let alpha = strip.input(6)
      var out = strip.output(channel)
      for i in 0..<strip.count {
        let a = alpha[i]
        let isSome = a > 1e-3
        let own = (color[i] - (1 - a) * plate[i]) / (isSome ? a : 1)
        let least = color[i] < plate[i] ? color[i] : plate[i]
        let lowest = least < 0 ? least : 0
        out[i] = isSome ? (own < lowest ? lowest : own) : color[i]
      }
    }
  }
}

/// A subject's colour found in a picture without grain, brought to one with it: the more solid, the
/// more of what the mixture leaves unexplained belongs to the subject. Inputs: picture, plate, the
/// colour found, alpha.
package struct ScreenGrainKernel: PointKernel {
  package init() {}

  package func apply(_ strip: borrowing Strip) {
    for channel in 0..<3 {
      let (color, plate) = (strip.input(channel), strip.input(3 + channel))
      let (found, alpha) = (strip.input(6 + channel), strip.input(9))
      var out = strip.output(channel)
      for i in 0..<strip.count {
        let (a, f) = (alpha[i], found[i])
        out[i] = f + a * (color[i] - a * f - (1 - a) * plate[i])
      }
    }
  }
}

/// Takes the screen's colour out of a colour where its primary exceeds the mean of the other two: the
/// excess' share of the plate, in all three channels, so that the red and blue of the bounce go too.
/// Homogeneous: values above 1 behave as those below. Inputs: colour, plate.
package struct ScreenDespillKernel: PointKernel {
  private let amount: Float

  package init(amount: Float) { self.amount = amount }

  package func apply(_ strip: borrowing Strip) {
    let color: [UnsafePointer<Float>?] = (0..<3).map { strip.inputPointer($0) }
    let plate: [UnsafePointer<Float>?] = (3..<6).map { strip.inputPointer($0) }
    let out: [UnsafeMutablePointer<Float>?] = (0..<3).map { strip.outputPointer($0) }
    bp_key_despill(out, color, plate, strip.count, amount)
  }
}

/// Values from `black` to `white` become 0 to 1; beyond they are held.
package struct MatteRampKernel: PointKernel {
  private let black: Float
  private let scale: Float

  package init(black: Double, white: Double) {
    self.black = Float(black)
    scale = Float(1 / Swift.max(white - black, 1e-6))
  }

  package func apply(_ strip: borrowing Strip) {
    let input = strip.input(0)
    var out = strip.output(0)
    for i in 0..<strip.count {
      let v = (input[i] - black) * scale
      out[i] = v < 0 ? 0 : v > 1 ? 1 : v
    }
  }
}
