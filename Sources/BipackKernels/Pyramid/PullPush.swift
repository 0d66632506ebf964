/// Fills what is unknown of a small picture from ever coarser means of what is known (Gortler et al.,
/// The Lumigraph, 1996).
///
/// Going down, values and weights are filtered by 1 2 1 and every second kept; coming up, a level
/// takes over from the one above where it has weight of its own, and the rest is joined by straight
/// lines.
struct PullPush {
  let width: Int
  let height: Int
  /// The weight from which a level stands for itself.
  var enough = 0.05

  private struct Level {
    var width: Int
    var height: Int
    var values: [SIMD3<Double>]
    var weights: [Double]
  }

  /// - Parameter values: already multiplied by `weights`.
  func fill(_ values: [SIMD3<Double>], _ weights: [Double]) -> [SIMD3<Double>] {
    var levels = [
      filtered(Level(width: width, height: height, values: values, weights: weights), step: 1)
    ]
    while let last = levels.last, last.width > 1 || last.height > 1 {
      levels.append(filtered(last, step: 2))
    }
    var (result, above) = ([SIMD3<Double>](), levels[levels.count - 1])
    for (index, level) in levels.reversed().enumerated() {
      let coarse = result
      result = level.values.indices.map { i in
        let weight = level.weights[i]
        let own = level.values[i] / Swift.max(weight, 1e-12)
        if index == 0 { return weight > 0 ? own : SIMD3() }
        let (x, y) = (i % level.width, i / level.width)
        let x1 = Swift.min((x + 1) >> 1, above.width - 1)
        let y1 = Swift.min((y + 1) >> 1, above.height - 1)
        let top = coarse[(y >> 1) * above.width + (x >> 1)] + coarse[(y >> 1) * above.width + x1]
        let bottom = coarse[y1 * above.width + (x >> 1)] + coarse[y1 * above.width + x1]
        let up = (top + bottom) / 4
        return up + (own - up) * Swift.min(weight / enough, 1)
      }
      above = level
    }
    return result
  }

  /// Filtered by 1 2 1 along both axes, zero outside.
  private func filtered(_ level: Level, step: Int) -> Level {
    let (w, h) = (level.width, level.height)
    let (width, height) = ((w + step - 1) / step, (h + step - 1) / step)
    var values = [SIMD3<Double>](repeating: SIMD3(), count: width * height)
    var weights = [Double](repeating: 0, count: width * height)
    for y in 0..<height {
      for x in 0..<width {
        var (value, weight) = (SIMD3<Double>(), 0.0)
        for dy in -1...1 {
          for dx in -1...1 {
            let (sx, sy) = (x * step + dx, y * step + dy)
            if sx < 0 || sy < 0 || sx >= w || sy >= h { continue }
            let tap = Double((2 - abs(dx)) * (2 - abs(dy))) / 16
            value += level.values[sy * w + sx] * tap
            weight += level.weights[sy * w + sx] * tap
          }
        }
        values[y * width + x] = value
        weights[y * width + x] = weight
      }
    }
    return Level(width: width, height: height, values: values, weights: weights)
  }
}
