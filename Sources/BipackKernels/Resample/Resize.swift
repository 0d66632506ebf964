import BipackPixels
import CVector

/// For each output pixel along one axis, the input pixels it is made of and their weights.
///
/// A filter that makes the picture smaller is widened by the scale, so that every input pixel counts.
/// Weights sum to 1.
package struct AxisWeights: Sendable {
  /// The output pixels, first to last.
  package let outputs: Range<Int>
  /// The first input pixel of each, and how many.
  package let starts: [Int32]
  package let counts: [Int32]
  /// `taps` places for each output pixel.
  package let weights: [Float]
  package let taps: Int

  /// Output position p (in pixels, edges at whole numbers) comes from input position
  /// `scale * p + offset`.
  package init(outputs: Range<Int>, scale: Double, offset: Double, filter: ResampleFilter) {
    self.outputs = outputs
    let widen = max(1, abs(scale))
    let reach = filter.support * widen
    taps = filter == .impulse ? 1 : Int((2 * reach).rounded(.up)) + 1
    var (starts, counts, weights): ([Int32], [Int32], [Float]) = ([], [], [])
    weights.reserveCapacity(outputs.count * taps)
    for output in outputs {
      let p = scale * (Double(output) + 0.5) + offset - 0.5
      if filter == .impulse {
        starts.append(Int32((p + 0.5).rounded(.down)))
        counts.append(1)
        weights.append(1)
        continue
      }
      let first = Int((p - reach).rounded(.down)) + 1
      let last = max(first, Int((p + reach).rounded(.up)) - 1)
      let raw = (first...last).map { filter.value((Double($0) - p) / widen) }
      let sum = raw.reduce(0, +)
      starts.append(Int32(first))
      counts.append(Int32(raw.count))
      weights += raw.map { Float($0 / sum) }
      weights += [Float](repeating: 0, count: taps - raw.count)
    }
    self.starts = starts
    self.counts = counts
    self.weights = weights
  }

  /// The input pixels that `range` of the output needs.
  package func inputs(_ range: Range<Int>) -> Range<Int> {
    var (low, high) = (Int.max, Int.min)
    for i in (range.lowerBound - outputs.lowerBound)..<(range.upperBound - outputs.lowerBound) {
      low = min(low, Int(starts[i]))
      high = max(high, Int(starts[i]) + Int(counts[i]))
    }
    return low < high ? low..<high : 0..<0
  }
}

/// Scaling and shifting along the axes, in two passes: down the columns, then along the rows.
package enum Resize {
  /// Fills `rect`; `source` is exactly the input pixels that `x` and `y` need for it.
  package static func apply(
    x: AxisWeights, y: AxisWeights, source: borrowing Window, rect: Rect,
    into target: UnsafeMutablePointer<Float>, stride: Int, pool: BlockPool
  ) {
    let columns = source.rect.width
    let line = pool.scratch(count: columns)
    let first = rect.x0 - x.outputs.lowerBound
    let starts = (0..<rect.width).map { x.starts[first + $0] - Int32(source.rect.x0) }
    x.counts.withUnsafeBufferPointer { counts in
      x.weights.withUnsafeBufferPointer { across in
        y.weights.withUnsafeBufferPointer { down in
          guard let counts = counts.baseAddress, let across = across.baseAddress,
            let down = down.baseAddress
          else { return }
          for row in 0..<rect.height {
            let i = rect.y0 + row - y.outputs.lowerBound
            bp_weighted_rows(
              line.base, source.pointer + (Int(y.starts[i]) - source.rect.y0) * source.stride,
              source.stride, Int(y.counts[i]), down + i * y.taps, columns)
            bp_weighted_pixels(
              target + row * stride, line.base, rect.width, starts, counts + first,
              across + first * x.taps, x.taps)
          }
        }
      }
    }
  }
}
