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
}

/// Every blur of every frame has two: said in words they are hashed faster than looked up.
extension LineFilter: StableHashable {
  package func hash(into hasher: inout StableHasher) {
    switch self {
    case .none: hasher.combine(0)
    case .fir(let weights):
      hasher.combine(1)
      hasher.combine(stored: weights)
    case .box(let width, let passes):
      hasher.combine(2)
      hasher.combine(width)
      hasher.combine(passes)
    }
  }
}

/// Separable filters on one plane: down the columns, then along the rows.
///
/// Between the two nothing is divided: a mean of both axes is one division by the area.
package struct SeparableFilter: SweptFilter {
  private let x: LineFilter
  private let y: LineFilter
  private let streams: Bool

  /// - Parameter streams: the results are more than caches hold, and are written past them.
  package init(x: LineFilter, y: LineFilter, streams: Bool = false) {
    self.x = x
    self.y = y
    self.streams = streams
  }

  package var reachX: Int { x.reach }
  package var reachY: Int { y.reach }

  /// What the columns leave to the rows to divide by.
  private var postponed: Float? {
    if case .box(_, 1) = x, case .box(let width, 1) = y { return Box(width).total }
    return nil
  }

  /// Filters `source`, which is the target's rectangle grown by the reach of `x` and `y`.
  package func apply(source: borrowing Window, into target: PlaneView, pool: BlockPool) {
    let rect = target.rect
    precondition(
      source.rect == rect.expanded(x: x.reach, y: y.reach), "the source is the rectangle and reach")
    if case .none = y {
      rows(source.pointer, source.stride, target, pool)
      return
    }
    let across = rect.expanded(x: x.reach, y: 0)
    let lines = Self.lines(source.pointer, source.stride, source.rect.height)
    if case .none = x {
      columns(lines, target, pool)
      return
    }
    let middle = pool.scratch(count: across.area)
    columns(lines, PlaneView(across, of: middle), pool)
    rows(middle.base, across.width, target, pool)
  }

  private static func lines(
    _ first: UnsafePointer<Float>, _ stride: Int, _ count: Int
  ) -> [UnsafePointer<Float>?] {
    (0..<count).map { first + $0 * stride }
  }

  /// Filters down the columns of `target`; `lines` begin as many rows above it as the filter reaches.
  package func columns(
    _ lines: [UnsafePointer<Float>?], _ target: PlaneView, _ pool: BlockPool
  ) {
    let (rect, stride) = (target.rect, target.stride)
    let (width, height) = (rect.width, rect.height)
    switch y {
    case .none:
      for y in 0..<height {
        if let line = lines[y] { (target.base + y * stride).update(from: line, count: width) }
      }
    case .fir(let weights):
      bp_fir_columns(target.base, stride, lines, width, height, weights, weights.count - 1)
    case .box(let size, let passes):
      let box = Box(size)
      let divisor = postponed == nil ? box.total : 1
      let work = pool.scratch(count: 32 * box.length)
      var (from, held): ([UnsafePointer<Float>?], [Scratch]) = (lines, [])
      for pass in (0..<passes).reversed() {
        let down = height + 2 * pass * box.reach
        let origin = rect.y0 - (pass + 1) * box.reach
        let next = pass == 0 ? nil : pool.scratch(count: width * down)
        bp_box_columns(
          next?.base ?? target.base, next == nil ? stride : width, from, width, down, box.half,
          box.edge,
          divisor, origin, work.base)
        if let next {
          held.append(next)
          from = Self.lines(next.base, width, down)
        }
      }
      withExtendedLifetime(held) {}
    }
  }

  /// Filters along the rows of `target`; `source` begins as many pixels left of it as the filter
  /// reaches.
  package func rows(
    _ source: UnsafePointer<Float>, _ sourceStride: Int, _ target: PlaneView, _ pool: BlockPool
  ) {
    let (rect, stride) = (target.rect, target.stride)
    let (width, height) = (rect.width, rect.height)
    switch x {
    case .none:
      for y in 0..<height {
        (target.base + y * stride).update(from: source + y * sourceStride, count: width)
      }
    case .fir(let weights):
      bp_fir_rows(
        target.base, stride, source, sourceStride, width, height, weights, weights.count - 1)
    case .box(let size, let passes):
      let box = Box(size)
      let work = pool.scratch(
        count: 32 * box.length + 64 * (width + 2 * passes * box.reach))
      var (from, fromStride) = (source, sourceStride)
      var held: [Scratch] = []
      for pass in (0..<passes).reversed() {
        let across = width + 2 * pass * box.reach
        let origin = rect.x0 - (pass + 1) * box.reach
        let next = pass == 0 ? nil : pool.scratch(count: across * height)
        bp_box_rows(
          next?.base ?? target.base, next == nil ? stride : across, from, fromStride, across,
          height,
          box.half, box.edge, (postponed ?? 1) * box.total, origin, streams && pass == 0 ? 1 : 0,
          work.base)
        if let next {
          held.append(next)
          (from, fromStride) = (UnsafePointer(next.base), across)
        }
      }
      withExtendedLifetime(held) {}
    }
  }

  /// A box as the loops see it: whole pixels on either side and a fraction of one more.
  private struct Box {
    let half: Int
    let edge: Float

    init(_ width: Double) {
      half = LineFilter.half(width)
      edge = Float((width - Double(2 * half + 1)) / 2)
    }

    var length: Int { 2 * half + 1 }
    var reach: Int { half + 1 }
    var total: Float { Float(length) + 2 * edge }
  }
}
