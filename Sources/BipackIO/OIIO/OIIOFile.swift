import BipackPixels
import CEXR
import CFormats
import CPNG
import Glibc

/// Every format that is neither EXR nor PNG, through OpenImageIO: JPEG, TIFF, DPX, Cineon, HDR, TGA,
/// WebP and more. Values come and go as the file has them, alpha unmultiplied where the file says so
/// (`isUnassociated`), pictures turned upright.
///
/// OpenImageIO runs in a process of its own (`FormatHelper`): a file that makes it crash is an error
/// like any other, and what it answers is checked here.
final class OIIOFile {
  private let helper: FormatHelper
  private let path: String
  private let size: Int
  private let isCancelled: Cancellation

  /// Opens a file for as long as `body` takes.
  static func open<Result>(
    _ path: String, _ isCancelled: @escaping Cancellation,
    _ body: (OIIOFile) throws(ImageFileError) -> Result
  ) throws(ImageFileError) -> Result {
    let size = try FileStamp(path: path).size
    return try FormatHelpers.shared.lend(for: path) { (helper) throws(ImageFileError) in
      let file = OIIOFile(helper, path, size, isCancelled)
      defer { file.close() }
      try file.open()
      return try body(file)
    }
  }

  private init(
    _ helper: FormatHelper, _ path: String, _ size: Int, _ isCancelled: @escaping Cancellation
  ) {
    self.helper = helper
    self.path = path
    self.size = size
    self.isCancelled = isCancelled
  }

  private func open() throws(ImageFileError) {
    var question = FormatQuestion(Int(FORMATS_OPEN), .header(fileSize: size))
    question.put(try Self.absolute(path))
    do throws(FormatFailure) {
      _ = try helper.ask(question, isCancelled)
    } catch {
      if case .refused(let message) = error {
        if message == FORMATS_MOVIE || Self.isMovie(ImageFile.extensionOf(path)) {
          throw .movie(path)
        }
        throw ImageFileError(
          .unsupported, path: path, "cannot be read as an image: \(Self.plain(message))")
      }
      throw ImageFileError(error, path: path, "reader")
    }
  }

  /// Whether an extension is a movie's. OpenImageIO may know some of them and may not.
  private static func isMovie(_ suffix: String) -> Bool {
    [
      "avi", "flv", "m4v", "mkv", "mov", "mp4", "mpeg", "mpg", "mts", "mxf", "ogv", "qt", "webm",
      "wmv", "y4m",
    ].contains(suffix)
  }

  private func close() {
    if helper.isUsable {
      _ = try? helper.ask(
        FormatQuestion(Int(FORMATS_CLOSE), .header(fileSize: size)), isCancelled)
    }
  }

  /// The path as another process must say it.
  private static func absolute(_ path: String) throws(ImageFileError) -> String {
    // What these name depends on who asks.
    let isOwn = path.hasPrefix("/dev/") || path.hasPrefix("/proc/")
    if path.hasPrefix("/"), !isOwn { return path }
    guard let folder = isOwn ? realpath(path, nil) : getcwd(nil, 0) else {
      throw .system(errno, path: path, doing: "open")
    }
    defer { free(folder) }
    let text = String(cString: folder)
    return isOwn ? text : text + "/" + path
  }

  private static func plain(_ message: String) -> String {
    let text = message.split(separator: "\n").joined(separator: "; ")
    return text.isEmpty ? "no reader knows this format" : text
  }

  private func damaged(_ error: FormatFailure) -> ImageFileError {
    if case .refused(let message) = error { return .damaged(path, Self.plain(message)) }
    return ImageFileError(error, path: path, "reader")
  }

  /// How the samples of a sub-image come: as the file has them where it has integers of a byte or two,
  /// else as floats.
  private enum Samples {
    case bytes
    case words
    case floats

    init(_ type: Int) {
      switch type {
      case FORMATS_UINT8: self = .bytes
      case FORMATS_UINT16: self = .words
      default: self = .floats
      }
    }

    var size: Int {
      switch self {
      case .bytes: 1
      case .words: 2
      case .floats: 4
      }
    }

    var type: Int32 {
      switch self {
      case .bytes: Int32(FORMATS_UINT8)
      case .words: Int32(FORMATS_UINT16)
      case .floats: Int32(FORMATS_FLOAT)
      }
    }
  }

