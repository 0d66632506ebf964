import BipackPixels
import CVector

/// Minimum and maximum over a rectangle: erosion and dilation, exact, in about log2(size) steps per
/// pixel whatever the size.
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
    let work = pool.scratch(count: wide * tall)
    let keys = UnsafeMutableRawPointer(work.base).assumingMemoryBound(to: Int32.self)
    for y in 0..<tall {
      let line = keys + y * wide
      bp_order_encode(line, source.pointer + y * source.stride, wide, maximum ? 0 : 1)
      bp_extreme_row(line, wide, 2 * radiusX + 1, maximum ? 1 : 0)
    }
    bp_extreme_columns(keys, wide, rect.width, tall, 2 * radiusY + 1, maximum ? 1 : 0)
    for y in 0..<rect.height {
      bp_order_decode(target + y * stride, keys + y * wide, rect.width)
    }
  }
}
