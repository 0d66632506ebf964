import BipackPixels
import CEXR
import COIIO
import Glibc

/// Every format that is neither EXR nor PNG, through OpenImageIO: JPEG, TIFF, DPX, Cineon, HDR, TGA,
/// WebP and more. Values come and go as the file has them, alpha unmultiplied where the file says so
/// (`isUnassociated`), pictures turned upright.
final class OIIOFile {
  private let library: OIIOLibrary
  private let handle: UnsafeMutableRawPointer
  private let path: String
  private let size: Int

  init(_ path: String) throws(ImageFileError) {
    size = try FileStamp(path: path).size
    let library = try OIIOLibrary.shared(for: path)
    let (handle, message) = withMessage { text, count in library.api.open(path, text, count) }
    guard let handle else {
      throw ImageFileError(
        .unsupported, path: path, "cannot be read as an image: \(Self.plain(message))")
    }
    self.library = library
    self.handle = handle
    self.path = path
  }

  deinit { library.api.close(handle) }

  private static func plain(_ message: String) -> String {
    let text = message.split(separator: "\n").joined(separator: "; ")
    return text.isEmpty ? "no reader knows this format" : text
  }

  /// Sub-image `index`, or nil past the last.
  func subImage(_ index: Int, limits: ImageLimits) throws(ImageFileError) -> SubImage? {
    var info = bipack_oiio_info()
    let (result, message) = withMessage { text, count in
      library.api.describe(handle, Int32(index), &info, text, count)
    }
    if result == 0 { return nil }
    if result < 0 { throw .damaged(path, Self.plain(message)) }
    let data = Rect(
      x: Int(info.x), y: Int(info.y), width: Int(info.width), height: Int(info.height))
    var full = Rect(
      x: Int(info.full_x), y: Int(info.full_y), width: Int(info.full_width),
      height: Int(info.full_height))
    if full.isEmpty { full = data }
    let type = Self.type(info)
    try limits.check(
      dataWindow: data, displayWindow: full, channels: Int(info.channels),
      bytesPerPixel: 4 * Int(info.channels), fileSize: size, path: path)
    let aspect = info.pixel_aspect.isFinite && info.pixel_aspect > 0 ? info.pixel_aspect : 1
    var spec = ImageSpec(
      format: Format(window: full, pixelAspect: aspect), dataWindow: data, channels: [])
    for i in 0..<Int(info.channels) {
      let channel = Channel(info.names[i].map { String(cString: $0) } ?? "channel\(i)")
      spec.channels.append(Self.ordinary(channel))
    }
    for i in 0..<Int(info.attribute_count) {
      let attribute = info.attributes[i]
      guard let key = attribute.name.map({ String(cString: $0) }) else { continue }
      spec.metadata[key] = Self.value(attribute)
    }
    // The picture is upright now.
    spec.metadata["Orientation"] = nil
    var image = SubImage(
      index: index, name: info.name.map { String(cString: $0) }.flatMap { $0.isEmpty ? nil : $0 },
      view: nil, spec: spec, types: [:],
      compression: info.compression.map { String(cString: $0) } ?? "none",
      tile: info.tile_width > 0
        ? SubImage.TileSize(width: Int(info.tile_width), height: Int(info.tile_height)) : nil)
    for channel in spec.channels { image.types[channel] = type }
    image.isUnassociated = info.is_unassociated != 0
    // All of it, as floats, whatever region is asked for.
    image.decodingBytes = data.area * Int(info.channels) * MemoryLayout<Float>.stride
    image.isCoded = type.isCoded
    return image
  }

  private static func type(_ info: bipack_oiio_info) -> SampleType {
    let packed = info.bits > 0 && ![8, 16, 32, 64].contains(info.bits)
    if packed { return .other }
    switch info.type {
    case Int32(BIPACK_OIIO_UINT8): return .uint8
    case Int32(BIPACK_OIIO_UINT16): return .uint16
    case Int32(BIPACK_OIIO_UINT32): return .uint32
    case Int32(BIPACK_OIIO_HALF): return .half
    case Int32(BIPACK_OIIO_FLOAT): return .float
    case Int32(BIPACK_OIIO_DOUBLE): return .double
    default: return .other
    }
  }

