import BipackPixels
import CEXR

/// Reads the samples of a deep part of an EXR into tiles.
///
/// How many samples each chunk has stands in the file, in front of it: so what reading will take is known before
/// anything is unpacked. Of a rectangle only the chunks are looked at that it touches. Numbers of samples
/// are unpacked first, then tiles get memory of just that size, then the samples go there.
struct DeepEXRReader {
  private let file: EXRFile
  private let part: EXRPart
  private let options: ReadOptions

  init(path: String, options: ReadOptions) throws(ImageFileError) {
    file = try EXRFile(path: path, limits: options.limits)
    self.options = options
    part = try Self.part(file, options.selection)
    guard part.channels.contains(where: { $0.name == Channel.z.name }) else {
      throw ImageFileError(
        .unsupported, path: path, "its deep samples have no depth", expected: "a channel 'Z'")
    }
  }

  private static func part(_ file: EXRFile, _ selection: ReadOptions.Selection)
    throws(ImageFileError) -> EXRPart
  {
    let parts = file.parts
    let found: EXRPart?
    switch selection {
    case .merged:
      guard let first = parts.first(where: \.isDeep) else {
        throw .flat(file.path, part: nil)
      }
      return first
    case .index(let index):
      found = parts.indices.contains(index) ? parts[index] : nil
      if found == nil {
        throw .noSuchPart(file.path, "number \(index)", names: parts.indices.map(String.init))
      }
    case .name(let name):
      found = parts.first { $0.name == name }
      if found == nil { throw .noSuchPart(file.path, "'\(name)'", names: parts.compactMap(\.name)) }
    }
    guard let found, found.isDeep else { throw .flat(file.path, part: found?.name ?? "") }
    return found
  }

  /// What `read` will deliver, without unpacking a sample.
  func source() throws(ImageFileError) -> SubImage {
    let found = try chunks(in: part.dataWindow)
    var image = SubImage(
      index: part.index, name: part.name, view: part.view, spec: spec(found), types: [:],
      compression: part.compression, tile: part.tile)
    for sample in part.channels { image.types[Channel(sample.name)] = sample.type }
    image.isDeep = true
    // Of one chunk: as packed, unpacked, and in between.
    image.decodingBytes = found.list.reduce(0) { most, chunk in
      let table = Int(chunk.width) * Int(chunk.height) * 4
      return max(most, 3 * max(Int(clamping: chunk.unpacked_size), table) + table)
    }
    return image
  }

  /// The picture, as far as its samples are in the chunks that were looked up.
  private func spec(_ found: Chunks) -> ImageSpec {
    var spec = ImageSpec(format: part.format, dataWindow: part.dataWindow, channels: [])
    spec.metadata = part.metadata
    spec.add(part.channels.map { Channel($0.name) })
    let cells = part.cells
    spec.deep = DeepExtent(
      ids: Set(part.channels.filter { $0.type == .uint32 }.map { Channel($0.name) }),
      counts: SampleCounts(
        window: found.window, cellWidth: cells.width, cellHeight: cells.height,
        counts: found.list.map { Int(clamping: $0.samples) }))
    return spec
  }

  /// Chunks row by row, and the pixels that are in them.
  private struct Chunks {
    var window = Rect.empty
    var list: [cexr_deep_chunk] = []
  }

  /// The chunks that hold any pixel of `area`, each one's sizes checked.
  private func chunks(in area: Rect) throws(ImageFileError) -> Chunks {
    let cells = part.cells
    let (left, top) = (part.dataWindow.x0, part.dataWindow.y0)
    let area = area.intersection(part.dataWindow).translated(x: -left, y: -top)
    if area.isEmpty { return Chunks() }
    let columns = area.x0 / cells.width...(area.x1 - 1) / cells.width
    let rows = area.y0 / cells.height...(area.y1 - 1) / cells.height
    var chunks: [cexr_deep_chunk] = []
    chunks.reserveCapacity(columns.count * rows.count)
    for row in rows {
      for column in columns {
        var (chunk, error) = (cexr_deep_chunk(), cexr_error())
        let result = cexr_find_deep_chunk(
          file.reader, Int32(part.index), Int32(column), Int32(row), &chunk, &error)
        if result != CEXR_OK { throw EXRFile.failure(file.path, error) }
        chunks.append(chunk)
      }
    }
    let window = Rect(
      x: left + columns.lowerBound * cells.width, y: top + rows.lowerBound * cells.height,
      width: columns.count * cells.width, height: rows.count * cells.height)
    return Chunks(window: window.intersection(part.dataWindow), list: chunks)
  }

  // MARK: Samples

  /// A channel that is read: its place among those of the file, and how it is stored.
  private struct Wanted {
    var channel: Channel
    var place: Int
  }

