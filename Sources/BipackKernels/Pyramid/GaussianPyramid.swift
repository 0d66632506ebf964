import BipackPixels
import CVector

/// A Gaussian of any width at the cost of a narrow one.
///
/// The picture is halved a few times with the binomial filter 1 4 6 4 1 / 16, blurred by a short FIR
/// where it is small, and doubled back with the cubic B-spline's own refinement (1 6 1 / 8 and
/// 1 1 / 2). Halving L times filters by a discrete cubic B-spline of 2^L pixels, variance
/// (4^L - 1) / 3; so does doubling back. Both are subtracted from the variance asked for, so that the
/// whole has exactly the right sigma. The spline's fourth-order zeros at the new sampling rate keep
/// aliasing below 0.05 % of the peak when at least 2.5 small pixels make one sigma; the spline's own
/// departure from a Gaussian is smaller still. (Burt & Adelson 1983; Unser, Aldroubi & Eden 1993.)
///
/// Unlike a recursive filter everything is finite: a pixel's value depends on its neighbourhood
/// alone, whatever the tile, and a NaN goes no further than the reach.
package struct GaussianPyramid: Sendable, Hashable {
  /// Halvings along each axis.
  package let levels: (x: Int, y: Int)
  /// The blur at the top, in small pixels.
  package let top: (x: LineFilter, y: LineFilter)

  /// The finest sigma, in small pixels, a level may leave.
  static let finest = 2.5

  package static func == (a: GaussianPyramid, b: GaussianPyramid) -> Bool {
    a.levels == b.levels && a.top == b.top
  }

  package func hash(into hasher: inout Hasher) {
    hasher.combine(levels.x)
    hasher.combine(levels.y)
    hasher.combine(top.x)
    hasher.combine(top.y)
  }

  /// The plan for sigmas in pixels; an axis of sigma 0 is left alone.
  package init(sigmaX: Double, sigmaY: Double) {
    let (x, y) = (Self.axis(sigmaX), Self.axis(sigmaY))
    levels = (x.0, y.0)
    top = (x.1, y.1)
  }

  /// How far a Gaussian is carried outside the data window: 3.6 sigma, at least 3 pixels, where it
  /// has fallen to 0.15 % of its peak.
  package static func reach(sigma: Double) -> Int {
    sigma > 0 ? max(3, Int((3.6 * sigma).rounded(.up))) : 0
  }

  private static func axis(_ sigma: Double) -> (Int, LineFilter) {
    if sigma <= 0 { return (0, .none) }
    var level = 0
    while sigma / Double(1 << (level + 1)) >= finest, level < 16 { level += 1 }
    if level == 0 { return (0, .gaussian(sigma: sigma, radius: reach(sigma: sigma))) }
    let step = Double(1 << level)
    let rest = (sigma * sigma - 2 * (step * step - 1) / 3) / (step * step)
    let small = rest.squareRoot()
    return (level, .gaussian(sigma: small, radius: Int((4 * small).rounded(.up))))
  }

  package var depth: Int { max(levels.x, levels.y) }

  /// Whether the step between `level` and `level + 1` changes each axis.
  package func halves(at level: Int) -> (x: Bool, y: Bool) { (level < levels.x, level < levels.y) }

  /// The pixels of the coarser picture that `rect` of the finer one is doubled from.
  package static func coarse(for rect: Rect, x: Bool, y: Bool) -> Rect {
    if rect.isEmpty { return .empty }
    return Rect(
      x0: x ? (rect.x0 >> 1) - 1 : rect.x0, y0: y ? (rect.y0 >> 1) - 1 : rect.y0,
      x1: x ? ((rect.x1 - 1) >> 1) + 2 : rect.x1, y1: y ? ((rect.y1 - 1) >> 1) + 2 : rect.y1)
  }

  /// The pixels of the finer picture that `rect` of the coarser one is made from.
  package static func fine(for rect: Rect, x: Bool, y: Bool) -> Rect {
    if rect.isEmpty { return .empty }
    return Rect(
      x0: x ? 2 * rect.x0 - 2 : rect.x0, y0: y ? 2 * rect.y0 - 2 : rect.y0,
      x1: x ? 2 * rect.x1 + 1 : rect.x1, y1: y ? 2 * rect.y1 + 1 : rect.y1)
  }

  /// The coarser pixels that hold anything of `rect` of the finer picture, black around it.
  package static func support(of rect: Rect, x: Bool, y: Bool) -> Rect {
    if rect.isEmpty { return .empty }
    return Rect(
      x0: x ? (rect.x0 - 1) >> 1 : rect.x0, y0: y ? (rect.y0 - 1) >> 1 : rect.y0,
      x1: x ? ((rect.x1 + 1) >> 1) + 1 : rect.x1, y1: y ? ((rect.y1 + 1) >> 1) + 1 : rect.y1)
  }

  /// Fills a part of the coarser picture; `source` is exactly `fine` for it.
  package static func halve(
    _ source: borrowing Window, x: Bool, y: Bool, into target: PlaneView, pool: BlockPool
  ) {
    let rect = target.rect
    precondition(source.rect == fine(for: rect, x: x, y: y), "the source is what halving needs")
    let work = pool.scratch(count: 2 * rect.width + 8)
    bp_halve(
      target.base, target.stride, source.pointer, source.stride, rect.width, rect.height,
      x ? 1 : 0, y ? 1 : 0, work.base)
  }

  /// Fills a part of the finer picture; `source` is exactly `coarse` for it.
  package static func double(
    _ source: borrowing Window, x: Bool, y: Bool, into target: PlaneView, pool: BlockPool
  ) {
    let rect = target.rect
    precondition(source.rect == coarse(for: rect, x: x, y: y), "the source is what doubling needs")
    // The loop begins at an even pixel; where the rectangle does not, it begins one earlier.
    let left = x ? rect.x0 & 1 : 0
    let top = y ? rect.y0 & 1 : 0
    let (width, height) = (rect.width + left, rect.height + top)
    let work = pool.scratch(count: 3 * width + 16)
    if left == 0 && top == 0 {
      bp_double(
        target.base, target.stride, source.pointer, source.stride, width, height, x ? 1 : 0,
        y ? 1 : 0, work.base)
      return
    }
    let whole = pool.scratch(count: width * height)
    bp_double(
      whole.base, width, source.pointer, source.stride, width, height, x ? 1 : 0, y ? 1 : 0,
      work.base)
    for row in 0..<rect.height {
      target.row(rect.y0 + row).update(
        from: whole.base + (row + top) * width + left, count: rect.width)
    }
  }
}
