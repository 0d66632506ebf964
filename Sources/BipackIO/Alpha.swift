import BipackPixels

/// Associated (premultiplied) and unassociated alpha, exactly.
///
/// Files that store colour beside alpha (PNG) are decoded from their colour curve first and
/// multiplied then; writing goes the other way round. Multiplication happens in linear light, in
/// float: nothing is lost at low alpha.
extension Image {
  /// Every colour channel times its alpha. Channels of layers without R, G, B are left alone.
  public func premultiplied(pool: BlockPool, loops: Loops = .dispatch) -> Image {
    combined(pool: pool, loops: loops) { color, alpha, count in
      for i in 0..<count { color[i] *= alpha[i] }
    }
  }

  /// Every colour channel divided by its alpha. Where alpha is 0 the colour stays as it is, so that
  /// light without coverage (glows, fire) is not lost.
  public func unpremultiplied(pool: BlockPool, loops: Loops = .dispatch) -> Image {
    combined(pool: pool, loops: loops) { color, alpha, count in
      for i in 0..<count where alpha[i] != 0 { color[i] /= alpha[i] }
    }
  }

  private func combined(
    pool: BlockPool, loops: Loops,
    _ body: @escaping @Sendable (UnsafeMutablePointer<Float>, UnsafePointer<Float>, Int) -> Void
  ) -> Image {
    var result = self
    let tiles = grid.tiles(covering: dataWindow)
    for channel in channels {
      guard let slot = channel.slot, slot < 3, let alpha = spec.alpha(for: channel),
        let plane = self[channel], let cover = self[alpha]
      else { continue }
      let made = loops.map(tiles.area, otherwise: Plane?.none) { i in
        let (x, y) = (tiles.x0 + i % tiles.width, tiles.y0 + i / tiles.width)
        guard let from = plane[x, y], let by = cover[x, y] else { return nil }
        return Self.combine(from, by, pool: pool, area: plane.grid.area, body)
      }
      var new = plane
      for (i, tile) in made.enumerated() {
        if let tile { new[tiles.x0 + i % tiles.width, tiles.y0 + i / tiles.width] = tile }
      }
      result[channel] = new
    }
    return result
  }

  private static func combine(
    _ color: Plane, _ alpha: Plane, pool: BlockPool, area: Int,
    _ body: (UnsafeMutablePointer<Float>, UnsafePointer<Float>, Int) -> Void
  ) -> Plane {
    if case .constant(var value) = color, case .constant(var cover) = alpha {
      body(&value, &cover, 1)
      return .constant(value)
    }
    // What lies in a block outside the data window is computed too, and never looked at.
    let block = pool.allocate()
    switch color {
    case .constant(let value): block.base.update(repeating: value, count: area)
    case .block(let from): block.base.update(from: from.base, count: area)
    }
    switch alpha {
    case .block(let cover): body(block.base, cover.base, area)
    case .constant(let value):
      let cover = pool.allocate()
      cover.base.update(repeating: value, count: area)
      body(block.base, cover.base, area)
    }
    return .block(block)
  }
}
