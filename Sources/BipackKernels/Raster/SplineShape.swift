import BipackPixels

/// A spline with a soft edge, moved while a shutter is open: what is inside it, or what a brush covers along it.
package struct SplineShape: Sendable {
  /// The spline at one moment, and how it is moved.
  package struct Moment: Sendable {
    var cubics: [Cubic]
    var map: Matrix3

    package init(_ spline: Spline, _ map: Matrix3 = .identity) {
      (cubics, self.map) = (spline.cubics, map)
    }

    private init(_ cubics: [Cubic], _ map: Matrix3) { (self.cubics, self.map) = (cubics, map) }

    /// Part of the way to another moment, or beyond it; this one where their splines have nothing in common.
    fileprivate func mixed(_ other: Moment, _ t: Double) -> Moment {
      if cubics.count != other.cubics.count { return t < 0.5 ? self : other }
      let mixed = zip(cubics, other.cubics).map { $0.mixed($1, t) }
      let sum = mixed.reduce(SIMD8<Double>.zero) { $0 + $1.start }
      let middle = sum / Double(max(mixed.count, 1))
      return Moment(mixed, map.mixed(other.map, t, about: SIMD2(middle[0], middle[1])))
    }
  }

  /// In the middles of equal parts of the time that the shutter is open; at least one.
  package var moments: [Moment]
  /// Whether it is filled; else it is a stroke.
  package var isClosed: Bool
  /// Added to the feather of the points: how far the soft edge reaches out, below 0 in.
  package var feather = 0.0
  /// How a soft edge goes from nothing to full.
  package var falloff = RampCurve.linear

  package init(_ moments: [Moment], isClosed: Bool) {
    (self.moments, self.isClosed) = (moments, isClosed)
  }

  /// How far polygons may stray from curves, in pixels.
  private static let tolerance = 1.0 / 256
  /// Steps of a motion, and of a soft edge, at most; of both together.
  private static let mostMoments = 256
  private static let mostLevels = 256
  private static let mostLayers = 2048

  /// The pixels it may touch: those within its control points.
  package var bounds: Rect {
    var box: RealRect?
    for moment in steps {
      guard let part = reach(of: moment) else { continue }
      box = box?.union(part) ?? part
    }
    return box?.covering() ?? .empty
  }

  /// What it covers.
  package var silhouette: Silhouette {
    let steps = steps
    guard let first = steps.first, !first.cubics.isEmpty else { return .nothing }
    let lines = steps.map { FlatSpline($0.cubics, of: self, scale: scale($0), Self.tolerance) }
    let depth = zip(steps, lines).map { scale($0) * $1.depth }.max() ?? 0
    let levels = levels(depth: depth, moments: steps.count)
    let isSimple = levels == 1 || !isClosed || lines[0].isSimple
    let fadesInwards = levels > 1 && lines[0].fadesInwards
    var layers: [Silhouette.Layer] = []
    var (done, share) = (0, 0.0)
    for (place, step) in steps.enumerated() {
      // Levels at other heights in every moment, so that fewer are as smooth.
      let stagger =
        steps.count == 1
        ? 0.5
        : ((Double(place) + 0.5) * 0.6180339887498949)
          .truncatingRemainder(dividingBy: 1)
      let rule = levels == 1 || !isClosed || !isSimple ? nil : lines[place].rule(step.map)
      for level in 0..<levels {
        let (from, to) = (Double(level) / Double(levels), Double(level + 1) / Double(levels))
        share +=
          (fadesInwards
            ? falloff.value(to) - falloff.value(from)
            : falloff.value(1 - from) - falloff.value(1 - to)) / Double(steps.count)
        let total = Int((share * Double(Coverage.one)).rounded())
        let polygons = lines[place].polygons(
          at: levels == 1 ? 0 : (Double(level) + stagger) / Double(levels))
        layers.append(
          Silhouette.Layer(
            outline: Outline(polygons.map { step.map.mapped($0) }), rule: rule ?? .nonZero,
            weight: total - done))
        done = total
      }
    }
    return Silhouette(layers)
  }

  /// In how many steps a soft edge is drawn: two a pixel.
  private func levels(depth: Double, moments: Int) -> Int {
    guard depth > 0 else { return 1 }
    let most = max(8, min(Self.mostLevels, Self.mostLayers / moments))
    let wanted = (2 * depth).rounded(.up)
    return wanted < Double(most) ? max(4, Int(wanted)) : most
  }

  // MARK: Motion

  /// Moments so close that nothing moves by more than about half a pixel from one to the next.
  private var steps: [Moment] {
    let last = moments.count - 1
    guard last > 0 else { return moments }
    var path = 0.0
    for i in 0..<last { path += distance(moments[i], moments[i + 1]) }
    if path == 0 { return [moments[0]] }
    // The first and last half of a part lie outside the first and last moment.
    path *= 2 * Double(last + 1) / Double(last)
    let count =
      path < Double(Self.mostMoments) ? max(last + 1, Int(path.rounded(.up))) : Self.mostMoments
    return (0..<count).map { step in
      let time = (Double(step) + 0.5) * Double(last + 1) / Double(count) - 0.5
      let i = min(max(Int(time.rounded(.down)), 0), last - 1)
      return moments[i].mixed(moments[i + 1], time - Double(i))
    }
  }

  /// How far corners of the spline move, at most.
  private func distance(_ a: Moment, _ b: Moment) -> Double {
    guard a.cubics.count == b.cubics.count else { return .infinity }
    var most = 0.0
    for (p, q) in zip(a.cubics, b.cubics) {
      for corner in Cubic.corners {
        let (c, d) = (p[corner], q[corner])
        for isFeather in [false, true] {
          let (c, d) = (c.point(isFeather), d.point(isFeather))
          guard let from = a.map.apply(c.x, c.y), let to = b.map.apply(d.x, d.y) else { continue }
          let (dx, dy) = (to.x - from.x, to.y - from.y)
          most = max(most, (dx * dx + dy * dy).squareRoot())
        }
        most = max(most, (c[4] - d[4]).magnitude, (c[5] - d[5]).magnitude)
      }
    }
    return most
  }

  // MARK: Size

  /// How much larger than life a moment is shown where it is largest.
  private func scale(_ moment: Moment) -> Double {
    var most = 0.0
    for cubic in moment.cubics {
      for place in Cubic.corners.map({ cubic[$0] }) {
        most = max(most, moment.map.scale(at: SIMD2(place[0], place[1])))
      }
      // The same everywhere.
      if moment.map.isAffine { break }
    }
    return most > 0 ? most : 1
  }

  /// What a moment lies in: its corners, with as much around them as the edge or the brush reaches.
  private func reach(of moment: Moment) -> RealRect? {
    let (map, isPlain) = (moment.map, moment.map.isAffine)
    // How far a margin of 1 reaches.
    let across = (map.m[0].magnitude + map.m[1].magnitude) / map.m[8].magnitude
    let down = (map.m[3].magnitude + map.m[4].magnitude) / map.m[8].magnitude
    var box: RealRect?
    var unmoved: RealRect?
    var isVisible = true
    for cubic in moment.cubics {
      for place in Cubic.corners.map({ cubic[$0] }) {
        let margin = margin(place)
        for isFeather in isClosed ? [false, true] : [false] {
          let p = place.point(isFeather)
          let part: RealRect
          if isPlain {
            guard let q = map.apply(p.x, p.y) else { continue }
            part = RealRect(x0: q.x, y0: q.y, x1: q.x, y1: q.y)
              .expanded(x: margin * across, y: margin * down)
          } else {
            let square = RealRect(x0: p.x, y0: p.y, x1: p.x, y1: p.y).expanded(x: margin, y: margin)
            unmoved = unmoved?.union(square) ?? square
            isVisible = isVisible && map.sees(square)
            guard let moved = map.apply(square) else { continue }
            part = moved
          }
          box = box?.union(part) ?? part
        }
      }
    }
    return isVisible ? box : unmoved.flatMap(map.apply)
  }

  /// How far the edge or the brush reaches around a corner.
  private func margin(_ place: SIMD8<Double>) -> Double {
    let feather = max(0, place[4] + feather)
    return isClosed ? feather * FlatSpline.longestMiter : feather + place[5] / 2
  }
}

