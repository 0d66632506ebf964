import BipackPixels

/// One step of pull-push on its way up: the mean colour of a level where it has weight, else the
/// coarser level's. Inputs: the coarser level's red, green, blue (nothing at the top), then this
/// level's sums and weight.
package struct JoinColorsKernel: PointKernel {
  private let enough: Float
  private let isTop: Bool

  /// - Parameter enough: the weight from which a level stands for itself.
  package init(enough: Double, isTop: Bool) {
    self.enough = Float(enough)
    self.isTop = isTop
  }

  package func apply(_ strip: borrowing Strip) {
    let first = isTop ? 0 : 3
    let weight = strip.input(first + 3)
    for channel in 0..<3 {
      let sum = strip.input(first + channel)
      var out = strip.output(channel)
      if isTop {
        for i in 0..<strip.count {
          out[i] = weight[i] > 1e-12 ? sum[i] / weight[i] : 0
        }
      } else {
        let coarse = strip.input(channel)
        for i in 0..<strip.count {
          let w = weight[i]
          let own = sum[i] / (w > 1e-12 ? w : 1e-12)
          let share = w < enough ? w / enough : 1
          out[i] = w > 1e-12 ? coarse[i] + (own - coarse[i]) * share : coarse[i]
        }
      }
    }
  }
}
