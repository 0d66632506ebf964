/// Cubics one after the other, with what goes along with them: the way to the feather outline, and widths.
package struct Spline: Sendable, Hashable {
  /// What its points mean.
  package enum Basis: Sendable, Hashable {
    /// The line goes through the points, by their tangents.
    case bezier
    /// The points draw the line towards them: a uniform cubic B-spline. An open one begins and ends in its
    /// first and last point.
    case bSpline
  }

  package var basis: Basis
  package var isClosed: Bool
  package var points: [SplinePoint]

  package init(_ points: [SplinePoint], basis: Basis = .bezier, isClosed: Bool) {
    (self.points, self.basis, self.isClosed) = (points, basis, isClosed)
  }

  /// The cubics; one that stays in its place for a single point.
  package var cubics: [Cubic] {
    if points.isEmpty { return [] }
    if points.count == 1 { return [Cubic(points[0].knot)] }
    switch basis {
    case .bezier:
      let ends = isClosed ? points.dropFirst() + points.prefix(1) : points.dropFirst()
      return zip(points, ends).map { Cubic(from: $0, to: $1) }
    case .bSpline: return blended(points.map(\.knot))
    }
  }

  private func blended(_ knots: [Cubic.Place]) -> [Cubic] {
    let (first, last) = (knots[0], knots[knots.count - 1])
    let padded =
      isClosed
      ? [last] + knots + [first, knots[1 % knots.count]]
      : [first, first] + knots + [last, last]
    return (0..<(padded.count - 3)).map { i in
      let (p, q, r, s) = (padded[i], padded[i + 1], padded[i + 2], padded[i + 3])
      return Cubic(
        start: (p + 4 * q + r) / 6, leaving: (2 * q + r) / 3, arriving: (q + 2 * r) / 3,
        end: (q + 4 * r + s) / 6)
    }
  }
}

/// A point of a spline.
package struct SplinePoint: Sendable, Hashable {
  package var position: SIMD2<Double>
  /// The tangents towards the point before and the next, relative to the point.
  package var (left, right): (SIMD2<Double>, SIMD2<Double>) = (.zero, .zero)
  /// From the point to that of the feather outline; its tangents are longer by these than the point's own.
  package var (offset, offsetLeft, offsetRight): (SIMD2<Double>, SIMD2<Double>, SIMD2<Double>) = (
    .zero, .zero, .zero
  )
  /// How much further out the feather outline lies, square to the line.
  package var feather = 0.0
  /// Of a stroke.
  package var width = 0.0

  package init(_ x: Double, _ y: Double) { position = SIMD2(x, y) }

  fileprivate var knot: Cubic.Place {
    Cubic.Place(position.x, position.y, offset.x, offset.y, feather, width, 0, 0)
  }

  /// The knot at the end of a tangent: feather and width stay, so that they change softly along the line.
  fileprivate func handle(_ tangent: SIMD2<Double>, _ offset: SIMD2<Double>) -> Cubic.Place {
    knot + Cubic.Place(tangent.x, tangent.y, offset.x, offset.y, 0, 0, 0, 0)
  }

  fileprivate var isPlainAfter: Bool { right == .zero && offsetRight == .zero }
  fileprivate var isPlainBefore: Bool { left == .zero && offsetLeft == .zero }

  fileprivate var leaving: Cubic.Place { handle(right, offsetRight) }
  fileprivate var arriving: Cubic.Place { handle(left, offsetLeft) }
}

/// A cubic in its Bezier form.
package struct Cubic: Sendable {
  /// x, y, the way to the feather outline in x and y, feather, width.
  typealias Place = SIMD8<Double>

  var start: Place
  var leaving: Place
  var arriving: Place
  var end: Place

  fileprivate init(start: Place, leaving: Place, arriving: Place, end: Place) {
    (self.start, self.leaving, self.arriving, self.end) = (start, leaving, arriving, end)
  }

  fileprivate init(_ place: Place) {
    self.init(start: place, leaving: place, arriving: place, end: place)
  }

  fileprivate init(from a: SplinePoint, to b: SplinePoint) {
    self.init(start: a.knot, leaving: a.leaving, arriving: b.arriving, end: b.knot)
    // A straight line is walked evenly.
    if a.isPlainAfter, b.isPlainBefore {
      let third = (end - start) / 3 * Place(1, 1, 1, 1, 0, 0, 0, 0)
      (leaving, arriving) = (start + third, end - third)
    }
  }

  /// Part of the way from this one to another.
  func mixed(_ other: Cubic, _ t: Double) -> Cubic {
    Cubic(
      start: start + (other.start - start) * t, leaving: leaving + (other.leaving - leaving) * t,
      arriving: arriving + (other.arriving - arriving) * t, end: end + (other.end - end) * t)
  }

  /// The place at `t`, 0 to 1.
  func place(_ t: Double) -> Place {
    let s = 1 - t
    let (a, b) = (start * (s * s * s), leaving * (3 * s * s * t))
    return (a + b) + (arriving * (3 * s * t * t) + end * (t * t * t))
  }

  /// Its points at equal steps, without the last, each moved outwards by two thirds of how far the straight lines
  /// between them would stray inwards: so they enclose the same area.
  func places(_ count: Int) -> [Place] {
    let (first, second) = (start - 2 * leaving + arriving, leaving - 2 * arriving + end)
    let share = 1 / Double(2 * count * count)
    return (0..<count).map { i in
      let t = Double(i) / Double(count)
      var place = place(t)
      let bend = first * (1 - t) + second * t
      let way = direction(t)
      // What is along the line does not stray.
      let stray = (bend[0] * way.left.x + bend[1] * way.left.y) * share
      place[0] -= way.left.x * stray
      place[1] -= way.left.y * stray
      return place
    }
  }

  /// Where it goes at `t`, of length 1; nothing where it stands.
  private func direction(_ t: Double) -> SIMD2<Double> {
    let s = 1 - t
    let way =
      (leaving - start) * (s * s) + (arriving - leaving) * (2 * s * t) + (end - arriving) * (t * t)
    return SIMD2(way[0], way[1]).direction
  }

  /// Into how many straight lines it must be cut to stray by `tolerance` at most (Wang 1984), where `scale` is how
  /// much larger it is shown.
  func pieces(tolerance: Double, scale: Double) -> Int {
    func bend(_ a: Place, _ b: Place, _ c: Place) -> Double {
      let d = a - 2 * b + c
      let line = (d[0] * d[0] + d[1] * d[1]).squareRoot()
      let feather = (d[2] * d[2] + d[3] * d[3]).squareRoot() + d[4].magnitude
      return line + feather + d[5].magnitude
    }
    let most = max(bend(start, leaving, arriving), bend(leaving, arriving, end)) * scale
    let count = (0.75 * most / tolerance).squareRoot().rounded(.up)
    return count < 1 ? 1 : count < Double(Self.mostPieces) ? Int(count) : Self.mostPieces
  }

  static let mostPieces = 2048

  /// Its corners, within which it stays.
  static let corners = 0..<4

  subscript(corner: Int) -> Place {
    switch corner {
    case 0: start
    case 1: leaving
    case 2: arriving
    default: end
    }
  }
}
