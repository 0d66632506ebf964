extension Image {
  /// Calls `body` with each piece of `rect` (inside the data window) that lies in one tile: its
  /// pixels, the address of the first and the distance of lines in floats.
  ///
  /// SAFETY: the address is good for the time of the call.
  package func forEachTile(
    _ channel: Channel, in rect: Rect, _ body: (Rect, UnsafePointer<Float>, Int) -> Void
  ) {
    if rect.isEmpty { return }
    let plane = self[channel]
    let tiles = grid.tiles(covering: rect)
    for tileY in tiles.y0..<tiles.y1 {
      for tileX in tiles.x0..<tiles.x1 {
        let tile = grid.pixels(tileX: tileX, tileY: tileY)
        let part = tile.intersection(rect)
        switch plane?[tileX, tileY] {
        case .block(let block):
          withExtendedLifetime(block) {
            body(
              part, block.base + (part.y0 - tile.y0) * grid.size + part.x0 - tile.x0, grid.size)
          }
        case .constant(let value):
          flat(value, part, body)
        case nil:
          flat(0, part, body)
        }
      }
    }
  }

  private func flat(
    _ value: Float, _ part: Rect, _ body: (Rect, UnsafePointer<Float>, Int) -> Void
  ) {
    withUnsafeTemporaryAllocation(of: Float.self, capacity: part.width) { line in
      line.initialize(repeating: value)
      // The same line again and again: a distance of 0.
      if let base = line.baseAddress { body(part, base, 0) }
    }
  }
}