  private static func ordinary(_ channel: Channel) -> Channel {
    switch channel.name {
    case "r", "red", "Red": .red
    case "g", "green", "Green": .green
    case "b", "blue", "Blue": .blue
    case "a", "alpha", "Alpha": .alpha
    default: channel
    }
  }

  private static func value(_ attribute: bipack_oiio_attribute) -> Metadata.Value? {
    switch attribute.kind {
    case 0: return attribute.text.map { .string(String(cString: $0)) }
    case 1:
      let values = (0..<Int(attribute.count)).map { Int(attribute.numbers[$0]) }
      return values.count == 1 ? .int(values[0]) : .ints(values)
    default:
      let values = (0..<Int(attribute.count)).map { attribute.numbers[$0] }
      return values.count == 1 ? .float(values[0]) : .floats(values)
    }
  }

  static func info(_ path: String, limits: ImageLimits) throws(ImageFileError) -> [SubImage] {
    let file = try OIIOFile(path)
    var list: [SubImage] = []
    while let image = try file.subImage(list.count, limits: limits) {
      list.append(upright(image))
      try limits.check(parts: list.count, path: path)
    }
    return list
  }

  /// One grey channel `Y` (or `I`) is delivered as R = G = B.
  private static func upright(_ image: SubImage) -> SubImage {
    guard let grey = grey(image.spec.channels) else { return image }
    var image = image
    let type = image.types[grey]
    image.spec.channels = Channel.rgb + image.spec.channels.filter { $0 != grey }
    image.types[grey] = nil
    for channel in Channel.rgb { image.types[channel] = type }
    return image
  }

  private static func grey(_ channels: [Channel]) -> Channel? {
    let rest = channels.filter { $0 != .alpha }
    return rest.count == 1 && ["Y", "I", "L", "gray", "grey"].contains(rest[0].name) ? rest[0] : nil
  }

  /// What `read` will deliver, without reading a pixel.
  static func source(_ path: String, options: ReadOptions) throws(ImageFileError) -> SubImage {
    let file = try OIIOFile(path)
    return try file.delivered(try file.selected(options), options)
  }

  static func read(
    _ path: String, options: ReadOptions, pool: BlockPool, parallel: ParallelFor
  ) throws(ImageFileError) -> ReadImage {
    let file = try OIIOFile(path)
    let stored = try file.selected(options)
    return try file.read(stored, try file.delivered(stored, options), options, pool, parallel)
  }

  /// The sub-image the options name, as the file stores it.
  private func selected(_ options: ReadOptions) throws(ImageFileError) -> SubImage {
    var index = 0
    switch options.selection {
    case .merged: break
    case .index(let i): index = i
    case .name(let name):
      var names: [String] = []
      while let image = try subImage(index, limits: options.limits), image.name != name {
        names.append(image.name ?? "\(index)")
        index += 1
      }
      if try subImage(index, limits: options.limits) == nil {
        throw .noSuchPart(path, "'\(name)'", names: names)
      }
    }
    guard index >= 0, let stored = try subImage(index, limits: options.limits) else {
      throw .noSuchPart(path, "number \(index)", names: [])
    }
    return stored
  }

  /// The sub-image as it is handed over: only the channels wanted, grey as colour unless raw.
  private func delivered(
    _ stored: SubImage, _ options: ReadOptions
  ) throws(ImageFileError) -> SubImage {
    var source = options.raw ? stored : Self.upright(stored)
    let wanted = try select(source.spec.channels, options, path)
    source.spec.channels = []
    source.spec.add(wanted)
    source.types = source.types.filter { wanted.contains($0.key) }
    return source
  }

