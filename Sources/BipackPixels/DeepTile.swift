/// One tile of a deep picture: for each pixel any number of samples, in one run for each channel.
///
/// The samples of a tile lie pixel by pixel, row by row; those of a row of pixels are one run, in every channel.
/// Runs come from the pool, are written once and then shared: copying a tile, or leaving a channel alone,
/// copies nothing.
public struct DeepTile: Sendable {
  /// How many samples it has.
  public let count: Int
  /// Where each pixel's samples end: for every pixel of the whole tile the number of samples up to and with
  /// its own, as the bits of a `Float`. Nil where there are none at all.
  private let ends: Block?
  private var runs: [Channel: Scratch] = [:]

  /// A tile without samples.
  public static let empty = DeepTile(count: 0, ends: nil)

  private init(count: Int, ends: Block?) {
    self.count = count
    self.ends = ends
  }

  /// A tile with so many samples in each pixel, whose runs are yet to be filled. On entry `counts` has each
  /// pixel's number of samples, as the bits of a `Float`; it becomes the tile's own. Nil where there are
  /// more samples than 32 bits count.
  package init?(counts: Block, area: Int, channels: [Channel], pool: BlockPool) {
    var total: UInt64 = 0
    for pixel in 0..<area {
      total += UInt64(counts.base[pixel].bitPattern)
      guard total <= UInt64(Int32.max) else { return nil }
      counts.base[pixel] = Float(bitPattern: UInt32(total))
    }
    guard total > 0 else {
      self = .empty
      return
    }
    self.init(count: Int(total), ends: counts)
    for channel in channels { runs[channel] = pool.scratch(count: count) }
  }

  public var channels: [Channel] { Array(runs.keys) }

  public func has(_ channel: Channel) -> Bool { count == 0 || runs[channel] != nil }

  /// Bytes of memory it holds; what is shared is counted by every holder.
  public func bytes(_ grid: TileGrid) -> Int {
    guard ends != nil else { return 0 }
    return runs.values.reduce(grid.area) { $0 + $1.capacity } * MemoryLayout<Float>.stride
  }

  /// The places of the samples of one pixel in every run; pixels are counted from the tile's top left.
  public func samples(of pixel: Int) -> Range<Int> {
    guard let ends else { return 0..<0 }
    return start(of: pixel)..<Int(ends.base[pixel].bitPattern)
  }

  /// The places of the samples of some pixels that follow one another.
  package func samples(of pixels: Range<Int>) -> Range<Int> {
    guard let ends, !pixels.isEmpty else { return 0..<0 }
    return start(of: pixels.lowerBound)..<Int(ends.base[pixels.upperBound - 1].bitPattern)
  }

  private func start(of pixel: Int) -> Int {
    guard let ends, pixel > 0 else { return 0 }
    return Int(ends.base[pixel - 1].bitPattern)
  }

  /// The samples of a channel, from nearest to furthest or in whatever order they came. Nil where the tile has
  /// none of it. Ids are the bits of the numbers.
  ///
  /// SAFETY: valid while the tile lives; written only by those who make it.
  package subscript(channel: Channel) -> UnsafeMutablePointer<Float>? { runs[channel]?.base }

  /// One sample; 0 in a channel that the tile does not have. For tests and probes.
  public func value(_ channel: Channel, sample: Int) -> Float { runs[channel]?.base[sample] ?? 0 }

  /// Gives a channel another's samples, which are shared.
  package mutating func share(_ channel: Channel, as other: Channel) { runs[other] = runs[channel] }
}

/// A tile whose samples are made pixel by pixel, when nobody knows how many there will be; but not more than
/// it was given room for.
package struct DeepTileWriter: ~Copyable {
  private let channels: [Channel]
  private let pool: BlockPool
  private let counts: Block
  private let area: Int
  private var rooms: [Scratch]
  private let room: Int
  /// Samples so far, of closed pixels and the one that is open.
  private var count = 0

  /// - Parameter most: samples there can be at most.
  package init(_ channels: [Channel], most: Int, pool: BlockPool) {
    (self.channels, self.pool) = (channels, pool)
    room = most
    rooms = most == 0 ? [] : channels.map { _ in pool.scratch(count: most) }
    counts = pool.allocate()
    area = pool.grid.area
    counts.base.update(repeating: 0, count: area)
  }

  /// Adds a sample to a pixel; `value` gives its channels by their place. Pixels come in their order.
  package mutating func add(to pixel: Int, _ value: (Int) -> Float) {
    precondition(count < room, "a deep tile has more samples than its plan allows")
    for channel in channels.indices { rooms[channel].base[count] = value(channel) }
    counts.base[pixel] = Float(bitPattern: counts.base[pixel].bitPattern + 1)
    count += 1
  }

  /// The tile, in runs no longer than they must be.
  package consuming func finish() -> DeepTile {
    guard let tile = DeepTile(counts: counts, area: area, channels: channels, pool: pool) else {
      return .empty
    }
    for (channel, room) in zip(channels, rooms) {
      tile[channel]?.update(from: room.base, count: count)
    }
    return tile
  }
}
