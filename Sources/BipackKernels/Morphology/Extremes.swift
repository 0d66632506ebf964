import BipackPixels
import CVector

/// Minimum and maximum over a rectangle: erosion and dilation, exact, at the same cost
/// whatever the size.
///
/// NaN is left out of the comparison; only where a whole window is NaN is the result NaN.
package enum Extremes {
  /// The extreme over (2 radiusX + 1) x (2 radiusY + 1) pixels. `source` is `rect` grown by the radii.
  package static func apply(
    maximum: Bool, radiusX: Int, radiusY: Int, source: borrowing Window, rect: Rect,
    into target: UnsafeMutablePointer<Float>, stride: Int, pool: BlockPool
  ) {
    let (wide, tall) = (source.rect.width, source.rect.height)
    precondition(source.rect == rect.expanded(x: radiusX, y: radiusY), "rectangle and reach")
    let (keys, columns) = (Keys(wide * tall, pool), Keys(wide * rect.height, pool))
    let result = Keys(rect.area, pool)
    let (windowX, windowY) = (2 * radiusX + 1, 2 * radiusY + 1)
    let work = Keys(16 * max(windowX, windowY) + 32 * (rect.width + windowX), pool)
    let isMaximum: Int32 = maximum ? 1 : 0
    for y in 0..<tall {
      bp_order_encode(
        keys.base + y * wide, source.pointer + y * source.stride, wide, maximum ? 0 : 1)
    }
    bp_extreme_columns(
      columns.base, wide, keys.base, wide, wide, rect.height, windowY, isMaximum, work.base)
    bp_extreme_rows(
      result.base, rect.width, columns.base, wide, rect.width, rect.height, windowX, isMaximum,
      work.base)
    for y in 0..<rect.height {
      bp_order_decode(target + y * stride, result.base + y * rect.width, rect.width)
    }
  }

  /// Scratch memory for the integers floats are compared as.
  private struct Keys {
    private let scratch: Scratch
    let base: UnsafeMutablePointer<Int32>

    init(_ count: Int, _ pool: BlockPool) {
      scratch = pool.scratch(count: count)
      base = UnsafeMutableRawPointer(scratch.base).assumingMemoryBound(to: Int32.self)
    }
  }
}