  private func read(
    _ stored: SubImage, _ source: SubImage, _ options: ReadOptions, _ pool: BlockPool,
    _ parallel: ParallelFor
  ) throws(ImageFileError) -> ReadImage {
    let window = stored.spec.dataWindow
    let channels = stored.spec.channels
    let count = window.area * channels.count
    guard let memory = malloc(max(1, count) * 4) else { throw .outOfMemory(path) }
    defer { free(memory) }
    let pixels = memory.bindMemory(to: Float.self, capacity: max(1, count))
    let (result, message) = withMessage { text, size in
      library.api.read(handle, Int32(stored.index), pixels, text, size)
    }
    if result != 1 { throw .damaged(path, Self.plain(message)) }

    var image = Image(spec: source.spec, grid: pool.grid)
    let area = pool.grid.rounded(options.region ?? window).intersection(window)
    let from = Floats(base: UnsafePointer(pixels))
    let step = channels.count
    var done: [Int: TiledPlane] = [:]
    for channel in source.spec.channels {
      let i = channels.firstIndex(of: channel) ?? channels.firstIndex { $0 != .alpha } ?? 0
      if done[i] == nil {
        var plane = TiledPlane(grid: pool.grid, tiles: pool.grid.tiles(covering: window))
        let table = TileTable(
          tiles: pool.grid.tiles(covering: area), part: window, window: window, pool: pool,
          plane: &plane)
        parallel((area.height + 63) / 64) { band in
          let line = UnsafeMutablePointer<Float>.allocate(capacity: area.width)
          defer { line.deallocate() }
          for y in area.y0 + band * 64..<min(area.y1, area.y0 + band * 64 + 64) {
            let at = (y - window.y0) * window.width + area.x0 - window.x0
            let row = from.base + at * step + i
            for x in 0..<area.width { line[x] = row[x * step] }
            table.store(line, x: area.x0, y: y, count: area.width)
          }
        }
        done[i] = plane
      }
      image[channel] = done[i]
    }
    return ReadImage(image: image, source: source)
  }

  private struct Floats: @unchecked Sendable {
    // SAFETY: only read while the loop runs, which ends before the memory is freed.
    let base: UnsafePointer<Float>
  }

  // MARK: Writing

  private struct Target {
    var types: [SampleType]
    var channels: Int
    var compression: String?
  }

  /// What the common formats take; the first type is the default.
  private static func target(_ suffix: String) -> Target {
    switch suffix {
    case "jpg", "jpeg": Target(types: [.uint8], channels: 3)
    case "tif", "tiff":
      Target(types: [.uint8, .uint16, .float], channels: 4, compression: "zip")
    case "dpx": Target(types: [.other, .uint8, .uint16], channels: 4)
    case "hdr", "rgbe": Target(types: [.float], channels: 3)
    case "tga": Target(types: [.uint8], channels: 4, compression: "rle")
    case "bmp": Target(types: [.uint8], channels: 3)
    case "webp", "gif", "ico", "avif", "heic", "heif": Target(types: [.uint8], channels: 4)
    case "sgi", "rgb", "rgba", "bw": Target(types: [.uint8, .uint16], channels: 4)
    default: Target(types: [.uint8, .uint16, .float], channels: 4)
    }
  }

  /// What writing takes beside the picture: all samples, interleaved, and the file as long as it is in
  /// memory, at most as large again.
  static func encodingBytes(_ path: String, spec: ImageSpec, options: WriteOptions) -> Int {
    let target = target(ImageFile.extensionOf(path))
    let bytes =
      switch options.type ?? target.types[0] {
      case .uint8: 1
      case .uint16, .half, .other: 2
      default: 4
      }
    let channels = min(options.channels?.count ?? spec.channels.count, target.channels)
    return 2 * spec.format.window.area * channels * bytes
  }

