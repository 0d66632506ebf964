import BipackPixels
import CPNG
import Glibc

/// Reading PNG, 8 and 16 bits.
///
/// Reading delivers code values (stored value / 255 or / 65535) with alpha *not* multiplied in;
/// palettes and transparent colours are expanded. Grey pictures get R = G = B, sharing one plane.
enum PNGFile {
  /// What a file has, opened far enough to know.
  final class Reader {
    let path: String
    let reader: OpaquePointer
    let info: cpng_info
    let stamp: FileStamp

    init(_ path: String, limits: ImageLimits) throws(ImageFileError) {
      self.path = path
      try Self.judge(path, limits)
      var info = cpng_info()
      var error = cpng_error()
      guard let reader = cpng_open(path, max(0, limits.headerBytes), &info, &error) else {
        if error.kind == Int32(CPNG_LIMIT) {
          try limits.check(headerBytes: limits.headerBytes + 1, path: path)
        }
        throw PNGFile.failure(path, error)
      }
      guard let stamp = FileStamp(descriptor: cpng_descriptor(reader)) else {
        let reason = errno
        cpng_close(reader)
        throw .system(reason, path: path, doing: "read")
      }
      self.reader = reader
      self.info = info
      self.stamp = stamp
      let window = Rect(width: Int(info.width), height: Int(info.height))
      try limits.check(
        dataWindow: window, displayWindow: window, channels: Int(info.channels),
        bytesPerPixel: Int(info.channels * info.bits / 8), fileSize: stamp.size, path: path)
    }

    deinit { cpng_close(reader) }

    /// Looks at the size a header claims before libpng takes memory for it. What is not a header
    /// passes: libpng has the words for it.
    private static func judge(_ path: String, _ limits: ImageLimits) throws(ImageFileError) {
      let (stamp, bytes) = try firstBytes(of: path, count: 26)
      guard bytes.count == 26 else { return }
      func big(_ at: Int) -> Int { bytes[at..<at + 4].reduce(0) { $0 << 8 | Int($1) } }
      let window = Rect(width: big(16), height: big(20))
      try limits.check(
        dataWindow: window, displayWindow: window, channels: 1, bytesPerPixel: 1,
        fileSize: stamp.size, path: path)
    }

    /// Fails when the file is no longer what was opened: what was read may be half old, half new.
    func checkUnchanged() throws(ImageFileError) {
      if FileStamp(descriptor: cpng_descriptor(reader)) != stamp { throw .changed(path) }
    }

    var channels: [Channel] {
      switch info.channels {
      case 1, 3: Channel.rgb
      default: Channel.rgba
      }
    }

    /// Which of a pixel's samples a channel is.
    func sample(_ channel: Channel) -> Int {
      if channel == .alpha { return Int(info.channels) - 1 }
      return info.channels <= 2 ? 0 : channel.slot ?? 0
    }

    var subImage: SubImage {
      let format = Format(
        width: Int(info.width), height: Int(info.height), pixelAspect: info.pixel_aspect)
      var spec = ImageSpec(format: format, channels: channels)
      let texts = UnsafeBufferPointer(start: cpng_texts(reader), count: Int(info.text_count))
      for text in texts {
        spec.metadata["png/" + String(cString: text.key)] = .string(String(cString: text.value))
      }
      if info.srgb_intent >= 0 { spec.metadata["png/sRGB"] = .int(Int(info.srgb_intent)) }
      if info.has_gamma != 0 { spec.metadata["png/gamma"] = .float(info.gamma) }
      if info.has_chromaticities != 0 {
        spec.metadata["chromaticities"] = .floats(
          withUnsafeBytes(of: info.chromaticities) { Array($0.bindMemory(to: Double.self)) })
      }
      var image = SubImage(
        index: 0, name: nil, view: nil, spec: spec, types: [:], compression: "deflate", tile: nil)
      let type: SampleType =
        info.file_bits == 16
        ? .uint16 : info.file_bits == 8 && info.is_palette == 0 ? .uint8 : .other
      for channel in spec.channels { image.types[channel] = type }
      image.isUnassociated = spec.has(.alpha)
      image.isCoded = true
      image.decodingBytes = PNGRows.decodingBytes(self)
      return image
    }
  }

  static func info(_ path: String, limits: ImageLimits) throws(ImageFileError) -> [SubImage] {
    [try Reader(path, limits: limits).subImage]
  }

  /// What `read` will deliver, without reading a pixel.
  static func source(_ path: String, options: ReadOptions) throws(ImageFileError) -> SubImage {
    try delivered(try Reader(path, limits: options.limits).subImage, options, path)
  }