  /// At least the samples in `options.region`.
  func read(pool: BlockPool, loops: Loops) throws(ImageFileError) -> DeepImage {
    let window = part.dataWindow
    let area = (options.region ?? window).intersection(window)
    let found = try chunks(in: area)
    var image = DeepImage(spec: spec(found), grid: pool.grid)
    let wanted = try wanted(image.spec)
    let list = DeepChunkList(found.list)
    let tiles = DeepTileTable(area: area, window: window, pool: pool)
    let (file, part) = (file, Int32(part.index))
    let decoders = Reserve<DeepDecoder> { () throws(ImageFileError) in
      try DeepDecoder(file: file, part: part)
    }
    try attempt(list.chunks.count, loops) { (i) throws(ImageFileError) in
      if loops.isCancelled() { throw .cancelled(file.path) }
      try decoders.with { (decoder) throws(ImageFileError) in
        tiles.count(list.chunks[i], try decoder.counts(list.chunks[i]))
      }
    }
    try tiles.makeRoom(for: wanted.map(\.channel), file.path)
    let layout = DeepLineLayout(self.part, wanted.map { ($0.channel, $0.place) })
    try attempt(list.chunks.count, loops) { (i) throws(ImageFileError) in
      if loops.isCancelled() { throw .cancelled(file.path) }
      try decoders.with { (decoder) throws(ImageFileError) in
        let chunk = list.chunks[i]
        let counts = try decoder.counts(chunk)
        guard chunk.unpacked_size > 0 else { return }
        let samples = try decoder.samples(chunk)
        guard tiles.store(chunk, counts, samples, layout) else { throw .changed(file.path) }
      }
    }
    tiles.put(into: &image)
    try file.checkUnchanged()
    return image
  }

  private func wanted(_ spec: ImageSpec) throws(ImageFileError) -> [Wanted] {
    let names = part.channels.map(\.name)
    var wanted: [Wanted] = []
    for channel in options.channels ?? spec.channels {
      guard let place = names.firstIndex(of: channel.name) else {
        throw .noSuchChannel(file.path, channel.name, names: names)
      }
      wanted.append(Wanted(channel: channel, place: place))
    }
    return wanted
  }
}

extension EXRPart {
  /// The size of a deep part's chunks in pixels.
  fileprivate var cells: (width: Int, height: Int) {
    tile.map { ($0.width, $0.height) } ?? (dataWindow.width, linesPerChunk)
  }
}

/// Chunks that go from thread to thread.
private struct DeepChunkList: @unchecked Sendable {
  // SAFETY: plain numbers of the C side.
  let chunks: [cexr_deep_chunk]
  init(_ chunks: [cexr_deep_chunk]) { self.chunks = chunks }
}

/// One decoder of the C side.
private final class DeepDecoder {
  private let file: EXRFile
  private let part: Int32
  private let decoder: OpaquePointer
  private var numbers: [UInt32] = []

  init(file: EXRFile, part: Int32) throws(ImageFileError) {
    guard let decoder = cexr_decoder_new() else { throw .outOfMemory(file.path) }
    (self.file, self.part, self.decoder) = (file, part, decoder)
  }

  deinit { cexr_decoder_free(decoder) }

  /// How many samples each pixel of a chunk has, line by line.
  func counts(_ chunk: cexr_deep_chunk) throws(ImageFileError) -> [UInt32] {
    var (chunk, error) = (chunk, cexr_error())
    let size = Int(chunk.width) * Int(chunk.height)
    if numbers.count != size { numbers = [UInt32](repeating: 0, count: size) }
    let result = cexr_read_deep_counts(file.reader, part, &chunk, decoder, &numbers, &error)
    if result != CEXR_OK { throw EXRFile.failure(file.path, error) }
    return numbers
  }

  /// The samples as the file has them. Valid until the decoder is used again.
  func samples(_ chunk: cexr_deep_chunk) throws(ImageFileError) -> UnsafeRawBufferPointer {
    var (chunk, error) = (chunk, cexr_error())
    var bytes: UnsafePointer<UInt8>?
    let result = cexr_read_deep_samples(file.reader, part, &chunk, decoder, &bytes, &error)
    if result != CEXR_OK { throw EXRFile.failure(file.path, error) }
    return UnsafeRawBufferPointer(start: bytes, count: Int(chunk.unpacked_size))
  }
}

/// Where in a line's samples those of each wanted channel are.
private struct DeepLineLayout: Sendable {
  struct Column: Sendable {
    var channel: Channel
    var type: SampleType
    /// Bytes of the channels before it, for each sample.
    var offset: Int
  }
  var columns: [Column] = []
  /// Bytes of one sample in all channels of the file.
  let pixelBytes: Int

