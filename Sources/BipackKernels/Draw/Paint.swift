import BipackPixels

/// A colour painted over a plane through a mask: plane (1 - mask) + value mask.
package struct Paint: PointKernel {
  private let value: Float

  package init(_ value: Float) { self.value = value }

  package func apply(_ strip: borrowing Strip) {
    let (below, mask) = (strip.input(0), strip.input(1))
    var out = strip.output(0)
    let value = value
    for i in 0..<strip.count { out[i] = below[i] * (1 - mask[i]) + value * mask[i] }
  }
}
