extension TileGrid {
  /// `columns` of pixels, cut where tiles end.
  package func tileColumns(_ columns: Range<Int>) -> [Range<Int>] {
    var parts: [Range<Int>] = []
    var x = columns.lowerBound
    while x < columns.upperBound {
      let end = min(columns.upperBound, ((x >> log2Size) + 1) << log2Size)
      parts.append(x..<end)
      x = end
    }
    return parts
  }
}

extension Image {
  /// Lends pixels where they lie: for each of `rows` the address of its pixels in `columns`, which are
  /// in one column of tiles that has pixels. Outside the data window columns are undefined, and rows
  /// those the edge mode puts there. Nothing is copied, and the kernels contain no edge cases.
  package func withLines(
    _ channel: Channel, columns: Range<Int>, rows: Range<Int>, edge: EdgeMode, pool: BlockPool,
    _ body: ([UnsafePointer<Float>?]) -> Void
  ) {
    let mask = grid.size - 1
    let plane = self[channel]
    var constants: [Scratch] = []
    func constant(_ value: Float) -> UnsafePointer<Float> {
      let line = pool.scratch(count: columns.count)
      line.base.update(repeating: value, count: columns.count)
      constants.append(line)
      return UnsafePointer(line.base)
    }
    /// The first line of a tile, and how far it is to the next.
    func tile(_ tileY: Int?) -> (UnsafePointer<Float>, Int) {
      guard let tileY, let plane = plane?[columns.lowerBound >> grid.log2Size, tileY] else {
        return (constant(0), 0)
      }
      switch plane {
      case .constant(let value): return (constant(value), 0)
      case .block(let block):
        return (UnsafePointer(block.base + (columns.lowerBound & mask)), grid.size)
      }
    }
    var lines: [UnsafePointer<Float>?] = []
    lines.reserveCapacity(rows.count)
    var last: (tileY: Int?, lines: (UnsafePointer<Float>, Int))?
    var row = rows.lowerBound
    while row < rows.upperBound {
      let y = edge.source(row, dataWindow.y0, dataWindow.y1)
      let tileY = y.map { $0 >> grid.log2Size }
      let (first, step) = last.flatMap { $0.tileY == tileY ? $0.lines : nil } ?? tile(tileY)
      last = (tileY, (first, step))
      // Inside the data window the rest of the tile follows.
      let end = y == row ? min(rows.upperBound, dataWindow.y1, (row | mask) + 1) : row + 1
      let start = first + ((y ?? 0) & mask) * step
      for line in 0..<end - row { lines.append(start + line * step) }
      row = end
    }
    // The blocks are the image's.
    withExtendedLifetime((self, constants)) { body(lines) }
  }
}
