import BipackPixels

/// A hole in a picture, filled.
package protocol HoleFill: Sendable {
  /// Puts the fill of a channel into a part of the picture, and leaves the rest of it.
  func fill(_ channel: Int, _ target: PlaneView, loops: Loops)
}

extension Membrane: HoleFill {}
extension FrequencyFill: HoleFill {}

/// What a matte excludes is no number. Inputs: a value, the matte.
package struct ExcludedKernel: PointKernel {
  package init() {}

  package func apply(_ strip: borrowing Strip) {
    let (value, matte) = (strip.input(0), strip.input(1))
    var out = strip.output(0)
    for i in 0..<strip.count { out[i] = matte[i] > 0.5 ? .nan : value[i] }
  }
}

/// The fill where a matte is above 0.5, less of it below, and none from `least` down. Inputs: a value, the matte, the fill.
package struct HoleMix: PointKernel {
  /// The most a pixel's matte may be that is not in the hole: what a blur leaves far off.
  package static let least: Float = 1 / 1024

  package init() {}

  package func apply(_ strip: borrowing Strip) {
    let (value, matte, fill) = (strip.input(0), strip.input(1), strip.input(2))
    var out = strip.output(0)
    for i in 0..<strip.count {
      let (own, share) = (value[i], 2 * matte[i])
      let mixed = own + share * (fill[i] - own)
      // What is no number can only be replaced.
      let made = share >= 1 || !(own.magnitude < .infinity) ? fill[i] : mixed
      out[i] = matte[i] > Self.least ? made : own
    }
  }
}
