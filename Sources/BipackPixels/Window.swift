/// What a neighbourhood filter sees outside the data window.
public enum EdgeMode: String, CaseIterable, Sendable {
  /// Zero.
  case black
  /// The nearest pixel of the data window (Nuke's and OpenCV's "nearest"/"replicate").
  case clamp
  /// Reflection about the edge, the edge pixel repeated.
  case mirror

  /// The pixel of `low..<high` that is seen at `v`; nil is black.
  package func source(_ v: Int, _ low: Int, _ high: Int) -> Int? {
    if v >= low && v < high { return v }
    switch self {
    case .black: return nil
    case .clamp: return min(max(v, low), high - 1)
    case .mirror:
      let period = 2 * (high - low)
      var k = (v - low) % period
      if k < 0 { k += period }
      return low + (k < high - low ? k : period - 1 - k)
    }
  }

  /// The pixels of `source`, which is not empty, that are seen at those of `seen`.
  package func sources(_ seen: Range<Int>, in source: Range<Int>) -> Range<Int> {
    if seen.isEmpty { return source.lowerBound..<source.lowerBound }
    if source.lowerBound <= seen.lowerBound && seen.upperBound <= source.upperBound { return seen }
    switch self {
    case .black: return seen.clamped(to: source)
    case .clamp:
      let start = min(max(seen.lowerBound, source.lowerBound), source.upperBound - 1)
      return start..<min(max(seen.upperBound, start + 1), source.upperBound)
    case .mirror:
      // The picture and its reflections lie side by side. Two that touch are one at their edge; a third
      // shows all there is of the one in the middle.
      func cell(_ v: Int) -> Int {
        Int((Double(v - source.lowerBound) / Double(source.count)).rounded(.down))
      }
      let last = seen.upperBound - 1
      if cell(last) - cell(seen.lowerBound) > 1 { return source }
      var places: [Int] = []
      for v in [seen.lowerBound, last] {
        places += self.source(v, source.lowerBound, source.upperBound).map { [$0] } ?? []
      }
      if cell(last) != cell(seen.lowerBound) {
        places.append(cell(last) & 1 == 1 ? source.upperBound - 1 : source.lowerBound)
      }
      return (places.min() ?? source.lowerBound)..<((places.max() ?? source.lowerBound) + 1)
    }
  }
}

/// A read-only rectangle of one channel, row by row, whatever tiles it came from.
///
/// Exactly one tile, wholly inside the data window, costs nothing: the window points into its block.
/// Everything else is gathered into a pooled buffer with the edge mode applied, so that kernels
/// contain no edge cases.
public struct Window: ~Copyable, @unchecked Sendable {
  // SAFETY: `base` points into `owner`, which this value keeps alive and nobody writes.
  @usableFromInline let base: UnsafePointer<Float>
  public let rect: Rect
  /// Floats from one row to the next.
  public let stride: Int
  private let owner: any AnyObject & Sendable

  init(base: UnsafePointer<Float>, rect: Rect, stride: Int, owner: any AnyObject & Sendable) {
    self.base = base
    self.rect = rect
    self.stride = stride
    self.owner = owner
  }

  /// Row `y` (absolute); its first element is pixel `rect.x0`.
  @inlinable
  @_lifetime(borrow self)
  public func row(_ y: Int) -> Span<Float> {
    precondition(y >= rect.y0 && y < rect.y1, "row outside the window")
    let span = unsafe Span(_unsafeStart: base + (y - rect.y0) * stride, count: rect.width)
    return unsafe _overrideLifetime(span, borrowing: self)
  }

  /// All rows at once, `stride` floats apart; element 0 is pixel (`rect.x0`, `rect.y0`).
  @inlinable
  @_lifetime(borrow self)
  public func span() -> Span<Float> {
    let count = rect.isEmpty ? 0 : (rect.height - 1) * stride + rect.width
    let span = unsafe Span(_unsafeStart: base, count: count)
    return unsafe _overrideLifetime(span, borrowing: self)
  }

