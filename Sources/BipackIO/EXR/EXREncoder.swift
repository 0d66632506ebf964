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
    let names = layout.columns.map { strdup($0.name) }
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
      layout.pack(rect, of: image, into: out.extend(by: size))
    } else {
      raw.count = 0
      layout.pack(rect, of: image, into: raw.extend(by: size))
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

  /// Appends bytes of any kind, packed where that makes them fewer; returns how many they became.
  func append(_ raw: ByteBuffer, into out: ByteBuffer) throws(ImageFileError) -> Int {
    if raw.count == 0 { return 0 }
    if layout.options.compression == .none {
      out.extend(by: raw.count).copyMemory(from: raw.base, byteCount: raw.count)
      return raw.count
    }
    let (packed, size) = try packed(raw, layout.rect(0))
    out.extend(by: size).copyMemory(from: packed, byteCount: size)
    return size
  }

  private func compress(
    _ chunk: Int, _ raw: ByteBuffer, into out: ByteBuffer
  ) throws(ImageFileError) {
    let (packed, size) = try packed(raw, layout.rect(chunk))
    out.append(layout.leader(chunk) + EXRAttributes.little(Int32(size)))
    out.extend(by: size).copyMemory(from: packed, byteCount: size)
  }

  /// The packed bytes, the encoder's, until its next call.
  private func packed(_ raw: ByteBuffer, _ rect: Rect) throws(ImageFileError)
    -> (UnsafePointer<UInt8>, Int)
  {
    var error = cexr_error()
    var packed: UnsafePointer<UInt8>?
    var size = 0
    let code = cexr_encode(
      encoder, Int32(rect.x0), Int32(rect.y0), Int32(rect.width), Int32(rect.height),
      layout.options.tile == nil ? 0 : 1, raw.base.assumingMemoryBound(to: UInt8.self), raw.count,
      &packed, &size, &error)
    guard code == CEXR_OK, let packed else { throw EXRFile.failure(layout.path, error) }
    return (packed, size)
  }
}
