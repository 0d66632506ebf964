import BipackPixels
import CEXR

/// Reads an EXR's channels into tiles.
///
/// The plan is made first: which parts, which of their channels, what they are called, which chunks
/// hold them. Only when every chunk is known to be there is memory taken, and then chunks are
/// decoded in parallel, each straight into the blocks it covers.
struct EXRReader {
  let file: EXRFile
  let options: ReadOptions

  init(path: String, options: ReadOptions) throws(ImageFileError) {
    self.file = try EXRFile(path: path, limits: options.limits)
    self.options = options
  }

  /// A channel of the result and where it comes from.
  private struct Output {
    enum Source {
      case sample(Int)
      /// 0, 1, 2: red, green or blue of this luminance/chroma set.
      case color(Int, y: Int, ry: Int, by: Int)
    }
    var channel: Channel
    var part: Int
    var source: Source
    var type: SampleType
  }

  // MARK: Information

  func subImages() -> [SubImage] {
    file.parts.map { part in
      let outputs = part.isDeep ? [] : outputs(of: [part], raw: options.raw)
      var image = describe(part, outputs)
      if part.isDeep {
        image.spec.channels = part.channels.map { Channel($0.name) }
        for sample in part.channels { image.types[Channel(sample.name)] = sample.type }
      }
      return image
    }
  }

  private func describe(_ part: EXRPart, _ outputs: [Output]) -> SubImage {
    var spec = ImageSpec(format: part.format, dataWindow: part.dataWindow, channels: [])
    spec.metadata = part.metadata
    if options.raw {
      spec.channels = outputs.map(\.channel)
    } else {
      spec.add(outputs.map(\.channel))
    }
    var image = SubImage(
      index: part.index, name: part.name, view: part.view, spec: spec, types: [:],
      compression: part.compression, tile: part.tile)
    for output in outputs { image.types[output.channel] = output.type }
    image.isDeep = part.isDeep
    return image
  }

  // MARK: Names

  /// The channels the given parts make together; the first of equal names wins.
  private func outputs(of parts: [EXRPart], raw: Bool) -> [Output] {
    let names =
      raw
      ? parts.map { $0.channels.map(\.name) }
      : EXRNames.merged(
        parts.map {
          EXRNames.Part(name: $0.name, view: $0.view, channels: $0.channels.map(\.name))
        })
    var result: [Output] = []
    var seen: Set<Channel> = []
    func add(_ output: Output) {
      if seen.insert(output.channel).inserted { result.append(output) }
    }
    for (part, names) in zip(parts, names) {
      let channels = names.map { Channel($0) }
      var done: Set<Int> = []
      if !raw {
        for color in luminance(part, channels) {
          for slot in 0..<3 {
            add(
              Output(
                channel: Channel(layer: color.layer, component: ["R", "G", "B"][slot]),
                part: part.index, source: color.source(slot), type: part.channels[color.y].type))
          }
          done.formUnion(color.used)
        }
      }
      // The order a person expects within a layer: R G B A, then the rest as the file has it.
      let order =
        raw
        ? Array(channels.indices)
        : channels.indices.sorted { a, b in
          let (i, j) = (channels[a], channels[b])
          if i.layer != j.layer { return firstOf(i.layer, channels) < firstOf(j.layer, channels) }
          return (i.slot ?? 4, a) < (j.slot ?? 4, b)
        }
      for i in order where !done.contains(i) {
        add(
          Output(
            channel: channels[i], part: part.index, source: .sample(i),
            type: part.channels[i].type))
      }
    }
    return result
  }

  private func firstOf(_ layer: String, _ channels: [Channel]) -> Int {
    channels.firstIndex { $0.layer == layer } ?? 0
  }

  private struct Luminance {
    var layer: String
    var y: Int
    var ry: Int?
    var by: Int?
    var used: [Int] { [y] + [ry, by].compactMap { $0 } }

    func source(_ slot: Int) -> Output.Source {
      if let ry, let by { return .color(slot, y: y, ry: ry, by: by) }
      return .sample(y)
    }
  }

