import BipackPixels

/// All parts of an EXR, for the writer that takes them row by row.
///
/// A row of pieces holds the chunks of the first part, then those of the second, and so on; so the order in the
/// file does not depend on how the picture came. All parts have the same window and are cut at the same lines.
struct EXRFileLayout: PieceLayout {
  let parts: [EXRLayout]

  init(path: String, spec: ImageSpec, options: WriteOptions) throws(ImageFileError) {
    if options.parts.isEmpty {
      parts = [try EXRLayout(path: path, spec: spec, options: options)]
      return
    }
    try options.checkParts(path)
    var parts: [EXRLayout] = []
    for part in options.parts.indices {
      parts.append(try EXRLayout(path: path, spec: spec, options: options, part: part))
    }
    self.parts = parts
  }

  var path: String { parts[0].path }
  var window: Rect { parts[0].window }
  var pieceHeight: Int { parts[0].chunkHeight }
  private var chunksPerRow: Int { parts[0].chunksPerRow }
  var piecesPerRow: Int { parts.count * chunksPerRow }

  /// Which part a piece is of, and its number there.
  func chunk(_ piece: Int) -> (part: Int, chunk: Int) {
    let (row, place) = (piece / piecesPerRow, piece % piecesPerRow)
    return (place / chunksPerRow, row * chunksPerRow + place % chunksPerRow)
  }

  func pixelBytes(_ piece: Int) -> Int { parts[chunk(piece).part].pixelBytes }

  func rect(_ piece: Int) -> Rect { parts[0].rect(chunk(piece).chunk) }

  func pack(_ piece: Int, _ rect: Rect, of image: Image, into raw: UnsafeMutableRawPointer) {
    parts[chunk(piece).part].pack(rect, of: image, into: raw)
  }

  func makeEncoder() throws(ImageFileError) -> EXRFileEncoder { try EXRFileEncoder(self) }

  /// The tables of offsets, part by part, from where the pieces lie.
  func table(_ offsets: [Int]) -> [UInt8] {
    var tables = parts.map { _ in [UInt8]() }
    for (piece, offset) in offsets.enumerated() {
      tables[chunk(piece).part] += EXRAttributes.little(UInt64(offset))
    }
    return tables.flatMap { $0 }
  }
}

/// One thread's encoders, one for each part.
final class EXRFileEncoder: PieceEncoder {
  private let layout: EXRFileLayout
  private let encoders: [EXREncoder]

  init(_ layout: EXRFileLayout) throws(ImageFileError) {
    self.layout = layout
    var encoders: [EXREncoder] = []
    for part in layout.parts { encoders.append(try EXREncoder(part)) }
    self.encoders = encoders
  }

  func encode(_ piece: Int, of image: Image, into out: ByteBuffer) throws(ImageFileError) {
    let (part, chunk) = layout.chunk(piece)
    try encoders[part].encode(chunk, of: image, into: out)
  }

  func encode(_ piece: Int, raw: ByteBuffer, into out: ByteBuffer) throws(ImageFileError) {
    let (part, chunk) = layout.chunk(piece)
    try encoders[part].encode(chunk, raw: raw, into: out)
  }
}
