/// The motion that takes points to others best, by least squares.
package enum MotionFit {
  /// From points to where they went; pairs with a weight of 0 do not count. Nil where there are too few, or they lie
  /// on a line.
  package static func fit(
    _ model: MotionModel,
    _ pairs: [(from: (x: Double, y: Double), to: (x: Double, y: Double), weight: Double)]
  ) -> Matrix3? {
    let pairs = pairs.filter { $0.weight > 0 }
    guard pairs.count * 2 >= model.unknowns, let first = pairs.first else { return nil }
    // Coordinates of about 1 around the middle.
    let total = pairs.reduce(0) { $0 + $1.weight }
    let middle = (
      x: pairs.reduce(0) { $0 + $1.weight * $1.from.x } / total,
      y: pairs.reduce(0) { $0 + $1.weight * $1.from.y } / total
    )
    let goal = (
      x: pairs.reduce(0) { $0 + $1.weight * $1.to.x } / total,
      y: pairs.reduce(0) { $0 + $1.weight * $1.to.y } / total
    )
    if model == .translation { return .translation(goal.x - middle.x, goal.y - middle.y) }
    let spread = pairs.reduce(0) {
      max($0, abs($1.from.x - middle.x), abs($1.from.y - middle.y))
    }
    guard spread > 1e-6, first.weight.isFinite else { return nil }
    let (before, after) = (
      Matrix3.scale(1 / spread, 1 / spread) * .translation(-middle.x, -middle.y),
      Matrix3.translation(goal.x, goal.y) * .scale(spread, spread)
    )
    let count = model.unknowns
    var (matrix, right) = (
      [Double](repeating: 0, count: count * count), [Double](repeating: 0, count: count)
    )
    for pair in pairs {
      let (x, y) = ((pair.from.x - middle.x) / spread, (pair.from.y - middle.y) / spread)
      let (u, v) = ((pair.to.x - goal.x) / spread, (pair.to.y - goal.y) / spread)
      for (row, value) in rows(model, x, y, u, v) {
        for a in 0..<count {
          right[a] += pair.weight * row[a] * value
          for b in 0..<count { matrix[a * count + b] += pair.weight * row[a] * row[b] }
        }
      }
    }
    guard let p = LinearSystem(matrix: matrix, right: right).solved(), p.allSatisfy(\.isFinite)
    else {
      return nil
    }
    let inner: Matrix3 =
      switch model {
      case .translation, .similarity: Matrix3([p[2], -p[3], p[0], p[3], p[2], p[1], 0, 0, 1])
      case .affine: Matrix3([p[2], p[3], p[0], p[4], p[5], p[1], 0, 0, 1])
      case .homography: Matrix3([p[2], p[3], p[0], p[4], p[5], p[1], p[6], p[7], 1])
      }
    let result = after * inner * before
    guard result.isFinite, result.inverse != nil else { return nil }
    return result.normalized
  }

  private static func rows(
    _ model: MotionModel, _ x: Double, _ y: Double, _ u: Double, _ v: Double
  ) -> [([Double], Double)] {
    switch model {
    case .translation: []
    case .similarity: [([1, 0, x, -y], u), ([0, 1, y, x], v)]
    case .affine: [([1, 0, x, y, 0, 0], u), ([0, 1, 0, 0, x, y], v)]
    case .homography:
      [([1, 0, x, y, 0, 0, -u * x, -u * y], u), ([0, 1, 0, 0, x, y, -v * x, -v * y], v)]
    }
  }

  /// The motion of a model that moves the corners of a rectangle most like `matrix`.
  package static func reduced(_ matrix: Matrix3, to model: MotionModel, over rect: RealRect)
    -> Matrix3?
  {
    if model == .homography { return matrix }
    var pairs: [(from: (x: Double, y: Double), to: (x: Double, y: Double), weight: Double)] = []
    for (x, y) in [(rect.x0, rect.y0), (rect.x1, rect.y0), (rect.x1, rect.y1), (rect.x0, rect.y1)] {
      guard let to = matrix.apply(x, y) else { return nil }
      pairs.append(((x, y), to, 1))
    }
    return fit(model, pairs)
  }
}