  static func write(
    _ image: Image, to path: String, options: WriteOptions, parallel: ParallelFor
  ) throws(ImageFileError) {
    let suffix = ImageFile.extensionOf(path)
    let library = try OIIOLibrary.shared(for: path)
    switch library.api.can_write(suffix) {
    case 1: break
    case -1: throw .cannotWrite(path, ".\(suffix) files can be read but not written")
    default:
      throw .cannotWrite(
        path, suffix.isEmpty ? "the name has no extension" : "unknown format '.\(suffix)'",
        expected: "exr, png, jpg, tif, dpx, hdr, tga, webp ...")
    }
    let target = target(suffix)
    let type = options.type ?? target.types[0]
    guard target.types.contains(type) else {
      throw .cannotWrite(
        path, ".\(suffix) has no \(type.rawValue) samples",
        expected: target.types.map { $0 == .other ? "10 bits (the default)" : $0.rawValue }
          .joined(separator: " or "))
    }
    let channels = try colorChannels(
      image.spec, options, path, format: "." + suffix, most: target.channels)
    let window = image.format.window
    guard !window.isEmpty, window.width <= 1 << 20, window.height <= 1 << 20 else {
      throw .cannotWrite(path, "a picture of \(window) cannot be stored")
    }
    let isCoded = type.isCoded
    let bytes = type == .uint8 ? 1 : isCoded ? 2 : 4
    let samples: AnyObject
    let base: UnsafeRawPointer
    if isCoded {
      let pixels = try CodedPixels(
        image, channels, window: window, bytes: bytes, path: path, parallel: parallel)
      (samples, base) = (pixels, UnsafeRawPointer(pixels.base))
    } else {
      let pixels = try FloatPixels(image, channels, window: window, half: type == .half, path: path)
      (samples, base) = (pixels, UnsafeRawPointer(pixels.base))
    }
    let file = try AtomicFile(path, createDirectories: options.createDirectories)
    let memory = try MemoryFile(for: path)
    let names = channels.map { strdup(["R", "G", "B", "A"][min($0.slot ?? 0, 3)]) }
    defer { for name in names { free(name) } }
    let pointers = names.map { UnsafePointer($0) }
    let (result, message) = withMessage { text, size in
      pointers.withUnsafeBufferPointer { pointers in
        suffix.withCString { suffix in
          memory.path.withCString { temporary in
            (target.compression ?? "").withCString { compression in
              var output = bipack_oiio_output()
              output.extension = suffix
              output.path = temporary
              output.width = Int32(window.width)
              output.height = Int32(window.height)
              output.channels = Int32(channels.count)
              output.names = pointers.baseAddress
              output.type = Int32(
                type == .uint8
                  ? BIPACK_OIIO_UINT8
                  : isCoded
                    ? BIPACK_OIIO_UINT16 : type == .half ? BIPACK_OIIO_HALF : BIPACK_OIIO_FLOAT)
              output.bits = type == .other ? 10 : 0
              output.quality = Int32(min(100, max(1, options.quality)))
              output.compression = target.compression == nil ? nil : compression
              output.is_unassociated = options.isUnassociated ? 1 : 0
              output.pixel_aspect = image.format.pixelAspect
              return library.api.write(&output, base, text, size)
            }
          }
        }
      }
    }
    withExtendedLifetime(samples) {}
    if result != 1 {
      throw ImageFileError(.unsupported, path: path, "cannot write: \(plain(message))")
    }
    try memory.copy(to: file)
    if suffix == "dpx" {
      // DPX has its own name in its header; it would be that of the temporary file.
      let name = Array((path.split(separator: "/").last ?? "").utf8.prefix(99))
      try file.write(name + [UInt8](repeating: 0, count: 100 - name.count), at: 36)
    }
    try file.commit()
  }
}

/// Interleaved float (or half) samples of a picture's window.
private final class FloatPixels {
  let base: UnsafeMutableRawPointer

  init(
    _ image: Image, _ channels: [Channel], window: Rect, half: Bool, path: String
  ) throws(ImageFileError) {
    let count = channels.count
    guard let memory = malloc(max(1, window.area * count * (half ? 2 : 4))) else {
      throw .outOfMemory(path)
    }
    base = memory
    let line = UnsafeMutablePointer<Float>.allocate(capacity: window.width)
    defer { line.deallocate() }
    let floats = memory.assumingMemoryBound(to: Float.self)
    let halves = memory.assumingMemoryBound(to: UInt16.self)
    for y in 0..<window.height {
      for (i, channel) in channels.enumerated() {
        let rect = Rect(x: window.x0, y: window.y0 + y, width: window.width, height: 1)
        image.gather(channel, rect, edge: .black, into: line, stride: window.width)
        let at = y * window.width * count + i
        for x in 0..<window.width {
          if half {
            cexr_float_to_half(line + x, halves + at + x * count, 1, 1)
          } else {
            floats[at + x * count] = line[x]
          }
        }
      }
    }
  }

  deinit { free(base) }
}