  private struct Stored {
    var image: SubImage
    /// What the samples of a pixel are, those that are nothing included.
    var layout: [Channel]
    var samples: Samples
    var alpha: DeliveredAlpha

    /// Whether only its pixels tell if colour is multiplied by alpha.
    var leavesAlphaOpen: Bool { alpha == .unstated && image.spec.channels.contains(.alpha) }
  }

  /// What was found out about the alpha of files that do not say, as long as they do not change.
  private enum StraightColor {
    private struct Place: Hashable {
      var stamp: FileStamp
      var index: Int
    }
    private static let known = Locked<[Place: Bool]>([:])

    static func verdict(
      on path: String, _ index: Int, _ look: () throws(ImageFileError) -> Bool
    ) throws(ImageFileError) -> Bool {
      let place = Place(stamp: try FileStamp(path: path), index: index)
      if let verdict = known.withLock({ $0[place] }) { return verdict }
      let verdict = try look()
      known.withLock { known in
        if known.count >= 4096 { known.removeAll() }
        known[place] = verdict
      }
      return verdict
    }
  }

  private struct Description {
    var data = Rect.empty
    var full = Rect.empty
    var type = 0
    var bits = 0
    var isUnassociated = false
    var tile: SubImage.TileSize?
    var pixelAspect = 1.0
    var format = ""
    var compression = ""
    var name = ""
    var channels: [String] = []
    var attributes: [(key: String, value: Metadata.Value)] = []

    init(_ answer: FormatAnswer) throws(FormatFailure) {
      var answer = answer
      data = try Self.rect(&answer)
      full = try Self.rect(&answer)
      type = try answer.int32()
      bits = try answer.int32()
      isUnassociated = try answer.int32() != 0
      let (width, height) = (try answer.int32(), try answer.int32())
      if width > 0, height > 0 { tile = SubImage.TileSize(width: width, height: height) }
      let aspect = try answer.double()
      if aspect.isFinite, aspect > 0 { pixelAspect = aspect }
      format = try answer.text()
      compression = try answer.text()
      name = try answer.text()
      for _ in 0..<(try answer.count(ofAtLeast: 4)) { channels.append(try answer.text()) }
      for _ in 0..<(try answer.count(ofAtLeast: 12)) {
        attributes.append((try answer.text(), try Self.value(&answer)))
      }
    }

    private static func rect(_ answer: inout FormatAnswer) throws(FormatFailure) -> Rect {
      let (x, y) = (try answer.int32(), try answer.int32())
      let (width, height) = (try answer.int32(), try answer.int32())
      guard width >= 0, height >= 0 else { throw .refused("its size is below zero") }
      return Rect(x: x, y: y, width: width, height: height)
    }

    private static func value(_ answer: inout FormatAnswer) throws(FormatFailure) -> Metadata.Value
    {
      let kind = try answer.int32()
      if kind == Int(FORMATS_TEXT) { return .string(try answer.text()) }
      var numbers: [Double] = []
      for _ in 0..<(try answer.count(ofAtLeast: 8)) { numbers.append(try answer.double()) }
      if kind == Int(FORMATS_INTEGERS) {
        let values = numbers.map { Int(exactly: $0) ?? 0 }
        return values.count == 1 ? .int(values[0]) : .ints(values)
      }
      return numbers.count == 1 ? .float(numbers[0]) : .floats(numbers)
    }
  }

  private func describe(_ index: Int) throws(ImageFileError) -> Description? {
    var question = FormatQuestion(Int(FORMATS_DESCRIBE), .header(fileSize: size))
    question.put(Int32(clamping: index))
    do throws(FormatFailure) {
      return try helper.ask(question, isCancelled).map { (a) throws(FormatFailure) in
        try Description(a)
      }
    } catch {
      throw damaged(error)
    }
  }

