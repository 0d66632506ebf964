import BipackGraph
import BipackPixels
import CPack
import Glibc

/// An entry's file, open for reading. It stays readable when somebody removes or replaces it.
final class CacheFile: Sendable {
  private let descriptor: Int32
  private let size: Int

  init?(_ path: String) {
    descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    if descriptor < 0 { return nil }
    var info = stat()
    guard fstat(descriptor, &info) == 0, info.st_mode & S_IFMT == S_IFREG else {
      close(descriptor)
      return nil
    }
    size = Int(info.st_size)
  }

  deinit { close(descriptor) }

  /// Says that the entry was used: what was not used for longest goes first. In vain where the folder
  /// may not be written.
  func touch() { _ = futimens(descriptor, nil) }

  /// The whole file; nil when it is larger than `limit` or cannot be read.
  func contents(limit: Int) -> [UInt8]? { size <= limit ? bytes(at: 0, count: size) : nil }

  /// The header, if the file begins with one and is as long as that says.
  func entry() -> CacheEntry? {
    guard let start = bytes(at: 0, count: min(size, 64 << 10)),
      let count = CacheEntry.headerBytes(of: start), count <= size,
      let header = count <= start.count ? Array(start[..<count]) : bytes(at: 0, count: count),
      let entry = CacheEntry(header), entry.fileBytes == size
    else { return nil }
    return entry
  }

  /// Whether it is the entry of `hash` and every block of it is right.
  func isWholeImage(_ hash: StableHash) -> Bool {
    guard let entry = entry(), entry.hash == hash else { return false }
    let pool = BlockPool(grid: TileGrid(log2Size: entry.log2Size))
    for record in entry.records.indices {
      guard case .packed(let offset, let bytes, _) = entry.records[record] else { continue }
      let run = Run(records: [record], offset: offset, bytes: bytes)
      if read(run, entry.records, pool) == nil { return false }
    }
    return true
  }

  /// The tiles and channels of `demand`, and how many bytes were read for them; nil when a block is
  /// not the one that was stored.
  func image(
    _ entry: CacheEntry, _ demand: Demand, _ spec: ImageSpec, _ loops: Loops, _ pool: BlockPool
  ) -> (Image, bytes: Int)? {
    let grid = pool.grid
    let wanted = grid.tiles(covering: demand.rect)
    let channels = entry.channels.indices.filter { demand.channels.contains(entry.channels[$0]) }
    func cell(_ channel: Int, _ x: Int, _ y: Int) -> Int? {
      let tiles = entry.tiles
      return entry.cells[
        channel * tiles.area + (y - tiles.y0) * tiles.width + x - tiles.x0]
    }
    var needed = Set<Int>()
    for channel in channels {
      for y in wanted.y0..<wanted.y1 {
        for x in wanted.x0..<wanted.x1 {
          if let record = cell(channel, x, y) { needed.insert(record) }
        }
      }
    }
    let runs = Self.runs(needed.sorted(), entry.records)
    let planes = Locked([Plane?](repeating: nil, count: entry.records.count))
    let isBad = Locked(false)
    loops(runs.count) { [self] index in
      if isBad.withLock({ $0 }) { return }
      guard let run = read(runs[index], entry.records, pool) else {
        return isBad.withLock { $0 = true }
      }
      planes.withLock { planes in
        for (record, plane) in run { planes[record] = plane }
      }
    }
    if isBad.withLock({ $0 }) { return nil }

    let ready = planes.withLock { $0 }
    var image = Image(spec: spec, grid: grid)
    for channel in channels {
      var plane = TiledPlane(grid: grid, tiles: wanted)
      for y in wanted.y0..<wanted.y1 {
        for x in wanted.x0..<wanted.x1 {
          if let record = cell(channel, x, y) { plane[x, y] = ready[record] }
        }
      }
      image[entry.channels[channel]] = plane
    }
    return (image, runs.reduce(0) { $0 + $1.bytes })
  }

  /// Records that lie next to each other in the file and are read at once.
  private struct Run {
    var records: [Int]
    var offset = 0
    var bytes = 0
  }

  private static func runs(_ records: [Int], _ all: [CacheEntry.Record]) -> [Run] {
    var runs: [Run] = []
    for record in records {
      let (offset, bytes) =
        switch all[record] {
        case .constant: (runs.last.map { $0.offset + $0.bytes } ?? 0, 0)
        case .packed(let offset, let bytes, _): (offset, bytes)
        }
      if let last = runs.last, last.bytes == 0 || last.offset + last.bytes == offset || bytes == 0,
        last.bytes + bytes <= 1 << 20
      {
        if last.bytes == 0 { runs[runs.count - 1].offset = offset }
        runs[runs.count - 1].records.append(record)
        runs[runs.count - 1].bytes += bytes
      } else {
        runs.append(Run(records: [record], offset: offset, bytes: bytes))
      }
    }
    return runs
  }

