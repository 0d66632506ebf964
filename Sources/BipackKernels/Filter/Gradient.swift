import BipackPixels

/// The slope of a picture, by 3x3 differences.
package struct Gradient: Sendable, Hashable {
  /// Weights of the three lines of a difference: the outer ones and the middle one; the difference
  /// itself is (next - previous) times them.
  package var side: Float
  package var middle: Float

  package init(side: Float, middle: Float) {
    self.side = side
    self.middle = middle
  }

  /// Fills `x` and `y` (`rect.area` floats each) with the slopes towards right and down. `source` is
  /// `rect` grown by 1.
  package func apply(
    _ source: borrowing Window, rect: Rect, x: UnsafeMutablePointer<Float>,
    y: UnsafeMutablePointer<Float>
  ) {
    let (width, stride) = (rect.width, source.stride)
    for row in 0..<rect.height {
      let above = source.pointer + row * stride
      let here = above + stride
      let below = here + stride
      let (gx, gy) = (x + row * width, y + row * width)
      for i in 0..<width {
        let (l, r) = (above[i], above[i + 2])
        let (a, b) = (below[i], below[i + 2])
        gx[i] = middle * (here[i + 2] - here[i]) + side * ((r - l) + (b - a))
        gy[i] = middle * (below[i + 1] - above[i + 1]) + side * ((a - l) + (b - r))
      }
    }
  }
}
