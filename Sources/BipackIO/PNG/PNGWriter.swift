import BipackPixels
import CPNG
import Glibc

/// Writes PNG, 8 and 16 bits, from top to bottom: R G B A, R G B, grey and alpha, or one channel as
/// grey. Values are code values, colour not multiplied by alpha.
///
/// libpng writes what precedes the pixels. The pixels are cut into pieces of some rows, each of which
/// becomes a chunk of its own on whatever thread; side by side the chunks are one stream.
final class PNGWriter: FormatWriter {
  private let layout: PNGLayout
  private let record: String?
  private let header: [UInt8]
  private let file: AtomicFile
  private let sink: OrderedSink
  private let pieces: PieceWriter<PNGLayout>

  var window: Rect { layout.window }
  var nextRow: Int { pieces.nextRow }

  init(path: String, spec: ImageSpec, options: WriteOptions) throws(ImageFileError) {
    layout = try PNGLayout(path: path, spec: spec, options: options)
    record = options.record
    header = try layout.header(spec, options)
    file = try AtomicFile(path, createDirectories: options.createDirectories)
    try file.write(header, at: 0)
    sink = OrderedSink(file, from: header.count)
    pieces = PieceWriter(layout, sink)
  }

  func append(
    _ image: Payload, rows: Range<Int>, _ loops: Loops
  ) throws(ImageFileError) {
    guard let image = image.picture else {
      throw .cannotWrite(layout.path, "this is a deep picture", expected: "a picture")
    }
    try pieces.append(image, rows: rows, loops)
  }

  func finish() throws(ImageFileError) {
    let (sum, descriptions) = layout.total()
    var end = [UInt8](repeating: 0, count: 30)
    let size = cpng_pack_end(sum, &end)
    end.removeSubrange(size...)
    if let record {
      let last = end.dropLast(PNGChecksum.endBytes)
      let covered =
        header.withUnsafeBytes { PNGChecksum.descriptions($0) } + descriptions
        + Array(last.prefix(8) + last.suffix(4))
      end.insert(
        contentsOf: PNGChecksum.chunks(record: record, after: covered, size: sink.end + size),
        at: last.endIndex)
    }
    try file.write(end, at: sink.end)
    try file.commit()
  }
}

/// How a PNG's pixels are cut: pieces of some rows, of about half a megabyte.
struct PNGLayout: PieceLayout {
  let path: String
  let window: Rect
  private let channels: [Channel]
  private let bytes: Int
  private let level: Int32
  /// What the end of the file must know of every piece.
  private let encoded: Locked<[Piece]>

  private struct Piece {
    /// The checksum of its rows; the stream ends with that of all of them.
    var sum: UInt32 = 1
    /// Length, type and check sum of its chunk, which the checksum covers.
    var description: [UInt8] = []
  }

  init(path: String, spec: ImageSpec, options: WriteOptions) throws(ImageFileError) {
    self.path = path
    channels = try colorChannels(spec, options, path, format: "PNG", most: 4)
    window = spec.format.window
    guard !window.isEmpty, window.width <= 1 << 24, window.height <= 1 << 24 else {
      throw .cannotWrite(path, "a picture of \(window) cannot be stored in PNG")
    }
    bytes = try Self.sampleBytes(options.type ?? .uint8, path)
    let asked = options.level ?? 2
    level = asked > 0 ? Int32(min(9, asked)) : 0
    encoded = Locked([])
    encoded.withLock { $0 = Array(repeating: Piece(), count: pieceRows) }
  }

  /// How large a sample of a type is, if PNG has it.
  static func sampleBytes(_ type: SampleType, _ path: String) throws(ImageFileError) -> Int {
    switch type {
    case .uint8: return 1
    case .uint16: return 2
    default:
      throw .cannotWrite(
        path, "PNG has no \(type.rawValue) samples", expected: "uint8 or uint16")
    }
  }

  private var pixelBytes: Int { channels.count * bytes }
  func pixelBytes(_ piece: Int) -> Int { pixelBytes }
  private var rowBytes: Int { window.width * pixelBytes }
  var pieceHeight: Int { max(1, (512 << 10) / (rowBytes + 1)) }
  var piecesPerRow: Int { 1 }

  func rect(_ piece: Int) -> Rect {
    Rect(
      x: window.x0, y: window.y0 + piece * pieceHeight, width: window.width, height: pieceHeight
    ).intersection(window)
  }

