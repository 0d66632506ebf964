/// A deep picture: every pixel has any number of samples, each with a depth and its own channels.
///
/// The conventions are those of "Interpreting OpenEXR Deep Pixels", beside those of every picture (`Image`):
/// - `Z` is a sample's depth, larger is further. With a `ZBack` that is larger a sample is a volume from `Z`
///   to `ZBack`, else a point.
/// - `A` is how much it hides of what is behind; without the channel samples are opaque. Colours are
///   premultiplied by it. All other channels but ids are treated as colours.
/// - A pixel's samples may stand in any order and overlap; who needs them in order puts them so.
/// - Samples are 32-bit floats; ids (`DeepExtent.ids`) are 32-bit whole numbers, kept as their bits.
///
/// A value that never changes once shared; copying it shares its tiles.
public struct DeepImage: Sendable {
  public var spec: ImageSpec
  public let grid: TileGrid
  /// The tiles it can hold, in tile coordinates.
  public let room: Rect
  private var tiles: [DeepTile?]

  /// A deep picture with no tile present.
  public init(spec: ImageSpec, grid: TileGrid = .standard) {
    self.spec = spec
    self.grid = grid
    room = grid.tiles(covering: spec.dataWindow)
    tiles = Array(repeating: nil, count: room.area)
  }

  public var format: Format { spec.format }
  public var dataWindow: Rect { spec.dataWindow }
  public var channels: [Channel] { spec.channels }
  /// Channels of whole numbers.
  public var ids: Set<Channel> { spec.deep?.ids ?? [] }

  public subscript(tileX: Int, tileY: Int) -> DeepTile? {
    get { room.contains(x: tileX, y: tileY) ? tiles[place(tileX, tileY)] : nil }
    set {
      precondition(room.contains(x: tileX, y: tileY), "tile outside the deep picture")
      tiles[place(tileX, tileY)] = newValue
    }
  }

  private func place(_ tileX: Int, _ tileY: Int) -> Int {
    (tileY - room.y0) * room.width + tileX - room.x0
  }

  /// Bytes of the tiles it holds.
  public var bytes: Int { tiles.reduce(0) { $0 + ($1?.bytes(grid) ?? 0) } }

  /// Whether all of `channels` (those the picture has) are present in `region`.
  public func isComplete(in region: Rect, channels: [Channel]) -> Bool {
    let needed = grid.tiles(covering: region.intersection(dataWindow))
    for y in needed.y0..<max(needed.y0, needed.y1) {
      for x in needed.x0..<needed.x1 {
        guard let tile = self[x, y], channels.allSatisfy({ tile.has($0) || !spec.has($0) }) else {
          return false
        }
      }
    }
    return true
  }

  /// How many samples a pixel has; 0 outside the data window.
  public func count(x: Int, y: Int) -> Int { samples(x: x, y: y)?.places.count ?? 0 }

  /// The samples of a pixel in one channel, in their order. For tests and probes.
  public func values(_ channel: Channel, x: Int, y: Int) -> [Float] {
    guard let (tile, places) = samples(x: x, y: y) else { return [] }
    return places.map { tile.value(channel, sample: $0) }
  }

  /// The tile of a pixel, and where in it the pixel's samples are.
  package func samples(x: Int, y: Int) -> (tile: DeepTile, places: Range<Int>)? {
    guard dataWindow.contains(x: x, y: y), let tile = self[x >> grid.log2Size, y >> grid.log2Size]
    else { return nil }
    return (tile, tile.samples(of: grid.place(x: x, y: y)))
  }

  /// Takes the tiles that `other` has in `part`.
  mutating func gather(_ other: DeepImage, _ part: Rect) {
    let taken = room.intersection(other.room).intersection(grid.tiles(covering: part))
    for y in taken.y0..<max(taken.y0, taken.y1) {
      for x in taken.x0..<taken.x1 {
        if let tile = other[x, y] { self[x, y] = tile }
      }
    }
  }
}

extension DeepImage {
  /// Makes a deep picture from samples in memory: `samples` gives those of a pixel, channel by channel. For
  /// tests and embedding programs.
  public init(
    spec: ImageSpec, pool: BlockPool, samples: (_ x: Int, _ y: Int) -> [[Channel: Float]]
  ) {
    self.init(spec: spec, grid: pool.grid)
    let grid = pool.grid
    for tileY in room.y0..<max(room.y0, room.y1) {
      for tileX in room.x0..<room.x1 {
        let tile = grid.pixels(tileX: tileX, tileY: tileY)
        var pixels: [(pixel: Int, samples: [[Channel: Float]])] = []
        let part = tile.intersection(dataWindow)
        for y in part.y0..<part.y1 {
          for x in part.x0..<part.x1 {
            pixels.append(((y - tile.y0) * grid.size + x - tile.x0, samples(x, y)))
          }
        }
        let most = pixels.reduce(0) { $0 + $1.samples.count }
        let channels = spec.channels
        var writer = DeepTileWriter(channels, most: most, pool: pool)
        for (pixel, samples) in pixels {
          for sample in samples { writer.add(to: pixel) { sample[channels[$0]] ?? 0 } }
        }
        self[tileX, tileY] = writer.finish()
      }
    }
  }
}
