import BipackPixels
import CPNG
import Glibc

/// PNG, 8 and 16 bits, through libpng.
///
/// Reading delivers code values (stored value / 255 or / 65535) with alpha *not* multiplied in;
/// palettes and transparent colours are expanded. Grey pictures get R = G = B, sharing one plane.
/// Writing takes the same: encoded, not premultiplied.
enum PNGFile {
  /// What a file has, opened far enough to know.
  private final class Reader {
    let path: String
    let reader: OpaquePointer
    let info: cpng_info
    let stamp: FileStamp

    init(_ path: String, limits: ImageLimits) throws(ImageFileError) {
      self.path = path
      stamp = try FileStamp(path: path)
      var info = cpng_info()
      var error = cpng_error()
      guard let reader = cpng_open(path, &info, &error) else { throw PNGFile.failure(path, error) }
      self.reader = reader
      self.info = info
      do throws(ImageFileError) {
        let window = Rect(width: Int(info.width), height: Int(info.height))
        try limits.check(
          dataWindow: window, displayWindow: window, channels: Int(info.channels),
          bytesPerPixel: Int(info.channels * info.bits / 8), fileSize: stamp.size, path: path)
      } catch {
        throw error
      }
    }

    deinit { cpng_close(reader) }

    var channels: [Channel] {
      switch info.channels {
      case 1, 3: Channel.rgb
      default: Channel.rgba
      }
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
    _ path: String, options: ReadOptions, pool: BlockPool, parallel: ParallelFor
  ) throws(ImageFileError) -> ReadImage {
    let reader = try Reader(path, limits: options.limits)
    let source = try delivered(reader.subImage, options, path)
    let wanted = source.spec.channels

    let info = reader.info
    let (width, height, channels) = (Int(info.width), Int(info.height), Int(info.channels))
    let sampleBytes = Int(info.bits) / 8
    guard let pixels = malloc(max(1, width * height * channels * sampleBytes)) else {
      throw .outOfMemory(path)
    }
    defer { free(pixels) }
    var error = cpng_error()
    if cpng_read(reader.reader, pixels, &error) != CPNG_OK { throw failure(path, error) }

    // Sample index of each channel: grey pictures have one for all colours.
    let isGrey = channels <= 2
    func sample(_ channel: Channel) -> Int {
      if channel == .alpha { return channels - 1 }
      return isGrey ? 0 : channel.slot ?? 0
    }
    var image = Image(spec: source.spec, grid: pool.grid)
    let window = source.spec.dataWindow
    let base = Pixels(base: UnsafeRawPointer(pixels))
    var done: [Int: TiledPlane] = [:]
    for channel in wanted {
      let index = sample(channel)
      if done[index] == nil {
        var plane = TiledPlane(grid: pool.grid, tiles: pool.grid.tiles(covering: window))
        let table = TileTable(
          tiles: plane.tiles, part: window, window: window, pool: pool, plane: &plane)
        parallel((height + 63) / 64) { band in
          let line = UnsafeMutablePointer<Float>.allocate(capacity: width)
          defer { line.deallocate() }
          for y in band * 64..<min(height, band * 64 + 64) {
            let from = base.base + (y * width * channels + index) * sampleBytes
            if sampleBytes == 2 {
              cpng_unpack16(
                from.assumingMemoryBound(to: UInt16.self), Int32(channels), line, width)
            } else {
              cpng_unpack8(from.assumingMemoryBound(to: UInt8.self), Int32(channels), line, width)
            }
            table.store(line, x: 0, y: y, count: width)
          }
        }
        done[index] = plane
      }
      image[channel] = done[index]
    }
    return ReadImage(image: image, source: source)
  }

  private struct Pixels: @unchecked Sendable {
    // SAFETY: only read while the loop runs, which ends before the memory is freed.
    let base: UnsafeRawPointer
  }

