import BipackPixels

/// The filters that make grain of a correlation out of independent random numbers: each channel is the sum of three
/// planes of them, each seen through a square filter of its own.
///
/// The correlation's transform is the grain's spectrum, at each frequency a matrix of three channels; the filters are the transform
/// of its root. What is negative in a spectrum (a measured one is not exact) counts as 0. (Newson et al., *A stochastic film
/// grain model*, 2017, and Galerne, Gousseau & Morel, *Random phase textures*, 2011, make textures this way.)
package struct GrainFilter: Sendable {
  /// Pixels along a side.
  package let side: Int
  /// Three for each channel, rows one after the other; nil is a filter of zeros.
  package let filters: [[Float]?]

  package var reach: Int { side / 2 }

  /// Frequencies along an axis.
  private static let count = 32
  /// All of them, and all places of a filter.
  private static let frequencies = 0...(count - 1)
  private static let places = -GrainCorrelation.furthest...GrainCorrelation.furthest

  package init(_ correlation: GrainCorrelation) {
    let roots = Self.roots(correlation)
    let furthest = GrainCorrelation.furthest
    // Filters that go together in pairs are the same.
    let planes = roots.map { root in
      Self.transform(root, Self.frequencies, to: Self.places).map {
        $0 / Double(Self.count * Self.count)
      }
    }
    let full = 2 * furthest + 1
    func energy(_ plane: [Double], within reach: Int) -> Double {
      var sum = 0.0
      for y in -reach...reach {
        for x in -reach...reach {
          let value = plane[(y + furthest) * full + x + furthest]
          sum += value * value
        }
      }
      return sum
    }
    let total = planes.reduce(0) { $0 + energy($1, within: furthest) }
    let reach =
      (0...furthest).first { reach in
        planes.reduce(0) { $0 + energy($1, within: reach) } >= (1 - 1e-5) * total
      } ?? furthest
    side = 2 * reach + 1
    func part(_ channel: Int, _ plane: Int) -> Int {
      GrainCorrelation.pairs.firstIndex {
        $0 == (min(channel, plane), max(channel, plane))
      } ?? 0
    }
    filters = (0..<3).flatMap { channel in
      let parts = (0..<3).map { planes[part(channel, $0)] }
      let energies = parts.map { energy($0, within: reach) }
      let scale = 1 / max(energies.reduce(0, +), 1e-30).squareRoot()
      return zip(parts, energies).map { plane, energy -> [Float]? in
        if energy * scale * scale < 1e-7 { return nil }
        return (-reach...reach).flatMap { y in
          (-reach...reach).map { x in Float(scale * plane[(y + furthest) * full + x + furthest]) }
        }
      }
    }
  }

  /// The root of the spectrum, one plane for each pair.
  private static func roots(_ correlation: GrainCorrelation) -> [[Double]] {
    let near = -correlation.reach...correlation.reach
    let spectra = GrainCorrelation.pairs.indices.map { pair in
      transform(
        near.flatMap { y in near.map { x in correlation.value(pair, x, y) } }, near, to: frequencies
      )
    }
    var roots = spectra
    for place in 0..<count * count {
      let root = SymmetricRoot(spectra.map { $0[place] })
      for pair in roots.indices { roots[pair][place] = root.values[pair] }
    }
    return roots
  }

  /// Fourier's transform of a square that is the same seen from its other side, rows after one another: the sum of
  /// value(x, y) cos(2 pi (u x + v y) / count), along the rows first.
  private static func transform(
    _ values: [Double], _ from: ClosedRange<Int>, to: ClosedRange<Int>
  ) -> [Double] {
    let width = from.count
    var cosines: [Double] = []
    var sines: [Double] = []
    for u in to {
      for x in from {
        let angle = 2 * .pi * Double((u * x) & (count - 1)) / Double(count)
        cosines.append(PortableMath.cos(angle))
        sines.append(PortableMath.sin(angle))
      }
    }
    func row(_ table: [Double], _ u: Int, _ y: Int) -> Double {
      (0..<width).reduce(0) { $0 + values[y * width + $1] * table[u * width + $1] }
    }
    var (even, odd) = ([Double](), [Double]())
    for u in 0..<to.count {
      for y in 0..<width {
        even.append(row(cosines, u, y))
        odd.append(row(sines, u, y))
      }
    }
    return (0..<to.count).flatMap { v in
      (0..<to.count).map { u in
        (0..<width).reduce(0) { sum, y in
          sum + even[u * width + y] * cosines[v * width + y] - odd[u * width + y]
            * sines[v * width + y]
        }
      }
    }
  }
}

/// The root of a symmetric matrix of three rows, given and found as its numbers 00, 11, 22, 01, 02, 12. Eigenvalues below 0
/// count as 0.
struct SymmetricRoot {
  let values: [Double]

  /// By Jacobi's turns: each makes one number beside the diagonal 0.
  init(_ m: [Double]) {
    var a = [[m[0], m[3], m[4]], [m[3], m[1], m[5]], [m[4], m[5], m[2]]]
    var v: [[Double]] = [[1, 0, 0], [0, 1, 0], [0, 0, 1]]
    for _ in 0..<12 {
      for (p, q) in [(0, 1), (0, 2), (1, 2)] where a[p][q] != 0 {
        let theta = (a[q][q] - a[p][p]) / (2 * a[p][q])
        let t = (theta < 0 ? -1 : 1) / (abs(theta) + (theta * theta + 1).squareRoot())
        let c = 1 / (t * t + 1).squareRoot()
        let s = t * c
        for k in 0..<3 {
          (a[k][p], a[k][q]) = (c * a[k][p] - s * a[k][q], s * a[k][p] + c * a[k][q])
        }
        for k in 0..<3 {
          (a[p][k], a[q][k]) = (c * a[p][k] - s * a[q][k], s * a[p][k] + c * a[q][k])
        }
        for k in 0..<3 {
          (v[k][p], v[k][q]) = (c * v[k][p] - s * v[k][q], s * v[k][p] + c * v[k][q])
        }
        (a[p][q], a[q][p]) = (0, 0)
      }
    }
    let roots = (0..<3).map { max(0, a[$0][$0]).squareRoot() }
    values = GrainCorrelation.pairs.map { i, j in
      (0..<3).reduce(0) { $0 + v[i][$1] * v[j][$1] * roots[$1] }
    }
  }
}
