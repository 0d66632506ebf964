import BipackPixels
import CVector

/// A symmetric filter along one axis.
package enum LineFilter: Sendable, Hashable {
  /// Leaves the line alone.
  case none
  /// `weights[0]` for the pixel itself, `weights[k]` for those k away on either side.
  case fir([Float])
  /// The mean over `width` pixels, a fraction of a pixel at each end, `passes` times: 1 is a box,
  /// 2 a triangle, 3 a quadratic.
  case box(width: Double, passes: Int)

  /// How many pixels on either side are looked at.
  package var reach: Int {
    switch self {
    case .none: 0
    case .fir(let weights): weights.count - 1
    case .box(let width, let passes): passes * (Self.half(width) + 1)
    }
  }

  /// Whole pixels on either side of the centre inside a box of that width.
  static func half(_ width: Double) -> Int { Int((width - 1) / 2) }

  /// A Gaussian sampled at whole pixels out to `radius`, its weights summing to 1.
  package static func gaussian(sigma: Double, radius: Int) -> LineFilter {
    if sigma <= 0 || radius <= 0 { return .none }
    let samples = (0...radius).map { ExactMath.exp(-0.5 * Double($0 * $0) / (sigma * sigma)) }
    let sum = samples[0] + 2 * samples.dropFirst().reduce(0, +)
    return .fir(samples.map { Float($0 / sum) })
  }

  /// A box filter run `passes` times; widths up to 1 leave the line alone.
  package static func mean(width: Double, passes: Int) -> LineFilter {
    width > 1 ? .box(width: width, passes: passes) : .none
  }

  package func hash(into hasher: inout StableHasher) {
    switch self {
    case .none: hasher.combine(0)
    case .fir(let weights):
      hasher.combine(1)
      hasher.combine(weights.count)
      for weight in weights { hasher.combine(weight) }
    case .box(let width, let passes):
      hasher.combine(2)
      hasher.combine(width)
      hasher.combine(passes)
    }
  }
}

/// Separable filters on one plane: down the columns, then along the rows.
package enum SeparableFilter {
  /// Filters `source`, which is `rect` grown by the reach of `x` and `y`, into `rect`.
  package static func apply(
    _ x: LineFilter, _ y: LineFilter, source: borrowing Window, rect: Rect,
    into target: UnsafeMutablePointer<Float>, stride: Int, pool: BlockPool
  ) {
    precondition(
      source.rect == rect.expanded(x: x.reach, y: y.reach), "the source is the rectangle and reach")
    if case .none = y {
      rows(x, source.pointer, source.stride, target, stride, rect, pool)
      return
    }
    if case .none = x {
      columns(y, source.pointer, source.stride, target, stride, rect, pool)
      return
    }
    let across = rect.expanded(x: x.reach, y: 0)
    let middle = pool.scratch(count: across.area)
    columns(y, source.pointer, source.stride, middle.base, across.width, across, pool)
    rows(x, middle.base, across.width, target, stride, rect, pool)
  }

  private static func rows(
    _ filter: LineFilter, _ source: UnsafePointer<Float>, _ sourceStride: Int,
    _ target: UnsafeMutablePointer<Float>, _ stride: Int, _ rect: Rect, _ pool: BlockPool
  ) {
    let (width, height) = (rect.width, rect.height)
    switch filter {
    case .none:
      for y in 0..<height {
        (target + y * stride).update(from: source + y * sourceStride, count: width)
      }
    case .fir(let weights):
      bp_fir_rows(
        target, stride, source, sourceStride, width, height, weights, weights.count - 1)
    case .box(let size, let passes):
      let half = LineFilter.half(size)
      let edge = Float((size - Double(2 * half + 1)) / 2)
      let work = pool.scratch(
        count: 16 * (2 * half + 1) + 32 * (width + 2 * passes * (half + 1)))
      var (from, fromStride) = (source, sourceStride)
      var held: [Scratch] = []
      for pass in (0..<passes).reversed() {
        let across = width + 2 * pass * (half + 1)
        let origin = rect.x0 - (pass + 1) * (half + 1)
        if pass == 0 {
          bp_box_rows(
            target, stride, from, fromStride, width, height, half, edge, origin, work.base)
        } else {
          let next = pool.scratch(count: across * height)
          bp_box_rows(
            next.base, across, from, fromStride, across, height, half, edge, origin, work.base)
          held.append(next)
          (from, fromStride) = (UnsafePointer(next.base), across)
        }
      }
      withExtendedLifetime(held) {}
    }
  }

  private static func columns(
    _ filter: LineFilter, _ source: UnsafePointer<Float>, _ sourceStride: Int,
    _ target: UnsafeMutablePointer<Float>, _ stride: Int, _ rect: Rect, _ pool: BlockPool
  ) {
    let (width, height) = (rect.width, rect.height)
    switch filter {
    case .none:
      for y in 0..<height {
        (target + y * stride).update(from: source + y * sourceStride, count: width)
      }
    case .fir(let weights):
      bp_fir_columns(
        target, stride, source, sourceStride, width, height, weights, weights.count - 1)
    case .box(let size, let passes):
      let half = LineFilter.half(size)
      let edge = Float((size - Double(2 * half + 1)) / 2)
      let work = pool.scratch(count: 16 * (2 * half + 1))
      var (from, fromStride) = (source, sourceStride)
      var held: [Scratch] = []
      for pass in (0..<passes).reversed() {
        let down = height + 2 * pass * (half + 1)
        let origin = rect.y0 - (pass + 1) * (half + 1)
        if pass == 0 {
          bp_box_columns(
            target, stride, from, fromStride, width, height, half, edge, origin, work.base)
        } else {
          let next = pool.scratch(count: width * down)
          bp_box_columns(
            next.base, width, from, fromStride, width, down, half, edge, origin, work.base)
          held.append(next)
          (from, fromStride) = (UnsafePointer(next.base), width)
        }
      }
      withExtendedLifetime(held) {}
    }
  }
}
