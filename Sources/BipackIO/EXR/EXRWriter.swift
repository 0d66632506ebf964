import BipackPixels

/// Writes an EXR from top to bottom: the same pixels and options always give the same bytes, whatever
/// bands they came in. There are no dates, hosts or users in it, attributes are sorted by name, and
/// chunks are in file order whatever thread compressed them.
final class EXRWriter: FormatWriter {
  private let layout: EXRFileLayout
  private let file: AtomicFile
  private let header: [UInt8]
  private let sink: OrderedSink
  private let pieces: PieceWriter<EXRFileLayout>

  var window: Rect { layout.window }
  var nextRow: Int { pieces.nextRow }

  init(path: String, spec: ImageSpec, options: WriteOptions) throws(ImageFileError) {
    layout = try EXRFileLayout(path: path, spec: spec, options: options)
    file = try AtomicFile(path, createDirectories: options.createDirectories)
    header = EXRLayout.header(layout.parts)
    try file.write(header, at: 0)
    sink = OrderedSink(file, from: header.count + 8 * layout.pieceCount)
    pieces = PieceWriter(layout, sink)
  }

  func append(
    _ image: Image, rows: Range<Int>, _ loops: Loops
  ) throws(ImageFileError) {
    try pieces.append(image, rows: rows, loops)
  }

  func finish() throws(ImageFileError) {
    let table = layout.table(sink.offsets)
    try file.write(table, at: header.count)
    if let place = EXRChecksum.place(in: header) {
      try file.write(EXRChecksum.digits(header: header, table: table, size: sink.end), at: place)
    }
    try file.commit()
  }
}
