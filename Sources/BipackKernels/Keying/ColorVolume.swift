import BipackPixels

/// A screen as a volume of colours, and how far out of it a colour is subject: the matte of a 3D keyer
/// (in the manner of Primatte's nested hulls).
///
/// Colours are compared as lightness (`LightnessKernel`), channel by channel. Samples of the screen have
/// a mean and a covariance there, which make an ellipsoid: scaled so that it holds the samples it is the
/// inner volume, and inside the matte is 0. Measured in its own radii a colour lies at a distance m in a
/// direction u. The outer volume begins at `outer` radii, but where samples of the subject are nearer it
/// is drawn in to them, fully in their direction and less and less up to 45 degrees beside it. Outside
/// the matte is 1; between the two it rises with m. The outer radius lies in a table over directions,
/// folded out as an octahedron (Meyer et al., On floating-point normal vectors, 2010) and read with
/// straight lines between its points, so the matte is continuous everywhere.
package struct ColorVolume: Sendable, Equatable {
  /// Points of the table along each side.
  package static let side = 33
  /// Numbers a volume is made of: mean, lower triangle of what whitens, table.
  package static let count = 3 + 6 + side * side

  /// How volumes are made.
  package struct Settings: Sendable, Hashable {
    /// Lightness by which samples are uncertain anyway, so that a single one is a volume.
    package var tolerance: Double
    /// Scales the inner volume.
    package var inner: Double
    /// The outer volume's size in inner radii where no sample says otherwise.
    package var outer: Double
    /// The share of samples that may be wrong, as from a rough matte.
    package var outliers: Double

    package init(
      tolerance: Double = 0.02, inner: Double = 1, outer: Double = 3, outliers: Double = 0
    ) {
      self.tolerance = tolerance
      self.inner = inner
      self.outer = outer
      self.outliers = outliers
    }
  }

  /// The numbers, in the order of `count`.
  package let numbers: [Float]

  package init(numbers: [Float]) {
    precondition(numbers.count == Self.count)
    self.numbers = numbers
  }

  /// Nil without samples of the screen. Samples are lightnesses.
  package init?(screen: [SIMD3<Double>], subject: [SIMD3<Double>], settings: Settings) {
    let screen = screen.filter(Self.isUsable)
    guard !screen.isEmpty else { return nil }
    let mean = screen.reduce(SIMD3()) { $0 + $1 } / Double(screen.count)
    let shape = Self.whitening(screen, mean, settings.tolerance)
    let distances = screen.map { Self.length(Self.apply(shape, $0 - mean)) }.sorted()
    let kept = Int((Double(distances.count - 1) * (1 - settings.outliers)).rounded())
    // Two deviations at least: of a few samples the farthest says little.
    let radius = Swift.max(distances[kept], 2) * Swift.max(settings.inner, 1e-3)
    let scaled = shape.map { $0 / radius }
    var others = subject.filter(Self.isUsable).map { sample -> (SIMD3<Double>, Double) in
      let place = Self.apply(scaled, sample - mean)
      let length = Self.length(place)
      return (length > 0 ? place / length : SIMD3(1, 0, 0), length)
    }
    others.sort { $0.1 < $1.1 }
    others.removeFirst(Int(Double(others.count) * settings.outliers))
    numbers =
      [mean.x, mean.y, mean.z].map { Float($0) } + scaled.map { Float($0) }
      + Self.table(others, settings.outer)
  }

  private static func isUsable(_ color: SIMD3<Double>) -> Bool {
    abs(color.x) < 1e3 && abs(color.y) < 1e3 && abs(color.z) < 1e3
  }

  private static func length(_ v: SIMD3<Double>) -> Double { (v * v).sum().squareRoot() }

  /// Lower triangle times a vector.
  private static func apply(_ w: [Double], _ v: SIMD3<Double>) -> SIMD3<Double> {
    SIMD3(w[0] * v.x, w[1] * v.x + w[2] * v.y, w[3] * v.x + w[4] * v.y + w[5] * v.z)
  }

  /// The inverse of the covariance's Cholesky factor: what makes the samples a unit ball.
  private static func whitening(
    _ samples: [SIMD3<Double>], _ mean: SIMD3<Double>, _ tolerance: Double
  ) -> [Double] {
    var (xx, xy, xz, yy, yz, zz) = (0.0, 0.0, 0.0, 0.0, 0.0, 0.0)
    for sample in samples {
      let d = sample - mean
      xx += d.x * d.x
      xy += d.x * d.y
      xz += d.x * d.z
      yy += d.y * d.y
      yz += d.y * d.z
      zz += d.z * d.z
    }
    let count = Double(samples.count)
    let floor = Swift.max(tolerance * tolerance, 1e-8)
    let a = (xx / count + floor).squareRoot()
    let (b, c) = (xy / count / a, xz / count / a)
    let d = Swift.max(yy / count + floor - b * b, 1e-12).squareRoot()
    let e = (yz / count - b * c) / d
    let f = Swift.max(zz / count + floor - c * c - e * e, 1e-12).squareRoot()
    // L = (a; b d; c e f), and its inverse.
    return [
      1 / a, -b / (a * d), 1 / d, (b * e - c * d) / (a * d * f), -e / (d * f), 1 / f,
    ]
  }

  private static func table(_ subject: [(SIMD3<Double>, Double)], _ outer: Double) -> [Float] {
    let far = Swift.max(outer, least)
    let near = subject.filter { $0.1 < far }
    return (0..<side * side).map { i in
      let direction = direction(i % side, i / side)
      return Float(
        near.reduce(far) { radius, sample in
          let cosine = (sample.0 * direction).sum()
          let t = (cosine - 0.5.squareRoot()) / (1 - 0.5.squareRoot())
          if t <= 0 { return radius }
          let share = t < 1 ? t * t * (3 - 2 * t) : 1
          return Swift.min(radius, Swift.max(far + (sample.1 - far) * share, least))
        })
    }
  }

  /// The least thickness left between the volumes, for samples that contradict each other.
  private static let least = 1.05

  /// Where a point of the table looks.
  private static func direction(_ x: Int, _ y: Int) -> SIMD3<Double> {
    let half = Double(side - 1) / 2
    let (u, v) = (Double(x) / half - 1, Double(y) / half - 1)
    let z = 1 - abs(u) - abs(v)
    let outside = z < 0
    let place = SIMD3(
      outside ? (1 - abs(v)) * (u < 0 ? -1 : 1) : u,
      outside ? (1 - abs(u)) * (v < 0 ? -1 : 1) : v, z)
    return place / length(place)
  }
}