  /// The first pixel, for the C kernels of `BipackKernels`. Valid while the window lives.
  package var pointer: UnsafePointer<Float> { base }
}

extension Image {
  /// The pixels of `channel` in `rect`; `rect` may reach outside the data window. An absent channel
  /// or an empty data window gives zeros.
  public func window(
    _ channel: Channel, _ rect: Rect, edge: EdgeMode, pool: BlockPool
  ) -> Window {
    precondition(!rect.isEmpty, "a window has pixels")
    if let window = borrowedTile(channel, rect) { return window }
    let scratch = pool.scratch(count: rect.area)
    gather(channel, edge: edge, into: PlaneView(rect, of: scratch))
    return Window(base: scratch.base, rect: rect, stride: rect.width, owner: scratch)
  }

  private func borrowedTile(_ channel: Channel, _ rect: Rect) -> Window? {
    guard dataWindow.contains(rect), let plane = self[channel] else { return nil }
    let tileX = rect.x0 >> grid.log2Size
    let tileY = rect.y0 >> grid.log2Size
    guard grid.pixels(tileX: tileX, tileY: tileY).contains(rect),
      case .block(let block)? = plane[tileX, tileY]
    else { return nil }
    let mask = grid.size - 1
    let base = block.base + (rect.y0 & mask) * grid.size + (rect.x0 & mask)
    return Window(base: base, rect: rect, stride: grid.size, owner: block)
  }

  /// Copies the pixels of `channel` in the view's rectangle to it.
  package func gather(_ channel: Channel, edge: EdgeMode, into target: PlaneView) {
    let inside = target.rect.intersection(dataWindow)
    guard let plane = self[channel], !dataWindow.isEmpty else { return target.fill(0) }
    if inside == target.rect { return copy(plane, target) }
    switch edge {
    case .black:
      target.fill(0)
      if !inside.isEmpty { copy(plane, target.part(inside)) }
    case .clamp, .mirror:
      reflect(plane, target, edge)
    }
  }

  /// The view lies inside the data window. Absent tiles read as 0.
  private func copy(_ plane: TiledPlane, _ target: PlaneView) {
    let tiles = grid.tiles(covering: target.rect)
    for tileY in tiles.y0..<tiles.y1 {
      for tileX in tiles.x0..<tiles.x1 {
        let tile = grid.pixels(tileX: tileX, tileY: tileY)
        let to = target.part(tile.intersection(target.rect))
        switch plane[tileX, tileY] {
        case .block(let block)?:
          let from = block.base + (to.rect.y0 - tile.y0) * grid.size + to.rect.x0 - tile.x0
          for y in 0..<to.rect.height {
            (to.base + y * to.stride).update(from: from + y * grid.size, count: to.rect.width)
          }
        case .constant(let value)?: to.fill(value)
        case nil: to.fill(0)
        }
      }
    }
  }

  /// Clamped and mirrored edges: the part inside is copied once, the rest is built from it, first
  /// sideways within its rows, then by copying whole rows up and down.
  private func reflect(_ plane: TiledPlane, _ target: PlaneView, _ edge: EdgeMode) {
    let rect = target.rect
    let columns = (rect.x0..<rect.x1).compactMap {
      edge.source($0, dataWindow.x0, dataWindow.x1)
    }
    let (left, right) = (columns.min() ?? 0, (columns.max() ?? 0) + 1)
    var line = [Float](repeating: 0, count: right - left)
    for y in rect.y0..<rect.y1 {
      guard let from = edge.source(y, dataWindow.y0, dataWindow.y1) else { continue }
      line.withUnsafeMutableBufferPointer { buffer in
        guard let base = buffer.baseAddress else { return }
        let seen = Rect(x0: left, y0: from, x1: right, y1: from + 1)
        copy(plane, PlaneView(rect: seen, base: base, stride: right - left))
      }
      let row = target.row(y)
      for i in 0..<columns.count { row[i] = line[columns[i] - left] }
    }
  }
}
