extension Image {
  /// Makes an image from rows of floats, one array per channel, row-major over the data window.
  /// Each array has `spec.dataWindow.area` values. For readers, tests and embedding programs.
  public init(spec: ImageSpec, pool: BlockPool, pixels: [Channel: [Float]]) {
    self.init(spec: spec, grid: pool.grid)
    for channel in spec.channels {
      guard let values = pixels[channel] else {
        self[channel] = TiledPlane(grid: pool.grid, dataWindow: spec.dataWindow, constant: 0)
        continue
      }
      precondition(values.count == spec.dataWindow.area, "one value per pixel of the data window")
      values.withUnsafeBufferPointer { buffer in
        self[channel] = TiledPlane(
          pool: pool, dataWindow: spec.dataWindow, rows: buffer.baseAddress,
          stride: spec.dataWindow.width)
      }
    }
  }

  /// The values of a channel over `rect`, row-major, black where there is nothing.
  public func pixels(_ channel: Channel, in rect: Rect, pool: BlockPool) -> [Float] {
    let window = window(channel, rect, edge: .black, pool: pool)
    var result: [Float] = []
    result.reserveCapacity(rect.area)
    for y in 0..<rect.height {
      let row = window.row(rect.y0 + y)
      for x in 0..<row.count { result.append(row[x]) }
    }
    return result
  }
}

extension TiledPlane {
  /// Cuts contiguous rows into tiles. `rows` points at the first pixel of `dataWindow`.
  package init(
    pool: BlockPool, dataWindow: Rect, rows: UnsafePointer<Float>?, stride: Int
  ) {
    self.init(grid: pool.grid, tiles: pool.grid.tiles(covering: dataWindow))
    guard let rows, !dataWindow.isEmpty else { return }
    for tileY in tiles.y0..<tiles.y1 {
      store(tileRow: tileY, dataWindow: dataWindow, pool: pool, stride: stride) { y in
        rows + (y - dataWindow.y0) * stride
      }
    }
  }

  /// Cuts one row of tiles from contiguous pixel rows. `row(y)` points at the pixel
  /// (`dataWindow.x0`, y).
  package mutating func store(
    tileRow tileY: Int, dataWindow: Rect, pool: BlockPool, stride: Int,
    row: (Int) -> UnsafePointer<Float>
  ) {
    for tileX in tiles.x0..<tiles.x1 {
      let tile = grid.pixels(tileX: tileX, tileY: tileY)
      let rect = tile.intersection(dataWindow)
      if rect.isEmpty { continue }
      let block = pool.allocate()
      for y in rect.y0..<rect.y1 {
        (block.base + (y - tile.y0) * grid.size + rect.x0 - tile.x0).update(
          from: row(y) + rect.x0 - dataWindow.x0, count: rect.width)
      }
      self[tileX, tileY] = .block(block)
    }
  }
}
