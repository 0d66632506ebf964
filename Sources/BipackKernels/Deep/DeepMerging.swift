import BipackPixels

/// Two deep tiles made one.
///
/// The samples of `b` and then those of `a`, put in order of depth and not changed: mixing what overlaps is left
/// to who flattens them. Or `b` as far as it is seen between the samples of `a` (`heldOut`).
package struct DeepMerging {
  private let channels: [Channel]
  /// Of b, then of a.
  private let sources: [DeepRuns]
  private let zPlace: Int?
  private let zBackPlace: Int?
  private let alphaPlace: Int?
  private let ids: [Bool]

  /// `channels` are those of the result; one that a tile lacks is 0 there, its alpha 1, its back its front.
  package init(_ a: DeepTile?, over b: DeepTile?, _ channels: [Channel], ids: Set<Channel>) {
    self.channels = channels
    sources = [b, a].map { DeepRuns($0, channels) }
    zPlace = channels.firstIndex(of: .z)
    zBackPlace = channels.firstIndex(of: .zBack)
    alphaPlace = channels.firstIndex(of: .alpha)
    self.ids = channels.map(ids.contains)
  }

  /// The value of a channel of a sample.
  private func value(_ sample: DeepPixel.Sample, _ place: Int) -> Float {
    if let run = sources[sample.source].channels[place] { return run[sample.place] }
    return place == alphaPlace ? 1 : place == zBackPlace ? sample.z : 0
  }

  // MARK: Both

  /// All samples of both. Without hidden ones, those are left out that lie behind an opaque one.
  package func combined(_ rect: Rect, droppingHidden: Bool, _ pool: BlockPool) -> DeepTile? {
    let grid = pool.grid
    let counts = pool.allocate()
    counts.base.update(repeating: 0, count: grid.area)
    var pixel = DeepPixel()
    forEachPixel(rect, grid) { index in
      gather(index, droppingHidden, &pixel)
      counts.base[index] = Float(bitPattern: UInt32(pixel.samples.count))
    }
    guard let tile = DeepTile(counts: counts, area: grid.area, channels: channels, pool: pool)
    else { return nil }
    if tile.count == 0 { return tile }
    let runs = channels.map { tile[$0] }
    forEachPixel(rect, grid) { index in
      gather(index, droppingHidden, &pixel)
      pixel.sort()
      for (sample, place) in zip(pixel.samples, tile.samples(of: index)) {
        for channel in runs.indices { runs[channel]?[place] = value(sample, channel) }
      }
    }
    return tile
  }

  private func forEachPixel(_ rect: Rect, _ grid: TileGrid, _ body: (Int) -> Void) {
    for y in rect.y0..<rect.y1 {
      for x in rect.x0..<rect.x1 { body(grid.place(x: x, y: y)) }
    }
  }

  private func gather(_ index: Int, _ droppingHidden: Bool, _ pixel: inout DeepPixel) {
    pixel.removeAll()
    var end = Float.infinity
    if droppingHidden {
      for source in sources {
        for place in source.places(of: index) {
          let sample = source.sample(place)
          if sample.alpha == 1, sample.zBack < end { end = sample.zBack }
        }
      }
    }
    for (number, source) in sources.enumerated() {
      for place in source.places(of: index) {
        let sample = source.sample(place, source: number)
        if sample.z <= end { pixel.add(sample) }
      }
    }
  }

  // MARK: One held out by the other

  /// What is seen of b where a hides it. Its samples are cut where either's begin and end, and each piece has
  /// the colour and alpha that flattening the result gives just what of b is seen of both together: so what
  /// is seen of a and of b, each held out by the other, add up to both.
  package func heldOut(_ rect: Rect, most: Int, _ pool: BlockPool) -> DeepTile {
    var writer = DeepTileWriter(channels, most: most, pool: pool)
    var pixel = DeepPixel()
    forEachPixel(rect, pool.grid) { index in
      if sources[0].places(of: index).isEmpty { return }
      pixel.removeAll()
      for (number, source) in sources.enumerated() {
        pixel.add(source, pixel: index, source: number)
      }
      pixel.sort()
      var light = 1.0
      // What the pieces so far leave to be seen of those behind when the result is flattened.
      var left = 1.0
      pixel.sweep { slab, members in
        let alpha = light * sum(members) { Double($0.alpha) }
        if let first = members.first(where: { $0.sample.source == 0 && $0.weight != 0 })?.sample {
          writer.add(to: index) { channel in
            if channel == zPlace { return slab.z }
            if channel == zBackPlace { return slab.zBack }
            if channel == alphaPlace { return Float(min(1, alpha / left)) }
            if ids[channel] { return value(first, channel) }
            return Float(light * sum(members) { Double(value($0, channel)) } / left)
          }
        }
        light *= 1 - slab.alpha
        left -= alpha
        return light > 0 && left > 1e-9
      }
    }
    return writer.finish()
  }

  /// Adds up something of b's samples in a slab.
  private func sum(_ members: [DeepPixel.Member], _ value: (DeepPixel.Sample) -> Double) -> Double {
    var sum = 0.0
    for member in members where member.sample.source == 0 && member.weight != 0 {
      sum += member.weight * value(member.sample)
    }
    return sum
  }
}