  /// Layers stored as luminance, with or without chroma. A lone `Y` becomes grey R = G = B = Y, but
  /// not the `Y` of a position pass (`P.X P.Y P.Z`) or of a layer that has colours too.
  private func luminance(_ part: EXRPart, _ channels: [Channel]) -> [Luminance] {
    var found: [Luminance] = []
    for (i, channel) in channels.enumerated()
    where channel.component == "Y" && !part.channels[i].isSubsampled {
      let layer = channel.layer
      func index(_ component: String) -> Int? {
        channels.firstIndex { $0.layer == layer && $0.component == component }
      }
      if let ry = index("RY"), let by = index("BY") {
        found.append(Luminance(layer: layer, y: i, ry: ry, by: by))
      } else if ["X", "R", "G", "B", "RY", "BY"].allSatisfy({ index($0) == nil }),
        layer.isEmpty || index("Z") == nil
      {
        found.append(Luminance(layer: layer, y: i, ry: nil, by: nil))
      }
    }
    return found
  }

  // MARK: Selection

  private func selectedParts() throws(ImageFileError) -> [EXRPart] {
    let parts = file.parts
    switch options.selection {
    case .merged:
      let flat = parts.filter { !$0.isDeep }
      guard let first = flat.first else { throw .deep(file.path, part: parts.first?.name) }
      return flat.filter { $0.displayWindow == first.displayWindow }
    case .index(let index):
      guard parts.indices.contains(index) else {
        throw .noSuchPart(
          file.path, "number \(index)", names: parts.indices.map(String.init))
      }
      if parts[index].isDeep { throw .deep(file.path, part: parts[index].name) }
      return [parts[index]]
    case .name(let name):
      guard let part = parts.first(where: { $0.name == name }) else {
        throw .noSuchPart(file.path, "'\(name)'", names: parts.compactMap(\.name))
      }
      if part.isDeep { throw .deep(file.path, part: name) }
      return [part]
    }
  }

  private func wanted(_ all: [Output]) throws(ImageFileError) -> [Output] {
    var result = all
    if let layers = options.layers {
      let names = layers.map { $0 == "rgba" ? "" : $0 }
      for name in names where !all.contains(where: { $0.channel.layer == name }) {
        var known: [String] = []
        for output in all where !known.contains(output.channel.layer) {
          known.append(output.channel.layer)
        }
        throw .noSuchLayer(
          file.path, name.isEmpty ? "rgba" : name, names: known.map { $0.isEmpty ? "rgba" : $0 })
      }
      result = result.filter { names.contains($0.channel.layer) }
    }
    if let channels = options.channels {
      for channel in channels where !all.contains(where: { $0.channel == channel }) {
        throw .noSuchChannel(file.path, channel.name, names: all.map(\.channel.name))
      }
      result = result.filter { channels.contains($0.channel) }
    }
    return result
  }

  // MARK: Pixels

  /// What `read` will deliver, without reading a pixel.
  func source() throws(ImageFileError) -> SubImage {
    let parts = try selectedParts()
    return describe(parts, try wanted(outputs(of: parts, raw: options.raw)))
  }

  /// The picture the parts make together.
  private func describe(_ parts: [EXRPart], _ outputs: [Output]) -> SubImage {
    var source = describe(parts[0], outputs)
    source.spec.dataWindow = parts.reduce(Rect.empty) { total, part in
      outputs.contains { $0.part == part.index } ? total.union(part.dataWindow) : total
    }
    let views = parts.compactMap(\.view)
    if options.selection == .merged, !options.raw, Set(views).count > 1 {
      var list: [String] = []
      for view in views where !list.contains(view) { list.append(view) }
      source.spec.metadata["multiView"] = .strings(list)
    }
    for part in parts { source.decodingBytes += flatBytes(part, outputs) }
    return source
  }

  /// The channels that are decoded as whole planes: those of a part with sub-sampled ones.
  private func flatBytes(_ part: EXRPart, _ outputs: [Output]) -> Int {
    let mine = outputs.filter { $0.part == part.index }
    guard isFlat(part, mine) else { return 0 }
    return part.dataWindow.area * mine.count * MemoryLayout<Float>.stride
  }

