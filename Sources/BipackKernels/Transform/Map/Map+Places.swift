import BipackPixels

/// Where all pixels of a rectangle come from.
///
/// A chain of matrices and lenses is smooth: between points 8 pixels apart, whose places and derivatives are
/// exact, a cubic of Hermite's finds the others. The points lie at multiples of 8 of the row, so that a place is the same
/// whatever is asked for with it. At the middle of every 16 pixels the cubic over all of them is held against the
/// point there; where it is off by more than a ten-thousandth of a pixel (the cubics over 8 are 16 times better) the pixels are followed one by
/// one, and so they are near a horizon or a fold, and through pictures.
extension Map {
  /// Pixels between two points, and between two that are compared.
  private static let span = 8
  private static let block = 16
  private static let tolerance = 1e-4

  /// Nil where pictures would have to be read in too large a piece.
  func places(of rect: Rect, _ pictures: MapPictures, pool: BlockPool) -> Positions? {
    let places = Positions(rect, pool: pool)
    if parts.contains(where: { $0.picture != nil }) {
      return pull(places, pictures) ? places : nil
    }
    let left = Int((Double(rect.x0) / Double(Self.block)).rounded(.down)) * Self.block
    let blocks = (rect.x1 - left + Self.block - 1) / Self.block
    let row = 2 * blocks + 1
    let points = Positions(count: row * rect.height, pool: pool)
    for y in 0..<rect.height {
      for k in 0..<row {
        points.x[y * row + k] = Double(left + Self.span * k)
        points.y[y * row + k] = Double(rect.y0 + y) + 0.5
      }
    }
    _ = pull(points, .none)
    var rough: [Int] = []
    for y in 0..<rect.height {
      for block in 0..<blocks {
        let start = left + Self.block * block
        let point = y * row + 2 * block
        let line = y * rect.width - rect.x0
        let seen = max(start, rect.x0)..<min(start + Self.block, rect.x1)
        guard points.isSmooth(at: point, tolerance: Self.tolerance) else {
          rough += seen.map { line + $0 }
          continue
        }
        let middle = min(max(start + Self.span, seen.lowerBound), seen.upperBound)
        places.fill(line, seen.lowerBound..<middle, from: points, point, start: start)
        places.fill(
          line, middle..<seen.upperBound, from: points, point + 1, start: start + Self.span)
      }
    }
    if rough.isEmpty { return places }
    let exact = Positions(count: rough.count, pool: pool)
    for (i, place) in rough.enumerated() {
      exact.x[i] = places.x[place]
      exact.y[i] = places.y[place]
    }
    _ = pull(exact, .none)
    for (i, place) in rough.enumerated() { places.copy(place, from: exact, i) }
    return places
  }
}

extension Positions {
  /// Whether the cubic from a point to the one after the next goes through the one between.
  fileprivate func isSmooth(at a: Int, tolerance: Double) -> Bool {
    let (m, b) = (a + 1, a + 2)
    guard seen[a] != 0, seen[m] != 0, seen[b] != 0 else { return false }
    let x = (x[a] + x[b]) / 2 + 2 * (xx[a] - xx[b]) - x[m]
    let y = (y[a] + y[b]) / 2 + 2 * (yx[a] - yx[b]) - y[m]
    let (xs, ys) = ((xy[a] + xy[b]) / 2 - xy[m], (yy[a] + yy[b]) / 2 - yy[m])
    return x.magnitude < tolerance && y.magnitude < tolerance && xs.magnitude < 10 * tolerance
      && ys.magnitude < 10 * tolerance
  }

  /// Sets the pixels of `columns`, which lie between two points 8 apart, the first at `start`.
  fileprivate func fill(
    _ line: Int, _ columns: Range<Int>, from points: Positions, _ a: Int, start: Int
  ) {
    let b = a + 1
    let (x0, x1, x2, x3) = cubic(points.x[a], points.x[b], 8 * points.xx[a], 8 * points.xx[b])
    let (y0, y1, y2, y3) = cubic(points.y[a], points.y[b], 8 * points.yx[a], 8 * points.yx[b])
    let (across, acrossStep) = (points.xy[a], points.xy[b] - points.xy[a])
    let (down, downStep) = (points.yy[a], points.yy[b] - points.yy[a])
    for column in columns {
      let i = line + column
      let t = (Double(column - start) + 0.5) * 0.125
      x[i] = ((x3 * t + x2) * t + x1) * t + x0
      y[i] = ((y3 * t + y2) * t + y1) * t + y0
      xx[i] = ((3 * x3 * t + 2 * x2) * t + x1) * 0.125
      yx[i] = ((3 * y3 * t + 2 * y2) * t + y1) * 0.125
      xy[i] = across + t * acrossStep
      yy[i] = down + t * downStep
    }
  }

  @inline(__always)
  private func cubic(_ p: Double, _ q: Double, _ m: Double, _ n: Double) -> (
    Double, Double, Double, Double
  ) {
    (p, m, 3 * (q - p) - 2 * m - n, 2 * (p - q) + m + n)
  }

  fileprivate func copy(_ i: Int, from other: Positions, _ k: Int) {
    (x[i], y[i], seen[i]) = (other.x[k], other.y[k], other.seen[k])
    (xx[i], xy[i], yx[i], yy[i]) = (other.xx[k], other.xy[k], other.yx[k], other.yy[k])
  }
}