  init(_ part: EXRPart, _ wanted: [(channel: Channel, place: Int)]) {
    var offsets: [Int] = []
    var at = 0
    for sample in part.channels {
      offsets.append(at)
      at += sample.type == .half ? 2 : 4
    }
    pixelBytes = at
    for (channel, place) in wanted {
      columns.append(
        Column(channel: channel, type: part.channels[place].type, offset: offsets[place]))
    }
  }
}

/// The tiles of a rectangle while they are read.
private final class DeepTileTable: @unchecked Sendable {
  // SAFETY: chunks have pixels of their own, so that threads write disjoint counts and samples; tiles are made
  // between the two, by one thread.
  private let area: Rect
  private let window: Rect
  private let tiles: Rect
  private let pool: BlockPool
  private var grid: TileGrid { pool.grid }
  private var counts: [Block] = []
  private var made: [DeepTile] = []

  init(area: Rect, window: Rect, pool: BlockPool) {
    self.area = area
    self.window = window
    self.pool = pool
    tiles = pool.grid.tiles(covering: area)
    for _ in 0..<tiles.area {
      let block = pool.allocate()
      block.base.update(repeating: 0, count: pool.grid.area)
      counts.append(block)
    }
  }

  /// Calls `body` with each run of a chunk's pixels inside the area that lies in one line of one tile: the
  /// tile's place, the pixels in it, and the first one's place in the chunk's line.
  private func forEachRun(
    _ chunk: cexr_deep_chunk, line y: Int, _ body: (Int, Range<Int>, Int) -> Void
  ) {
    let (left, right) = (
      max(Int(chunk.x), area.x0), min(Int(chunk.x) + Int(chunk.width), area.x1)
    )
    guard y >= area.y0, y < area.y1, left < right else { return }
    let row = ((y >> grid.log2Size) - tiles.y0) * tiles.width
    grid.forEachRun(ofLine: y, left..<right) { tileX, pixels, x in
      body(row + tileX - tiles.x0, pixels, x - Int(chunk.x))
    }
  }

  func count(_ chunk: cexr_deep_chunk, _ numbers: [UInt32]) {
    for line in 0..<Int(chunk.height) {
      forEachRun(chunk, line: Int(chunk.y) + line) { tile, pixels, first in
        let from = line * Int(chunk.width) + first
        for i in 0..<pixels.count {
          counts[tile].base[pixels.lowerBound + i] = Float(bitPattern: numbers[from + i])
        }
      }
    }
  }

  func makeRoom(for channels: [Channel], _ path: String) throws(ImageFileError) {
    for block in counts {
      guard
        let tile = DeepTile(counts: block, area: grid.area, channels: channels, pool: pool)
      else {
        throw ImageFileError(
          .overLimit, path: path,
          "\(grid.size) x \(grid.size) of its pixels have more than 2^31 samples")
      }
      made.append(tile)
    }
    counts = []
  }

  /// False where the numbers are not those that room was made for.
  func store(
    _ chunk: cexr_deep_chunk, _ numbers: [UInt32], _ samples: UnsafeRawBufferPointer,
    _ layout: DeepLineLayout
  ) -> Bool {
    guard var line = samples.baseAddress else { return true }
    var isSame = true
    for row in 0..<Int(chunk.height) {
      // The samples of the line before the pixel that is looked at.
      var (before, next) = (0, 0)
      let start = row * Int(chunk.width)
      let total = numbers[start..<start + Int(chunk.width)].reduce(0) { $0 + Int($1) }
      forEachRun(chunk, line: Int(chunk.y) + row) { tile, pixels, first in
        while next < first {
          before += Int(numbers[start + next])
          next += 1
        }
        var count = 0
        while next < first + pixels.count {
          count += Int(numbers[start + next])
          next += 1
        }
        let places = made[tile].samples(of: pixels)
        guard places.count == count else {
          isSame = false
          return
        }
        for column in layout.columns {
          guard count > 0, let run = made[tile][column.channel] else { continue }
          let bytes = column.type == .half ? 2 : 4
          let from = line + column.offset * total + before * bytes
          Self.convert(column.type, from, run + places.lowerBound, count)
        }
        before += count
      }
      line += total * layout.pixelBytes
    }
    return isSame
  }

  private static func convert(
    _ type: SampleType, _ from: UnsafeRawPointer, _ to: UnsafeMutablePointer<Float>, _ count: Int
  ) {
    if type == .half {
      // SAFETY: the C side reads halves at any address.
      cexr_half_to_float(from.assumingMemoryBound(to: UInt16.self), to, count)
    } else {
      // Floats, or whole numbers as they are.
      UnsafeMutableRawPointer(to).copyMemory(from: from, byteCount: 4 * count)
    }
  }

  func put(into image: inout DeepImage) {
    for (place, tile) in made.enumerated() {
      image[tiles.x0 + place % tiles.width, tiles.y0 + place / tiles.width] = tile
    }
  }
}
