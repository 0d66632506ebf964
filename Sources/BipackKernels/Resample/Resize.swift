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
    taps = filter == .impulse ? 1 : Int((2 * reach).rounded(.up)) + 2
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
      let isArea = filter == .box && widen > 1
      let half = isArea ? 0.5 - 1e-9 : 0
      let first = Int((p - reach - half).rounded(.down)) + 1
      // A box ends with the pixel that lies exactly on its end, or one that falls halfway has none.
      let end =
        filter == .box ? Int((p + reach + half).rounded(.down)) : Int((p + reach).rounded(.up)) - 1
      let last = max(first, end)
      let raw = (first...last).map { k in
        // Shrunk, the mean over the area of the output pixel; else the nearest pixel.
        if isArea { return min(Double(k) + 0.5, p + reach) - max(Double(k) - 0.5, p - reach) }
        return filter == .box ? 1 : filter.value((Double(k) - p) / widen)
      }
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
  /// Fills `target`; `source` is exactly the input pixels that `x` and `y` need for it.
  package static func apply(
    x: AxisWeights, y: AxisWeights, source: borrowing Window, into target: PlaneView,
    pool: BlockPool
  ) {
    let rect = target.rect
    let (columns, group) = (source.rect.width, 16)
    let lines = pool.scratch(count: group * columns)
    let work = pool.scratch(count: 16 * (columns + rect.width))
    let first = rect.x0 - x.outputs.lowerBound
    let starts = (0..<rect.width).map { x.starts[first + $0] - Int32(source.rect.x0) }
    x.counts.withUnsafeBufferPointer { counts in
      x.weights.withUnsafeBufferPointer { across in
        y.weights.withUnsafeBufferPointer { down in
          guard let counts = counts.baseAddress, let across = across.baseAddress,
            let down = down.baseAddress
          else { return }
          for top in Swift.stride(from: 0, to: rect.height, by: group) {
            let rows = min(group, rect.height - top)
            for row in 0..<rows {
              let i = rect.y0 + top + row - y.outputs.lowerBound
              bp_weighted_rows(
                lines.base + row * columns,
                source.pointer + (Int(y.starts[i]) - source.rect.y0) * source.stride,
                source.stride, Int(y.counts[i]), down + i * y.taps, columns)
            }
            bp_weighted_pixels(
              target.base + top * target.stride, target.stride, lines.base, columns, columns,
              rect.width, rows,
              starts, counts + first, across + first * x.taps, x.taps, work.base)
          }
        }
      }
    }
  }
}

/// The weights of one scaling, kept from one tile to the next: a row of tiles shares those of y, a
/// column those of x, and computing them costs as much as using them.
final class KeptAxisWeights: Sendable {
  private struct Key: Hashable {
    var isAcross: Bool
    var outputs: Range<Int>
  }
  private let kept = Locked<[Key: AxisWeights]>([:])
  private let filter: ResampleFilter

  init(_ filter: ResampleFilter) { self.filter = filter }

  /// `scale` and `offset` are always the same for one direction.
  func weights(across isAcross: Bool, _ outputs: Range<Int>, scale: Double, offset: Double)
    -> AxisWeights
  {
    let key = Key(isAcross: isAcross, outputs: outputs)
    if let known = kept.withLock({ $0[key] }) { return known }
    let weights = AxisWeights(outputs: outputs, scale: scale, offset: offset, filter: filter)
    kept.withLock { kept in
      if kept.count >= 512 { kept.removeAll() }
      kept[key] = weights
    }
    return weights
  }
}
