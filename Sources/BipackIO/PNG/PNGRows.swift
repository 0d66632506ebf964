import BipackPixels
import CPNG
import Glibc

/// A PNG's rows on their way into tiles.
///
/// Files of moderate size that need no expansion are decoded in one go. The others come row by row
/// from libpng, one row of tiles at a time, so that memory does not grow with the picture; rows above
/// the area asked for are decoded and dropped, those below it are not looked at.
struct PNGRows {
  private let reader: PNGFile.Reader
  private let tables: [(sample: Int, table: TileTable)]
  private let tiles: Rect
  private let grid: TileGrid
  private let width: Int
  private let height: Int
  private let sampleBytes: Int
  private let pixelBytes: Int

  /// Decoded bytes up to which a picture is taken whole.
  private static let whole = 256 << 20

  /// Memory that reading takes beside the picture: all of it decoded, or one row of tiles.
  static func decodingBytes(_ reader: PNGFile.Reader) -> Int {
    let row = Int(reader.info.width) * Int(reader.info.channels) * Int(reader.info.bits) / 8
    let decoded = (row + 1) * Int(reader.info.height)
    let isWhole = decoded <= whole || cpng_is_interlaced(reader.reader) != 0
    return isWhole ? decoded : row * TileGrid.standard.size
  }

  init(
    _ reader: PNGFile.Reader, _ tables: [(sample: Int, table: TileTable)], _ tiles: Rect,
    _ grid: TileGrid
  ) {
    self.reader = reader
    self.tables = tables
    self.tiles = tiles
    self.grid = grid
    width = Int(reader.info.width)
    height = Int(reader.info.height)
    sampleBytes = Int(reader.info.bits) / 8
    pixelBytes = sampleBytes * Int(reader.info.channels)
  }

  private var rowBytes: Int { width * pixelBytes }

  /// Fills the tiles of `area`, which ends at tiles' edges or the picture's.
  func read(_ area: Rect, _ loops: Loops) throws(ImageFileError) {
    if (rowBytes + 1) * height <= Self.whole, try readWhole(area, loops) { return }
    if cpng_is_interlaced(reader.reader) != 0 { return try readPasses(area, loops) }
    let rows = try Samples(grid.size * rowBytes, reader.path)
    var y = 0
    while y < area.y1 {
      // Up to the end of this row of tiles.
      let end = min(((y >> grid.log2Size) + 1) << grid.log2Size, height)
      try decode(end - y, into: rows)
      if end > area.y0 { store(rows, rowBytes, from: y, to: end, loops) }
      y = end
    }
  }

  /// False when it must be tried the other way, which also finds the words for what is wrong.
  private func readWhole(_ area: Rect, _ loops: Loops) throws(ImageFileError) -> Bool {
    let rows = try Samples((rowBytes + 1) * height, reader.path)
    if cpng_read_whole(reader.reader, rows.bytes) == 0 { return false }
    store(rows, offset: 1, rowBytes + 1, from: 0, to: height, loops)
    return true
  }

  private func readPasses(_ area: Rect, _ loops: Loops) throws(ImageFileError) {
    let rows = try Samples(rowBytes * height, reader.path)
    try decode(height, into: rows)
    store(rows, rowBytes, from: 0, to: height, loops)
  }

  private func decode(_ count: Int, into rows: Samples) throws(ImageFileError) {
    var error = cpng_error()
    if cpng_read_rows(reader.reader, count, rows.base, &error) != CPNG_OK {
      throw PNGFile.failure(reader.path, error)
    }
  }

  /// Rows `from`..<`to`, the first `offset` bytes after the start, into the tiles they meet, each tile by
  /// one thread.
  private func store(
    _ samples: Samples, offset: Int = 0, _ stride: Int, from: Int, to: Int, _ loops: Loops
  ) {
    let lines = Rect(x0: 0, y0: from, x1: width, y1: to)
    let met = grid.tiles(covering: lines).intersection(tiles)
    let (tables, tiles, grid) = (tables, tiles, grid)
    let (pixelBytes, sampleBytes) = (pixelBytes, sampleBytes)
    loops(met.area) { i in
      let (tileX, tileY) = (met.x0 + i % met.width, met.y0 + i / met.width)
      let tile = grid.pixels(tileX: tileX, tileY: tileY)
      let part = tile.intersection(lines)
      for (sample, table) in tables {
        let index = (tileY - tiles.y0) * tiles.width + tileX - tiles.x0
        guard let block = table.pointers[index] else { continue }
        let first =
          samples.base + offset + (part.y0 - from) * stride + part.x0 * pixelBytes
          + sample * sampleBytes
        cpng_decode(
          Int32(8 * sampleBytes), first.assumingMemoryBound(to: UInt8.self), stride,
          Int32(pixelBytes), block + (part.y0 - tile.y0) * grid.size + part.x0 - tile.x0,
          grid.size, part.width, part.height)
      }
    }
  }

  /// Memory for decoded rows.
  private final class Samples: @unchecked Sendable {
    // SAFETY: written by the decoder, then read by a loop.
    let base: UnsafeMutableRawPointer
    var bytes: UnsafeMutablePointer<UInt8> { base.assumingMemoryBound(to: UInt8.self) }

    init(_ size: Int, _ path: String) throws(ImageFileError) {
      guard let memory = malloc(max(1, size)) else { throw .outOfMemory(path) }
      base = memory
    }

    deinit { free(base) }
  }
}
