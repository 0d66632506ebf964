import BipackPixels

/// Writes a single-part EXR from top to bottom: the same pixels and options always give the same
/// bytes, whatever slabs they came in. There are no dates, hosts or users in it, attributes are
/// sorted by name, and chunks are in file order whatever thread compressed them.
final class EXRWriter: SlabWriter {
  private let layout: EXRLayout
  private let file: AtomicFile
  private let header: [UInt8]
  private let sink: OrderedSink
  private let bands: BandWriter<EXRLayout>

  var window: Rect { layout.window }
  var nextRow: Int { bands.nextRow }

  init(path: String, spec: ImageSpec, options: WriteOptions) throws(ImageFileError) {
    layout = try EXRLayout(path: path, spec: spec, options: options)
    file = try AtomicFile(path, createDirectories: options.createDirectories)
    header = layout.header()
    try file.write(header, at: 0)
    sink = OrderedSink(file, from: header.count + 8 * layout.pieceCount)
    bands = BandWriter(layout, sink)
  }

  func append(_ image: Image, rows: Range<Int>, _ parallel: ParallelFor) throws(ImageFileError) {
    try bands.append(image, rows: rows, parallel)
  }

  func finish() throws(ImageFileError) {
    let table = sink.offsets.flatMap { EXRAttributes.little(UInt64($0)) }
    try file.write(table, at: header.count)
    if let place = EXRSeal.place(in: header) {
      try file.write(EXRSeal.digits(header: header, table: table, size: sink.end), at: place)
    }
    try file.commit()
  }
}
