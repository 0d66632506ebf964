import BipackPixels
import CEXR

/// Writes a single-part EXR from top to bottom: the same pixels and options always give the same
/// bytes, whatever slabs they came in. There are no dates, hosts or users in it, attributes are
/// sorted by name, and chunks are in file order whatever thread compressed them.
///
/// Slabs may cut a band of chunks anywhere: the lines of an unfinished band wait, packed, for the
/// rest.
final class EXRWriter: SlabWriter {
  private let layout: EXRLayout
  private let encoders: Reserve<EXREncoder>
  private let sink: OrderedSink
  private let file: AtomicFile
  private let header: [UInt8]
  /// The next row to come.
  private(set) var nextRow: Int
  /// The samples of the band `nextRow` lies in, one buffer per chunk; empty at its start.
  private var waiting: [ByteBuffer] = []

  var window: Rect { layout.window }

  init(path: String, spec: ImageSpec, options: WriteOptions) throws(ImageFileError) {
    let layout = try EXRLayout(path: path, spec: spec, options: options)
    self.layout = layout
    encoders = Reserve { () throws(ImageFileError) in try EXREncoder(layout) }
    file = try AtomicFile(path, createDirectories: options.createDirectories)
    header = layout.header()
    try file.write(header, at: 0)
    sink = OrderedSink(file, from: header.count + 8 * layout.chunkCount)
    nextRow = layout.window.y0
  }

  func append(_ image: Image, rows: Range<Int>, _ parallel: ParallelFor) throws(ImageFileError) {
    let (top, height) = (layout.window.y0, layout.bandHeight)
    var row = rows.lowerBound
    if !waiting.isEmpty || (row - top) % height != 0 {
      let end = min(rows.upperBound, row + height - (row - top) % height)
      collect(image, row..<end)
      row = end
      if (row - top) % height == 0 || row == window.y1 {
        try encodeWaiting(band: (row - 1 - top) / height, parallel)
      }
    }
    // The last band may be lower than the others.
    let last = rows.upperBound == window.y1 ? layout.bandCount : (rows.upperBound - top) / height
    let first = (row - top) / height
    if row < rows.upperBound, first < last {
      try encode(image, bands: first..<last, parallel)
      row = min(window.y1, top + last * height)
    }
    if row < rows.upperBound { collect(image, row..<rows.upperBound) }
    nextRow = rows.upperBound
  }

  func finish() throws(ImageFileError) {
    let table = sink.offsets.flatMap { EXRAttributes.little(UInt64($0)) }
    try file.write(table, at: header.count)
    if let place = EXRSeal.place(in: header) {
      try file.write(EXRSeal.digits(header: header, table: table, size: sink.end), at: place)
    }
    try file.commit()
  }

  // MARK: Bands

  /// Encodes whole bands, a unit of chunks at a time: about as many samples as a core's own cache
  /// takes. Between waves nothing is in flight, so memory stays bounded even if one thread is slow.
  private func encode(_ image: Image, bands: Range<Int>, _ parallel: ParallelFor)
    throws(ImageFileError)
  {
    let chunkBytes = max(1, layout.rect(0).area * layout.pixelBytes)
    let unit = max(1, (512 << 10) / chunkBytes)
    let wave = max(1, (64 << 20) / (unit * chunkBytes)) * unit
    let perBand = layout.chunksPerBand
    let chunks = bands.lowerBound * perBand..<bands.upperBound * perBand
    let (sink, encoders) = (sink, encoders)
    for start in stride(from: chunks.lowerBound, to: chunks.upperBound, by: wave) {
      let end = min(start + wave, chunks.upperBound)
      let base = sink.nextIndex
      try attempt((end - start + unit - 1) / unit, parallel) { (i) throws(ImageFileError) in
        let buffer = sink.buffer()
        var sizes: [Int] = []
        try encoders.with { (encoder) throws(ImageFileError) in
          for chunk in start + i * unit..<min(start + (i + 1) * unit, end) {
            let before = buffer.count
            try encoder.encode(chunk, of: image, into: buffer)
            sizes.append(buffer.count - before)
          }
        }
        try sink.put(base + i, buffer, sizes: sizes)
      }
    }
  }

  /// Packs rows of an unfinished band.
  private func collect(_ image: Image, _ rows: Range<Int>) {
    let band = (rows.lowerBound - window.y0) / layout.bandHeight
    if waiting.isEmpty { waiting = (0..<layout.chunksPerBand).map { _ in ByteBuffer() } }
    for (column, buffer) in waiting.enumerated() {
      var rect = layout.rect(band * layout.chunksPerBand + column)
      rect.y0 = rows.lowerBound
      rect.y1 = rows.upperBound
      let to = buffer.extend(by: rect.area * layout.pixelBytes)
      EXREncoder.pack(rect, of: image, into: to, layout)
    }
  }

  private func encodeWaiting(band: Int, _ parallel: ParallelFor) throws(ImageFileError) {
    let first = band * layout.chunksPerBand
    let (sink, encoders, waiting) = (sink, encoders, waiting)
    self.waiting = []
    let base = sink.nextIndex
    try attempt(waiting.count, parallel) { (i) throws(ImageFileError) in
      let buffer = sink.buffer()
      try encoders.with { (encoder) throws(ImageFileError) in
        try encoder.encode(first + i, raw: waiting[i], into: buffer)
      }
      try sink.put(base + i, buffer, sizes: [buffer.count])
    }
  }
}
