/// Some pixels of a picture, however they lie: a hole, an edge, a wire. It takes memory for what it holds, not for the
/// frame: sixteen pixels side by side are a cell, and a cell with none of them is not there.
package struct PixelSet: Sendable {
  package struct Cell: Sendable, Hashable {
    /// Of its first pixel, a multiple of 16.
    package var x: Int
    /// Bit i is the pixel at x + i.
    package var pixels: UInt16

    package init(x: Int, pixels: UInt16) { (self.x, self.pixels) = (x, pixels) }
  }

  package static let cellWidth = 16

  /// Where pixels may be.
  package let window: Rect
  /// The cells of each row of the window, from left to right.
  package let rows: [[Cell]]

  package init(window: Rect, rows: [[Cell]]) { (self.window, self.rows) = (window, rows) }

  /// The pixels of `window` where a channel is above `limit`; what is no number is not.
  package init(
    _ image: Image, _ channel: Channel, above limit: Float, in window: Rect, pool: BlockPool,
    loops: Loops
  ) {
    let seen = window.intersection(image.dataWindow)
    let rows = loops.mapRows(window.height, width: window.width, otherwise: [Cell]()) { row in
      let y = window.y0 + row
      guard y >= seen.y0, y < seen.y1 else { return [] }
      let line = pool.scratch(count: seen.width)
      let rect = Rect(x: seen.x0, y: y, width: seen.width, height: 1)
      image.gather(channel, edge: .black, into: PlaneView(rect, of: line))
      var cells: [Cell] = []
      for x in 0..<seen.width where line.base[x] > limit {
        let at = seen.x0 + x
        let first = at & ~(Self.cellWidth - 1)
        if cells.last?.x != first { cells.append(Cell(x: first, pixels: 0)) }
        cells[cells.count - 1].pixels |= 1 << UInt16(at - first)
      }
      return cells
    }
    self.init(window: window, rows: rows)
  }

  /// The cells of row `y`, also of one outside the window.
  package func row(_ y: Int) -> [Cell] {
    y >= window.y0 && y < window.y1 ? rows[y - window.y0] : []
  }
}
