import BipackPixels

/// A small picture for measuring a large one: the means of square blocks.
package struct BlockMeans: Sendable {
  package let width: Int
  package let height: Int
  /// One plane for each channel, row by row.
  package let planes: [[Float]]

  /// The blocks of `rect`, as large as makes it `most` across or less; black outside the data window.
  /// A block with a value that is not finite is not finite.
  package init(
    _ image: Image, _ channels: [Channel], in rect: Rect, most: Int, pool: BlockPool,
    loops: Loops
  ) {
    let step = max(1, (rect.width + most - 1) / max(1, most))
    let (width, height) = ((rect.width + step - 1) / step, (rect.height + step - 1) / step)
    planes = channels.map { channel in
      let rows = loops.map(height, otherwise: [Float](repeating: 0, count: width)) { row in
        let band = Rect(
          x0: rect.x0, y0: rect.y0 + row * step, x1: rect.x1,
          y1: min(rect.y0 + (row + 1) * step, rect.y1))
        let pixels = pool.scratch(count: band.area)
        image.gather(channel, edge: .black, into: PlaneView(band, of: pixels))
        return (0..<width).map { column in
          let (left, right) = (column * step, min((column + 1) * step, band.width))
          var sum = 0.0
          for y in 0..<band.height {
            for x in left..<right { sum += Double(pixels.base[y * band.width + x]) }
          }
          return Float(sum / Double((right - left) * band.height))
        }
      }
      return rows.flatMap { $0 }
    }
    (self.width, self.height) = (width, height)
  }
}
