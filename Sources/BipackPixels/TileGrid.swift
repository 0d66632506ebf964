/// The fixed lattice every image is cut by, anchored at pixel (0, 0).
///
/// A tile is a unit of work, storage and locality, never of graph evaluation. Tile `(i, j)` covers
/// `size` x `size` pixels from `(i*size, j*size)`; `Rect`s of tiles are in tile coordinates.
@frozen
public struct TileGrid: Hashable, Sendable {
  public let log2Size: Int

  /// 128 x 128: the engine's default. The property tests also run 64 and 256.
  public static let standard = TileGrid(log2Size: 7)

  public init(log2Size: Int) {
    precondition((4...10).contains(log2Size), "tile sizes run from 16 to 1024")
    self.log2Size = log2Size
  }

  @inlinable public var size: Int { 1 << log2Size }
  @inlinable public var area: Int { 1 << (2 * log2Size) }

  /// The tiles that hold any pixel of `rect`, in tile coordinates.
  @inlinable
  public func tiles(covering rect: Rect) -> Rect {
    if rect.isEmpty { return .empty }
    return Rect(
      x0: rect.x0 >> log2Size, y0: rect.y0 >> log2Size,
      x1: ((rect.x1 - 1) >> log2Size) + 1, y1: ((rect.y1 - 1) >> log2Size) + 1)
  }

  /// The place of a pixel among those of its tile, row by row.
  @inlinable
  public func place(x: Int, y: Int) -> Int {
    (y & (size - 1)) << log2Size | (x & (size - 1))
  }

  /// Calls `body` with each run of a line's pixels that lie in one tile: the tile's column, the places of the
  /// pixels in the tile, and the first one's x.
  package func forEachRun(ofLine y: Int, _ line: Range<Int>, _ body: (Int, Range<Int>, Int) -> Void)
  {
    var x = line.lowerBound
    while x < line.upperBound {
      let tileX = x >> log2Size
      let end = min(line.upperBound, (tileX + 1) << log2Size)
      let first = place(x: x, y: y)
      body(tileX, first..<first + end - x, x)
      x = end
    }
  }

  /// The pixels of one tile.
  @inlinable
  public func pixels(tileX: Int, tileY: Int) -> Rect {
    Rect(x: tileX << log2Size, y: tileY << log2Size, width: size, height: size)
  }

  /// The pixels of a rectangle of tiles.
  @inlinable
  public func pixels(of tiles: Rect) -> Rect {
    tiles.isEmpty
      ? .empty
      : Rect(
        x0: tiles.x0 << log2Size, y0: tiles.y0 << log2Size,
        x1: tiles.x1 << log2Size, y1: tiles.y1 << log2Size)
  }

  /// `rect` grown outward to whole tiles.
  @inlinable
  public func rounded(_ rect: Rect) -> Rect { pixels(of: tiles(covering: rect)) }
}
