import BipackPixels
import CEXR
import Glibc

/// What an EXR will hold and how it is cut into chunks; known before the first pixel is there.
///
/// A file has one part or several (`WriteOptions.parts`), each with a layout of its own; all parts
/// have the same windows and are cut alike. A part's chunks lie in the order of the offset table: row by row from the
/// top, a row being one chunk of lines or one row of tiles, and within a row of tiles
/// from left to right.
struct EXRLayout {
  /// A channel of the file.
  struct Column {
    var channel: Channel
    /// What the file calls it.
    var name: String
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
  /// Which part of the file this is; nil when the file has no other.
  let part: Int?

  /// - Parameter part: a place among `options.parts`; nil for a file with one part.
  init(path: String, spec: ImageSpec, options: WriteOptions, part: Int? = nil)
    throws(ImageFileError)
  {
    self.path = path
    self.spec = spec
    self.options = options
    self.part = part
    columns = try Self.columns(path, spec, options, part.map { options.parts[$0] })
    window = try Self.window(path, spec, options)
    if rect(0).area * pixelBytes > Int(Int32.max) {
      throw .cannotWrite(
        path,
        "one chunk would have \(rect(0).area * pixelBytes) bytes, more than EXR allows",
        expected: "fewer channels, a narrower picture, tiles, or a codec with fewer lines a chunk")
    }
  }

  private static func columns(
    _ path: String, _ spec: ImageSpec, _ options: WriteOptions, _ part: WriteOptions.Part?
  ) throws(ImageFileError) -> [Column] {
    var columns: [Column] = []
    let stored =
      part?.channels
      ?? (options.channels ?? spec.channels).map { WriteOptions.Stored($0, as: $0.name) }
    for stored in stored {
      let channel = stored.channel
      guard spec.has(channel) else {
        throw .noSuchChannel(path, channel.name, names: spec.channels.map(\.name))
      }
      let name = stored.name.utf8
      if name.isEmpty || name.count > 255 || name.contains(0) {
        throw .cannotWrite(
          path, "channel name '\(stored.name)' cannot be stored", expected: "1 to 255 bytes")
      }
      let type = options.types[channel] ?? options.type ?? .half
      try check(type, path)
      if !columns.contains(where: { $0.name == stored.name }) {
        columns.append(Column(channel: channel, name: stored.name, type: type))
      }
    }
    if columns.isEmpty { throw .cannotWrite(path, "there are no channels to write") }
    return columns.sorted { $0.name.utf8.lexicographicallyPrecedes($1.name.utf8) }
  }

