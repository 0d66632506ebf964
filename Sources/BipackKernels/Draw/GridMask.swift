import BipackPixels

/// Lines at equal distances in both directions, each pixel as bright as the part of it they cover, exactly.
package struct GridMask: PointKernel {
  /// The lines across one axis.
  package struct Lines: Sendable {
    /// Where the middle of one of them lies.
    let origin: Double
    /// From one to the next.
    let spacing: Double
    let width: Double

    package init(origin: Double, spacing: Double, width: Double) {
      self.origin = origin
      self.spacing = spacing
      self.width = width
    }

    /// How much of the pixel from `p` to `p + 1` they cover.
    func coverage(_ p: Int) -> Double {
      guard spacing > 0, width > 0 else { return 0 }
      if width >= spacing { return 1 }
      // From the near edge of the last line that begins before the pixel.
      let first = ((Double(p) - origin + width / 2) / spacing).rounded(.down)
      let start = Double(p) - origin + width / 2 - first * spacing
      func covered(_ t: Double) -> Double {
        let whole = (t / spacing).rounded(.down)
        return whole * width + min(t - whole * spacing, width)
      }
      return min(max(covered(start + 1) - covered(start), 0), 1)
    }
  }

  private let x: Lines
  private let y: Lines

  /// - Parameters:
  ///   - x: the upright lines.
  ///   - y: the level ones.
  package init(x: Lines, y: Lines) {
    self.x = x
    self.y = y
  }

  package var readsPosition: Bool { true }

  package func apply(_ strip: borrowing Strip) {
    var out = strip.output(0)
    let (width, rows, left, top) = (strip.width, strip.rows, strip.x, strip.y)
    withUnsafeTemporaryAllocation(of: Float.self, capacity: width) { buffer in
      for i in 0..<width { buffer.initializeElement(at: i, to: Float(x.coverage(left + i))) }
      let across = buffer.span
      for row in 0..<rows {
        let down = Float(y.coverage(top + row))
        let first = row * width
        // Both cover parts of the pixel; what they share counts once.
        for i in 0..<width {
          let c = across[i]
          out[first + i] = c + down - c * down
        }
      }
    }
  }
}