  private func isFlat(_ part: EXRPart, _ outputs: [Output]) -> Bool {
    outputs.contains { output in
      switch output.source {
      case .color: true
      case .sample(let i): part.channels[i].isSubsampled
      }
    }
  }

  func read(
    pool: BlockPool, loops: Loops
  ) throws(ImageFileError) -> ReadImage {
    let parts = try selectedParts()
    let outputs = try wanted(outputs(of: parts, raw: options.raw))
    let source = describe(parts, outputs)
    let window = source.spec.dataWindow
    var image = Image(spec: source.spec, grid: pool.grid)
    let area = pool.grid.rounded(options.region ?? window).intersection(window)
    let tiles = pool.grid.tiles(covering: area)
    var jobs: [PartJob] = []
    for part in parts {
      let mine = outputs.filter { $0.part == part.index }
      if mine.isEmpty { continue }
      jobs.append(try plan(part, mine, area: area, loops))
    }
    for job in jobs {
      try run(
        job, tiles: tiles, window: window, pool: pool, loops: loops,
        image: &image)
    }
    try file.checkUnchanged()
    return ReadImage(image: image, source: source)
  }

  private func black(_ channel: Channel) -> Float {
    guard let slot = channel.slot, slot < options.black.count else { return 0 }
    return options.black[slot]
  }

  /// What one part has to do, all of its chunks found.
  private struct PartJob {
    var part: EXRPart
    var outputs: [Output]
    var chunks: [cexr_chunk]
    /// Whole lines at the file's own resolution first, then tiles: sub-sampled channels.
    var isFlat: Bool
  }

  private func plan(
    _ part: EXRPart, _ outputs: [Output], area: Rect, _ loops: Loops
  ) throws(ImageFileError) -> PartJob {
    let isFlat = isFlat(part, outputs)
    // The chroma filter looks 13 lines up and down; flat reading takes the part whole.
    let chunks = try file.chunks(of: part, in: isFlat ? part.dataWindow : area, loops)
    return PartJob(part: part, outputs: outputs, chunks: chunks, isFlat: isFlat)
  }

  private func run(
    _ job: PartJob, tiles: Rect, window: Rect, pool: BlockPool, loops: Loops, image: inout Image
  ) throws(ImageFileError) {
    let tables = job.outputs.map { output in
      var plane = TiledPlane(grid: pool.grid, tiles: pool.grid.tiles(covering: window))
      let table = TileTable(
        tiles: tiles, part: job.part.dataWindow, window: window, pool: pool, plane: &plane,
        black: black(output.channel))
      return (output, plane, table)
    }
    if job.isFlat {
      try decodeFlat(job, tables.map(\.2), loops, pool)
    } else {
      var targets: [(channel: Int, table: TileTable)] = []
      for (output, _, table) in tables {
        guard case .sample(let channel) = output.source else { continue }
        targets.append((channel, table))
      }
      try decodeTiles(job, targets, tiles, pool.grid, loops)
    }
    for (output, plane, _) in tables { image[output.channel] = plane }
  }

  /// Decodes chunks into tiles. Two outputs may share one channel (a grey `Y` as R, G and B): its
  /// blocks are then shared too, so each channel is decoded once.
  private func decodeTiles(
    _ job: PartJob, _ targets: [(channel: Int, table: TileTable)], _ tiles: Rect,
    _ grid: TileGrid, _ loops: Loops
  ) throws(ImageFileError) {
    let list = ChunkList(job.chunks)
    let layout = cexr_layout(
      log2_size: Int32(grid.log2Size), tile_x0: Int32(tiles.x0), tile_y0: Int32(tiles.y0),
      tiles_wide: Int32(tiles.width), tiles_high: Int32(tiles.height),
      streams: tiles.area * grid.area * targets.count > 8 << 20 ? 1 : 0)
    let rounds = rounds(targets)
    let file = file
    let decoders = Reserve<Decoder> { () throws(ImageFileError) in try Decoder(path: file.path) }
    // Uncompressed and single-line chunks are small: take about 16 lines at a time.
    let group = max(1, 16 / max(1, job.part.tile == nil ? job.part.linesPerChunk : 16))
    let count = (list.chunks.count + group - 1) / group
    let part = Int32(job.part.index)
    for round in rounds {
      try attempt(count, loops) { (i) throws(ImageFileError) in
        try decoders.with { (decoder) throws(ImageFileError) in
          for chunk in list.chunks[(i * group)..<min((i + 1) * group, list.chunks.count)] {
            if loops.isCancelled() { throw .cancelled(file.path) }
            try decoder.decode(file, part, chunk, round.targets, layout)
          }
        }
      }
      withExtendedLifetime(targets) {}
    }
  }

