import BipackPixels

/// Parts of a picture that are worked on, in tiles of their own: three channels, and how far each pixel is to be
/// trusted. It takes memory for what is near a hole, not for the frame.
final class SparseCanvas: @unchecked Sendable {
  // SAFETY: blocks that are set at the same time are disjoint, and seen by none that is made meanwhile.

  /// The plane after the channels: 1 what is known, 0 what is not, between what was made.
  static let trust = 3
  private static let planes = 4
  private static let log2Size = 5
  private static let size = 1 << log2Size
  private static let tileFloats = planes * size * size
  /// More is no light.
  private static let most: Float = 1e9

  /// Where tiles begin: 0, or so many pixels further right and down.
  private let shift: Int
  private let area: Rect
  /// Where a tile's memory begins; -1 where there is none.
  private let places: [Int]
  private let memory: Scratch

  private static func tiles(_ rect: Rect, _ shift: Int) -> Rect {
    if rect.isEmpty { return .empty }
    let rect = rect.translated(x: -shift, y: -shift)
    return Rect(
      x0: rect.x0 >> log2Size, y0: rect.y0 >> log2Size, x1: ((rect.x1 - 1) >> log2Size) + 1,
      y1: ((rect.y1 - 1) >> log2Size) + 1)
  }

  /// Bytes of memory it takes at most for holes in a window.
  static func bytes(_ window: Rect) -> Int {
    BlockPool.scratchBytes(tiles(window.expanded(size), 0).area * tileFloats, buffers: 16)
  }

  /// - Parameters:
  ///   - channels: three of them.
  ///   - around: rectangles that will be read; they may reach beyond the picture.
  ///   - shift: where tiles begin.
  init(
    _ picture: Image, _ channels: [Channel], _ hole: PixelSet, around: [Rect], shift: Int,
    pool: BlockPool,
    loops: Loops
  ) {
    let area = around.reduce(Rect.empty) { $0.union(Self.tiles($1, shift)) }
    var (places, tiles): ([Int], [Rect]) = ([Int](repeating: -1, count: area.area), [])
    for rect in around {
      let seen = Self.tiles(rect, shift)
      for y in seen.y0..<seen.y1 {
        for x in seen.x0..<seen.x1 where places[(y - area.y0) * area.width + x - area.x0] < 0 {
          places[(y - area.y0) * area.width + x - area.x0] = tiles.count * Self.tileFloats
          tiles.append(
            Rect(
              x: (x << Self.log2Size) + shift, y: (y << Self.log2Size) + shift, width: Self.size,
              height: Self.size))
        }
      }
    }
    memory = pool.scratch(count: max(1, tiles.count * Self.tileFloats))
    (self.area, self.places, self.shift) = (area, places, shift)
    let window = picture.dataWindow
    loops(tiles.count) { [memory, tiles] index in
      Self.load(
        memory.base + index * Self.tileFloats, tiles[index], picture, channels, hole, window)
    }
  }

  private static func load(
    _ base: UnsafeMutablePointer<Float>, _ tile: Rect, _ picture: Image, _ channels: [Channel],
    _ hole: PixelSet,
    _ window: Rect
  ) {
    let trust = base + Self.trust * size * size
    for y in 0..<size {
      for x in 0..<size {
        trust[y * size + x] = window.contains(x: tile.x0 + x, y: tile.y0 + y) ? 1 : 0
      }
      for cell in hole.row(tile.y0 + y) {
        let first = cell.x - tile.x0
        for i in max(0, -first)..<max(0, -first, min(PixelSet.cellWidth, size - first))
        where cell.pixels >> UInt16(i) & 1 != 0 {
          trust[y * size + first + i] = 0
        }
      }
    }
    for (plane, channel) in channels.enumerated() {
      let values = base + plane * size * size
      picture.gather(channel, edge: .black, into: PlaneView(rect: tile, base: values, stride: size))
      for i in 0..<size * size where !(values[i].magnitude < most) {
        values[i] = 0
        trust[i] = 0
      }
    }
    for plane in 0..<Self.trust {
      let values = base + plane * size * size
      for i in 0..<size * size where trust[i] == 0 { values[i] = 0 }
    }
  }

  /// The pixels of a rectangle that was to be read, row by row.
  func gather(_ plane: Int, _ rect: Rect, into out: UnsafeMutablePointer<Float>) {
    let tiles = Self.tiles(rect, shift)
    for tileY in tiles.y0..<tiles.y1 {
      for tileX in tiles.x0..<tiles.x1 {
        let base =
          memory.base + places[(tileY - area.y0) * area.width + tileX - area.x0]
          + plane * Self.size * Self.size
        let (left, top) = ((tileX << Self.log2Size) + shift, (tileY << Self.log2Size) + shift)
        let x0 = max(left, rect.x0)
        let count = min(left + Self.size, rect.x1) - x0
        for y in max(top, rect.y0)..<min(top + Self.size, rect.y1) {
          (out + (y - rect.y0) * rect.width + x0 - rect.x0).update(
            from: base + (y - top) * Self.size + x0 - left, count: count)
        }
      }
    }
  }

  /// A pixel in the first plane; nil where there is no tile.
  private func pixel(_ x: Int, _ y: Int) -> UnsafeMutablePointer<Float>? {
    let (x, y) = (x - shift, y - shift)
    let tile = (x: x >> Self.log2Size, y: y >> Self.log2Size)
    guard area.contains(x: tile.x, y: tile.y) else { return nil }
    let place = places[(tile.y - area.y0) * area.width + tile.x - area.x0]
    let within = (y & (Self.size - 1)) * Self.size + (x & (Self.size - 1))
    return place < 0 ? nil : memory.base + place + within
  }

  /// Sets pixels of a block of 4 x 4 that lies in one tile: those of `pixels`, bit 4 y + x. `values`: three planes.
  func set(_ x: Int, _ y: Int, _ pixels: UInt16, _ values: UnsafePointer<Float>, trust: Float) {
    guard let first = pixel(x, y) else { return }
    for i in 0..<16 where pixels >> UInt16(i) & 1 != 0 {
      let to = first + i / 4 * Self.size + i % 4
      for plane in 0..<Self.trust { to[plane * Self.size * Self.size] = values[16 * plane + i] }
      to[Self.trust * Self.size * Self.size] = trust
    }
  }

  /// What a pixel was set to, or is known to be; nil where neither.
  func value(_ plane: Int, _ x: Int, _ y: Int) -> Float? {
    guard let pixel = pixel(x, y), pixel[Self.trust * Self.size * Self.size] > 0 else { return nil }
    return pixel[plane * Self.size * Self.size]
  }
}
