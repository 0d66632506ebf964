import BipackPixels

/// How a format cuts a picture into pieces that can be encoded one by one, on any thread.
///
/// Pieces lie in the file in bands from the top, within a band from left to right; all bands are
/// equally high but the last. The samples of a piece come line by line.
protocol BandLayout: Sendable {
  associatedtype Encoder: BandEncoder
  var path: String { get }
  var window: Rect { get }
  var bandHeight: Int { get }
  var piecesPerBand: Int { get }
  /// Bytes of a pixel's samples in a piece.
  func pixelBytes(_ piece: Int) -> Int
  func rect(_ piece: Int) -> Rect
  /// The samples of `rect`, which lies in this piece.
  func pack(_ piece: Int, _ rect: Rect, of image: Image, into raw: UnsafeMutableRawPointer)
  func makeEncoder() throws(ImageFileError) -> Encoder
}

extension BandLayout {
  var bandCount: Int { (window.height + bandHeight - 1) / bandHeight }
  var pieceCount: Int { bandCount * piecesPerBand }
}

/// One thread's encoder and its memory.
protocol BandEncoder: AnyObject {
  /// Appends a piece of a picture as the file has it.
  func encode(_ piece: Int, of image: Image, into out: ByteBuffer) throws(ImageFileError)
  /// The same for a piece whose samples have been packed before.
  func encode(_ piece: Int, raw: ByteBuffer, into out: ByteBuffer) throws(ImageFileError)
}

/// Encodes a picture from top to bottom, slab by slab, and puts the pieces into the file in order.
///
/// Slabs may cut a band anywhere: the lines of an unfinished band wait, packed, for the rest.
final class BandWriter<Layout: BandLayout> {
  private let layout: Layout
  private let sink: OrderedSink
  private let encoders: Reserve<Layout.Encoder>
  /// The next row to come.
  private(set) var nextRow: Int
  /// The samples of the band `nextRow` lies in, one buffer per piece; empty at its start.
  private var waiting: [ByteBuffer] = []

  init(_ layout: Layout, _ sink: OrderedSink) {
    self.layout = layout
    self.sink = sink
    encoders = Reserve { () throws(ImageFileError) in try layout.makeEncoder() }
    nextRow = layout.window.y0
  }

  /// `rows` are the next ones, in the window.
  func append(
    _ image: Image, rows: Range<Int>, _ loops: Loops
  ) throws(ImageFileError) {
    let (top, bottom, height) = (layout.window.y0, layout.window.y1, layout.bandHeight)
    var row = rows.lowerBound
    if (row - top) % height != 0 {
      let end = min(rows.upperBound, row + height - (row - top) % height)
      collect(image, row..<end)
      row = end
      if (row - top) % height == 0 || row == bottom {
        try encodeWaiting(band: (row - 1 - top) / height, loops)
      }
    }
    // The last band may be lower than the others.
    let last = rows.upperBound == bottom ? layout.bandCount : (rows.upperBound - top) / height
    let first = (row - top) / height
    if row < rows.upperBound, first < last {
      try encode(image, bands: first..<last, loops)
      row = min(bottom, top + last * height)
    }
    if row < rows.upperBound { collect(image, row..<rows.upperBound) }
    nextRow = rows.upperBound
  }

  /// Encodes whole bands, a unit of pieces at a time: about as many samples as a core's own cache
  /// takes. Between waves nothing is in flight, so memory stays bounded even if one thread is slow.
  private func encode(
    _ image: Image, bands: Range<Int>, _ loops: Loops
  ) throws(ImageFileError) {
    let perBand = layout.piecesPerBand
    let bandBytes = (0..<perBand).reduce(0) { $0 + layout.rect($1).area * layout.pixelBytes($1) }
    let pieceBytes = max(1, bandBytes / perBand)
    let unit = max(1, (512 << 10) / pieceBytes)
    let wave = max(1, (64 << 20) / (unit * pieceBytes)) * unit
    let pieces = bands.lowerBound * perBand..<bands.upperBound * perBand
    let (sink, encoders, path) = (sink, encoders, layout.path)
    for start in stride(from: pieces.lowerBound, to: pieces.upperBound, by: wave) {
      let end = min(start + wave, pieces.upperBound)
      let base = sink.nextIndex
      try attempt((end - start + unit - 1) / unit, loops) { (i) throws(ImageFileError) in
        let buffer = sink.buffer()
        buffer.reserve(unit * (pieceBytes + 64))
        var sizes: [Int] = []
        try encoders.with { (encoder) throws(ImageFileError) in
          for piece in start + i * unit..<min(start + (i + 1) * unit, end) {
            if loops.isCancelled() { throw .cancelled(path) }
            let before = buffer.count
            try encoder.encode(piece, of: image, into: buffer)
            sizes.append(buffer.count - before)
          }
        }
        try sink.put(base + i, buffer, sizes: sizes)
      }
    }
  }

  /// Packs rows of an unfinished band.
  private func collect(_ image: Image, _ rows: Range<Int>) {
    let first = (rows.lowerBound - layout.window.y0) / layout.bandHeight * layout.piecesPerBand
    if waiting.isEmpty { waiting = (0..<layout.piecesPerBand).map { _ in ByteBuffer() } }
    for (column, buffer) in waiting.enumerated() {
      var rect = layout.rect(first + column)
      let pixelBytes = layout.pixelBytes(first + column)
      buffer.reserve(rect.area * pixelBytes)
      rect.y0 = rows.lowerBound
      rect.y1 = rows.upperBound
      layout.pack(
        first + column, rect, of: image, into: buffer.extend(by: rect.area * pixelBytes))
    }
  }

  private func encodeWaiting(
    band: Int, _ loops: Loops
  ) throws(ImageFileError) {
    let first = band * layout.piecesPerBand
    let (sink, encoders, waiting, path) = (sink, encoders, waiting, layout.path)
    self.waiting = []
    let base = sink.nextIndex
    try attempt(waiting.count, loops) { (i) throws(ImageFileError) in
      if loops.isCancelled() { throw .cancelled(path) }
      let buffer = sink.buffer()
      try encoders.with { (encoder) throws(ImageFileError) in
        try encoder.encode(first + i, raw: waiting[i], into: buffer)
      }
      try sink.put(base + i, buffer, sizes: [buffer.count])
    }
  }
}
