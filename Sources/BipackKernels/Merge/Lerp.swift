// swift-format-ignore-file: AlwaysUseLowerCamelCase
// A and B are pictures, a and b their alphas: the letters of every book on compositing.

import BipackPixels

/// A (1 - t) + B t: exactly A at 0 and exactly B at 1.
package struct Lerp: PointKernel {
  private let t: Float

  package init(_ t: Float) { self.t = t }

  package func apply(_ strip: borrowing Strip) {
    let (A, B) = (strip.input(0), strip.input(1))
    var out = strip.output(0)
    let (s, t) = (1 - t, t)
    for i in 0..<strip.count { out[i] = A[i] * s + B[i] * t }
  }
}
