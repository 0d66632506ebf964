import BipackPixels

/// An EXR in the making: the header first, then chunks in their order, then what could not be known before.
final class EXROutput {
  private let file: AtomicFile
  private let header: [UInt8]
  let sink: OrderedSink

  /// `layouts` are the file's parts, all with the options of the first.
  init(_ layouts: [EXRLayout]) throws(ImageFileError) {
    file = try AtomicFile(
      layouts[0].path, createDirectories: layouts[0].options.createDirectories)
    header = EXRLayout.header(layouts)
    try file.write(header, at: 0)
    let chunks = layouts.reduce(0) { $0 + $1.chunkCount }
    sink = OrderedSink(file, from: header.count + 8 * chunks)
  }

  /// Writes the table of chunks and the check sum, and gives the file its name.
  func finish(table: [UInt8]) throws(ImageFileError) {
    try file.write(table, at: header.count)
    if let place = EXRChecksum.place(in: header) {
      try file.write(EXRChecksum.digits(header: header, table: table, size: sink.end), at: place)
    }
    try file.commit()
  }
}
