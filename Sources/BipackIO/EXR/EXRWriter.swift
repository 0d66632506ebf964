import BipackPixels
import CEXR
import Glibc

/// Writes a single-part EXR: the same pixels and options always give the same bytes. There are no
/// dates, hosts or users in it, attributes are sorted by name, and chunks are in file order whatever
/// thread compressed them.
struct EXRWriter {
  let path: String
  let image: Image
  let options: WriteOptions

  private struct Column {
    var channel: Channel
    var type: SampleType
    var bytes: Int { type == .half ? 2 : 4 }
    var code: Int32 {
      Int32(type == .half ? CEXR_HALF : type == .uint32 ? CEXR_UINT : CEXR_FLOAT)
    }
  }

  /// One chunk of the file, in the order of the offset table.
  private struct Piece {
    var rect: Rect
    var leader: [UInt8]
  }

  func write(parallel: ParallelFor) throws(ImageFileError) {
    let columns = try self.columns()
    let window = try self.window()
    let header = header(columns, window)
    let pieces = self.pieces(window)
    let file = try AtomicFile(path, createDirectories: options.createDirectories)
    try file.write(header)
    let table = header.count
    try file.write([UInt8](repeating: 0, count: 8 * pieces.count))
    let offsets = try writeChunks(
      pieces, columns, to: file, from: table + 8 * pieces.count, parallel)
    try file.overwrite(at: table, offsets.flatMap { EXRAttributes.little(UInt64($0)) })
    try file.commit()
  }

  // MARK: What is written

  private func columns() throws(ImageFileError) -> [Column] {
    let wanted = options.channels ?? image.channels
    var columns: [Column] = []
    for channel in wanted {
      guard image.spec.has(channel) else {
        throw .noSuchChannel(path, channel.name, names: image.channels.map(\.name))
      }
      let name = channel.name.utf8
      if name.isEmpty || name.count > 255 || name.contains(0) {
        throw .cannotWrite(
          path, "channel name '\(channel.name)' cannot be stored", expected: "1 to 255 bytes")
      }
      let type = options.types[channel] ?? options.type ?? .half
      guard [.half, .float, .uint32].contains(type) else {
        throw .cannotWrite(
          path, "EXR has no \(type.rawValue) channels", expected: "half, float or uint32")
      }
      if !columns.contains(where: { $0.channel == channel }) {
        columns.append(Column(channel: channel, type: type))
      }
    }
    if columns.isEmpty { throw .cannotWrite(path, "there are no channels to write") }
    return columns.sorted { $0.channel.name.utf8.lexicographicallyPrecedes($1.channel.name.utf8) }
  }

  /// An EXR has at least one pixel: an empty data window becomes one black pixel.
  private func window() throws(ImageFileError) -> Rect {
    var window = options.dataWindow ?? image.dataWindow
    if window.isEmpty {
      window = Rect(x: image.format.window.x0, y: image.format.window.y0, width: 1, height: 1)
    }
    let far = 1 << 30
    for rect in [window, image.format.window] {
      if rect.x0 < -far || rect.y0 < -far || rect.x1 > far || rect.y1 > far {
        throw .cannotWrite(path, "the window \(rect) is out of EXR's range")
      }
    }
    if let tile = options.tile {
      guard (1...8192).contains(tile.width), (1...8192).contains(tile.height) else {
        throw .cannotWrite(
          path, "tiles of \(tile.width)x\(tile.height)", expected: "1 to 8192 pixels a side")
      }
    }
    return window
  }

  private var linesPerChunk: Int {
    switch options.compression {
    case .none, .rle, .zips: 1
    case .zip, .pxr24: 16
    case .piz, .b44, .b44a, .dwaa: 32
    case .dwab: 256
    }
  }

  private var codec: Int32 {
    Int32(EXRPart.compressions.firstIndex(of: options.compression.rawValue) ?? 0)
  }

  private func pieces(_ window: Rect) -> [Piece] {
    func little(_ value: Int) -> [UInt8] { EXRAttributes.little(Int32(value)) }
    var pieces: [Piece] = []
    if let tile = options.tile {
      for (row, y) in stride(from: window.y0, to: window.y1, by: tile.height).enumerated() {
        for (column, x) in stride(from: window.x0, to: window.x1, by: tile.width).enumerated() {
          let rect = Rect(x: x, y: y, width: tile.width, height: tile.height)
            .intersection(window)
          let leader = little(column) + little(row) + little(0) + little(0)
          pieces.append(Piece(rect: rect, leader: leader))
        }
      }
    } else {
      for y in stride(from: window.y0, to: window.y1, by: linesPerChunk) {
        let rect = Rect(
          x0: window.x0, y0: y, x1: window.x1, y1: min(y + linesPerChunk, window.y1))
        pieces.append(Piece(rect: rect, leader: little(y)))
      }
    }
    return pieces
  }

