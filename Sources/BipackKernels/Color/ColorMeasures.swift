import BipackPixels

/// One number of a colour, by which a luma keyer judges it. Inputs: red, green, blue.
package struct ColorMeasureKernel: PointKernel {
  package enum Measure: Sendable {
    case weighted(r: Float, g: Float, b: Float)
    case greatest
    case least
    /// (greatest - least) / greatest; 0 where the greatest is not above 0.
    case saturation
  }

  private let measure: Measure

  package init(_ measure: Measure) { self.measure = measure }

  package init(_ math: LuminanceMath) {
    measure = math.weights.map { .weighted(r: $0.r, g: $0.g, b: $0.b) } ?? .greatest
  }

  package func apply(_ strip: borrowing Strip) {
    let (r, g, b) = (strip.input(0), strip.input(1), strip.input(2))
    var out = strip.output(0)
    switch measure {
    case .weighted(let x, let y, let z):
      for i in 0..<strip.count { out[i] = r[i] * x + g[i] * y + b[i] * z }
    case .greatest:
      for i in 0..<strip.count {
        let high = r[i] > g[i] ? r[i] : g[i]
        out[i] = high > b[i] ? high : b[i]
      }
    case .least:
      for i in 0..<strip.count {
        let low = r[i] < g[i] ? r[i] : g[i]
        out[i] = low < b[i] ? low : b[i]
      }
    case .saturation:
      for i in 0..<strip.count {
        let (high, low) = (r[i] > g[i] ? r[i] : g[i], r[i] < g[i] ? r[i] : g[i])
        let (most, least) = (high > b[i] ? high : b[i], low < b[i] ? low : b[i])
        out[i] = most > 0 ? (most - least) / most : 0
      }
    }
  }
}

/// How far two colours are apart. Inputs: red, green, blue of one, then of the other.
package struct ColorDistanceKernel: PointKernel {
  package enum Norm: Sendable {
    /// The root of the sum of squares.
    case euclidean
    case sum
    case greatest
    /// The difference of the luminances.
    case weighted(r: Float, g: Float, b: Float)
  }

  private let norm: Norm

  package init(_ norm: Norm) { self.norm = norm }

  package func apply(_ strip: borrowing Strip) {
    let (r, g, b) = (strip.input(0), strip.input(1), strip.input(2))
    let (sr, sg, sb) = (strip.input(3), strip.input(4), strip.input(5))
    var out = strip.output(0)
    switch norm {
    case .euclidean:
      for i in 0..<strip.count {
        let (x, y, z) = (r[i] - sr[i], g[i] - sg[i], b[i] - sb[i])
        out[i] = (x * x + y * y + z * z).squareRoot()
      }
    case .sum:
      for i in 0..<strip.count {
        let (x, y, z) = (r[i] - sr[i], g[i] - sg[i], b[i] - sb[i])
        out[i] = x.magnitude + y.magnitude + z.magnitude
      }
    case .greatest:
      for i in 0..<strip.count {
        let x = (r[i] - sr[i]).magnitude
        let y = (g[i] - sg[i]).magnitude
        let z = (b[i] - sb[i]).magnitude
        let high = x > y ? x : y
        out[i] = high > z ? high : z
      }
    case .weighted(let x, let y, let z):
      for i in 0..<strip.count {
        out[i] = ((r[i] - sr[i]) * x + (g[i] - sg[i]) * y + (b[i] - sb[i]) * z).magnitude
      }
    }
  }
}