  /// Sub-image `index`, or nil past the last.
  private func subImage(_ index: Int, limits: ImageLimits) throws(ImageFileError) -> Stored? {
    guard let info = try describe(index) else { return nil }
    if info.format == "dpx" {
      let (_, header) = try firstBytes(of: path, count: 2048)
      if DPXExtent(header: header).end > size {
        throw .damaged(path, "pixels are missing at its end", incomplete: true)
      }
    }
    let full = info.full.isEmpty ? info.data : info.full
    let type = Self.type(info)
    let samples = Samples(info.type)
    try limits.check(
      dataWindow: info.data, displayWindow: full, channels: info.channels.count,
      bytesPerPixel: 4 * info.channels.count, fileSize: size, path: path)
    var spec = ImageSpec(
      format: Format(window: full, pixelAspect: info.pixelAspect), dataWindow: info.data,
      channels: [])
    let extra =
      info.format == "tiff" ? try TIFFTag.extraSamples.first(of: path, directory: index) : nil
    var layout = DeliveredChannels.named(info.channels, format: info.format, extra: extra)
    for attribute in info.attributes { spec.metadata[attribute.key] = attribute.value }
    if try DeliveredAlpha.isFiller(path, format: info.format, spec.metadata) {
      layout = layout.map { $0 == .alpha ? DeliveredChannels.filler : $0 }
    }
    spec.channels = layout.filter { $0 != DeliveredChannels.filler }
    StandardAttributes.add(to: &spec.metadata)
    // The picture is upright now.
    spec.metadata["Orientation"] = nil
    var image = SubImage(
      index: index, name: info.name.isEmpty ? nil : info.name, view: nil, spec: spec, types: [:],
      compression: info.compression, tile: info.tile)
    for channel in spec.channels { image.types[channel] = type }
    let alpha = DeliveredAlpha(format: info.format, spec.metadata, extra: extra)
    image.isUnassociated =
      spec.channels.contains(.alpha) && alpha.isStraight(flag: info.isUnassociated)
    // All of it, as it comes, whatever region is asked for.
    image.decodingBytes = info.data.area * info.channels.count * samples.size
    image.isCoded = type.isCoded
    return Stored(image: image, layout: layout, samples: samples, alpha: alpha)
  }

  private static func type(_ info: Description) -> SampleType {
    let packed = info.bits > 0 && ![8, 16, 32, 64].contains(info.bits)
    if packed { return .other }
    switch info.type {
    case Int(FORMATS_UINT8): return .uint8
    case Int(FORMATS_UINT16): return .uint16
    case Int(FORMATS_UINT32): return .uint32
    case Int(FORMATS_HALF): return .half
    case Int(FORMATS_FLOAT): return .float
    case Int(FORMATS_DOUBLE): return .double
    default: return .other
    }
  }