  // MARK: Header

  private func header(_ columns: [Column], _ window: Rect) -> [UInt8] {
    func box(_ r: Rect) -> [UInt8] {
      [r.x0, r.y0, r.x1 - 1, r.y1 - 1].flatMap { EXRAttributes.little(Int32($0)) }
    }
    var attributes: [String: (type: String, bytes: [UInt8])] = [:]
    let metadata = options.metadata ?? image.spec.metadata
    for key in metadata.keys {
      if let value = metadata[key], let encoded = EXRAttributes.encode(name: key, value) {
        attributes[key] = encoded
      }
    }
    var list: [UInt8] = []
    for column in columns {
      list += Array(column.channel.name.utf8) + [0]
      list += EXRAttributes.little(column.code) + [0, 0, 0, 0]
      list += EXRAttributes.little(Int32(1)) + EXRAttributes.little(Int32(1))
    }
    attributes["channels"] = ("chlist", list + [0])
    attributes["compression"] = ("compression", [UInt8(truncatingIfNeeded: codec)])
    attributes["dataWindow"] = ("box2i", box(window))
    // A display window must have a pixel, whatever the format says.
    let display = image.format.window
    attributes["displayWindow"] = (
      "box2i",
      box(display.isEmpty ? Rect(x: display.x0, y: display.y0, width: 1, height: 1) : display)
    )
    attributes["lineOrder"] = ("lineOrder", [0])
    attributes["pixelAspectRatio"] = (
      "float", EXRAttributes.little(Float(image.format.pixelAspect))
    )
    if attributes["screenWindowCenter"]?.type != "v2f" {
      attributes["screenWindowCenter"] = ("v2f", [UInt8](repeating: 0, count: 8))
    }
    if attributes["screenWindowWidth"]?.type != "float" {
      attributes["screenWindowWidth"] = ("float", EXRAttributes.little(Float(1)))
    }
    if let tile = options.tile {
      attributes["tiles"] = (
        "tiledesc",
        EXRAttributes.little(UInt32(tile.width)) + EXRAttributes.little(UInt32(tile.height)) + [0]
      )
    }
    let names = Array(attributes.keys) + columns.map(\.channel.name)
    let isLong =
      names.contains { $0.utf8.count > 31 }
      || attributes.values.contains { $0.type.utf8.count > 31 }
    var bytes: [UInt8] = [0x76, 0x2f, 0x31, 0x01]
    bytes += EXRAttributes.little(
      UInt32(2 | (options.tile != nil ? 0x200 : 0) | (isLong ? 0x400 : 0)))
    for (name, value) in attributes.sorted(by: {
      $0.key.utf8.lexicographicallyPrecedes($1.key.utf8)
    }) {
      bytes += Array(name.utf8) + [0] + Array(value.type.utf8) + [0]
      bytes += EXRAttributes.little(Int32(value.bytes.count)) + value.bytes
    }
    return bytes + [0]
  }

  // MARK: Pixels

  /// Compresses chunks in waves, so that memory stays bounded, and writes each wave in order.
  private func writeChunks(
    _ pieces: [Piece], _ columns: [Column], to file: AtomicFile, from start: Int,
    _ parallel: ParallelFor
  ) throws(ImageFileError) -> [Int] {
    let pixelBytes = columns.reduce(0) { $0 + $1.bytes }
    let pieceBytes = max(1, (pieces.first?.rect.area ?? 1) * pixelBytes)
    if pieceBytes > Int(Int32.max) {
      throw .cannotWrite(
        path, "one chunk would have \(pieceBytes) bytes, more than EXR allows",
        expected: "fewer channels, a narrower picture, tiles, or a codec with fewer lines a chunk")
    }
    let wave = min(max(1, (64 << 20) / pieceBytes), max(16, pieces.count / 4))
    let (path, image, options, codec) = (path, image, options, codec)
    let level = options.level ?? (options.compression.rawValue.hasPrefix("dwa") ? 45 : 4)
    let encoders = Reserve<Encoder> { () throws(ImageFileError) in
      try Encoder(
        path: path, codec: codec, level: level,
        channels: columns.map { ($0.channel, $0.code, $0.bytes) }, image: image, options: options)
    }
    var offsets: [Int] = []
    var at = start
    for first in stride(from: 0, to: pieces.count, by: wave) {
      let now = Array(pieces[first..<min(first + wave, pieces.count)])
      let packed = Locked([[UInt8]](repeating: [], count: now.count))
      try attempt(now.count, parallel) { (i) throws(ImageFileError) in
        let bytes = try encoders.with { (encoder) throws(ImageFileError) in
          try encoder.encode(now[i].rect, leader: now[i].leader)
        }
        packed.withLock { $0[i] = bytes }
      }
      for bytes in packed.withLock({ $0 }) {
        offsets.append(at)
        try file.write(bytes)
        at += bytes.count
      }
    }
    return offsets
  }
}