extension SIMD8<Double> {
  /// The place itself, or that of the feather outline, as far as it is given.
  fileprivate func point(_ isFeather: Bool) -> SIMD2<Double> {
    isFeather ? SIMD2(self[0] + self[2], self[1] + self[3]) : SIMD2(self[0], self[1])
  }
}

extension Matrix3 {
  /// How much larger things become around a point, in the direction in which they grow most; 0 behind the horizon.
  fileprivate func scale(at p: SIMD2<Double>) -> Double {
    guard let q = apply(p.x, p.y) else { return 0 }
    let w = m[6] * p.x + (m[7] * p.y + m[8])
    let (a, b) = ((m[0] - q.x * m[6]) / w, (m[1] - q.x * m[7]) / w)
    let (c, d) = ((m[3] - q.y * m[6]) / w, (m[4] - q.y * m[7]) / w)
    let (squares, determinant) = (a * a + b * b + c * c + d * d, a * d - b * c)
    let rest = max(0, squares * squares - 4 * determinant * determinant).squareRoot()
    return ((squares + rest) / 2).squareRoot()
  }

  /// Part of the way to another map, or beyond it. What turns on the way does not shrink: areas change evenly, and
  /// `middle` goes straight.
  fileprivate func mixed(_ other: Matrix3, _ t: Double, about middle: SIMD2<Double>) -> Matrix3 {
    var n = zip(m, other.m).map { $0 + ($1 - $0) * t }
    func area(_ m: [Double]) -> Double { (m[0] * m[4] - m[1] * m[3]) / (m[8] * m[8]) }
    let wanted = area(m) + (area(other.m) - area(m)) * t
    guard isAffine, other.isAffine, wanted * area(n) > 0 else { return Matrix3(n) }
    let growth = (wanted / area(n)).squareRoot()
    for row in [0, 3] {
      let kept = n[row] * middle.x + n[row + 1] * middle.y
      n[row] *= growth
      n[row + 1] *= growth
      n[row + 2] += kept * (1 - growth)
    }
    return Matrix3(n)
  }

  /// A polygon moved; what lies behind the horizon is cut off.
  fileprivate func mapped(_ polygon: [SIMD2<Double>]) -> [SIMD2<Double>] {
    if self == .identity { return polygon }
    func depth(_ p: SIMD2<Double>) -> Double { m[6] * p.x + (m[7] * p.y + m[8]) }
    let depths = polygon.map(depth)
    let near = 1e-6 * (depths.map(\.magnitude).max() ?? 0)
    var seen = polygon
    if depths.contains(where: { !($0 > near) }) {
      seen = []
      for i in polygon.indices {
        let j = (i + 1) % polygon.count
        if depths[i] > near { seen.append(polygon[i]) }
        if (depths[i] > near) != (depths[j] > near) {
          let t = (near - depths[i]) / (depths[j] - depths[i])
          seen.append(polygon[i] + (polygon[j] - polygon[i]) * t)
        }
      }
    }
    return seen.map { p in
      let w = max(depth(p), near)
      return SIMD2((m[0] * p.x + (m[1] * p.y + m[2])) / w, (m[3] * p.x + (m[4] * p.y + m[5])) / w)
    }
  }
}