  /// Whether EXR has samples of a type.
  static func check(_ type: SampleType, _ path: String) throws(ImageFileError) {
    guard [.half, .float, .uint32].contains(type) else {
      throw .cannotWrite(
        path, "EXR has no \(type.rawValue) channels", expected: "half, float or uint32")
    }
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

  var isDeep: Bool { spec.kind == .deep }

  /// Lines of a chunk.
  var chunkHeight: Int {
    if let tile = options.tile { return tile.height }
    return switch options.compression {
    case .none, .rle, .zips: 1
    case .zip, .pxr24: 16
    case .piz, .b44, .b44a, .dwaa: 32
    case .dwab: 256
    }
  }

  private var chunkWidth: Int { options.tile?.width ?? window.width }
  var chunksPerRow: Int { (window.width + chunkWidth - 1) / chunkWidth }
  var chunkRows: Int { (window.height + chunkHeight - 1) / chunkHeight }
  var chunkCount: Int { chunkRows * chunksPerRow }
  /// Bytes of one pixel before compression.
  var pixelBytes: Int { columns.reduce(0) { $0 + $1.bytes } }

  /// The pixels of a chunk.
  func rect(_ chunk: Int) -> Rect {
    let (row, column) = (chunk / chunksPerRow, chunk % chunksPerRow)
    return Rect(
      x: window.x0 + column * chunkWidth, y: window.y0 + row * chunkHeight, width: chunkWidth,
      height: chunkHeight
    ).intersection(window)
  }

  /// What precedes a chunk's size and bytes: the part's number if there are several, and its first
  /// line, or its place among the tiles.
  func leader(_ chunk: Int) -> [UInt8] {
    let number = part.map { EXRAttributes.little(Int32($0)) } ?? []
    if options.tile == nil { return number + EXRAttributes.little(Int32(rect(chunk).y0)) }
    return number
      + [chunk % chunksPerRow, chunk / chunksPerRow, 0, 0]
      .flatMap { EXRAttributes.little(Int32($0)) }
  }

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

  /// The bytes before the offset tables of a file with these parts.
  static func header(_ layouts: [EXRLayout]) -> [UInt8] {
    let isMultiPart = layouts.contains { $0.part != nil }
    let parts = layouts.map { $0.attributes() }
    let isLong = zip(layouts, parts).contains { layout, attributes in
      let names = Array(attributes.keys) + layout.columns.map(\.name)
      return names.contains { $0.utf8.count > 31 }
        || attributes.values.contains { $0.type.utf8.count > 31 }
    }
    let isTiled = !isMultiPart && layouts.contains { $0.options.tile != nil }
    var bytes: [UInt8] = [0x76, 0x2f, 0x31, 0x01]
    bytes += EXRAttributes.little(
      UInt32(
        2 | (isTiled ? 0x200 : 0) | (isLong ? 0x400 : 0) | (layouts[0].isDeep ? 0x800 : 0)
          | (isMultiPart ? 0x1000 : 0)))
    for attributes in parts {
      for (name, value) in attributes.sorted(by: {
        $0.key.utf8.lexicographicallyPrecedes($1.key.utf8)
      }) {
        bytes += Array(name.utf8) + [0] + Array(value.type.utf8) + [0]
        bytes += EXRAttributes.little(Int32(value.bytes.count)) + value.bytes
      }
      bytes += [0]
    }
    return isMultiPart ? bytes + [0] : bytes
  }

  /// How an EXR tells its colour. Chromaticities are those of linear light; who finds them takes the
  /// numbers for that.
  private static func statement(of color: ColorTags) -> Metadata {
    var metadata = Metadata()
    metadata["colorInteropID"] = color.interopID.map(Metadata.Value.string)
    if color.curve == .linear {
      metadata["chromaticities"] = (color.primaries?.chromaticities).map(Metadata.Value.floats)
    }
    return metadata
  }

  private func attributes() -> [String: (type: String, bytes: [UInt8])] {
    func box(_ r: Rect) -> [UInt8] {
      [r.x0, r.y0, r.x1 - 1, r.y1 - 1].flatMap { EXRAttributes.little(Int32($0)) }
    }
    var attributes: [String: (type: String, bytes: [UInt8])] = [:]
    var metadata = options.carried(spec.metadata)
    if let color = options.color { metadata.merge(Self.statement(of: color)) }
    for key in metadata.keys {
      if let value = metadata[key], let encoded = EXRAttributes.encode(name: key, value) {
        attributes[key] = encoded
      }
    }
    if !options.views.isEmpty {
      attributes["multiView"] = EXRAttributes.encode(name: "multiView", .strings(options.views))
    }
    if isDeep {
      attributes["name"] = ("string", Array("rgba".utf8))
      attributes["type"] = ("string", Array("deepscanline".utf8))
      attributes["version"] = ("int", EXRAttributes.little(Int32(1)))
      attributes["chunkCount"] = ("int", EXRAttributes.little(Int32(clamping: chunkCount)))
    }
    if let part {
      let place = options.parts[part]
      // Parts say their view themselves.
      attributes["multiView"] = nil
      attributes["name"] = ("string", Array(place.name.utf8))
      attributes["type"] = (
        "string", Array((options.tile == nil ? "scanlineimage" : "tiledimage").utf8)
      )
      attributes["chunkCount"] = ("int", EXRAttributes.little(Int32(clamping: chunkCount)))
      if let view = place.view { attributes["view"] = ("string", Array(view.utf8)) }
    }
    if let record = options.record, part ?? 0 == 0 {
      attributes[WrittenRecord.key] = ("string", Array(record.utf8))
      attributes[WrittenRecord.checksumKey] = ("string", WrittenRecord.blankChecksum)
    }
    var list: [UInt8] = []
    for column in columns {
      list += Array(column.name.utf8) + [0]
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
    return attributes
  }
}
