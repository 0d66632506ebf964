import BipackPixels

/// The mean of a picture along a straight line through each pixel.
///
/// The line is followed along the axis it is nearer to, from one column (or row) of pixel centres to the
/// next; there the picture is read between the two nearest pixels, and between the columns it is taken
/// as straight. The integral over that is exact: `2a` being the line's extent along the axis, column k has
/// the weight `(C(a - k) - C(-a - k)) / 2a`, where C is the integral of the hat function. Any length and
/// angle, and no line longer than another by rounding.
package struct LineBlur: Sendable {
  /// One pixel that counts, from the pixel that is made.
  package struct Tap: Sendable {
    package let x: Int
    package let y: Int
    package let weight: Float
  }

  package let taps: [Tap]
  /// How far it reads, in pixels.
  package let reach: (x: Int, y: Int)

  /// - Parameters:
  ///   - length: of the whole line, in pixels.
  ///   - angle: in degrees, counter-clockwise as seen; 0 is along a row.
  package init(length: Double, angle: Double) {
    let (sine, cosine) = ExactMath.sinCos(degrees: angle)
    let isSteep = sine.magnitude > cosine.magnitude
    // y is down.
    let slope = isSteep ? -cosine / sine : -sine / cosine
    let half = length / 2 * max(sine.magnitude, cosine.magnitude)
    var taps: [Tap] = []
    let last = Int((half + 1).rounded(.up))
    for k in -last...last {
      let weight = Self.weight(k, half)
      if weight == 0 { continue }
      let place = Double(k) * slope
      let nearest = place.rounded()
      // What should be a whole pixel is one.
      let exact = abs(place - nearest) < 1e-12 ? nearest : place
      let low = exact.rounded(.down)
      let fraction = exact - low
      for (other, share) in [(Int(low), 1 - fraction), (Int(low) + 1, fraction)] where share > 0 {
        taps.append(
          Tap(
            x: isSteep ? other : k, y: isSteep ? k : other, weight: Float(weight * share)))
      }
    }
    self.taps = taps
    reach = (taps.map { abs($0.x) }.max() ?? 0, taps.map { abs($0.y) }.max() ?? 0)
  }

  private static func weight(_ k: Int, _ half: Double) -> Double {
    if half < 1e-9 { return k == 0 ? 1 : 0 }
    func integral(_ u: Double) -> Double {
      if u <= -1 { return 0 }
      if u <= 0 { return (u + 1) * (u + 1) / 2 }
      return u < 1 ? 1 - (1 - u) * (1 - u) / 2 : 1
    }
    return (integral(half - Double(k)) - integral(-half - Double(k))) / (2 * half)
  }

  /// Fills `target`; `source` is its rectangle grown by the reach.
  package func render(_ source: borrowing Window, into target: PlaneView) {
    // SAFETY: `source` holds every tap of every pixel of `target`.
    let rect = target.rect
    let width = rect.width
    for y in rect.y0..<rect.y1 {
      let out = target.row(y)
      out.update(repeating: 0, count: width)
      for tap in taps {
        let from =
          source.pointer + (y + tap.y - source.rect.y0) * source.stride + rect.x0 + tap.x
          - source.rect.x0
        let weight = tap.weight
        for x in 0..<width { out[x] += weight * from[x] }
      }
    }
  }
}
