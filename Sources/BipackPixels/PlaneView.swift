/// A rectangle of a plane in memory that is being filled: where kernels write.
///
/// The pixels of a row lie side by side, rows `stride` floats apart; `stride` may be more than the width,
/// and what lies between is somebody else's. A view does not keep its memory alive: whoever makes one holds
/// the canvas, block or buffer while it is used.
@frozen
package struct PlaneView: @unchecked Sendable {
  // SAFETY: one task fills a view; parallel loops of it write disjoint rows or parts, and nobody reads before
  // they have ended.
  package let rect: Rect
  /// Pixel (`rect.x0`, `rect.y0`).
  package let base: UnsafeMutablePointer<Float>
  /// Floats from one row to the next.
  package let stride: Int

  @inlinable
  package init(rect: Rect, base: UnsafeMutablePointer<Float>, stride: Int) {
    (self.rect, self.base, self.stride) = (rect, base, stride)
  }

  /// All of a buffer, row after row.
  @inlinable
  package init(_ rect: Rect, of scratch: Scratch) {
    self.init(rect: rect, base: scratch.base, stride: rect.width)
  }

  /// Row `y` (absolute); its first element is pixel `rect.x0`.
  @inlinable
  package func row(_ y: Int) -> UnsafeMutablePointer<Float> { base + (y - rect.y0) * stride }

  /// A part of it, which lies inside.
  @inlinable
  package func part(_ part: Rect) -> PlaneView {
    PlaneView(rect: part, base: row(part.y0) + part.x0 - rect.x0, stride: stride)
  }

  /// The same number everywhere.
  package func fill(_ value: Float) {
    for y in 0..<rect.height { (base + y * stride).update(repeating: value, count: rect.width) }
  }

  /// Pixels that lie row after row.
  package func copy(_ values: UnsafePointer<Float>) {
    for y in 0..<rect.height {
      (base + y * stride).update(from: values + y * rect.width, count: rect.width)
    }
  }
}
