import BipackPixels
import CVector

/// Minimum and maximum over a rectangle: erosion and dilation, exact, at the same cost
/// whatever the size.
///
/// NaN is left out of the comparison; only where a whole window is NaN is the result NaN. Between the
/// columns and the rows floats are the integers they are compared as.
package struct Extremes: SweptFilter {
  private let isMaximum: Bool
  package let reachX: Int
  package let reachY: Int

  /// The extreme over (2 radiusX + 1) x (2 radiusY + 1) pixels.
  package init(maximum: Bool, radiusX: Int, radiusY: Int) {
    isMaximum = maximum
    reachX = radiusX
    reachY = radiusY
  }

  /// `source` is the target's rectangle grown by the radii.
  package func apply(source: borrowing Window, into target: PlaneView, pool: BlockPool) {
    let rect = target.rect
    precondition(source.rect == rect.expanded(x: reachX, y: reachY), "rectangle and reach")
    let across = rect.expanded(x: reachX, y: 0)
    let middle = pool.scratch(count: across.area)
    let (first, sourceStride) = (source.pointer, source.stride)
    let lines = (0..<source.rect.height).map { Optional(first + $0 * sourceStride) }
    columns(lines, PlaneView(across, of: middle), pool)
    rows(middle.base, across.width, target, pool)
  }

  /// Down the columns of `target`; `lines` begin `reachY` above it. The results are integers.
  package func columns(
    _ lines: [UnsafePointer<Float>?], _ target: PlaneView, _ pool: BlockPool
  ) {
    let window = 2 * reachY + 1
    let work = pool.scratch(count: 32 * window)
    bp_extreme_columns(
      Self.integers(target.base), target.stride, lines, target.rect.width, target.rect.height,
      window, isMaximum ? 1 : 0, Self.integers(work.base))
  }

  /// Along the rows of `target`; `source`, integers, begins `reachX` left of it.
  package func rows(
    _ source: UnsafePointer<Float>, _ sourceStride: Int, _ target: PlaneView, _ pool: BlockPool
  ) {
    let rect = target.rect
    let window = 2 * reachX + 1
    let work = pool.scratch(count: 32 * window + 64 * (rect.width + window))
    bp_extreme_rows(
      target.base, target.stride, UnsafeRawPointer(source).assumingMemoryBound(to: Int32.self),
      sourceStride, rect.width, rect.height, window, isMaximum ? 1 : 0, Self.integers(work.base))
  }

  private static func integers(_ base: UnsafeMutablePointer<Float>) -> UnsafeMutablePointer<Int32> {
    UnsafeMutableRawPointer(base).assumingMemoryBound(to: Int32.self)
  }
}
