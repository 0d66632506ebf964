import BipackPixels
import CVector

/// A picture seen through a homography, or the mean of several (motion blur).
///
/// Each output pixel reads the source around the point its centre comes from. Where the map makes
/// the picture smaller, the kernel is widened: in the source's x by the length of the vector
/// (du/dx, du/dy) and likewise in y, the bounding box of the ellipse an output pixel covers there
/// (for scaling along the axes exactly the true filter; a rotation alone widens nothing). Near a
/// horizon the widening stops at 64.
///
/// Maps that only scale and shift along the axes run as two one-dimensional passes.
package struct Warp: Sendable {
  /// From output to source, one for each moment averaged.
  package let inverses: [Matrix3]
  package let filter: ResampleFilter
  /// Holds every interpolation between its two middle pixels (no overshoot).
  package let clamp: Bool
  package let edge: EdgeMode
  private let axes: KeptAxisWeights
  private let cubic: [Float]
  private let table: [Float]
  private let phases: [Float]

  /// The most the kernel is widened.
  package static let widest = 64.0

  package init(inverses: [Matrix3], filter: ResampleFilter, clamp: Bool, edge: EdgeMode) {
    self.inverses = inverses
    self.filter = filter
    self.clamp = clamp
    self.edge = edge
    axes = KeptAxisWeights(filter)
    if let (b, c) = filter.cubic {
      // Those of radius 1 have no outer part.
      let outer = filter.support == 2 ? 1.0 : 0
      cubic =
        [
          12 - 9 * b - 6 * c, -18 + 12 * b + 6 * c, 0, 6 - 2 * b, outer * (-b - 6 * c),
          outer * (6 * b + 30 * c), outer * (-12 * b - 48 * c), outer * (8 * b + 24 * c),
        ].map { Float($0 / 6) }
    } else if filter == .linear {
      cubic = [0, 0, -1, 1, 0, 0, 0, 0]
    } else {
      cubic = []
    }
    table = Self.tables[filter] ?? []
    phases = Self.phaseTables[filter] ?? []
  }

  /// The weights of the windowed sincs for every fraction of a pixel, summing to 1; one fraction more
  /// than 1, for the interpolation.
  private static let phaseTables: [ResampleFilter: [Float]] = {
    var tables: [ResampleFilter: [Float]] = [:]
    for filter in [ResampleFilter.lanczos4, .lanczos6, .sinc4] {
      let taps = Int(2 * filter.support)
      tables[filter] = (0...Int(BP_TABLE) + 1).flatMap { phase in
        let d = Double(phase) / Double(BP_TABLE)
        let weights = (0..<8).map { k in
          k < taps ? filter.value(d + Double(taps / 2 - 1 - k)) : 0
        }
        let sum = weights.reduce(0, +)
        return weights.map { Float($0 / sum) }
      }
    }
    return tables
  }()

  /// Every kernel, sampled up to its end, and a little beyond, where no pixel counts.
  private static let tables: [ResampleFilter: [Float]] = {
    var tables: [ResampleFilter: [Float]] = [:]
    for filter in ResampleFilter.allCases {
      let steps = Int(filter.support * Double(BP_TABLE)) + 3
      tables[filter] = (0..<steps).map { step in
        let t = Double(step) / Double(BP_TABLE)
        return Float(filter.hasHardEnds ? filter.shape(t) : filter.value(t))
      }
    }
    return tables
  }()

  // MARK: What it reads

  /// The widening of the kernel in the source's x and y, at most, over `bounds` of the output.
  private static func widening(_ inverse: Matrix3, _ bounds: RealRect, _ filter: ResampleFilter)
    -> (x: Double, y: Double)
  {
    if filter == .impulse { return (1, 1) }
    let m = inverse.m
    if inverse.isAffine {
      let w = abs(m[8])
      let x = (m[0] * m[0] + m[1] * m[1]).squareRoot() / w
      let y = (m[3] * m[3] + m[4] * m[4]).squareRoot() / w
      // A map along the axes is never limited: its two passes take any width.
      if inverse.isAxisAligned { return (max(1, x), max(1, y)) }
      return (min(max(1, x), widest), min(max(1, y), widest))
    }
    guard inverse.sees(bounds) else { return (widest, widest) }
    // |grad u| = |row - u (g, h)| / w: largest where w is least and u extreme, both at corners.
    guard let box = inverse.apply(bounds) else { return (widest, widest) }
    var nearest = Double.infinity
    for x in [bounds.x0, bounds.x1] {
      for y in [bounds.y0, bounds.y1] { nearest = min(nearest, m[6] * x + m[7] * y + m[8]) }
    }
    func most(_ a: Double, _ b: Double, _ low: Double, _ high: Double) -> Double {
      let values = [low, high].map { u in
        ((a - u * m[6]) * (a - u * m[6]) + (b - u * m[7]) * (b - u * m[7])).squareRoot()
      }
      return (values.max() ?? 0) / nearest
    }
    let (x, y) = (most(m[0], m[1], box.x0, box.x1), most(m[3], m[4], box.y0, box.y1))
    return (x < widest ? max(1, x) : widest, y < widest ? max(1, y) : widest)
  }

  /// The source pixels one map reads for `rect`, inside `dataWindow` grown by the kernel.
  private func reads(_ inverse: Matrix3, _ rect: Rect, _ dataWindow: Rect) -> Rect {
    let bounds = RealRect(rect).expanded(x: -0.5, y: -0.5)
    let wide = Self.widening(inverse, bounds, filter)
    let (rx, ry) = (filter.support * wide.x + 3, filter.support * wide.y + 3)
    // Beyond the limit a kernel sees nothing but the edge, wherever it is; the same for all parts.
    let most = inverse.isAffine ? wide : (x: Self.widest, y: Self.widest)
    let limit = dataWindow.expanded(
      x: 2 * Int(filter.support * most.x) + 8, y: 2 * Int(filter.support * most.y) + 8)
    let (nx, ny) = (2 * Int(rx) + 2, 2 * Int(ry) + 2)
    guard let box = inverse.apply(bounds)?.expanded(x: rx, y: ry) else {
      return Rect(x: limit.x0, y: limit.y0, width: nx, height: ny)
    }
    return Self.held(box.covering(), limit, nx, ny)
  }

  /// `rect` moved and cut so that it lies inside `limit` and still is at least so wide and high.
  private static func held(_ rect: Rect, _ limit: Rect, _ width: Int, _ height: Int) -> Rect {
    func axis(_ a: Int, _ b: Int, _ low: Int, _ high: Int, _ minimum: Int) -> (Int, Int) {
      let start = min(max(a, low), max(low, high - minimum))
      return (start, max(min(b, high), min(start + minimum, high)))
    }
    let (x0, x1) = axis(rect.x0, rect.x1, limit.x0, limit.x1, width)
    let (y0, y1) = axis(rect.y0, rect.y1, limit.y0, limit.y1, height)
    return Rect(x0: x0, y0: y0, x1: x1, y1: y1)
  }

  /// The part of the source needed to make `rect`.
  package func demand(_ rect: Rect, dataWindow: Rect) -> Rect {
    if rect.isEmpty || dataWindow.isEmpty { return .empty }
    let all = inverses.reduce(Rect.empty) { $0.union(reads($1, rect, dataWindow)) }
    if edge == .black { return all.intersection(dataWindow) }
    return Self.held(all, dataWindow, 1, 1)
  }

  /// Whether the map is done as two one-dimensional passes.
  private var isTwoPass: Bool { inverses.count == 1 && inverses[0].isAxisAligned && !clamp }

  // MARK: Rendering

  /// Fills `rect`, where every channel goes, from `source`.
  package func render(
    _ channels: [Channel], of source: Image, rect: Rect, into targets: [PlaneView], pool: BlockPool
  ) {
    if rect.isEmpty { return }
    if source.dataWindow.isEmpty {
      for target in targets { target.part(rect).fill(0) }
      return
    }
    if isTwoPass { return resize(channels, source, rect, targets, pool) }
    part(channels, source, targets.map { $0.part(rect) }, pool)
  }

  /// Floats of memory it takes at most to fill a part that reads `source` pixels of each channel: the
  /// source gathered, and once more for kernels that want four channels side by side.
  package static func scratch(source: Int, channels: Int, width: Int) -> Int {
    2 * min(source, largestSource) * channels + 64 * width + 4096
  }

  /// Pixels of a channel that are gathered at a time, at most.
  private static let largestSource = 1 << 19

  private func resize(
    _ channels: [Channel], _ source: Image, _ rect: Rect, _ targets: [PlaneView], _ pool: BlockPool
  ) {
    let m = inverses[0].m
    let x = axes.weights(
      across: true, rect.x0..<rect.x1, scale: m[0] / m[8], offset: m[2] / m[8])
    let y = axes.weights(
      across: false, rect.y0..<rect.y1, scale: m[4] / m[8], offset: m[5] / m[8])
    // Strips of rows keep the gathered source small when the picture shrinks a lot.
    let columns = x.inputs(rect.x0..<rect.x1)
    let perRow = max(1, Int(abs(m[4] / m[8])))
    let step = min(rect.height, max(1, (1 << 20) / (perRow * max(1, columns.count))))
    for (channel, target) in zip(channels, targets) {
      for top in stride(from: rect.y0, to: rect.y1, by: step) {
        let part = Rect(x0: rect.x0, y0: top, x1: rect.x1, y1: min(top + step, rect.y1))
        let rows = y.inputs(part.y0..<part.y1)
        let needed = Rect(
          x0: columns.lowerBound, y0: rows.lowerBound, x1: columns.upperBound, y1: rows.upperBound)
        let window = source.window(channel, needed, edge: edge, pool: pool)
        Resize.apply(x: x, y: y, source: window, into: target.part(part), pool: pool)
      }
    }
  }

  /// Divides the rectangle until the source it reads is small enough to gather.
  private func part(
    _ channels: [Channel], _ source: Image, _ targets: [PlaneView], _ pool: BlockPool
  ) {
    guard let part = targets.first?.rect else { return }
    let windows = inverses.map { reads($0, part, source.dataWindow) }
    let largest = windows.map(\.area).max() ?? 0
    if largest > Self.largestSource, part.width > 8 || part.height > 8 {
      for half in Self.halves(part) {
        self.part(channels, source, targets.map { $0.part(half) }, pool)
      }
      return
    }
    let count = part.width
    // Doubles first, for their alignment.
    let positions = pool.scratch(count: 4 * count + 16)
    let rows = Rows(count: count, taps: taps, pool: pool)
    positions.base.withMemoryRebound(to: Double.self, capacity: 2 * count) { uv in
      for (index, inverse) in inverses.enumerated() {
        sample(
          channels, source, windows[index], inverse, part, targets, uv, rows, pool,
          isFirst: index == 0)
      }
    }
    if inverses.count > 1 {
      let share = 1 / Float(inverses.count)
      for target in targets {
        for y in part.y0..<part.y1 {
          let row = target.row(y)
          for i in 0..<count { row[i] *= share }
        }
      }
    }
  }

  /// A rectangle cut across its longer side.
  private static func halves(_ rect: Rect) -> [Rect] {
    var (first, second) = (rect, rect)
    if rect.width >= rect.height {
      first.x1 = rect.x0 + rect.width / 2
      second.x0 = first.x1
    } else {
      first.y1 = rect.y0 + rect.height / 2
      second.y0 = first.y1
    }
    return [first, second]
  }

  /// Pixels per axis the unwidened kernel reads.
  private var taps: Int { filter == .impulse ? 1 : 2 * Int(filter.support.rounded(.up)) }

  /// Channels done together; motion blur keeps a row of each apart before it is added.
  private static let rowsHeld = 16

  /// Buffers for one row.
  private struct Rows {
    let scratch: Scratch
    let x0: UnsafeMutablePointer<Int32>
    let y0: UnsafeMutablePointer<Int32>
    let wx: UnsafeMutablePointer<Float>
    let wy: UnsafeMutablePointer<Float>
    let sx: UnsafeMutablePointer<Float>
    let sy: UnsafeMutablePointer<Float>
    let sum: UnsafeMutablePointer<Float>
    let wide: UnsafeMutablePointer<Float>
    let front: UnsafeMutablePointer<UInt8>

    init(count: Int, taps: Int, pool: BlockPool) {
      scratch = pool.scratch(count: count * (2 * taps + 6 + Warp.rowsHeld) + 2048 + 80)
      var next = scratch.base
      func take(_ n: Int) -> UnsafeMutablePointer<Float> {
        defer { next += n }
        return next
      }
      x0 = UnsafeMutableRawPointer(take(count)).assumingMemoryBound(to: Int32.self)
      y0 = UnsafeMutableRawPointer(take(count)).assumingMemoryBound(to: Int32.self)
      wx = take(count * taps + 8)
      wy = take(count * taps + 8)
      sx = take(count)
      sy = take(count)
      front = UnsafeMutableRawPointer(take(count)).assumingMemoryBound(to: UInt8.self)
      wide = take(2048)
      sum = take(Warp.rowsHeld * count)
    }
  }

  /// One map over one part: fills it, or adds to it.
  private func sample(
    _ channels: [Channel], _ source: Image, _ window: Rect, _ inverse: Matrix3, _ part: Rect,
    _ targets: [PlaneView], _ uv: UnsafeMutablePointer<Double>, _ rows: Rows, _ pool: BlockPool,
    isFirst: Bool
  ) {
    let (count, area) = (part.width, window.area)
    let (u, v) = (uv, uv + count)
    // Vectors may read a little past the last pixel (and make nothing of it).
    let planes = pool.scratch(count: area * channels.count + 16)
    for (i, channel) in channels.enumerated() {
      source.gather(
        channel, edge: edge,
        into: PlaneView(rect: window, base: planes.base + i * area, stride: window.width))
    }
    let interleaved = interleaved(planes.base, channels.count, area, pool)
    let m = inverse.m
    let wide = Self.widening(inverse, RealRect(part).expanded(x: -0.5, y: -0.5), filter)
    // A hair above 1 is rounding, not scaling.
    let isScaled = filter != .impulse && (wide.x > Double(BP_WIDE) || wide.y > Double(BP_WIDE))
    let isWide = isScaled || filter.hasHardEnds
    let isAllWide = filter.hasHardEnds || (isWide && inverse.isAffine)
    for y in part.y0..<part.y1 {
      bp_warp_positions(u, v, rows.front, m, Double(part.x0), Double(y), count)
      if isWide {
        bp_warp_scales(rows.sx, rows.sy, m, Double(part.x0), Double(y), Self.widest, count)
      }
      if filter != .impulse && !isAllWide { weights(u, v, rows, count, window) }
      for first in stride(from: 0, to: channels.count, by: Self.rowsHeld) {
        let group = first..<min(first + Self.rowsHeld, channels.count)
        let outputs: [UnsafeMutablePointer<Float>?] = group.map { i in
          isFirst ? targets[i].row(y) : rows.sum + (i - first) * count
        }
        let inputs: [UnsafePointer<Float>?] = group.map { UnsafePointer(planes.base + $0 * area) }
        if let interleaved, !isAllWide {
          bp_warp_row4(
            outputs, interleaved.base, window.width, rows.x0, rows.y0, rows.wx, rows.wy,
            rows.front, count, Int32(taps))
        }
        for (out, plane) in zip(outputs, inputs) where interleaved == nil && !isAllWide {
          if filter == .impulse {
            bp_warp_nearest(
              out, plane, window.width, u, v, rows.front, count, window.x0, window.y0,
              window.width, window.height)
          } else {
            bp_warp_row(
              out, plane, window.width, rows.x0, rows.y0, rows.wx, rows.wy, rows.front, count,
              Int32(taps), clamp ? 1 : 0)
          }
        }
        if isWide {
          wideRow(
            outputs, inputs, interleaved, u, v, rows, count, window, wide, isAllWide)
        }
        if isFirst { continue }
        for i in group {
          let to = targets[i].row(y)
          let from = rows.sum + (i - first) * count
          for x in 0..<count { to[x] += from[x] }
        }
      }
    }
  }

  /// Four planes of `area` pixels as one of four-float pixels, where there is a loop for them.
  private func interleaved(
    _ planes: UnsafeMutablePointer<Float>, _ count: Int, _ area: Int, _ pool: BlockPool
  ) -> Scratch? {
    guard count == 4, !clamp, taps == 4 || taps == 6 else { return nil }
    let pixels = pool.scratch(count: 4 * area + 16)
    let sources: [UnsafePointer<Float>?] = (0..<4).map { UnsafePointer(planes + $0 * area) }
    bp_interleave(pixels.base, sources, area)
    return pixels
  }

  private func weights(
    _ u: UnsafeMutablePointer<Double>, _ v: UnsafeMutablePointer<Double>, _ rows: Rows,
    _ count: Int, _ window: Rect
  ) {
    let (before, after) = (taps / 2 - 1, taps / 2)
    cubic.withUnsafeBufferPointer { cubic in
      phases.withUnsafeBufferPointer { phases in
        var kernel = bp_warp_filter(
          taps: Int32(taps), smooth: filter == .cubic ? 1 : 0, support: Float(filter.support),
          box: 0, cubic: cubic.isEmpty ? nil : cubic.baseAddress, table: nil,
          phases: phases.baseAddress)
        bp_warp_weights(
          rows.x0, rows.wx, u, count, Double(window.x0 + before), Double(window.x1 - 1 - after),
          window.x0, &kernel)
        bp_warp_weights(
          rows.y0, rows.wy, v, count, Double(window.y0 + before), Double(window.y1 - 1 - after),
          window.y0, &kernel)
      }
    }
  }

  private func wideRow(
    _ outputs: [UnsafeMutablePointer<Float>?], _ inputs: [UnsafePointer<Float>?],
    _ interleaved: Scratch?, _ u: UnsafeMutablePointer<Double>, _ v: UnsafeMutablePointer<Double>,
    _ rows: Rows,
    _ count: Int, _ window: Rect, _ wide: (x: Double, y: Double), _ isAllWide: Bool
  ) {
    let rx = Int((filter.support * wide.x).rounded(.up)) + 1
    let ry = Int((filter.support * wide.y).rounded(.up)) + 1
    let low = [Double(window.x0 + rx), Double(window.y0 + ry)]
    let high = [
      max(low[0], Double(window.x1 - 1 - rx)), max(low[1], Double(window.y1 - 1 - ry)),
    ]
    cubic.withUnsafeBufferPointer { cubic in
      table.withUnsafeBufferPointer { table in
        var kernel = bp_warp_filter(
          taps: Int32(taps), smooth: 0, support: Float(filter.support),
          box: filter == .box ? 1 : 0, cubic: cubic.isEmpty ? nil : cubic.baseAddress,
          table: table.baseAddress, phases: nil)
        bp_warp_wide(
          outputs, inputs, outputs.count, window.width, u, v, rows.sx, rows.sy, rows.front, count,
          low, high, [window.x0, window.y0], &kernel, rows.wide, isAllWide ? 1 : 0,
          interleaved?.base)
      }
    }
  }
}