  private func read(_ run: Run, _ records: [CacheEntry.Record], _ pool: BlockPool)
    -> [(Int, Plane)]?
  {
    guard let buffer = bytes(at: run.offset, count: run.bytes) else { return nil }
    var planes: [(Int, Plane)] = []
    for record in run.records {
      switch records[record] {
      case .constant(let bits): planes.append((record, .constant(Float(bitPattern: bits))))
      case .packed(let offset, let count, let sum):
        let block = pool.allocate()
        // SAFETY: the run holds the record's bytes; the block is this thread's until it is shared.
        let isGood = buffer.withUnsafeBufferPointer { buffer -> Bool in
          guard let base = buffer.baseAddress else { return false }
          let packed = base + (offset - run.offset)
          return cpack_sum(packed, count) == sum
            && cpack_unpack(packed, count, pool.grid.size, block.base) == 0
        }
        if !isGood { return nil }
        planes.append((record, .block(block)))
      }
    }
    return planes
  }

  /// Exactly `count` bytes; nil when there are fewer or the disk fails.
  private func bytes(at offset: Int, count: Int) -> [UInt8]? {
    if count == 0 { return [] }
    var failed = false
    let bytes = [UInt8](unsafeUninitializedCapacity: count) { buffer, filled in
      filled = 0
      while filled < count, let base = buffer.baseAddress {
        let n = pread(descriptor, base + filled, count - filled, offset + filled)
        if n < 0 && errno == EINTR { continue }
        if n <= 0 { break }
        filled += n
      }
      failed = filled < count
    }
    return failed ? nil : bytes
  }

  static func write(_ bytes: [UInt8], to file: CacheFolder.Temporary, at offset: Int = 0)
    throws(CacheFailure)
  {
    var done = 0
    while done < bytes.count {
      let n = bytes.withUnsafeBytes { buffer in
        buffer.baseAddress.map {
          pwrite(file.descriptor, $0 + done, bytes.count - done, offset + done)
        }
          ?? 0
      }
      if n < 0 && errno == EINTR { continue }
      if n <= 0 { throw CacheFailure(n < 0 ? errno : ENOSPC, file.path) }
      done += n
    }
  }
}

/// Writes an image as an entry's file, a few blocks at a time.
struct CacheWriter {
  private let image: Image
  private let hash: StableHash
  private let demand: Demand

  init(_ image: Image, _ hash: StableHash, _ demand: Demand) {
    self.image = image
    self.hash = hash
    self.demand = demand
  }

  /// A block and which part of it lies in the data window.
  private struct Piece: Hashable {
    var block: ObjectIdentifier
    var rect: Rect
  }

  /// Returns the size of the file.
  func write(to file: CacheFolder.Temporary) throws(CacheFailure) -> Int {
    let grid = image.grid
    let channels = image.channels.filter {
      demand.channels.contains($0) && image[$0] != nil
    }
    var entry = CacheEntry(
      hash: hash, log2Size: grid.log2Size, region: demand.rect, channels: channels)
    let tiles = entry.tiles
    var blocks: [(record: Int, block: Block, rect: Rect)] = []
    var known: [Piece: Int] = [:]
    var constants: [UInt32: Int] = [:]
    for channel in channels {
      let plane = image[channel]
      for y in tiles.y0..<tiles.y1 {
        for x in tiles.x0..<tiles.x1 {
          switch plane?[x, y] {
          case nil: entry.cells.append(nil)
          case .constant(let value)?:
            let bits = value.bitPattern
            if constants[bits] == nil {
              constants[bits] = entry.records.count
              entry.records.append(.constant(bits: bits))
            }
            entry.cells.append(constants[bits])
          case .block(let block)?:
            let tile = grid.pixels(tileX: x, tileY: y)
            let rect = tile.intersection(image.dataWindow).translated(x: -tile.x0, y: -tile.y0)
            let piece = Piece(block: ObjectIdentifier(block), rect: rect)
            if known[piece] == nil {
              known[piece] = entry.records.count
              blocks.append((entry.records.count, block, rect))
              entry.records.append(.packed(offset: 0, bytes: 0, sum: 0))
            }
            entry.cells.append(known[piece])
          }
        }
      }
    }
    let header = CacheEntry.headerBytes(
      channels: channels, tiles: tiles.area, records: entry.records.count)
    var offset = header
    var buffer: [UInt8] = []
    let bound = cpack_bound(grid.size) + 16
    for (record, block, rect) in blocks {
      let start = buffer.count
      buffer.append(contentsOf: repeatElement(0, count: bound))
      // SAFETY: the buffer has room for the packed block behind `start`; the block is frozen.
      let (count, sum) = buffer.withUnsafeMutableBufferPointer { buffer -> (Int, UInt64) in
        guard let base = buffer.baseAddress else { return (0, 0) }
        let count = cpack_pack(
          block.base, grid.size, rect.x0, rect.y0, rect.x1, rect.y1, base + start)
        return (count, cpack_sum(base + start, count))
      }
      buffer.removeLast(bound - count)
      entry.records[record] = .packed(offset: offset + start, bytes: count, sum: sum)
      if buffer.count >= 1 << 20 {
        try CacheFile.write(buffer, to: file, at: offset)
        offset += buffer.count
        buffer.removeAll(keepingCapacity: true)
      }
    }
    try CacheFile.write(buffer, to: file, at: offset)
    entry.fileBytes = offset + buffer.count
    try CacheFile.write(entry.encoded(), to: file)
    return entry.fileBytes
  }
}
