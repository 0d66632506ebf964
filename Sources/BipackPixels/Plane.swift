/// The pixels of one channel in one tile: one number, or a block.
public enum Plane: Sendable {
  // First: its pointer then lies in memory as it is, where leak checkers see it.
  case block(Block)
  case constant(Float)
}

/// One channel of an image, cut into tiles. Tiles that were not computed are absent.
///
/// A value; copying shares the blocks. An operation that leaves a channel alone passes its
/// `TiledPlane` on, so untouched channels cost nothing.
public struct TiledPlane: Sendable {
  public let grid: TileGrid
  /// The tiles this plane can hold, in tile coordinates.
  public let tiles: Rect
  private var planes: [Plane?]

  /// A plane with every tile absent.
  public init(grid: TileGrid, tiles: Rect) {
    self.grid = grid
    self.tiles = tiles
    planes = Array(repeating: nil, count: tiles.area)
  }

  /// A plane that is one number everywhere in `dataWindow`.
  public init(grid: TileGrid, dataWindow: Rect, constant: Float) {
    self.grid = grid
    tiles = grid.tiles(covering: dataWindow)
    planes = Array(repeating: .constant(constant), count: tiles.area)
  }

  public subscript(tileX: Int, tileY: Int) -> Plane? {
    get {
      guard tiles.contains(x: tileX, y: tileY) else { return nil }
      return planes[(tileY - tiles.y0) * tiles.width + tileX - tiles.x0]
    }
    set {
      precondition(tiles.contains(x: tileX, y: tileY), "tile outside the plane")
      planes[(tileY - tiles.y0) * tiles.width + tileX - tiles.x0] = newValue
    }
  }

  /// Whether every tile of `region` (in tile coordinates) that the plane can hold is present.
  public func isComplete(in region: Rect) -> Bool {
    let region = region.intersection(tiles)
    if region.isEmpty { return true }
    for y in region.y0..<region.y1 {
      for x in region.x0..<region.x1 where self[x, y] == nil { return false }
    }
    return true
  }

  /// Takes the tiles `other` has in `part`, in tile coordinates; those it has no room for are left out.
  mutating func gather(_ other: TiledPlane, _ part: Rect) {
    let region = tiles.intersection(other.tiles).intersection(part)
    for y in region.y0..<max(region.y0, region.y1) {
      for x in region.x0..<region.x1 {
        if let plane = other[x, y] { self[x, y] = plane }
      }
    }
  }

  /// Bytes of the blocks it holds; constants are free. Shared blocks are counted by every holder.
  public var bytes: Int {
    var blocks = 0
    for case .block? in planes { blocks += 1 }
    return blocks * grid.area * MemoryLayout<Float>.stride
  }
}