extension ColorVolume {
  /// The matte of a row of lightnesses.
  package func matte(
    _ r: UnsafePointer<Float>, _ g: UnsafePointer<Float>, _ b: UnsafePointer<Float>, count: Int,
    softness: Float, into out: UnsafeMutablePointer<Float>
  ) {
    numbers.withUnsafeBufferPointer { numbers in
      guard let base = numbers.baseAddress else { return }
      let (w, table) = (base + 3, base + 9)
      let half = Float(Self.side - 1) / 2
      let last = Float(Self.side - 2)
      for i in 0..<count {
        let (dx, dy, dz) = (r[i] - base[0], g[i] - base[1], b[i] - base[2])
        let x = w[0] * dx
        let y = w[1] * dx + w[2] * dy
        let z = w[3] * dx + w[4] * dy + w[5] * dz
        let m = (x * x + y * y + z * z).squareRoot()
        // Inside, endlessly far out, or not a colour: no direction is needed.
        guard m > 1 else {
          out[i] = m <= 1 ? 0 : m
          continue
        }
        guard m < 1e15 else {
          out[i] = 1
          continue
        }
        let sum = x.magnitude + y.magnitude + z.magnitude
        let (px, py) = (x / sum, y / sum)
        let u = z < 0 ? (1 - py.magnitude) * (px < 0 ? -1 : 1) : px
        let v = z < 0 ? (1 - px.magnitude) * (py < 0 ? -1 : 1) : py
        let (s, t) = ((u + 1) * half, (v + 1) * half)
        let left = s < 0 ? 0 : s > last ? last : s.rounded(.down)
        let top = t < 0 ? 0 : t > last ? last : t.rounded(.down)
        let (fx, fy) = (s - left, t - top)
        let cell = table + Int(top) * Self.side + Int(left)
        let above = cell[0] + (cell[1] - cell[0]) * fx
        let below = cell[Self.side] + (cell[Self.side + 1] - cell[Self.side]) * fx
        let radius = above + (below - above) * fy
        let rise = (m - 1) / (radius - 1)
        let share = rise < 1 ? rise : 1
        out[i] = share + softness * (share * share * (3 - 2 * share) - share)
      }
    }
  }
}
