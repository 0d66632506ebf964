import BipackPixels
import CEXR
import Glibc

/// What an EXR will hold and how it is cut into chunks; known before the first pixel is there.
///
/// The file is single-part. Its chunks lie in the order of the offset table: band by band from the
/// top, a band being the lines of one chunk (or of one row of tiles), and within a band of tiles
/// from left to right.
struct EXRLayout: BandLayout {
  /// A channel of the file.
  struct Column {
    var channel: Channel
    var type: SampleType
    var bytes: Int { type == .half ? 2 : 4 }
    var code: Int32 {
      Int32(type == .half ? CEXR_HALF : type == .uint32 ? CEXR_UINT : CEXR_FLOAT)
    }
  }

  let path: String
  let spec: ImageSpec
  let options: WriteOptions
  /// In the file's order, which is that of the names' bytes.
  let columns: [Column]
  /// The pixels of the file. What lies outside the picture is black.
  let window: Rect

  init(path: String, spec: ImageSpec, options: WriteOptions) throws(ImageFileError) {
    self.path = path
    self.spec = spec
    self.options = options
    columns = try Self.columns(path, spec, options)
    window = try Self.window(path, spec, options)
    if rect(0).area * pixelBytes > Int(Int32.max) {
      throw .cannotWrite(
        path,
        "one chunk would have \(rect(0).area * pixelBytes) bytes, more than EXR allows",
        expected: "fewer channels, a narrower picture, tiles, or a codec with fewer lines a chunk")
    }
  }

  private static func columns(
    _ path: String, _ spec: ImageSpec, _ options: WriteOptions
  ) throws(ImageFileError) -> [Column] {
    var columns: [Column] = []
    for channel in options.channels ?? spec.channels {
      guard spec.has(channel) else {
        throw .noSuchChannel(path, channel.name, names: spec.channels.map(\.name))
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
  private static func window(
    _ path: String, _ spec: ImageSpec, _ options: WriteOptions
  ) throws(ImageFileError) -> Rect {
    var window = options.dataWindow ?? spec.dataWindow
    let format = spec.format.window
    if window.isEmpty { window = Rect(x: format.x0, y: format.y0, width: 1, height: 1) }
    let far = 1 << 30
    for rect in [window, format] {
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

  // MARK: Chunks

  /// Lines of a band.
  var bandHeight: Int {
    if let tile = options.tile { return tile.height }
    return switch options.compression {
    case .none, .rle, .zips: 1
    case .zip, .pxr24: 16
    case .piz, .b44, .b44a, .dwaa: 32
    case .dwab: 256
    }
  }

  private var chunkWidth: Int { options.tile?.width ?? window.width }
  var piecesPerBand: Int { (window.width + chunkWidth - 1) / chunkWidth }
  /// Bytes of one pixel before compression.
  var pixelBytes: Int { columns.reduce(0) { $0 + $1.bytes } }

  /// The pixels of a chunk.
  func rect(_ chunk: Int) -> Rect {
    let (band, column) = (chunk / piecesPerBand, chunk % piecesPerBand)
    return Rect(
      x: window.x0 + column * chunkWidth, y: window.y0 + band * bandHeight, width: chunkWidth,
      height: bandHeight
    ).intersection(window)
  }

  /// What precedes a chunk's size and bytes: its first line, or its place among the tiles.
  func leader(_ chunk: Int) -> [UInt8] {
    if options.tile == nil { return EXRAttributes.little(Int32(rect(chunk).y0)) }
    return [chunk % piecesPerBand, chunk / piecesPerBand, 0, 0]
      .flatMap { EXRAttributes.little(Int32($0)) }
  }

  func makeEncoder() throws(ImageFileError) -> EXREncoder { try EXREncoder(self) }

  /// Samples as the file has them before compression: line by line, in each line channel by
  /// channel. They come straight from the tiles.
  func pack(_ rect: Rect, of image: Image, into raw: UnsafeMutableRawPointer) {
    let lineBytes = pixelBytes * rect.width
    let clamp: Int32 = options.halfOverflow == .clamp ? 1 : 0
    let inside = rect.intersection(image.dataWindow)
    if inside != rect { memset(raw, 0, lineBytes * rect.height) }
    var start = 0
    for column in columns {
      image.forEachTile(column.channel, in: inside) { part, from, stride in
        let to =
          raw + (part.y0 - rect.y0) * lineBytes + start + (part.x0 - rect.x0) * column.bytes
        cexr_pack(
          column.code, from, stride, to.assumingMemoryBound(to: UInt8.self), lineBytes, part.width,
          part.height, clamp)
      }
      start += column.bytes * rect.width
    }
  }

  /// The codec's number, and its effort or loss.
  var codec: Int32 {
    Int32(EXRPart.compressions.firstIndex(of: options.compression.rawValue) ?? 0)
  }
  var level: Float {
    options.level ?? (options.compression == .dwaa || options.compression == .dwab ? 45 : 4)
  }

  // MARK: Header

  /// The bytes before the offset table.
  func header() -> [UInt8] {
    func box(_ r: Rect) -> [UInt8] {
      [r.x0, r.y0, r.x1 - 1, r.y1 - 1].flatMap { EXRAttributes.little(Int32($0)) }
    }
    var attributes: [String: (type: String, bytes: [UInt8])] = [:]
    let metadata = options.metadata ?? spec.metadata
    for key in metadata.keys where !WrittenRecord.isOwn(key) {
      if let value = metadata[key], let encoded = EXRAttributes.encode(name: key, value) {
        attributes[key] = encoded
      }
    }
    if let record = options.record {
      attributes[WrittenRecord.key] = ("string", Array(record.utf8))
      attributes[WrittenRecord.sealKey] = ("string", WrittenRecord.blankSeal)
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
    let display = spec.format.window
    attributes["displayWindow"] = (
      "box2i",
      box(display.isEmpty ? Rect(x: display.x0, y: display.y0, width: 1, height: 1) : display)
    )
    attributes["lineOrder"] = ("lineOrder", [0])
    attributes["pixelAspectRatio"] = (
      "float", EXRAttributes.little(Float(spec.format.pixelAspect))
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
}