  static func info(
    _ path: String, limits: ImageLimits, isCancelled: @escaping Cancellation
  ) throws(ImageFileError) -> [SubImage] {
    try open(path, isCancelled) { (file) throws(ImageFileError) in
      var list: [SubImage] = []
      while let stored = try file.subImage(list.count, limits: limits) {
        list.append(upright(stored.image))
        try limits.check(parts: list.count, path: path)
      }
      return list
    }
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
  static func source(
    _ path: String, options: ReadOptions, isCancelled: @escaping Cancellation
  ) throws(ImageFileError) -> SubImage {
    try open(path, isCancelled) { (file) throws(ImageFileError) in
      var stored = try file.selected(options)
      stored.image.isUnassociated = try file.isStraight(stored) { () throws(ImageFileError) in
        try file.decode(stored)
      }
      return try file.delivered(stored.image, options)
    }
  }

  static func read(
    _ path: String, options: ReadOptions, pool: BlockPool, loops: Loops
  ) throws(ImageFileError) -> ReadImage {
    // Decoded in another process, taken apart in this one, which no longer needs the other then.
    let (stored, source, pixels) = try open(path, loops.isCancelled) {
      (file) throws(ImageFileError) -> (Stored, SubImage, SharedSamples) in
      var stored = try file.selected(options)
      let pixels = try file.decode(stored)
      stored.image.isUnassociated = try file.isStraight(stored) { pixels }
      return (stored, try file.delivered(stored.image, options), pixels)
    }
    return take(stored, source, pixels, options, pool, loops)
  }

  /// The sub-image the options name, as the file stores it.
  private func selected(_ options: ReadOptions) throws(ImageFileError) -> Stored {
    var index = 0
    switch options.selection {
    case .merged: break
    case .index(let i): index = i
    case .name(let name):
      var names: [String] = []
      while let stored = try subImage(index, limits: options.limits), stored.image.name != name {
        names.append(stored.image.name ?? "\(index)")
        index += 1
        try options.limits.check(parts: index, path: path)
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

  /// Whether colour is not multiplied by alpha, by the pixels where nothing else tells.
  private func isStraight(
    _ stored: Stored, _ pixels: () throws(ImageFileError) -> SharedSamples
  ) throws(ImageFileError) -> Bool {
    guard stored.leavesAlphaOpen else { return stored.image.isUnassociated }
    return try StraightColor.verdict(on: path, stored.image.index) { () throws(ImageFileError) in
      Interleaved(try pixels(), stored.samples).hasColorAboveAlpha(stored)
    }
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

  private func decode(_ stored: Stored) throws(ImageFileError) -> SharedSamples {
    let pixels = try SharedSamples(bytes: stored.image.decodingBytes, for: path)
    let count = stored.image.spec.dataWindow.area * stored.layout.count
    var question = FormatQuestion(Int(FORMATS_READ), .samples(count, fileSize: size))
    question.put(Int32(clamping: stored.image.index))
    question.put(stored.samples.type)
    question.put(pixels.number)
    question.put(UInt64(pixels.bytes))
    do throws(FormatFailure) {
      _ = try helper.ask(question, isCancelled)
    } catch {
      throw damaged(error)
    }
    return pixels
  }

  /// Samples of all channels, interleaved, as planes.
  private static func take(
    _ stored: Stored, _ source: SubImage, _ pixels: SharedSamples, _ options: ReadOptions,
    _ pool: BlockPool, _ loops: Loops
  ) -> ReadImage {
    let window = stored.image.spec.dataWindow
    let channels = stored.layout
    var image = Image(spec: source.spec, grid: pool.grid)
    let area = pool.grid.rounded(options.region ?? window).intersection(window)
    let from = Interleaved(pixels, stored.samples)
    let step = channels.count
    var done: [Int: TiledPlane] = [:]
    for channel in source.spec.channels {
      let i = channels.firstIndex(of: channel) ?? channels.firstIndex { $0 != .alpha } ?? 0
      if done[i] == nil {
        var plane = TiledPlane(grid: pool.grid, tiles: pool.grid.tiles(covering: window))
        let table = TileTable(
          tiles: pool.grid.tiles(covering: area), part: window, window: window, pool: pool,
          plane: &plane)
        loops((area.height + 63) / 64) { band in
          let line = UnsafeMutablePointer<Float>.allocate(capacity: area.width)
          defer { line.deallocate() }
          for y in area.y0 + band * 64..<min(area.y1, area.y0 + band * 64 + 64) {
            let at = (y - window.y0) * window.width + area.x0 - window.x0
            from.copy(at * step + i, stride: step, count: area.width, to: line)
            table.store(line, x: area.x0, y: y, count: area.width)
          }
        }
        done[i] = plane
      }
      image[channel] = done[i]
    }
    return ReadImage(image: image, source: source)
  }

  private struct Interleaved: Sendable {
    let pixels: SharedSamples
    let samples: Samples

    init(_ pixels: SharedSamples, _ samples: Samples) {
      self.pixels = pixels
      self.samples = samples
    }

    /// Whether the colour of any pixel is above its alpha.
    func hasColorAboveAlpha(_ stored: Stored) -> Bool {
      let (channels, window) = (stored.layout, stored.image.spec.dataWindow)
      guard let alpha = channels.firstIndex(of: .alpha) else { return false }
      let colors = channels.indices.filter {
        Channel.rgb.contains(channels[$0]) || channels[$0].name == "Y"
      }
      let width = window.width
      var (cover, line) = ([Float](repeating: 0, count: width), [Float](repeating: 0, count: width))
      for y in 0..<window.height {
        let start = y * width * channels.count
        copy(start + alpha, stride: channels.count, count: width, to: &cover)
        for color in colors {
          copy(start + color, stride: channels.count, count: width, to: &line)
          if zip(line, cover).contains(where: { $0 > $1 }) { return true }
        }
      }
      return false
    }

    /// Integers become 0...1, by the product OpenImageIO makes of them too.
    func copy(_ start: Int, stride: Int, count: Int, to line: UnsafeMutablePointer<Float>) {
      switch samples {
      case .bytes:
        let row = pixels.base.assumingMemoryBound(to: UInt8.self) + start
        for x in 0..<count { line[x] = Float(row[x * stride]) * (1 / 255) }
      case .words:
        let row = pixels.base.assumingMemoryBound(to: UInt16.self) + start
        for x in 0..<count { line[x] = Float(row[x * stride]) * (1 / 65535) }
      case .floats:
        let row = pixels.base.assumingMemoryBound(to: Float.self) + start
        for x in 0..<count { line[x] = row[x * stride] }
      }
    }
  }

  // MARK: Writing

  private struct Target {
    var types: [SampleType]
    var channels: Int
    var compression: String?
    /// The most columns and rows.
    var side = 1 << 20
  }

  /// What the common formats take; the first type is the default.
  private static func target(_ suffix: String) -> Target {
    switch suffix {
    case "jpg", "jpeg", "jpe": Target(types: [.uint8], channels: 3, side: 65_500)
    case "tif", "tiff":
      Target(types: [.uint8, .uint16, .float], channels: 4, compression: "zip")
    case "dpx": Target(types: [.other, .uint8, .uint16], channels: 4)
    case "hdr", "rgbe": Target(types: [.float], channels: 3)
    case "tga", "tpic":
      Target(types: [.uint8], channels: 4, compression: "rle", side: 65_535)
    case "bmp": Target(types: [.uint8], channels: 3)
    case "webp": Target(types: [.uint8], channels: 4, side: 16_383)
    case "gif": Target(types: [.uint8], channels: 4, side: 65_535)
    case "ico": Target(types: [.uint8], channels: 4, side: 256)
    case "avif", "heic", "heif": Target(types: [.uint8], channels: 4)
    case "sgi", "rgb", "rgba", "bw":
      Target(types: [.uint8, .uint16], channels: 4, side: 65_535)
    case "iff": Target(types: [.uint8, .uint16], channels: 4, side: 8192)
    case "rla": Target(types: [.uint8, .uint16, .float], channels: 4, side: 65_535)
    case "zfile": Target(types: [.float], channels: 1)
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

  /// The channels that go into a file, if its format has room for them and for the picture's size.
  static func stored(_ path: String, _ spec: ImageSpec, _ options: WriteOptions)
    throws(ImageFileError) -> [Channel]
  {
    let suffix = ImageFile.extensionOf(path)
    let target = target(suffix)
    let channels = try colorChannels(
      spec, options, path, format: "." + suffix, most: target.channels)
    guard channels.count <= target.channels else {
      throw .cannotWrite(
        path, ".\(suffix) cannot store \(channels.count) channels",
        expected: "\(target.channels) (see the 'channels' setting)")
    }
    let window = spec.format.window
    guard !window.isEmpty, window.width <= target.side, window.height <= target.side else {
      throw .cannotWrite(
        path, "a picture of \(window.width)x\(window.height) pixels cannot be stored in .\(suffix)",
        expected: "at most \(target.side) each way")
    }
    return channels
  }

  /// Formats whose writer makes nothing that could be put in a file of ours.
  private static let readOnly: Set = ["jp2", "j2k", "j2c", "jpc", "null", "term"]

  private static let abilities = Locked<[String: Int]>([:])

  /// 1, or -1 of a format that is only read, or 0 of one that is not known.
  private static func canWrite(
    _ suffix: String, _ path: String, _ isCancelled: @escaping Cancellation
  ) throws(ImageFileError) -> Int {
    if let known = abilities.withLock({ $0[suffix] }) { return known }
    let answer = try FormatHelpers.shared.lend(for: path) { (helper) throws(ImageFileError) in
      var question = FormatQuestion(Int(FORMATS_CAN_WRITE), .header(fileSize: 0))
      question.put(suffix)
      do throws(FormatFailure) {
        guard var answer = try helper.ask(question, isCancelled) else { throw .garbled }
        return try answer.int32()
      } catch {
        throw ImageFileError(error, path: path, "writer")
      }
    }
    abilities.withLock { $0[suffix] = answer }
    return answer
  }

  /// As `ImageFile.checkWritable`; gives what the file will be made of.
  private static func writable(
    _ path: String, _ asked: SampleType?, _ isCancelled: @escaping Cancellation
  ) throws(ImageFileError) -> (Target, SampleType) {
    let suffix = ImageFile.extensionOf(path)
    if isMovie(suffix) { throw .movie(path) }
    switch readOnly.contains(suffix) ? -1 : try canWrite(suffix, path, isCancelled) {
    case 1: break
    case -1: throw .cannotWrite(path, ".\(suffix) files can be read but not written")
    default:
      throw .cannotWrite(
        path, suffix.isEmpty ? "the name has no extension" : "unknown format '.\(suffix)'",
        expected: "exr, png, jpg, tif, dpx, hdr, tga, webp ...")
    }
    let target = target(suffix)
    let type = asked ?? target.types[0]
    guard target.types.contains(type) else {
      throw .cannotWrite(
        path, ".\(suffix) has no \(type.rawValue) samples",
        expected: target.types.map { $0 == .other ? "10 bits (the default)" : $0.rawValue }
          .joined(separator: " or "))
    }
    return (target, type)
  }

  /// As `ImageFile.checkWritable`.
  static func checkWritable(
    _ path: String, type: SampleType?, isCancelled: @escaping Cancellation
  ) throws(ImageFileError) {
    _ = try writable(path, type, isCancelled)
  }

  static func write(
    _ image: Image, to path: String, options: WriteOptions, loops: Loops
  ) throws(ImageFileError) {
    let (target, type) = try writable(path, options.type, loops.isCancelled)
    let suffix = ImageFile.extensionOf(path)
    let channels = try stored(path, image.spec, options)
    let window = image.format.window
    let isCoded = type.isCoded
    let bytes = type == .uint8 ? 1 : isCoded ? 2 : 4
    let count = window.area * channels.count
    let pixels = try SharedSamples(bytes: count * bytes, for: path)
    if isCoded {
      encode(image, channels, window: window, bytes: bytes, into: pixels, loops: loops)
    } else {
      interleave(image, channels, window: window, half: type == .half, into: pixels)
    }
    let file = try AtomicFile(path, createDirectories: options.createDirectories)
    let memory = try MemoryFile(for: path)
    var question = FormatQuestion(Int(FORMATS_WRITE), .samples(count, fileSize: 0))
    question.put(pixels.number)
    question.put(UInt64(pixels.bytes))
    question.put(suffix)
    question.put(Int32(window.width))
    question.put(Int32(window.height))
    question.put(
      Int32(
        type == .uint8
          ? FORMATS_UINT8 : isCoded ? FORMATS_UINT16 : type == .half ? FORMATS_HALF : FORMATS_FLOAT)
    )
    question.put(Int32(type == .other ? 10 : 0))
    question.put(Int32(min(100, max(1, options.quality))))
    question.put(Int32(options.isUnassociated ? 1 : 0))
    question.put(image.format.pixelAspect)
    question.put(target.compression ?? "")
    question.put(Int32(channels.count))
    for channel in channels { question.put(["R", "G", "B", "A"][min(channel.slot ?? 0, 3)]) }
    question.put(attributes(suffix, options.color))
    let complete = question
    try FormatHelpers.shared.lend(for: path) { (helper) throws(ImageFileError) in
      try memory.clear()
      do throws(FormatFailure) {
        _ = try helper.ask(complete, file: memory.descriptor, loops.isCancelled)
      } catch {
        switch error {
        case .refused(FORMATS_TOO_LARGE): throw .system(EFBIG, path: path, doing: "write")
        case .refused(let message):
          throw ImageFileError(.unsupported, path: path, "cannot write: \(plain(message))")
        default: throw ImageFileError(error, path: path, "writer")
        }
      }
    }
    try memory.copy(to: file)
    if suffix == "dpx" {
      let header = DPXHeader(
        start: memory.start(4), name: String(path.split(separator: "/").last ?? ""),
        color: options.color, metadata: options.carried(image.spec.metadata))
      for (offset, bytes) in header.pieces { try file.write(bytes, at: offset) }
    }
    // RLA asks the clock in any case: its date is 20 bytes of text.
    if suffix == "rla" { try file.write([UInt8](repeating: 0, count: 20), at: 528) }
    try file.commit()
  }
}

extension OIIOFile {
  /// What every file says of itself.
  private static func attributes(
    _ suffix: String, _ color: ColorTags?
  ) -> [(key: String, value: Metadata.Value)] {
    // Same picture, same bytes: without these some writers stamp the time and their own name. A date
    // that is no text is not written, but keeps them from asking the clock.
    var list: [(key: String, value: Metadata.Value)] = [
      ("DateTime", .int(0)), ("Software", .string("bipack")),
    ]
    if ["tif", "tiff", "jpg", "jpeg", "jpe"].contains(suffix),
      let profile = ICCProfile.make(color)
    {
      list.append(("ICCProfile", .opaque(type: "ICC", bytes: profile)))
    }
    // SGI's header has a place for a description and takes it from memory it never wrote.
    if ["sgi", "rgb", "rgba", "bw"].contains(suffix) {
      list.append(("ImageDescription", .string("bipack")))
    }
    return list
  }

  /// Interleaved 8- or 16-bit samples of a picture's window, clamped and rounded half up.
  private static func encode(
    _ image: Image, _ channels: [Channel], window: Rect, bytes: Int, into pixels: SharedSamples,
    loops: Loops
  ) {
    let row = window.width * channels.count * bytes
    let inside = window.intersection(image.dataWindow)
    loops((inside.height + 63) / 64) { band in
      var lines = inside
      lines.y0 = inside.y0 + band * 64
      lines.y1 = min(inside.y1, lines.y0 + 64)
      for (i, channel) in channels.enumerated() {
        image.forEachTile(channel, in: lines) { part, from, stride in
          let to =
            pixels.base + (part.y0 - window.y0) * row
            + ((part.x0 - window.x0) * channels.count + i) * bytes
          cpng_encode(
            Int32(8 * bytes), 0, from, stride, to.assumingMemoryBound(to: UInt8.self), row,
            Int32(channels.count * bytes), part.width, part.height)
        }
      }
    }
  }

  /// Interleaved float (or half) samples of a picture's window.
  private static func interleave(
    _ image: Image, _ channels: [Channel], window: Rect, half: Bool, into pixels: SharedSamples
  ) {
    let count = channels.count
    let line = UnsafeMutablePointer<Float>.allocate(capacity: window.width)
    defer { line.deallocate() }
    let floats = pixels.base.assumingMemoryBound(to: Float.self)
    let halves = pixels.base.assumingMemoryBound(to: UInt16.self)
    for y in 0..<window.height {
      for (i, channel) in channels.enumerated() {
        let rect = Rect(x: window.x0, y: window.y0 + y, width: window.width, height: 1)
        image.gather(
          channel, edge: .black, into: PlaneView(rect: rect, base: line, stride: window.width))
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
}

extension FormatQuestion {
  fileprivate mutating func put(_ attributes: [(key: String, value: Metadata.Value)]) {
    put(Int32(attributes.count))
    for (key, value) in attributes {
      put(key)
      switch value {
      case .string(let text):
        put(Int32(FORMATS_TEXT))
        put(text)
      case .int(let number): put(Int32(FORMATS_INTEGERS), [Double(number)])
      case .ints(let numbers): put(Int32(FORMATS_INTEGERS), numbers.map(Double.init))
      case .float(let number): put(Int32(FORMATS_NUMBERS), [number])
      case .floats(let numbers): put(Int32(FORMATS_NUMBERS), numbers)
      case .opaque(_, let bytes):
        put(Int32(FORMATS_BYTES))
        put(bytes)
      default: preconditionFailure("\(key) has no form in the conversation")
      }
    }
  }

  private mutating func put(_ kind: Int32, _ numbers: [Double]) {
    put(kind)
    put(Int32(numbers.count))
    for number in numbers { put(number) }
  }
}

extension ImageFileError {
  /// What became of the process that reads or writes for us.
  fileprivate init(_ failure: FormatFailure, path: String, _ who: String) {
    let format = "the \(who) of this format "
    switch failure {
    case .refused(let message): self.init(.unsupported, path: path, message)
    case .died(let how):
      self.init(
        .corrupt, path: path, format + how,
        suggestion: who == "reader"
          ? "the file is probably damaged; other files are not affected"
          : "please report it; other files are not affected")
    case .late(let seconds):
      self.init(.corrupt, path: path, format + "took more than \(seconds) s and was ended")
    case .garbled: self.init(.corrupt, path: path, format + "gave an answer that makes no sense")
    case .cancelled:
      self = .cancelled(path)
    }
  }
}
