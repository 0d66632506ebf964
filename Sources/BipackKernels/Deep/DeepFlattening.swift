import BipackPixels

/// A deep tile made a picture: the samples of each pixel, tidied, over one another from front to back.
package struct DeepFlattening {
  /// What a depth of a flat pixel is.
  package enum Depth {
    /// Where the nearest sample begins that hides anything.
    case nearest
    /// The mean of what is seen, weighted by how much it hides.
    case mean
  }

  private let runs: DeepRuns
  private let depth: Depth?
  /// Where the alpha is among the channels: what is hidden, not a sum of what samples say.
  private let alphaPlace: Int?
  private var pixel = DeepPixel()
  private var sums: [Double]

  /// The channels are colours; with a `depth` there is one more output behind theirs.
  package init(_ tile: DeepTile?, _ channels: [Channel], depth: Depth?) {
    runs = DeepRuns(tile, channels)
    self.depth = depth
    alphaPlace = channels.firstIndex(of: .alpha)
    sums = [Double](repeating: 0, count: channels.count)
  }

  /// Fills `outputs` with what is in `rect`, which lies in the tile.
  package mutating func flatten(_ rect: Rect, _ grid: TileGrid, into outputs: [PlaneView]) {
    if runs.isEmpty {
      for output in outputs { output.fill(0) }
      return
    }
    for y in rect.y0..<rect.y1 {
      for x in rect.x0..<rect.x1 {
        let found = flatten(pixel: grid.place(x: x, y: y))
        for channel in sums.indices {
          outputs[channel].row(y)[x - outputs[channel].rect.x0] = Float(sums[channel])
        }
        if depth != nil, let last = outputs.last { last.row(y)[x - last.rect.x0] = found }
      }
    }
  }

  /// Leaves the colours of a pixel in `sums` and gives its depth.
  private mutating func flatten(pixel index: Int) -> Float {
    for channel in sums.indices { sums[channel] = 0 }
    pixel.removeAll()
    pixel.add(runs, pixel: index)
    pixel.sort()
    var light = 1.0
    var (nearest, mean, hidden): (Float?, Double, Double) = (nil, 0, 0)
    pixel.sweep { slab, members in
      for channel in sums.indices {
        guard channel != alphaPlace, let run = runs.channels[channel] else { continue }
        var color = 0.0
        for member in members where member.weight != 0 {
          color += member.weight * Double(run[member.sample.place])
        }
        sums[channel] += light * color
      }
      if let alphaPlace { sums[alphaPlace] += light * slab.alpha }
      if slab.alpha > 0 {
        nearest = nearest ?? slab.z
        mean += light * slab.alpha * (Double(slab.z) + Double(slab.zBack)) / 2
        hidden += light * slab.alpha
      }
      light *= 1 - slab.alpha
      // Nothing behind is seen.
      return light > 0
    }
    switch depth {
    case .nearest: return nearest ?? 0
    case .mean: return hidden > 0 ? Float(mean / hidden) : 0
    case nil: return 0
    }
  }
}
