import BipackPixels
import CEXR
import Glibc

/// An EXR file opened for reading: its parts, checked against the limits before anything large is
/// allocated. Chunks may be decoded from several threads.
final class EXRFile: @unchecked Sendable {
  // SAFETY: `reader` is touched by one thread while headers are read (`init`), afterwards only by
  // functions that read it; cexr.h promises that those may run at the same time.
  let reader: OpaquePointer
  let path: String
  let parts: [EXRPart]
  private let stamp: FileStamp

  init(path: String, limits: ImageLimits) throws(ImageFileError) {
    var error = cexr_error()
    var most = cexr_limits(
      parts: Int64(limits.parts), channels: Int64(limits.channels),
      header_bytes: Int64(limits.headerBytes))
    guard let reader = cexr_open(path, &most, &error) else {
      if error.kind == Int32(CEXR_LIMIT) {
        try Self.check(limits, error, path)
      }
      throw Self.failure(path, error)
    }
    guard let stamp = FileStamp(descriptor: cexr_descriptor(reader)) else {
      let reason = errno
      cexr_close(reader)
      throw .system(reason, path: path, doing: "read")
    }
    var parts: [EXRPart] = []
    do throws(ImageFileError) {
      parts = try Self.load(reader, path: path, limits: limits)
    } catch {
      cexr_close(reader)
      throw error
    }
    self.reader = reader
    self.path = path
    self.parts = parts
    self.stamp = stamp
  }

  deinit { cexr_close(reader) }

  /// Fails when the file is no longer what was opened: what was read may be half old, half new.
  func checkUnchanged() throws(ImageFileError) {
    if FileStamp(descriptor: cexr_descriptor(reader)) != stamp { throw .changed(path) }
  }

  /// Throws for the limit that a header passes.
  private static func check(
    _ limits: ImageLimits, _ error: cexr_error, _ path: String
  ) throws(ImageFileError) {
    let value = Int(error.value)
    switch Int(error.limit) {
    case CEXR_LIMIT_PARTS: try limits.check(parts: value, path: path)
    case CEXR_LIMIT_CHANNELS: try limits.check(channels: value, path: path)
    default: try limits.check(headerBytes: max(value, limits.headerBytes + 1), path: path)
    }
  }

  private static func load(
    _ reader: OpaquePointer, path: String, limits: ImageLimits
  ) throws(ImageFileError) -> [EXRPart] {
    var error = cexr_error()
    let count = Int(cexr_part_count(reader))
    try limits.check(parts: count, path: path)
    var parts: [EXRPart] = []
    var headerBytes = 0
    for index in 0..<count {
      var info = cexr_part()
      if cexr_get_part(reader, Int32(index), &info, &error) != CEXR_OK {
        throw failure(path, error)
      }
      let part = try EXRPart(reader, index: index, info, path: path)
      headerBytes += part.headerBytes
      try limits.check(headerBytes: headerBytes, path: path)
      try limits.check(
        dataWindow: part.dataWindow, displayWindow: part.displayWindow,
        channels: part.channels.count, bytesPerPixel: part.bytesPerPixel,
        fileSize: Int(cexr_file_size(reader)), path: path)
      parts.append(part)
    }
    if parts.isEmpty { throw .damaged(path, "it has no parts") }
    return parts
  }

  static func failure(_ path: String, _ error: cexr_error) -> ImageFileError {
    let text = withUnsafeBytes(of: error.text) { bytes in
      String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
    }
    switch error.kind {
    case Int32(CEXR_UNSUPPORTED): return .codec(path, text)
    case Int32(CEXR_INCOMPLETE): return .damaged(path, text, incomplete: true)
    case Int32(CEXR_MEMORY): return .outOfMemory(path)
    case Int32(CEXR_IO):
      return error.system == 0
        ? .damaged(path, text) : .system(error.system, path: path, doing: "read")
    default: return .damaged(path, text)
    }
  }

  /// The part's chunks that hold any pixel of `area`, each one's place in the file checked. Files
  /// without a codec have one for every line: looking them all up takes its share of reading them.
  func chunks(of part: EXRPart, in area: Rect, _ loops: Loops) throws(ImageFileError)
    -> [cexr_chunk]
  {
    let area = area.intersection(part.dataWindow)
    if area.isEmpty { return [] }
    let x0 = area.x0 - part.dataWindow.x0
    let x1 = area.x1 - part.dataWindow.x0
    let y0 = area.y0 - part.dataWindow.y0
    let y1 = area.y1 - part.dataWindow.y0
    var columns = 0..<1
    var rows = y0 / part.linesPerChunk..<(y1 - 1) / part.linesPerChunk + 1
    if let tile = part.tile {
      columns = x0 / tile.width..<(x1 - 1) / tile.width + 1
      rows = y0 / tile.height..<(y1 - 1) / tile.height + 1
    }
    let count = rows.count * columns.count
    let group = 128
    let groups = (count + group - 1) / group
    let found = Locked([ChunkList](repeating: ChunkList([]), count: groups))
    try attempt(groups, loops) { [columns, rows] (i) throws(ImageFileError) in
      var chunks: [cexr_chunk] = []
      for index in i * group..<min((i + 1) * group, count) {
        let row = rows.lowerBound + index / columns.count
        let column = columns.lowerBound + index % columns.count
        chunks.append(try self.chunk(of: part, column: column, row: row))
      }
      let list = ChunkList(chunks)
      found.withLock { $0[i] = list }
    }
    return found.withLock { $0 }.flatMap(\.chunks)
  }

