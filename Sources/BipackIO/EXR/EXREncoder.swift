import BipackPixels
import CEXR
import Glibc

/// One thread's way from pixels to chunks: the C encoder and a chunk's worth of memory.
final class EXREncoder {
  private let layout: EXRLayout
  private let encoder: OpaquePointer
  private let raw = ByteBuffer()

  init(_ layout: EXRLayout) throws(ImageFileError) {
    var error = cexr_error()
    // Names must live only until the encoder has copied them.
    let names = layout.columns.map { strdup($0.channel.name) }
    defer { for name in names { free(name) } }
    let list = zip(names, layout.columns).map { name, column in
      cexr_out_channel(name: UnsafePointer(name), type: column.code)
    }
    guard
      let encoder = cexr_encoder_new(
        layout.codec, layout.level, list, Int32(list.count), &error)
    else { throw EXRFile.failure(layout.path, error) }
    self.encoder = encoder
    self.layout = layout
  }

  deinit { cexr_encoder_free(encoder) }

  /// Appends a chunk of the picture as the file has it: leader, size, packed bytes.
  func encode(_ chunk: Int, of image: Image, into out: ByteBuffer) throws(ImageFileError) {
    let rect = layout.rect(chunk)
    let size = rect.area * layout.pixelBytes
    if layout.options.compression == .none {
      out.append(layout.leader(chunk) + EXRAttributes.little(Int32(size)))
      EXREncoder.pack(rect, of: image, into: out.extend(by: size), layout)
    } else {
      raw.count = 0
      EXREncoder.pack(rect, of: image, into: raw.extend(by: size), layout)
      try compress(chunk, raw, into: out)
    }
  }

  /// The same for a chunk whose samples have been collected before.
  func encode(_ chunk: Int, raw: ByteBuffer, into out: ByteBuffer) throws(ImageFileError) {
    if layout.options.compression == .none {
      out.append(layout.leader(chunk) + EXRAttributes.little(Int32(raw.count)))
      out.extend(by: raw.count).copyMemory(from: raw.base, byteCount: raw.count)
    } else {
      try compress(chunk, raw, into: out)
    }
  }

  private func compress(
    _ chunk: Int, _ raw: ByteBuffer, into out: ByteBuffer
  ) throws(ImageFileError) {
    let rect = layout.rect(chunk)
    var error = cexr_error()
    var packed: UnsafePointer<UInt8>?
    var size = 0
    let code = cexr_encode(
      encoder, Int32(rect.x0), Int32(rect.y0), Int32(rect.width), Int32(rect.height),
      layout.options.tile == nil ? 0 : 1, raw.base.assumingMemoryBound(to: UInt8.self), raw.count,
      &packed, &size, &error)
    guard code == CEXR_OK, let packed else { throw EXRFile.failure(layout.path, error) }
    out.append(layout.leader(chunk) + EXRAttributes.little(Int32(size)))
    out.extend(by: size).copyMemory(from: packed, byteCount: size)
  }

  /// Samples as the file has them before compression: line by line, in each line channel by
  /// channel. They come straight from the tiles.
  static func pack(
    _ rect: Rect, of image: Image, into raw: UnsafeMutableRawPointer, _ layout: EXRLayout
  ) {
    let lineBytes = layout.pixelBytes * rect.width
    let clamp: Int32 = layout.options.halfOverflow == .clamp ? 1 : 0
    let inside = rect.intersection(image.dataWindow)
    var start = 0
    for column in layout.columns {
      if inside != rect {
        for y in 0..<rect.height {
          memset(raw + y * lineBytes + start, 0, column.bytes * rect.width)
        }
      }
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
}

extension Image {
  /// Calls `body` with each piece of `rect` (inside the data window) that lies in one tile: its
  /// pixels, the address of the first and the distance of lines in floats.
  func forEachTile(
    _ channel: Channel, in rect: Rect, _ body: (Rect, UnsafePointer<Float>, Int) -> Void
  ) {
    if rect.isEmpty { return }
    let plane = self[channel]
    let tiles = grid.tiles(covering: rect)
    for tileY in tiles.y0..<tiles.y1 {
      for tileX in tiles.x0..<tiles.x1 {
        let tile = grid.pixels(tileX: tileX, tileY: tileY)
        let part = tile.intersection(rect)
        switch plane?[tileX, tileY] {
        case .block(let block):
          withExtendedLifetime(block) {
            body(
              part, block.base + (part.y0 - tile.y0) * grid.size + part.x0 - tile.x0, grid.size)
          }
        case .constant(let value):
          flat(value, part, body)
        case nil:
          flat(0, part, body)
        }
      }
    }
  }

  private func flat(
    _ value: Float, _ part: Rect, _ body: (Rect, UnsafePointer<Float>, Int) -> Void
  ) {
    withUnsafeTemporaryAllocation(of: Float.self, capacity: part.width) { line in
      line.initialize(repeating: value)
      // The same line again and again: a distance of 0.
      if let base = line.baseAddress { body(part, base, 0) }
    }
  }
}
