import BipackPixels

/// A tile of a picture made deep: one sample for each pixel, or none where there is nothing.
package struct DeepMaking: Sendable {
  /// Where a channel of the samples comes from.
  package enum Source: Sendable {
    case channel(Channel)
    case constant(Float)
  }

  private let sources: [(channel: Channel, source: Source)]
  private let alpha: Source?

  /// Pixels whose `alpha` is 0 get no sample; with none all get one.
  package init(_ sources: [(channel: Channel, source: Source)], alpha: Source?) {
    self.sources = sources
    self.alpha = alpha
  }

  /// The samples of `rect`, which lies in one tile.
  package func tile(of image: Image, _ rect: Rect, channels: [Channel], _ pool: BlockPool)
    -> DeepTile
  {
    let counts = pool.allocate()
    counts.base.update(repeating: 0, count: pool.grid.area)
    forEachRow(of: alpha ?? .constant(1), image, rect, pool) { pixel, values in
      // An alpha that is no number is not nothing.
      for x in values.indices where values[x] != 0 {
        counts.base[pixel + x] = Float(bitPattern: 1)
      }
    }
    guard
      let tile = DeepTile(counts: counts, area: pool.grid.area, channels: channels, pool: pool)
    else { return .empty }
    for (channel, source) in sources {
      guard let run = tile[channel] else { continue }
      forEachRow(of: source, image, rect, pool) { pixel, values in
        for x in values.indices {
          let places = tile.samples(of: pixel + x)
          if !places.isEmpty { run[places.lowerBound] = values[x] }
        }
      }
    }
    return tile
  }

  /// Calls `body` with each row of a source, and its first pixel's place in the tile.
  private func forEachRow(
    of source: Source, _ image: Image, _ rect: Rect, _ pool: BlockPool,
    _ body: (Int, UnsafeBufferPointer<Float>) -> Void
  ) {
    func first(_ y: Int) -> Int { pool.grid.place(x: rect.x0, y: y) }
    switch source {
    case .channel(let channel):
      let window = image.window(channel, rect, edge: .black, pool: pool)
      for y in rect.y0..<rect.y1 {
        let row = window.pointer + (y - rect.y0) * window.stride
        body(first(y), UnsafeBufferPointer(start: row, count: rect.width))
      }
    case .constant(let number):
      let row = [Float](repeating: number, count: rect.width)
      row.withUnsafeBufferPointer { row in
        for y in rect.y0..<rect.y1 { body(first(y), row) }
      }
    }
  }
}