  func pack(_ piece: Int, _ rect: Rect, of image: Image, into raw: UnsafeMutableRawPointer) {
    let inside = rect.intersection(image.dataWindow)
    if inside != rect { memset(raw, 0, rowBytes * rect.height) }
    for (i, channel) in channels.enumerated() {
      image.forEachTile(channel, in: inside) { part, from, stride in
        let to =
          raw + (part.y0 - rect.y0) * rowBytes + (part.x0 - rect.x0) * pixelBytes + i * bytes
        cpng_encode(
          Int32(8 * bytes), 1, from, stride, to.assumingMemoryBound(to: UInt8.self), rowBytes,
          Int32(pixelBytes), part.width, part.height)
      }
    }
  }

  func makeEncoder() throws(ImageFileError) -> Encoder { try Encoder(self, level) }

  /// The checksum of all rows and the descriptions of all chunks, once every piece is encoded.
  func total() -> (sum: UInt32, descriptions: [UInt8]) {
    var sum: UInt32 = 1
    var descriptions: [UInt8] = []
    for (index, piece) in encoded.withLock({ $0 }).enumerated() {
      sum = cpng_join_adler(sum, piece.sum, (rowBytes + 1) * rect(index).height)
      descriptions += piece.description
    }
    return (sum, descriptions)
  }

  /// One thread's compressor.
  final class Encoder: PieceEncoder {
    private let layout: PNGLayout
    private let packer: OpaquePointer
    private let raw = ByteBuffer()

    fileprivate init(_ layout: PNGLayout, _ level: Int32) throws(ImageFileError) {
      self.layout = layout
      guard let packer = cpng_packer_new(level) else { throw .outOfMemory(layout.path) }
      self.packer = packer
    }

    deinit { cpng_packer_free(packer) }

    func encode(_ piece: Int, of image: Image, into out: ByteBuffer) throws(ImageFileError) {
      let rect = layout.rect(piece)
      raw.count = 0
      layout.pack(piece, rect, of: image, into: raw.extend(by: layout.rowBytes * rect.height))
      try encode(piece, raw: raw, into: out)
    }

    func encode(_ piece: Int, raw: ByteBuffer, into out: ByteBuffer) throws(ImageFileError) {
      let rows = layout.rect(piece).height
      let before = out.count
      let to = out.extend(by: cpng_pack_bound(layout.rowBytes, rows))
      var sum: UInt32 = 1
      let size = cpng_pack_rows(
        packer, raw.base.assumingMemoryBound(to: UInt8.self), layout.rowBytes, rows,
        Int32(layout.pixelBytes), piece == 0 ? 1 : 0, to.assumingMemoryBound(to: UInt8.self),
        &sum)
      if size == 0 { throw .outOfMemory(layout.path) }
      out.count = before + size
      let chunk = UnsafeRawBufferPointer(start: to, count: size)
      let made = Piece(sum: sum, description: Array(chunk.prefix(8)) + Array(chunk.suffix(4)))
      layout.encoded.withLock { $0[piece] = made }
    }
  }

  // MARK: Header

  /// Everything before the pixels.
  func header(_ spec: ImageSpec, _ options: WriteOptions) throws(ImageFileError) -> [UInt8] {
    let metadata = options.carried(spec.metadata)
    var texts: [(String, String)] = []
    for key in metadata.keys where key.hasPrefix("png/") {
      let name = String(key.dropFirst(4))
      if case .string(let text)? = metadata[key], (1...79).contains(name.utf8.count),
        name.utf8.allSatisfy({ $0 >= 32 && $0 < 127 })
      {
        texts.append((name, text))
      }
    }
    let strings = texts.map { (strdup($0.0), strdup($0.1)) }
    defer {
      for pair in strings {
        free(pair.0)
        free(pair.1)
      }
    }
    let keys = strings.map { UnsafePointer($0.0) }
    let values = strings.map { UnsafePointer($0.1) }
    var bytes: UnsafeMutablePointer<UInt8>?
    var size = 0
    var error = cpng_error()
    let result = keys.withUnsafeBufferPointer { keys in
      values.withUnsafeBufferPointer { values in
        var settings = cpng_settings()
        settings.width = UInt32(window.width)
        settings.height = UInt32(window.height)
        settings.channels = Int32(channels.count)
        settings.bits = Int32(8 * self.bytes)
        PNGColor(options.color).apply(to: &settings)
        settings.pixel_aspect = spec.format.pixelAspect
        settings.keys = keys.baseAddress
        settings.values = values.baseAddress
        settings.text_count = Int32(keys.count)
        return cpng_header(&settings, &bytes, &size, &error)
      }
    }
    defer { cpng_free(bytes) }
    if result != CPNG_OK { throw PNGFile.failure(path, error) }
    return Array(UnsafeBufferPointer(start: bytes, count: size))
  }
}
