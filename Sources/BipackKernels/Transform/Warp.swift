import BipackPixels
import CVector

/// A picture seen through a map, or the mean of several (motion blur).
///
/// Each output pixel reads the source around the point its centre comes from, with a kernel in the shape
/// that the map has there (`Footprint`).
///
/// Matrices that only scale and shift along the axes run as two one-dimensional passes. Other matrices find their
/// places row by row; maps of several kinds (`Map`) a piece of a tile at a time.
package struct Warp: Sendable {
  /// Where output pixels come from, for each moment averaged.
  private enum Ways {
    /// Matrices from output to source.
    case matrices([Matrix3])
    case maps([Map])
  }
  private let ways: Ways
  package let filter: ResampleFilter
  /// Holds every interpolation between its two middle pixels (no overshoot).
  package let clamp: Bool
  package let edge: EdgeMode
  private let axes: KeptAxisWeights
  private let cubic: [Float]
  private let table: [Float]
  private let phases: [Float]

  /// By matrices from output to source.
  package init(inverses: [Matrix3], filter: ResampleFilter, clamp: Bool, edge: EdgeMode) {
    self.init(.matrices(inverses), filter, clamp, edge)
  }

  /// By maps from source to output.
  package init(maps: [Map], filter: ResampleFilter, clamp: Bool, edge: EdgeMode) {
    self.init(.maps(maps), filter, clamp, edge)
  }

  private init(_ ways: Ways, _ filter: ResampleFilter, _ clamp: Bool, _ edge: EdgeMode) {
    self.ways = ways
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

  private func reach(_ inverse: Matrix3, _ bounds: RealRect) -> Footprint.Reach {
    filter == .impulse ? .one : Footprint.reach(of: inverse, over: bounds)
  }

  /// The source pixels one matrix reads for `rect`, inside `dataWindow` grown by the kernel.
  private func reads(_ inverse: Matrix3, _ rect: Rect, _ dataWindow: Rect) -> Rect {
    let bounds = RealRect(rect).expanded(x: -0.5, y: -0.5)
    let reach = reach(inverse, bounds)
    // The same for all parts.
    let most =
      inverse.isAffine || filter == .impulse ? reach : Footprint.Reach.most
    return reads(inverse.apply(bounds), reach, dataWindow, most)
  }

  /// The source pixels that kernels in `box` read. Beyond a limit they see nothing but the edge, wherever they
  /// are.
  private func reads(
    _ box: RealRect?, _ reach: Footprint.Reach, _ dataWindow: Rect, _ most: Footprint.Reach
  ) -> Rect {
    let (rx, ry) = (filter.support * reach.x + 3, filter.support * reach.y + 3)
    let limit = dataWindow.expanded(
      x: 2 * Int(filter.support * most.x) + 8, y: 2 * Int(filter.support * most.y) + 8)
    let (nx, ny) = (2 * Int(rx) + 2, 2 * Int(ry) + 2)
    guard let box = box?.expanded(x: rx, y: ry) else {
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
    var all = Rect.empty
    switch ways {
    case .matrices(let inverses):
      for inverse in inverses { all = all.union(reads(inverse, rect, dataWindow)) }
    case .maps(let maps):
      let bounds = RealRect(rect).expanded(x: -0.5, y: -0.5)
      for map in maps {
        guard let sources = map.sources(of: bounds) else { return dataWindow }
        all = all.union(reads(sources.box, sources.reach, dataWindow, .most))
      }
    }
    if edge == .black { return all.intersection(dataWindow) }
    return Self.held(all, dataWindow, 1, 1)
  }

  /// The pictures of positions needed to make `rect`, and where.
  package func pictures(for rect: Rect) -> [(picture: MapPicture, rect: Rect?)] {
    guard case .maps(let maps) = ways, !rect.isEmpty else { return [] }
    let bounds = RealRect(rect).expanded(x: -0.5, y: -0.5)
    return maps.flatMap { map in
      map.pictures(for: bounds).map { ($0.picture, $0.box?.expanded(x: 3, y: 3).covering()) }
    }
  }

  /// The matrix that is done as two one-dimensional passes.
  private var alongAxes: Matrix3? {
    guard case .matrices(let inverses) = ways, inverses.count == 1, inverses[0].isAxisAligned,
      !clamp
    else { return nil }
    return inverses[0]
  }

  // MARK: Rendering

  /// Fills `rect`, where every channel goes, from `source`. `inputs` are those of the operator, for maps that
  /// are pictures.
  package func render(
    _ channels: [Channel], of source: Image, inputs: [Image?] = [], rect: Rect,
    into targets: [PlaneView], pool: BlockPool
  ) {
    if rect.isEmpty { return }
    if source.dataWindow.isEmpty {
      for target in targets { target.part(rect).fill(0) }
      return
    }
    if let inverse = alongAxes { return resize(inverse, channels, source, rect, targets, pool) }
    let parts = targets.map { $0.part(rect) }
    switch ways {
    case .matrices(let inverses): part(inverses, channels, source, parts, pool)
    case .maps(let maps):
      piece(
        maps, channels, source, MapPictures(images: inputs, edge: edge, pool: pool), parts, pool)
    }
  }

  /// Floats of memory it takes at most to fill a part that reads `source` pixels of each channel: the
  /// source gathered, and once more for kernels that want four channels side by side.
  package static func scratch(source: Int, channels: Int, width: Int) -> Int {
    2 * min(source, largestSource) * channels + 64 * width + 4096
  }

  /// The same for maps that are not matrices alone.
  package static func mapScratch(source: Int, channels: Int, width: Int) -> Int {
    scratch(source: source, channels: channels, width: width) + 4 * Positions.floats(largestPiece)
      + PictureMap.scratch
  }

  /// Output pixels that are followed through a map at a time.
  private static let largestPiece = 4096

  /// Pixels of a channel that are gathered at a time, at most.
  private static let largestSource = 1 << 19

  private func resize(
    _ inverse: Matrix3, _ channels: [Channel], _ source: Image, _ rect: Rect,
    _ targets: [PlaneView], _ pool: BlockPool
  ) {
    let m = inverse.m
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
    _ inverses: [Matrix3], _ channels: [Channel], _ source: Image, _ targets: [PlaneView],
    _ pool: BlockPool
  ) {
    guard let part = targets.first?.rect else { return }
    let windows = inverses.map { reads($0, part, source.dataWindow) }
    let largest = windows.map(\.area).max() ?? 0
    if largest > Self.largestSource, part.width > 8 || part.height > 8 {
      for half in Self.halves(part) {
        self.part(inverses, channels, source, targets.map { $0.part(half) }, pool)
      }
      return
    }
    let rows = Rows(count: part.width, taps: taps, pool: pool)
    for (index, inverse) in inverses.enumerated() {
      let reach = reach(inverse, RealRect(part).expanded(x: -0.5, y: -0.5))
      sample(
        channels, source, windows[index], .matrix(inverse), reach, part, targets, rows, pool,
        isFirst: index == 0)
    }
    if inverses.count > 1 { divide(targets, by: inverses.count) }
  }

  /// The same for maps of any kind, by the places found.
  private func piece(
    _ maps: [Map], _ channels: [Channel], _ source: Image, _ pictures: MapPictures,
    _ targets: [PlaneView], _ pool: BlockPool
  ) {
    guard let part = targets.first?.rect else { return }
    func halve() {
      for half in Self.halves(part) {
        piece(maps, channels, source, pictures, targets.map { $0.part(half) }, pool)
      }
    }
    if part.area > Self.largestPiece { return halve() }
    let rows = Rows(count: part.width, taps: taps, pool: pool)
    for (index, map) in maps.enumerated() {
      guard let positions = map.places(of: part, pictures, pool: pool) else { return halve() }
      // Further out every kernel sees nothing but the edge, wherever it is.
      let far = Int(filter.support * Footprint.furthest) + 4
      positions.hold(to: source.dataWindow.expanded(x: far, y: far))
      guard let box = positions.box else {
        if index == 0 { for target in targets { target.fill(0) } }
        continue
      }
      let reach = filter == .impulse ? .one : positions.reach
      let (rx, ry) = (filter.support * reach.x + 3, filter.support * reach.y + 3)
      let window = box.expanded(x: rx, y: ry).covering()
      if window.area > Self.largestSource && part.area > 1 { return halve() }
      sample(
        channels, source, window, .positions(positions), reach, part, targets, rows, pool,
        isFirst: index == 0)
    }
    if maps.count > 1 { self.divide(targets, by: maps.count) }
  }

  private func divide(_ targets: [PlaneView], by count: Int) {
    let share = 1 / Float(count)
    for target in targets {
      for y in target.rect.y0..<target.rect.y1 {
        let row = target.row(y)
        for i in 0..<target.rect.width { row[i] *= share }
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
  private static let rowsHeld = Int(BP_PLANES)

  /// Buffers for one row.
  private struct Rows {
    let scratch: Scratch
    let count: Int
    let u: UnsafeMutablePointer<Double>
    let v: UnsafeMutablePointer<Double>
    let x0: UnsafeMutablePointer<Int32>
    let y0: UnsafeMutablePointer<Int32>
    let wx: UnsafeMutablePointer<Float>
    let wy: UnsafeMutablePointer<Float>
    let sx: UnsafeMutablePointer<Float>
    let sy: UnsafeMutablePointer<Float>
    let tx: UnsafeMutablePointer<Float>
    let ty: UnsafeMutablePointer<Float>
    let sum: UnsafeMutablePointer<Float>
    let wide: UnsafeMutablePointer<Float>
    let front: UnsafeMutablePointer<UInt8>
    /// The Jacobian's four numbers, one row after another.
    private let jacobian: UnsafeMutablePointer<Double>

    init(count: Int, taps: Int, pool: BlockPool) {
      self.count = count
      scratch = pool.scratch(count: count * (2 * taps + 20 + Warp.rowsHeld) + 2048 + 96)
      // Doubles first, for their alignment.
      let doubles = UnsafeMutableRawPointer(scratch.base).assumingMemoryBound(to: Double.self)
      (u, v, jacobian) = (doubles, doubles + count, doubles + 2 * count)
      var next = scratch.base + 12 * count
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
      tx = take(count)
      ty = take(count)
      front = UnsafeMutableRawPointer(take(count)).assumingMemoryBound(to: UInt8.self)
      wide = take(2048)
      sum = take(Warp.rowsHeld * count)
    }

    /// The one kernel of an affine map.
    func shape(_ inverse: Matrix3) {
      let m = inverse.m
      var j = (m[0] / m[8], m[1] / m[8], m[3] / m[8], m[4] / m[8])
      bp_warp_shapes(sx, sy, tx, ty, &j.0, &j.1, &j.2, &j.3, Footprint.widest, 1)
      for values in [sx, sy, tx, ty] { values.update(repeating: values[0], count: count) }
    }

    /// Finds where row `y` of `part` comes from, and with `shapes` the kernels there.
    func find(_ trail: Trail, _ part: Rect, _ y: Int, shapes: Bool) {
      let (ux, uy) = (jacobian, jacobian + count)
      let (vx, vy) = (jacobian + 2 * count, jacobian + 3 * count)
      switch trail {
      case .matrix(let inverse):
        bp_warp_positions(u, v, front, inverse.m, Double(part.x0), Double(y), count)
        guard shapes else { return }
        bp_warp_jacobian(ux, uy, vx, vy, inverse.m, Double(part.x0), Double(y), count)
        bp_warp_shapes(sx, sy, tx, ty, ux, uy, vx, vy, Footprint.widest, count)
      case .positions(let positions):
        let first = (y - part.y0) * count
        withUnsafePointer(to: positions.points) {
          bp_points_row($0, first, count, u, v, front)
        }
        guard shapes else { return }
        bp_warp_shapes(
          sx, sy, tx, ty, positions.xx + first, positions.xy + first, positions.yx + first,
          positions.yy + first, Footprint.widest, count)
      }
    }
  }

  /// What says where the pixels of a part come from.
  private enum Trail {
    case matrix(Matrix3)
    case positions(Positions)

    /// The matrix whose Jacobian is the same everywhere.
    var affine: Matrix3? {
      if case .matrix(let inverse) = self, inverse.isAffine { inverse } else { nil }
    }
  }

  /// One map over one part: fills it, or adds to it.
  private func sample(
    _ channels: [Channel], _ source: Image, _ window: Rect, _ trail: Trail,
    _ reach: Footprint.Reach, _ part: Rect, _ targets: [PlaneView], _ rows: Rows, _ pool: BlockPool,
    isFirst: Bool
  ) {
    let (count, area) = (part.width, window.area)
    // Vectors may read a little past the last pixel (and make nothing of it).
    let planes = pool.scratch(count: area * channels.count + 16)
    for (i, channel) in channels.enumerated() {
      source.gather(
        channel, edge: edge,
        into: PlaneView(rect: window, base: planes.base + i * area, stride: window.width))
    }
    let interleaved = interleaved(planes.base, channels.count, area, pool)
    // A hair above 1 is rounding, not scaling.
    let isScaled = filter != .impulse && reach.isWide
    let isWide = isScaled || filter.hasHardEnds
    let affine = trail.affine
    let isAllWide = filter.hasHardEnds || (isWide && affine != nil)
    if isWide, let affine { rows.shape(affine) }
    for y in part.y0..<part.y1 {
      rows.find(trail, part, y, shapes: isWide && affine == nil)
      if filter != .impulse && !isAllWide { weights(rows, count, window) }
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
              out, plane, window.width, rows.u, rows.v, rows.front, count, window.x0, window.y0,
              window.width, window.height)
          } else {
            bp_warp_row(
              out, plane, window.width, rows.x0, rows.y0, rows.wx, rows.wy, rows.front, count,
              Int32(taps), clamp ? 1 : 0)
          }
        }
        if isWide { wideRow(outputs, inputs, interleaved, rows, count, window, reach, isAllWide) }
        if isAllWide, affine == nil {
          for out in outputs {
            for i in 0..<count where rows.front[i] == 0 { out?[i] = 0 }
          }
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

  private func weights(_ rows: Rows, _ count: Int, _ window: Rect) {
    let (before, after) = (taps / 2 - 1, taps / 2)
    cubic.withUnsafeBufferPointer { cubic in
      phases.withUnsafeBufferPointer { phases in
        var kernel = bp_warp_filter(
          taps: Int32(taps), smooth: filter == .cubic ? 1 : 0, support: Float(filter.support),
          box: 0, cubic: cubic.isEmpty ? nil : cubic.baseAddress, table: nil,
          phases: phases.baseAddress)
        bp_warp_weights(
          rows.x0, rows.wx, rows.u, count, Double(window.x0 + before),
          Double(window.x1 - 1 - after),
          window.x0, &kernel)
        bp_warp_weights(
          rows.y0, rows.wy, rows.v, count, Double(window.y0 + before),
          Double(window.y1 - 1 - after),
          window.y0, &kernel)
      }
    }
  }

  private func wideRow(
    _ outputs: [UnsafeMutablePointer<Float>?], _ inputs: [UnsafePointer<Float>?],
    _ interleaved: Scratch?, _ rows: Rows, _ count: Int, _ window: Rect, _ reach: Footprint.Reach,
    _ isAllWide: Bool
  ) {
    let rx = Int((filter.support * reach.x).rounded(.up)) + 1
    let ry = Int((filter.support * reach.y).rounded(.up)) + 1
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
          outputs, inputs, outputs.count, window.width, rows.u, rows.v, rows.sx, rows.sy, rows.tx,
          rows.ty, rows.front, count, low, high, [window.x0, window.y0], &kernel, rows.wide,
          isAllWide ? 1 : 0,
          interleaved?.base)
      }
    }
  }
}