  private func chunk(of part: EXRPart, column: Int, row: Int) throws(ImageFileError) -> cexr_chunk {
    var (chunk, error) = (cexr_chunk(), cexr_error())
    let result = cexr_find_chunk(
      reader, Int32(part.index), Int32(column), Int32(row), &chunk, &error)
    if result != CEXR_OK { throw Self.failure(path, error) }
    try checkRatio(part, chunk)
    return chunk
  }

  /// Refuses chunks that cannot decode to what they claim: deflate never gains more than 1032:1.
  private func checkRatio(_ part: EXRPart, _ chunk: cexr_chunk) throws(ImageFileError) {
    let most: UInt64 = part.isDeflated ? 1_040 : 10_000
    if chunk.unpacked_size > 1 << 20, chunk.unpacked_size / max(1, chunk.packed_size) > most {
      throw .damaged(
        path,
        "the chunk at line \(chunk.y) has \(chunk.packed_size) bytes for "
          + "\(chunk.unpacked_size) bytes of pixels")
    }
  }
}

/// Chunks that go from thread to thread.
struct ChunkList: @unchecked Sendable {
  // SAFETY: plain numbers of the C side.
  let chunks: [cexr_chunk]
  init(_ chunks: [cexr_chunk]) { self.chunks = chunks }
}

/// One part of an EXR file, as its header describes it.
struct EXRPart {
  struct Sample {
    var name: String
    var type: SampleType
    var xSampling: Int
    var ySampling: Int
    var isSubsampled: Bool { xSampling != 1 || ySampling != 1 }
  }

  static let compressions = [
    "none", "rle", "zips", "zip", "piz", "pxr24", "b44", "b44a", "dwaa", "dwab",
  ]

  var index: Int
  var name: String?
  var view: String?
  var isDeep: Bool
  var compression: String
  var dataWindow: Rect
  var displayWindow: Rect
  var pixelAspect: Double
  var tile: SubImage.TileSize?
  var linesPerChunk: Int
  var channels: [Sample]
  var metadata = Metadata()
  var headerBytes = 0

  var isDeflated: Bool { ["zip", "zips", "pxr24"].contains(compression) }
  var bytesPerPixel: Int {
    channels.reduce(0) { $0 + ($1.type == .half ? 2 : 4) }
  }
  var format: Format { Format(window: displayWindow, pixelAspect: pixelAspect) }

  init(
    _ reader: OpaquePointer, index: Int, _ info: cexr_part, path: String
  ) throws(ImageFileError) {
    self.index = index
    isDeep = info.storage >= CEXR_DEEP_SCANLINE
    guard
      let codec = Self.compressions.indices.contains(Int(info.compression))
        ? Self.compressions[Int(info.compression)] : nil
    else { throw .codec(path, "unknown compression number \(info.compression)") }
    compression = codec
    name = info.name.map { String(cString: $0) }
    let data = info.data_window
    let display = info.display_window
    dataWindow = try Self.window(data, "data window", path)
    displayWindow = try Self.window(display, "display window", path)
    pixelAspect =
      info.pixel_aspect.isFinite && info.pixel_aspect > 0 ? Double(info.pixel_aspect) : 1
    if info.storage == CEXR_TILED || info.storage == CEXR_DEEP_TILED {
      tile = SubImage.TileSize(width: Int(info.tile_width), height: Int(info.tile_height))
    }
    linesPerChunk = max(1, Int(info.lines_per_chunk))
    channels = []
    for i in 0..<info.channel_count {
      var channel = cexr_channel()
      guard cexr_get_channel(reader, Int32(index), i, &channel) == CEXR_OK else {
        throw .damaged(path, "channel \(i) of part \(index) cannot be read")
      }
      channels.append(
        Sample(
          name: String(cString: channel.name),
          type: channel.type == CEXR_HALF ? .half : channel.type == CEXR_UINT ? .uint32 : .float,
          xSampling: Int(channel.x_sampling), ySampling: Int(channel.y_sampling)))
      headerBytes += channels[channels.count - 1].name.utf8.count + 17
    }
    loadAttributes(reader, count: info.attribute_count)
  }

  private mutating func loadAttributes(_ reader: OpaquePointer, count: Int32) {
    for i in 0..<count {
      var attribute = cexr_attribute()
      guard cexr_get_attribute(reader, Int32(index), i, &attribute) == CEXR_OK,
        let name = attribute.name, let type = attribute.type
      else { continue }
      let key = String(cString: name)
      headerBytes += Int(attribute.size) + key.utf8.count
      let bytes = Array(UnsafeBufferPointer(start: attribute.bytes, count: Int(attribute.size)))
      let value = EXRAttributes.decode(type: String(cString: type), bytes: bytes)
      if key == "view", case .string(let text) = value { view = text }
      if key == "name", case .string(let text) = value, self.name == nil { self.name = text }
      if !EXRAttributes.structural.contains(key) { metadata[key] = value }
    }
    // Every file must have these two; at their defaults they say nothing about the picture.
    if metadata["screenWindowCenter"] == .floats([0, 0]) { metadata["screenWindowCenter"] = nil }
    if metadata["screenWindowWidth"] == .float(1) { metadata["screenWindowWidth"] = nil }
  }

  private static func window(
    _ box: (Int32, Int32, Int32, Int32), _ what: String, _ path: String
  ) throws(ImageFileError) -> Rect {
    let rect = Rect(x0: Int(box.0), y0: Int(box.1), x1: Int(box.2) + 1, y1: Int(box.3) + 1)
    let far = 1 << 30
    if rect.x1 < rect.x0 || rect.y1 < rect.y0 || rect.x0 < -far || rect.y0 < -far || rect.x1 > far
      || rect.y1 > far
    {
      throw .damaged(
        path, "its \(what) is impossible: (\(box.0) \(box.1)) - (\(box.2) \(box.3))")
    }
    return rect
  }
}
