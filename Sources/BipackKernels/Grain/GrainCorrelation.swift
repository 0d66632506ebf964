import BipackPixels

/// How grain at one pixel goes with grain at another: of red, green and blue each with itself (1 at no distance), then of
/// red with green, red with blue and green with blue. It is the same both ways along a line.
package struct GrainCorrelation: Sendable, Hashable {
  /// The channels of each part.
  package static let pairs = [(0, 0), (1, 1), (2, 2), (0, 1), (0, 2), (1, 2)]
  /// Further away nothing goes together.
  package static let furthest = 15

  /// How far it reaches, in pixels.
  package let reach: Int
  /// For each pair rows of distances down, 0 to `reach`, each of distances to the right, -`reach` to `reach`.
  package private(set) var values: [Double]

  package init(reach: Int, _ value: (_ pair: Int, _ dx: Int, _ dy: Int) -> Double) {
    self.reach = reach
    values = Self.pairs.indices.flatMap { pair in
      (0...reach).flatMap { dy in (-reach...reach).map { dx in value(pair, dx, dy) } }
    }
  }

  /// The numbers as `values` has them; nil when there are too few or too many for any reach.
  package init?(_ values: [Double]) {
    guard let reach = (0...Self.furthest).first(where: { Self.count($0) == values.count }) else {
      return nil
    }
    (self.reach, self.values) = (reach, values)
  }

  /// Grain of one size in every channel: a bell of this standard deviation around each random number. Channels go together
  /// by `alike`.
  package init(size: Double, alike: Double) {
    let size = min(size, Double(Self.furthest) / 4)
    let reach = Int((4 * size).rounded(.up))
    self.init(reach: reach) { pair, dx, dy in
      let square = Double(dx * dx + dy * dy)
      let near = square == 0 ? 1 : size > 0 ? PortableMath.exp(-square / (4 * size * size)) : 0
      return (pair < 3 ? 1 : alike) * near
    }
  }

  package static func count(_ reach: Int) -> Int { pairs.count * (reach + 1) * (2 * reach + 1) }

  /// Of a pair at a distance; 0 beyond the reach.
  package func value(_ pair: Int, _ dx: Int, _ dy: Int) -> Double {
    let (dx, dy) = dy < 0 ? (-dx, -dy) : (dx, dy)
    if dy > reach || abs(dx) > reach { return 0 }
    return values[(pair * (reach + 1) + dy) * (2 * reach + 1) + reach + dx]
  }

  /// Between whole distances.
  private func value(_ pair: Int, _ dx: Double, _ dy: Double) -> Double {
    let (x, y) = (dx.rounded(.down), dy.rounded(.down))
    let (s, t) = (dx - x, dy - y)
    let (i, j) = (Int(x), Int(y))
    let above = value(pair, i, j) * (1 - s) + value(pair, i + 1, j) * s
    let below = value(pair, i, j + 1) * (1 - s) + value(pair, i + 1, j + 1) * s
    return above * (1 - t) + below * t
  }

  /// Of grain that is `factor` times as large.
  package func enlarged(_ factor: Double) -> GrainCorrelation {
    if factor == 1 { return self }
    let reach = min(Self.furthest, Int((Double(reach + 1) * factor).rounded(.up)))
    return GrainCorrelation(reach: reach) { value($0, Double($1) / factor, Double($2) / factor) }
  }

  /// Of the means of squares of `side` pixels, and what is left there of each channel's deviation.
  package func averaged(_ side: Int) -> (correlation: GrainCorrelation, share: [Double]) {
    if side <= 1 { return (self, [1, 1, 1]) }
    let steps = -(side - 1)...(side - 1)
    func covariance(_ pair: Int, _ dx: Int, _ dy: Int) -> Double {
      var sum = 0.0
      for j in steps {
        for i in steps {
          let weight = Double((side - abs(i)) * (side - abs(j)))
          sum += weight * value(pair, side * dx + i, side * dy + j)
        }
      }
      return sum / Double(side * side * side * side)
    }
    let share = (0..<3).map { max(covariance($0, 0, 0), 1e-12).squareRoot() }
    let correlation = GrainCorrelation(reach: (reach + side - 1) / side) { pair, dx, dy in
      let (a, b) = Self.pairs[pair]
      return covariance(pair, dx, dy) / (share[a] * share[b])
    }
    return (correlation, share)
  }
}
