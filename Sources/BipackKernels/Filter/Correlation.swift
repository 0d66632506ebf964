import BipackPixels
import CVector

/// Filtering by a matrix of any odd or even size.
package enum Correlation {
  /// out(x, y) = sum of weights(i, j) source(x + i, y + j), with `source` beginning at the first tap
  /// of the first pixel of `target`. `weights` is row-major, `columns` wide.
  package static func apply(
    _ weights: [Float], columns: Int, source: borrowing Window, into target: PlaneView
  ) {
    let rect = target.rect
    let rows = weights.count / columns
    precondition(
      source.rect.width == rect.width + columns - 1
        && source.rect.height == rect.height + rows - 1, "the source is the rectangle and reach")
    bp_correlate(
      target.base, target.stride, source.pointer, source.stride, rect.width, rect.height, weights,
      columns, rows)
  }
}
