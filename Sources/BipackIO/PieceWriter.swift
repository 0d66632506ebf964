import BipackPixels

/// How a format cuts a picture into pieces that can be encoded one by one, on any thread.
///
/// Pieces lie in the file in rows from the top, within a row from left to right; all are equally high but
/// those of the last row. The samples of a piece come line by line.
protocol PieceLayout: Sendable {
  associatedtype Encoder: PieceEncoder
  var path: String { get }
  var window: Rect { get }
  var pieceHeight: Int { get }
  var piecesPerRow: Int { get }
  /// Bytes of a pixel's samples in a piece.
  func pixelBytes(_ piece: Int) -> Int
  func rect(_ piece: Int) -> Rect
  /// The samples of `rect`, which lies in this piece.
  func pack(_ piece: Int, _ rect: Rect, of image: Image, into raw: UnsafeMutableRawPointer)
  func makeEncoder() throws(ImageFileError) -> Encoder
}

extension PieceLayout {
  var pieceRows: Int { (window.height + pieceHeight - 1) / pieceHeight }
  var pieceCount: Int { pieceRows * piecesPerRow }
}

/// One thread's encoder and its memory.
protocol PieceEncoder: AnyObject {
  /// Appends a piece of a picture as the file has it.
  func encode(_ piece: Int, of image: Image, into out: ByteBuffer) throws(ImageFileError)
  /// The same for a piece whose samples have been packed before.
  func encode(_ piece: Int, raw: ByteBuffer, into out: ByteBuffer) throws(ImageFileError)
}

/// Encodes a picture from top to bottom, band by band, and puts the pieces into the file in order.
///
/// Bands may cut a piece anywhere: the lines of unfinished pieces wait, packed, for the rest.
final class PieceWriter<Layout: PieceLayout> {
  private let layout: Layout
  private let sink: OrderedSink
  private let encoders: Reserve<Layout.Encoder>
  /// The next row to come.
  private(set) var nextRow: Int
  /// The samples of the pieces `nextRow` lies in, one buffer each; empty at their start.
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
    let (top, bottom, height) = (layout.window.y0, layout.window.y1, layout.pieceHeight)
    var row = rows.lowerBound
    if (row - top) % height != 0 {
      let end = min(rows.upperBound, row + height - (row - top) % height)
      collect(image, row..<end)
      row = end
      if (row - top) % height == 0 || row == bottom {
        try encodeWaiting(row: (row - 1 - top) / height, loops)
      }
    }
    // The last pieces may be lower than the others.
    let last = rows.upperBound == bottom ? layout.pieceRows : (rows.upperBound - top) / height
    let first = (row - top) / height
    if row < rows.upperBound, first < last {
      try encode(image, pieceRows: first..<last, loops)
      row = min(bottom, top + last * height)
    }
    if row < rows.upperBound { collect(image, row..<rows.upperBound) }
    nextRow = rows.upperBound
  }

  /// Encodes whole rows of pieces, a unit of pieces at a time: about as many samples as a core's own cache
  /// takes. Between waves nothing is in flight, so memory stays bounded even if one thread is slow.
  private func encode(
    _ image: Image, pieceRows: Range<Int>, _ loops: Loops
  ) throws(ImageFileError) {
    let perRow = layout.piecesPerRow
    let rowBytes = (0..<perRow).reduce(0) { $0 + layout.rect($1).area * layout.pixelBytes($1) }
    let pieceBytes = max(1, rowBytes / perRow)
    let unit = max(1, (512 << 10) / pieceBytes)
    let wave = max(1, (64 << 20) / (unit * pieceBytes)) * unit
    let pieces = pieceRows.lowerBound * perRow..<pieceRows.upperBound * perRow
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

  /// Packs lines of unfinished pieces.
  private func collect(_ image: Image, _ rows: Range<Int>) {
    let first = (rows.lowerBound - layout.window.y0) / layout.pieceHeight * layout.piecesPerRow
    if waiting.isEmpty { waiting = (0..<layout.piecesPerRow).map { _ in ByteBuffer() } }
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
    row: Int, _ loops: Loops
  ) throws(ImageFileError) {
    let first = row * layout.piecesPerRow
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
