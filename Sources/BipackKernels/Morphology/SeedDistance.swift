import BipackPixels
import CVector

/// Squares of the distances to the nearest pixel that is not at (or beyond) a level, exact up to a
/// reach and (reach + 1)^2 from there on. First down the columns, then along the rows.
package struct SeedDistance: Sendable, Hashable {
  /// Seeds are what is not at least, or with `isBelow` not at most, this much.
  package var level: Float
  package var isBelow: Bool
  package var reach: Int

  package init(level: Float, isBelow: Bool, reach: Int) {
    self.level = level
    self.isBelow = isBelow
    self.reach = reach
  }

  /// Down the columns of `target`. `source` has its columns, and rows above and below it: `reach` of
  /// them, or as many as there are.
  package func columns(
    _ source: borrowing Window, into target: PlaneView, pool: BlockPool
  ) {
    let rect = target.rect
    precondition(source.rect.x0 == rect.x0 && source.rect.x1 == rect.x1, "the columns are given")
    let work = pool.scratch(count: rect.width)
    bp_distance_columns(
      target.base, target.stride, source.pointer, source.stride, rect.width, source.rect.height,
      rect.y0 - source.rect.y0, rect.height, reach, level, isBelow ? 1 : 0, work.base)
  }

  /// Along the rows of `target`, from what `columns` made. `source` has its rows, and columns left and
  /// right of it: `reach` of them, or as many as there are.
  package func rows(
    _ source: borrowing Window, into target: PlaneView, pool: BlockPool
  ) {
    let rect = target.rect
    precondition(source.rect.y0 == rect.y0 && source.rect.y1 == rect.y1, "the rows are given")
    let padded = pool.scratch(count: rect.width + 2 * reach)
    let far = Float((reach + 1) * (reach + 1))
    padded.base.update(repeating: far, count: rect.width + 2 * reach)
    let first = padded.base + source.rect.x0 - (rect.x0 - reach)
    for y in 0..<rect.height {
      first.update(from: source.pointer + y * source.stride, count: source.rect.width)
      bp_distance_row(target.base + y * target.stride, padded.base, rect.width, reach)
    }
  }
}
