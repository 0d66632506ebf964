import BipackPixels
import CVector

/// The middle value of a rectangle of pixels, exact for floats of any range.
///
/// Up to 5 x 5 by a branch-free selection on sixteen pixels at once; larger windows by sliding counts
/// of ranks, at about the same cost whatever their size. NaN counts as larger than every number.
package enum Median {
  /// The median of (2 radiusX + 1) x (2 radiusY + 1) pixels. `source` is the target's rectangle grown by the
  /// radii.
  package static func apply(
    radiusX: Int, radiusY: Int, source: borrowing Window, into target: PlaneView, pool: BlockPool,
    isCancelled: () -> Bool = { false }
  ) {
    let rect = target.rect
    let (wide, tall) = (source.rect.width, source.rect.height)
    precondition(source.rect == rect.expanded(x: radiusX, y: radiusY), "rectangle and reach")
    let work = pool.scratch(count: wide * tall)
    let keys = UnsafeMutableRawPointer(work.base).assumingMemoryBound(to: Int32.self)
    for y in 0..<tall {
      bp_order_encode(keys + y * wide, source.pointer + y * source.stride, wide, 1)
    }
    let result = pool.scratch(count: rect.area)
    let medians = UnsafeMutableRawPointer(result.base).assumingMemoryBound(to: Int32.self)
    if radiusX <= 2 && radiusY <= 2 {
      bp_median_small(
        medians, rect.width, keys, wide, rect.width, rect.height, Int32(radiusX), Int32(radiusY))
    } else {
      precondition(max(radiusX, radiusY) <= 128 && wide * tall < 1 << 22, "a tile and its reach")
      let bytes = bp_median_work(rect.width, rect.height, radiusX, radiusY)
      let sorting = pool.scratch(count: bytes / MemoryLayout<Float>.stride + 1)
      StopQuestion.with(isCancelled) { stop in
        bp_median_large(
          medians, rect.width, keys, wide, rect.width, rect.height, radiusX, radiusY, sorting.base,
          stop)
      }
      if isCancelled() { return }
    }
    for y in 0..<rect.height {
      bp_order_decode(target.base + y * target.stride, medians + y * rect.width, rect.width)
    }
  }
}