  /// Splits targets so that no round names a channel twice.
  private func rounds(_ targets: [(channel: Int, table: TileTable)]) -> [TargetList] {
    var rounds: [[(channel: Int, table: TileTable)]] = []
    for target in targets {
      if let i = rounds.firstIndex(where: { !$0.contains { $0.channel == target.channel } }) {
        rounds[i].append(target)
      } else {
        rounds.append([target])
      }
    }
    return rounds.map { round in
      TargetList(
        round.map {
          cexr_target(
            channel: Int32($0.channel), tiles: UnsafePointer($0.table.pointers), flat: nil,
            flat_stride: 0)
        })
    }
  }

  /// Sub-sampled channels: decode each at its own resolution, then make lines of full resolution.
  private func decodeFlat(
    _ job: PartJob, _ tables: [TileTable], _ loops: Loops, _ pool: BlockPool
  ) throws(ImageFileError) {
    let part = job.part
    var needed: [Int] = []
    for output in job.outputs {
      let used: [Int]
      switch output.source {
      case .sample(let i): used = [i]
      case .color(_, let y, let ry, let by): used = [y, ry, by]
      }
      for i in used where !needed.contains(i) { needed.append(i) }
    }
    var flats: [Int: FlatPlane] = [:]
    for i in needed { flats[i] = try FlatPlane(part, part.channels[i], path: file.path, pool) }
    let targets = TargetList(
      needed.compactMap { i in
        flats[i].map {
          cexr_target(
            channel: Int32(i), tiles: nil, flat: $0.base, flat_stride: Int64($0.width))
        }
      })
    let list = ChunkList(job.chunks)
    let file = file
    let decoders = Reserve<Decoder> { () throws(ImageFileError) in try Decoder(path: file.path) }
    try attempt(list.chunks.count, loops) { (i) throws(ImageFileError) in
      if loops.isCancelled() { throw .cancelled(file.path) }
      try decoders.with { (decoder) throws(ImageFileError) in
        try decoder.decode(file, Int32(part.index), list.chunks[i], targets.targets, cexr_layout())
      }
    }
    let window = part.dataWindow
    let planes = flats
    var colors: [ColorSet] = []
    for (output, table) in zip(job.outputs, tables) {
      switch output.source {
      case .sample(let i):
        guard let flat = planes[i] else { continue }
        loops(window.height) { y in
          let line = UnsafeMutablePointer<Float>.allocate(capacity: window.width)
          defer { line.deallocate() }
          flat.repeated(y: y, into: line, width: window.width)
          table.store(line, x: window.x0, y: window.y0 + y, count: window.width)
        }
      case .color(let slot, let y, let ry, let by):
        if let known = colors.first(where: { $0.y == y }) {
          known.tables[slot] = table
        } else {
          let set = ColorSet(y: y, ry: ry, by: by)
          set.tables[slot] = table
          colors.append(set)
        }
      }
    }
    for set in colors { convert(set, planes, part, loops, pool) }
  }

