/// A quadratic in two variables through scattered values, whatever outliers there are among them:
/// least squares, four times, each time without what lies more than three deviations off.
struct Quadratic {
  /// Of 1, x, y, xx, xy, yy.
  private var terms: (Double, Double, Double, Double, Double, Double)

  init(through values: [Double], at places: [SIMD2<Double>]) {
    let count = Double(Swift.max(1, values.count))
    terms = (values.reduce(0, +) / count, 0, 0, 0, 0, 0)
    var weights = [Double](repeating: 1, count: values.count)
    for _ in 0..<4 {
      guard let solved = Moments(values, weights, places).solved() else { break }
      terms = (solved[0], solved[1], solved[2], solved[3], solved[4], solved[5])
      var errors = values
      for i in errors.indices { errors[i] = abs(values[i] - value(at: places[i])) }
      let limit = 3 * 1.4826 * errors.median + 1e-6
      for i in errors.indices { weights[i] = errors[i] < limit ? 1 : 0 }
    }
  }

  func value(at place: SIMD2<Double>) -> Double {
    let (x, y) = (place.x, place.y)
    return terms.0 + terms.1 * x + terms.2 * y + terms.3 * x * x + terms.4 * x * y
      + terms.5 * y * y
  }

  /// The sums the normal equations are made of: of all products of two terms, and of terms and values.
  private struct Moments {
    /// Of x^i y^j, at 5 j + i.
    private var products = [Double](repeating: 0, count: 25)
    private var right = [Double](repeating: 0, count: 6)
    private static let powers = [(0, 0), (1, 0), (0, 1), (2, 0), (1, 1), (0, 2)]

    init(_ values: [Double], _ weights: [Double], _ places: [SIMD2<Double>]) {
      var (one, x1, x2, x3, x4) = (0.0, 0.0, 0.0, 0.0, 0.0)
      var (y1, xy, xxy, xxxy, y2, xyy, xxyy) = (0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0)
      var (y3, xyyy, y4) = (0.0, 0.0, 0.0)
      var (v, vx, vy, vxx, vxy, vyy) = (0.0, 0.0, 0.0, 0.0, 0.0, 0.0)
      for n in values.indices {
        let (x, y, w) = (places[n].x, places[n].y, weights[n])
        let (wx, wy, xx, yy) = (w * x, w * y, x * x, y * y)
        one += w
        x1 += wx
        x2 += w * xx
        x3 += wx * xx
        x4 += w * xx * xx
        y1 += wy
        xy += wx * y
        xxy += wy * xx
        xxxy += wx * xx * y
        y2 += w * yy
        xyy += wx * yy
        xxyy += w * xx * yy
        y3 += wy * yy
        xyyy += wx * yy * y
        y4 += w * yy * yy
        let u = w * values[n]
        v += u
        vx += u * x
        vy += u * y
        vxx += u * xx
        vxy += u * x * y
        vyy += u * yy
      }
      products.replaceSubrange(0..<5, with: [one, x1, x2, x3, x4])
      products.replaceSubrange(5..<9, with: [y1, xy, xxy, xxxy])
      products.replaceSubrange(10..<13, with: [y2, xyy, xxyy])
      products.replaceSubrange(15..<17, with: [y3, xyyy])
      products[20] = y4
      right = [v, vx, vy, vxx, vxy, vyy]
    }

    func solved() -> [Double]? {
      let matrix = Self.powers.flatMap { a in
        Self.powers.map { b in products[5 * (a.1 + b.1) + a.0 + b.0] }
      }
      return LinearSystem(matrix: matrix, right: right).solved()
    }
  }
}