  private static func delivered(
    _ picture: SubImage, _ options: ReadOptions, _ path: String
  ) throws(ImageFileError) -> SubImage {
    var source = picture
    switch options.selection {
    case .merged, .index(0): break
    case .index(let i): throw .noSuchPart(path, "number \(i)", names: ["0"])
    case .name(let name): throw .noSuchPart(path, "'\(name)'", names: [])
    }
    let wanted = try select(source.spec.channels, options, path)
    source.spec.channels = wanted
    source.types = source.types.filter { wanted.contains($0.key) }
    return source
  }

  static func read(
    _ path: String, options: ReadOptions, pool: BlockPool, loops: Loops
  ) throws(ImageFileError) -> ReadImage {
    let reader = try Reader(path, limits: options.limits)
    let source = try delivered(reader.subImage, options, path)
    let wanted = source.spec.channels

    var image = Image(spec: source.spec, grid: pool.grid)
    let window = source.spec.dataWindow
    let area = pool.grid.rounded(options.region ?? window).intersection(window)
    let tiles = pool.grid.tiles(covering: area)
    // Grey pictures have one sample, and one plane, for all colours.
    var planes: [Int: TiledPlane] = [:]
    var tables: [(sample: Int, table: TileTable)] = []
    for sample in Set(wanted.map(reader.sample)).sorted() {
      var plane = TiledPlane(grid: pool.grid, tiles: pool.grid.tiles(covering: window))
      let table = TileTable(tiles: tiles, part: window, window: window, pool: pool, plane: &plane)
      planes[sample] = plane
      tables.append((sample, table))
    }
    if !tiles.isEmpty { try PNGRows(reader, tables, tiles, pool.grid).read(area, loops) }
    try reader.checkUnchanged()
    for channel in wanted { image[channel] = planes[reader.sample(channel)] }
    return ReadImage(image: image, source: source)
  }

  static func failure(_ path: String, _ error: cpng_error) -> ImageFileError {
    let text = withUnsafeBytes(of: error.text) { bytes in
      String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
    }
    switch error.kind {
    case Int32(CPNG_IO): return .system(errno, path: path, doing: "open")
    case Int32(CPNG_MEMORY): return .outOfMemory(path)
    case Int32(CPNG_INCOMPLETE): return .damaged(path, text, incomplete: true)
    default: return .damaged(path, text)
    }
  }
}

/// The channels of a picture that a format of colours (PNG, JPEG ...) stores, in file order: grey,
/// grey and alpha, R G B, or R G B A, taken from the root layer or from the one layer asked for.
func colorChannels(
  _ spec: ImageSpec, _ options: WriteOptions, _ path: String, format: String, most: Int
) throws(ImageFileError) -> [Channel] {
  let asked = options.channels ?? spec.channels.filter { Channel.rgba.contains($0) }
  for channel in asked where !spec.has(channel) {
    throw .noSuchChannel(path, channel.name, names: spec.channels.map(\.name))
  }
  if asked.count == 1 { return asked }
  let sorted = asked.sorted { ($0.slot ?? 4) < ($1.slot ?? 4) }
  let slots = sorted.map { $0.slot ?? 4 }
  let oneLayer = Set(sorted.map(\.layer)).count == 1
  if oneLayer, slots == [0, 1, 2] { return sorted }
  if oneLayer, slots == [0, 1, 2, 3] { return most >= 4 ? sorted : Array(sorted.prefix(3)) }
  if oneLayer, sorted.count == 2, slots == [0, 3], most >= 2 { return sorted }
  throw .cannotWrite(
    path,
    asked.isEmpty
      ? "the picture has none of R, G, B, A; it has "
        + spec.channels.prefix(8).map(\.name).joined(separator: ", ")
      : "\(format) cannot store the channels " + asked.map(\.name).joined(separator: ", "),
    expected: "one channel, or R G B, or R G B A of one layer (see the 'channels' setting)")
}

/// The channels that `options` asks for out of `all`.
func select(
  _ all: [Channel], _ options: ReadOptions, _ path: String
) throws(ImageFileError) -> [Channel] {
  var result = all
  if let layers = options.layers {
    let names = layers.map { $0 == "rgba" ? "" : $0 }
    for name in names where !all.contains(where: { $0.layer == name }) {
      throw .noSuchLayer(
        path, name, names: Array(Set(all.map { $0.layer.isEmpty ? "rgba" : $0.layer })).sorted())
    }
    result = result.filter { names.contains($0.layer) }
  }
  if let channels = options.channels {
    for channel in channels where !all.contains(channel) {
      throw .noSuchChannel(path, channel.name, names: all.map(\.name))
    }
    result = result.filter { channels.contains($0) }
  }
  return result
}