  /// Luminance and chroma to RGB: chroma to full width, then line by line to full height and RGB,
  /// then the over-saturated pixels that leaves are calmed by their neighbours.
  private func convert(
    _ set: ColorSet, _ planes: [Int: FlatPlane], _ part: EXRPart, _ loops: Loops, _ pool: BlockPool
  ) {
    guard let luminance = planes[set.y], let ry = planes[set.ry], let by = planes[set.by] else {
      return
    }
    var primaries: [Double]?
    if case .floats(let values)? = part.metadata["chromaticities"] { primaries = values }
    let conversion = LuminanceChroma(chromaticities: primaries)
    let window = part.dataWindow
    let (width, height) = (window.width, window.height)
    let wideRed = ry.widened(to: window, loops, pool)
    let wideBlue = by.widened(to: window, loops, pool)
    let red = FlatPlane(width: width, height: height, pool)
    let green = FlatPlane(width: width, height: height, pool)
    let blue = FlatPlane(width: width, height: height, pool)
    loops(height) { y in
      let (r, g, b) = (red.base + y * width, green.base + y * width, blue.base + y * width)
      luminance.repeated(y: y, into: g, width: width)
      wideRed.line(y, into: r)
      wideBlue.line(y, into: b)
      conversion.convert(red: r, green: g, blue: b, count: width)
    }
    let tables = set.tables
    loops(height) { y in
      let lines = UnsafeMutablePointer<Float>.allocate(capacity: 3 * width)
      defer { lines.deallocate() }
      conversion.calm(
        red: red.base, green: green.base, blue: blue.base, width: width, height: height, y: y,
        into: lines)
      for slot in 0..<3 {
        tables[slot]?.store(
          lines + slot * width, x: window.x0, y: window.y0 + y, count: width)
      }
    }
  }
}

/// The three outputs that come from one set of luminance and chroma.
private final class ColorSet {
  let y: Int
  let ry: Int
  let by: Int
  var tables: [TileTable?] = [nil, nil, nil]

  init(y: Int, ry: Int, by: Int) {
    self.y = y
    self.ry = ry
    self.by = by
  }
}

/// The blocks of one channel over a rectangle of tiles, as the decoder wants them: a table of
/// pointers. Tiles the part does not reach become constantly black; tiles it covers partly are made black.
final class TileTable: @unchecked Sendable {
  // SAFETY: made and filled before decoding starts, then only read; the blocks it points into are
  // written by one chunk per pixel and are held by the plane and by `blocks`.
  let pointers: UnsafeMutablePointer<UnsafeMutablePointer<Float>?>
  private let blocks: [Block]
  private let tiles: Rect
  private let grid: TileGrid

  init(
    tiles: Rect, part: Rect, window: Rect, pool: BlockPool, plane: inout TiledPlane,
    black: Float = 0
  ) {
    self.tiles = tiles
    grid = pool.grid
    pointers = .allocate(capacity: max(1, tiles.area))
    pointers.initialize(repeating: nil, count: max(1, tiles.area))
    var blocks: [Block] = []
    for tileY in tiles.y0..<tiles.y1 {
      for tileX in tiles.x0..<tiles.x1 {
        let visible = grid.pixels(tileX: tileX, tileY: tileY).intersection(window)
        if visible.intersection(part).isEmpty {
          plane[tileX, tileY] = .constant(black)
          continue
        }
        let block = pool.allocate()
        if !part.contains(visible) { block.base.update(repeating: black, count: grid.area) }
        pointers[(tileY - tiles.y0) * tiles.width + tileX - tiles.x0] = block.base
        plane[tileX, tileY] = .block(block)
        blocks.append(block)
      }
    }
    self.blocks = blocks
  }

  deinit { pointers.deallocate() }

  /// Stores `count` pixels of a line from pixel (x, y) on; what lies outside the tiles is dropped.
  func store(_ line: UnsafePointer<Float>, x: Int, y: Int, count: Int) {
    let tileY = (y >> grid.log2Size) - tiles.y0
    if tileY < 0 || tileY >= tiles.height { return }
    let mask = grid.size - 1
    var x = x
    var from = line
    var left = count
    while left > 0 {
      let n = min(left, grid.size - (x & mask))
      let tileX = (x >> grid.log2Size) - tiles.x0
      if tileX >= 0, tileX < tiles.width, let block = pointers[tileY * tiles.width + tileX] {
        (block + (y & mask) * grid.size + (x & mask)).update(from: from, count: n)
      }
      from += n
      x += n
      left -= n
    }
  }
}

