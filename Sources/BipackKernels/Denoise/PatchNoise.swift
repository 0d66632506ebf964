import BipackPixels
import CVector

/// How strong noise is in each number of a patch's basis of cosines, in each of the three planes of `NoiseSpace`. Noise that is
/// coarser than a pixel is strong in the slow waves and weak in the quick ones (Mäkinen, Azzari & Foi, *Collaborative filtering of
/// correlated noise*, 2020).
package struct PatchNoise: Sendable, Hashable {
  private static let side = Int(BP_DENOISE_PATCH)
  /// Numbers of a patch.
  static let count = side * side

  /// Of three planes, each number's variance: waves across, and for each the waves down.
  let variances: [Float]
  /// The deviation of brightness.
  let brightness: Float

  /// The same in every number: each pixel has noise of its own.
  package init(even sigma: Double) {
    variances = [Float](repeating: Float(sigma * sigma), count: 3 * Self.count)
    brightness = Float(sigma)
  }

  /// Noise whose red, green and blue have these deviations, and go together like this.
  package init(deviations: [Double], _ correlation: GrainCorrelation) {
    let overlaps = (0..<Self.side).map { Self.overlaps($0) }
    /// A pair's share in a number: products of pixels, as often as the waves have them.
    let shares = GrainCorrelation.pairs.indices.map { pair in
      (0..<Self.count).map { number in
        let (across, down) = (overlaps[number / Self.side], overlaps[number % Self.side])
        var sum = 0.0
        for dy in 1 - Self.side..<Self.side {
          for dx in 1 - Self.side..<Self.side {
            sum += correlation.value(pair, dx, dy) * across[abs(dx)] * down[abs(dy)]
          }
        }
        return sum
      }
    }
    var found: [Float] = []
    for row in NoiseSpace.rows {
      let weights = GrainCorrelation.pairs.map { a, b in
        (a == b ? 1 : 2) * row[a] * row[b] * deviations[a] * deviations[b]
      }
      let plane = (0..<Self.count).map { number in
        zip(weights, shares).reduce(0) { $0 + $1.0 * $1.1[number] }
      }
      let mean = max(plane.reduce(0, +) / Double(Self.count), 1e-12)
      // A measured correlation may come to less than nothing.
      found += plane.map { Float(max($0, 1e-3 * mean)) }
    }
    variances = found
    brightness = (found[..<Self.count].reduce(0, +) / Float(Self.count)).squareRoot()
  }

  /// Of a wave of the orthonormal cosines: the sum of its products with itself moved by each distance.
  private static func overlaps(_ frequency: Int) -> [Double] {
    let wave = (0..<side).map { place in
      (Double(frequency == 0 ? 1 : 2) / Double(side)).squareRoot()
        * PortableMath.cos(.pi * (Double(place) + 0.5) * Double(frequency) / Double(side))
    }
    return (0..<side).map { distance in
      (0..<side - distance).reduce(0) { $0 + wave[$1] * wave[$1 + distance] }
    }
  }
}
