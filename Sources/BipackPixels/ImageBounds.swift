extension Image {
  /// The smallest rectangle around all pixels of `channel` greater than `low` and less than `high`, inside
  /// the data window; NaN counts. Tiles of one number are not looked into.
  package func bounds(
    of channel: Channel, above low: Float, below high: Float, loops: Loops
  ) -> Rect {
    let tiles = grid.tiles(covering: dataWindow)
    let rows = loops.map(tiles.height, otherwise: dataWindow) { row in
      var hull = Rect.empty
      for tileX in tiles.x0..<tiles.x1 {
        let tileY = tiles.y0 + row
        let part = grid.pixels(tileX: tileX, tileY: tileY).intersection(dataWindow)
        // What lies inside already needs no look.
        if part.isEmpty || hull.contains(part) { continue }
        switch self[channel]?[tileX, tileY] {
        case nil: if 0 > low && 0 < high { hull = hull.union(part) }
        case .constant(let value)?:
          if !(value <= low) && !(value >= high) { hull = hull.union(part) }
        case .block(let block)?:
          hull = hull.union(
            Self.bounds(block, grid.pixels(tileX: tileX, tileY: tileY), part, low, high))
        }
      }
      return hull
    }
    return rows.reduce(.empty) { $0.union($1) }
  }

  private static func bounds(
    _ block: Block, _ tile: Rect, _ part: Rect, _ low: Float, _ high: Float
  ) -> Rect {
    var hull = Rect.empty
    for y in part.y0..<part.y1 {
      let row = block.base + (y - tile.y0) * tile.width - tile.x0
      // Nearly all rows have nothing: a loop without a way out is wide.
      var outside: Int32 = 0
      for x in part.x0..<part.x1 { outside += row[x] <= low || row[x] >= high ? 1 : 0 }
      if Int(outside) == part.width { continue }
      var first = part.x0
      while row[first] <= low || row[first] >= high { first += 1 }
      var last = first
      for x in stride(from: part.x1 - 1, to: first, by: -1)
      where !(row[x] <= low) && !(row[x] >= high) {
        last = x
        break
      }
      hull = hull.union(Rect(x0: first, y0: y, x1: last + 1, y1: y + 1))
    }
    return hull
  }
}