/// One thread's encoder and its scratch memory.
private final class Encoder {
  private let encoder: OpaquePointer
  private let path: String
  private let channels: [(Channel, Int32, Int)]
  private let image: Image
  private let options: WriteOptions
  private var floats: [Float] = []
  private var raw: [UInt8] = []

  init(
    path: String, codec: Int32, level: Float, channels: [(Channel, Int32, Int)], image: Image,
    options: WriteOptions
  ) throws(ImageFileError) {
    var error = cexr_error()
    // Names must live only until the encoder has copied them.
    let names = channels.map { strdup($0.0.name) }
    defer { for name in names { free(name) } }
    let list = zip(names, channels).map { name, channel in
      cexr_out_channel(name: UnsafePointer(name), type: channel.1)
    }
    guard let encoder = cexr_encoder_new(codec, level, list, Int32(list.count), &error) else {
      throw EXRFile.failure(path, error)
    }
    self.encoder = encoder
    self.path = path
    self.channels = channels
    self.image = image
    self.options = options
  }

  deinit { cexr_encoder_free(encoder) }

  /// The chunk as the file has it: `leader`, size, packed bytes.
  func encode(_ rect: Rect, leader: [UInt8]) throws(ImageFileError) -> [UInt8] {
    let lineBytes = channels.reduce(0) { $0 + $1.2 } * rect.width
    let size = lineBytes * rect.height
    if floats.count < rect.area { floats = [Float](repeating: 0, count: rect.area) }
    if raw.count < size { raw = [UInt8](repeating: 0, count: size) }
    var column = 0
    for (channel, code, bytes) in channels {
      pack(channel, code, rect, at: column, lineBytes: lineBytes)
      column += bytes * rect.width
    }
    var error = cexr_error()
    var packed: UnsafePointer<UInt8>?
    var packedSize = 0
    var result = leader
    let code = raw.withUnsafeBufferPointer { buffer -> Int32 in
      let code = cexr_encode(
        encoder, Int32(rect.x0), Int32(rect.y0), Int32(rect.width), Int32(rect.height),
        options.tile == nil ? 0 : 1, buffer.baseAddress, size, &packed, &packedSize, &error)
      if code == CEXR_OK {
        result.reserveCapacity(leader.count + 4 + packedSize)
        result += EXRAttributes.little(Int32(packedSize))
        result += UnsafeBufferPointer(start: packed, count: packedSize)
      }
      return code
    }
    if code != CEXR_OK { throw EXRFile.failure(path, error) }
    return result
  }

  private func pack(_ channel: Channel, _ code: Int32, _ rect: Rect, at column: Int, lineBytes: Int)
  {
    floats.withUnsafeMutableBufferPointer { floats in
      raw.withUnsafeMutableBytes { raw in
        guard let from = floats.baseAddress, let base = raw.baseAddress else { return }
        image.gather(channel, rect, edge: .black, into: from, stride: rect.width)
        for y in 0..<rect.height {
          let line = from + y * rect.width
          let to = base + y * lineBytes + column
          switch code {
          case Int32(CEXR_HALF):
            cexr_float_to_half(
              line, to.assumingMemoryBound(to: UInt16.self), rect.width,
              options.halfOverflow == .clamp ? 1 : 0)
          case Int32(CEXR_UINT):
            cexr_float_to_uint(line, to.assumingMemoryBound(to: UInt32.self), rect.width)
          default:
            to.copyMemory(from: line, byteCount: 4 * rect.width)
          }
        }
      }
    }
  }
}