  /// Writes R G B A, R G B, or one channel as grey; other channels cannot be stored.
  static func write(
    _ image: Image, to path: String, options: WriteOptions, parallel: ParallelFor
  ) throws(ImageFileError) {
    let channels = try colorChannels(image, options, path, format: "PNG", most: 4)
    let window = image.format.window
    guard !window.isEmpty, window.width <= 1 << 24, window.height <= 1 << 24 else {
      throw .cannotWrite(path, "a picture of \(window) cannot be stored in PNG")
    }
    let bits: Int
    switch options.type ?? .uint8 {
    case .uint8: bits = 8
    case .uint16: bits = 16
    case let other:
      throw .cannotWrite(
        path, "PNG has no \(other.rawValue) samples", expected: "uint8 or uint16")
    }
    let pixels = try CodedPixels(
      image, channels, window: window, bytes: bits / 8, path: path, parallel: parallel)
    let metadata = options.metadata ?? image.spec.metadata
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
        settings.bits = Int32(bits)
        settings.level = Int32(min(9, max(0, options.level ?? 2)))
        settings.srgb = options.isData ? 0 : 1
        settings.pixel_aspect = image.format.pixelAspect
        settings.keys = keys.baseAddress
        settings.values = values.baseAddress
        settings.text_count = Int32(keys.count)
        return cpng_write(&settings, pixels.base, &bytes, &size, &error)
      }
    }
    defer { cpng_free(bytes) }
    if result != CPNG_OK { throw failure(path, error) }
    let file = try AtomicFile(path, createDirectories: options.createDirectories)
    var rest = UnsafeRawBufferPointer(start: bytes, count: size)
    if let record = options.record, size > PNGSeal.endBytes {
      let body = UnsafeRawBufferPointer(rebasing: rest[..<(size - PNGSeal.endBytes)])
      try file.write(body)
      try file.write(
        PNGSeal.chunks(record: record, after: PNGSeal.descriptions(body), size: size))
      rest = UnsafeRawBufferPointer(rebasing: rest[(size - PNGSeal.endBytes)...])
    }
    try file.write(rest)
    try file.commit()
  }

  private static func failure(_ path: String, _ error: cpng_error) -> ImageFileError {
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
  _ image: Image, _ options: WriteOptions, _ path: String, format: String, most: Int
) throws(ImageFileError) -> [Channel] {
  let asked = options.channels ?? image.channels.filter { Channel.rgba.contains($0) }
  for channel in asked where !image.spec.has(channel) {
    throw .noSuchChannel(path, channel.name, names: image.channels.map(\.name))
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
        + image.channels.prefix(8).map(\.name).joined(separator: ", ")
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

/// Interleaved 8- or 16-bit samples of a picture's window, clamped and rounded half up.
final class CodedPixels: @unchecked Sendable {
  // SAFETY: bands of disjoint lines are written during `init`, then the memory is only read.
  let base: UnsafeMutableRawPointer

  init(
    _ image: Image, _ channels: [Channel], window: Rect, bytes: Int, path: String,
    parallel: ParallelFor
  ) throws(ImageFileError) {
    let width = window.width
    let count = channels.count
    let row = width * count * bytes
    guard let memory = malloc(max(1, row * window.height)) else { throw .outOfMemory(path) }
    base = memory
    let out = Out(base: memory)
    parallel((window.height + 63) / 64) { band in
      let line = UnsafeMutablePointer<Float>.allocate(capacity: width)
      defer { line.deallocate() }
      for y in band * 64..<min(window.height, band * 64 + 64) {
        for (i, channel) in channels.enumerated() {
          let rect = Rect(x: window.x0, y: window.y0 + y, width: width, height: 1)
          image.gather(channel, rect, edge: .black, into: line, stride: width)
          let to = out.base + y * row + i * bytes
          if bytes == 2 {
            cpng_pack16(line, to.assumingMemoryBound(to: UInt16.self), Int32(count), width)
          } else {
            cpng_pack8(line, to.assumingMemoryBound(to: UInt8.self), Int32(count), width)
          }
        }
      }
    }
  }

  private struct Out: @unchecked Sendable {
    // SAFETY: as above.
    let base: UnsafeMutableRawPointer
  }

  deinit { free(base) }
}
