import BipackPixels

/// Nuke's Posterize: so many levels for each channel, evenly spread over 0 to 1 and going on beyond.
///
/// ceil(x n - 1) / (n - 1) above 0, floor(x n) / (n - 1) at 0 and below, decided in double, so that a
/// value that lies on the border of two levels always falls to the lower.
package struct PosterizeKernel: PointKernel {
  private let levels: Double

  /// - Parameter levels: at least 2.
  package init(levels: Int) { self.levels = Double(levels) }

  package func apply(_ strip: borrowing Strip) {
    let input = strip.input(0)
    var out = strip.output(0)
    let (levels, last) = (levels, levels - 1)
    for i in 0..<strip.count {
      let place = Double(input[i]) * levels
      let isPositive = place > 0
      let below = isPositive ? 1 - place : place
      let floor = Floor.of(below)
      out[i] = Float((isPositive ? 0 - floor : floor) / last)
    }
  }
}
