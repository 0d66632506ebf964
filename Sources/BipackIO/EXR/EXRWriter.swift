import BipackPixels

/// Writes an EXR from top to bottom: the same pixels and options always give the same bytes, whatever
/// bands they came in. There are no dates, hosts or users in it, attributes are sorted by name, and
/// chunks are in file order whatever thread compressed them.
final class EXRWriter: FormatWriter {
  private let layout: EXRFileLayout
  private let output: EXROutput
  private let pieces: PieceWriter<EXRFileLayout>

  var window: Rect { layout.window }
  var nextRow: Int { pieces.nextRow }

  init(path: String, spec: ImageSpec, options: WriteOptions) throws(ImageFileError) {
    layout = try EXRFileLayout(path: path, spec: spec, options: options)
    output = try EXROutput(layout.parts)
    pieces = PieceWriter(layout, output.sink)
  }

  func append(
    _ image: Payload, rows: Range<Int>, _ loops: Loops
  ) throws(ImageFileError) {
    guard let image = image.picture else {
      throw .cannotWrite(layout.path, "this is a deep picture", expected: "a picture")
    }
    try pieces.append(image, rows: rows, loops)
  }

  func finish() throws(ImageFileError) {
    try output.finish(table: layout.table(output.sink.offsets))
  }
}