/// One decoder of the C side.
private final class Decoder {
  private let decoder: OpaquePointer

  init(path: String) throws(ImageFileError) {
    guard let decoder = cexr_decoder_new() else { throw .outOfMemory(path) }
    self.decoder = decoder
  }

  deinit { cexr_decoder_free(decoder) }

  func decode(
    _ file: EXRFile, _ part: Int32, _ chunk: cexr_chunk,
    _ targets: UnsafeBufferPointer<cexr_target>, _ layout: cexr_layout
  ) throws(ImageFileError) {
    var (chunk, layout, error) = (chunk, layout, cexr_error())
    let result = cexr_decode(
      file.reader, part, &chunk, decoder, targets.baseAddress, Int32(targets.count), &layout,
      &error)
    if result != CEXR_OK { throw EXRFile.failure(file.path, error) }
  }
}

/// Targets at a fixed address, shared by all threads of a decode.
private final class TargetList: @unchecked Sendable {
  // SAFETY: never written after `init`.
  let targets: UnsafeBufferPointer<cexr_target>

  init(_ list: [cexr_target]) {
    let buffer = UnsafeMutableBufferPointer<cexr_target>.allocate(capacity: list.count)
    _ = buffer.initialize(from: list)
    targets = UnsafeBufferPointer(buffer)
  }

  deinit { targets.deallocate() }
}

/// A channel at its own resolution.
private final class FlatPlane: Sendable {
  private let plane: PaddedPlane
  private let xSampling: Int
  private let ySampling: Int

  init(_ part: EXRPart, _ sample: EXRPart.Sample, path: String, _ pool: BlockPool)
    throws(ImageFileError)
  {
    func count(_ low: Int, _ high: Int, _ step: Int) -> Int {
      func up(_ v: Int) -> Int { v >= 0 ? (v + step - 1) / step : -(-v / step) }
      return max(0, up(high) - up(low))
    }
    xSampling = sample.xSampling
    ySampling = sample.ySampling
    let width = count(part.dataWindow.x0, part.dataWindow.x1, xSampling)
    let height = count(part.dataWindow.y0, part.dataWindow.y1, ySampling)
    guard width > 0, height > 0 else {
      throw .damaged(path, "channel '\(sample.name)' is sub-sampled to nothing")
    }
    plane = PaddedPlane(width: width, height: height, room: 0, pool: pool)
    plane.fill(0)
  }

  init(width: Int, height: Int, ySampling: Int = 1, _ pool: BlockPool) {
    xSampling = 1
    self.ySampling = ySampling
    plane = PaddedPlane(width: width, height: height, room: 0, pool: pool)
    plane.fill(0)
  }

  var width: Int { plane.width }
  var height: Int { plane.height }
  var base: UnsafeMutablePointer<Float> { plane.base }

  /// Line `y` of the full picture, every sample repeated.
  func repeated(y: Int, into line: UnsafeMutablePointer<Float>, width full: Int) {
    let row = base + min(y / ySampling, height - 1) * width
    if xSampling == 1 { return line.update(from: row, count: min(full, width)) }
    for x in 0..<full { line[x] = row[min(x / xSampling, width - 1)] }
  }

  /// The same lines at full width.
  func widened(to window: Rect, _ loops: Loops, _ pool: BlockPool) -> FlatPlane {
    if xSampling == 1 { return self }
    let wide = FlatPlane(width: window.width, height: height, ySampling: ySampling, pool)
    loops(height) { [self] y in
      let to = wide.base + y * wide.width
      if xSampling == 2 {
        LuminanceChroma.doubled(base + y * width, count: width, into: to, width: wide.width)
      } else {
        for x in 0..<wide.width { to[x] = base[y * width + min(x / xSampling, width - 1)] }
      }
    }
    return wide
  }

  /// Line `y` of the full picture from a widened plane, filtered between its lines.
  func line(_ y: Int, into line: UnsafeMutablePointer<Float>) {
    if ySampling == 2 {
      LuminanceChroma.doubledLine(base, y: y, count: height, width: width, into: line)
    } else {
      repeated(y: y, into: line, width: width)
    }
  }
}
