import BipackPixels

/// What a trimap knows stays; the rest is taken from a matte. Inputs: trimap, matte.
package struct HeldLevelKernel: PointKernel {
  package init() {}

  package func apply(_ strip: borrowing Strip) {
    let (level, matte) = (strip.input(0), strip.input(1))
    var out = strip.output(0)
    for i in 0..<strip.count { out[i] = TrimapLevel.held(level[i], matte[i]) }
  }
}

/// What a level of a trimap says. One that is not a number says nothing: it is to be found out.
/// (`bp_matting_prepare` counts the same way.)
enum TrimapLevel {
  @inline(__always) static func isSubject(_ level: Float) -> Bool { level >= 0.95 }
  @inline(__always) static func isBackground(_ level: Float) -> Bool { level <= 0.05 }

  @inline(__always) static func isCertain(_ level: Float) -> Bool {
    isSubject(level) || isBackground(level)
  }

  /// What is known stays; the rest is as found.
  @inline(__always) static func held(_ level: Float, _ found: Float) -> Float {
    isSubject(level) ? 1 : isBackground(level) ? 0 : found
  }
}
