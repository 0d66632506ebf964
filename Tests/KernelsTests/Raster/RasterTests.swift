import BipackPixels
import Testing

@testable import BipackKernels

/// What outlines cover, against areas known by other ways.
@Suite struct RasterTests {
  typealias Point = SIMD2<Double>

  private struct Random {
    var state: UInt64
    mutating func unit() -> Double {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return Double(state >> 11) * 0x1p-53
    }
  }

  /// The coverage of a rectangle, row by row.
  private func covered(
    _ outline: Outline, _ rule: FillRule = .nonZero, in rect: Rect
  ) -> [Float] {
    drawn(rect) { Silhouette(outline, rule).render(into: $0) }
  }

  private func drawn(_ rect: Rect, _ draw: (PlaneView) -> Void) -> [Float] {
    var out = [Float](repeating: -1, count: rect.area)
    out.withUnsafeMutableBufferPointer { out in
      guard let base = out.baseAddress else { return }
      draw(PlaneView(rect: rect, base: base, stride: rect.width))
    }
    return out
  }

  private func sum(_ values: [Float]) -> Double { values.reduce(0) { $0 + Double($1) } }

  private func area(_ polygon: [Point]) -> Double { Outline([polygon]).turning.magnitude / 2 }

  /// A convex polygon cut to a pixel.
  private func cut(_ polygon: [Point], x: Int, y: Int) -> Double {
    var points = polygon
    let sides: [(Point, Double)] = [
      (Point(1, 0), Double(x)), (Point(-1, 0), -Double(x + 1)), (Point(0, 1), Double(y)),
      (Point(0, -1), -Double(y + 1)),
    ]
    for (normal, limit) in sides {
      func inside(_ p: Point) -> Double { (p * normal).sum() - limit }
      points = points.indices.flatMap { i -> [Point] in
        let (p, q) = (points[i], points[(i + 1) % points.count])
        let (a, b) = (inside(p), inside(q))
        let crossing = (a < 0) != (b < 0) ? [p + (q - p) * (a / (a - b))] : []
        return (a >= 0 ? [p] : []) + crossing
      }
      if points.isEmpty { return 0 }
    }
    return area(points)
  }

  private func circle(_ center: Point, _ radius: Double) -> Spline {
    let k = radius * 0.5522847498307936
    func point(_ x: Double, _ y: Double) -> SplinePoint {
      var point = SplinePoint(center.x + x * radius, center.y + y * radius)
      point.right = Point(-y * k, x * k)
      point.left = -point.right
      return point
    }
    return Spline([point(1, 0), point(0, 1), point(-1, 0), point(0, -1)], isClosed: true)
  }

  private func box(_ x0: Double, _ y0: Double, _ x1: Double, _ y1: Double) -> [Point] {
    [Point(x0, y0), Point(x1, y0), Point(x1, y1), Point(x0, y1)]
  }

  private func corners(_ points: [Point]) -> [SplinePoint] {
    points.map { SplinePoint($0.x, $0.y) }
  }

  // MARK: Polygons

  @Test func convexPolygonsCoverEachPixelExactly() {
    var random = Random(state: 3)
    for count in 3...9 {
      // Corners on an ellipse, turned: convex, at any place, thin ones too.
      let (rx, ry) = (0.2 + 9 * random.unit(), 0.2 + 9 * random.unit())
      let center = Point(10 + random.unit(), 10 + random.unit())
      let polygon = (0..<count).map { i -> Point in
        let (s, c) = ExactMath.sinCos(
          degrees: (Double(i) + 0.8 * random.unit()) * 360 / Double(count))
        return center + Point(rx * c, ry * s)
      }
      let rect = Rect(x: -1, y: -1, width: 24, height: 24)
      for points in [polygon, polygon.reversed()] {
        let got = covered(Outline([points]), in: rect)
        for i in got.indices {
          let expected = cut(polygon, x: rect.x0 + i % 24, y: rect.y0 + i / 24)
          #expect((Double(got[i]) - expected).magnitude < 1e-6, "\(count) corners, pixel \(i)")
        }
      }
    }
  }

  @Test func insideIsExactlyOneAndOutsideExactlyNothing() {
    let got = covered(Outline([box(1.25, 2, 6.5, 5)]), in: Rect(width: 8, height: 6))
    let row: [Float] = [0, 0.75, 1, 1, 1, 1, 0.5, 0]
    let nothing = [Float](repeating: 0, count: 8)
    #expect(got == nothing + nothing + row + row + row + nothing)
  }

  @Test func overlapsCountOnceAndHolesAreEmpty() {
    let rect = Rect(width: 12, height: 12)
    let two = Outline([box(1.5, 1.5, 7.5, 7.5), box(4.25, 4.25, 10.25, 10.25)])
    #expect((sum(covered(two, in: rect)) - (72 - 3.25 * 3.25)).magnitude < 1e-5)
    #expect((sum(covered(two, .evenOdd, in: rect)) - (72 - 2 * 3.25 * 3.25)).magnitude < 1e-5)
    // A border shared by two leaves no seam.
    let neighbours = Outline([
      [Point(1, 1), Point(5.3, 1), Point(4.1, 9), Point(1, 9)],
      [Point(5.3, 1), Point(9, 1), Point(9, 9), Point(4.1, 9)],
    ])
    #expect(covered(neighbours, in: Rect(x: 1, y: 1, width: 8, height: 8)).allSatisfy { $0 == 1 })
    // A hole turns the other way.
    let ring = Outline([box(1, 1, 9, 9), box(2.5, 3, 6, 5.25).reversed()])
    #expect((sum(covered(ring, in: rect)) - (64 - 3.5 * 2.25)).magnitude < 1e-5)
    #expect((sum(covered(ring, .positive, in: rect)) - (64 - 3.5 * 2.25)).magnitude < 1e-5)
    #expect(sum(covered(ring, .negative, in: rect)) == 0)
  }

  @Test func aStarByEachRule() {
    let tips = (0..<5).map { i -> Point in
      let (s, c) = ExactMath.sinCos(degrees: Double(i) * 144 + 17)
      return Point(15.3 + 14 * c, 15.6 + 14 * s)
    }
    // The pentagon in the middle of a pentagram has the golden ratio's square less in size.
    let inner = 14 * 0.3819660112501051
    let sine = ExactMath.sinCos(degrees: 72).sin
    let pentagon = 2.5 * inner * inner * sine
    // What winds twice is counted twice by the signed area.
    let signed = area(tips)
    let rect = Rect(width: 32, height: 32)
    #expect((sum(covered(Outline([tips]), in: rect)) - (signed - pentagon)).magnitude < 1e-4)
    #expect(
      (sum(covered(Outline([tips]), .evenOdd, in: rect)) - (signed - 2 * pentagon)).magnitude < 1e-4
    )
  }

  @Test func scribblesAgreeWithSamples() {
    var random = Random(state: 8)
    let rect = Rect(width: 20, height: 20)
    for rule in [FillRule.nonZero, .evenOdd, .positive] {
      let points = (0..<40).map { _ in Point(20 * random.unit(), 20 * random.unit()) }
      let got = covered(Outline([points]), rule, in: rect)
      let fine = 40
      var worst = 0.0
      for i in got.indices {
        var hits = 0
        for k in 0..<(fine * fine) {
          let x = Double(i % 20) + (Double(k % fine) + 0.5) / Double(fine)
          let y = Double(i / 20) + (Double(k / fine) + 0.5) / Double(fine)
          var winding = 0
          for j in points.indices {
            let (p, q) = (points[j], points[(j + 1) % points.count])
            guard (p.y <= y) != (q.y <= y) else { continue }
            if p.x + (q.x - p.x) * ((y - p.y) / (q.y - p.y)) < x { winding += p.y < q.y ? -1 : 1 }
          }
          if rule.contains(winding) { hits += 1 }
        }
        worst = max(worst, (Double(got[i]) - Double(hits) / Double(fine * fine)).magnitude)
      }
      #expect(worst < 0.04, "\(rule)")
    }
  }

  // MARK: Places and sizes

  @Test func aTileHasTheBitsOfTheWhole() {
    var random = Random(state: 21)
    for count in [3, 12, 150] {
      let points = (0..<count).map { _ in
        Point(90 * random.unit() - 10, 90 * random.unit() - 10)
      }
      let whole = Rect(x: -8, y: -8, width: 80, height: 80)
      for rule in [FillRule.nonZero, .evenOdd] {
        let outline = Outline([points])
        let all = covered(outline, rule, in: whole)
        for (width, height) in [(80, 1), (1, 80), (7, 13), (33, 5)] {
          for y in stride(from: -8, to: 72, by: height) {
            for x in stride(from: -8, to: 72, by: width) {
              let tile = Rect(x: x, y: y, width: width, height: height).intersection(whole)
              let part = covered(outline, rule, in: tile)
              for i in part.indices {
                let (px, py) = (tile.x0 + i % tile.width + 8, tile.y0 + i / tile.width + 8)
                if part[i] != all[py * 80 + px] {
                  Issue.record("\(count) points, \(rule), tile \(tile), pixel \(px) \(py)")
                  return
                }
              }
            }
          }
        }
      }
    }
  }

  @Test func hugeCoordinatesCoverWhatTheyCover() {
    let rect = Rect(x: 3, y: -5, width: 40, height: 30)
    let all = covered(Outline([box(-1e300, -1e300, 1e300, 1e300)]), in: rect)
    #expect(all.allSatisfy { $0 == 1 })
    // A half plane whose border runs flat through the picture.
    let flat = Outline([
      [Point(-1e8, 10.25), Point(1e8, 10.25), Point(1e8, 1e8), Point(-1e8, 1e8)]
    ])
    let got = covered(flat, in: rect)
    for y in 0..<30 {
      let expected: Float = y < 15 ? 0 : y == 15 ? 0.75 : 1
      #expect(got[(y * 40)..<(y * 40 + 40)].allSatisfy { $0 == expected })
    }
    let far = Outline([box(1_000_000.25, 2_000_000, 1_000_001, 2_000_001)])
    #expect(covered(far, in: Rect(x: 1_000_000, y: 2_000_000, width: 1, height: 1)) == [0.75])
  }

  @Test func nothingCoversNothing() {
    let rect = Rect(width: 5, height: 5)
    let nothing = [Float](repeating: 0, count: 25)
    let bad: [[Point]] = [
      [], [Point(1, 1)], [Point(1, 1), Point(4, 4)], [Point(1, 1), Point(4, 1), Point(2, 1)],
      [Point(.nan, 1), Point(4, 1), Point(2, 4)], [Point(1, 1), Point(.infinity, 1), Point(2, 4)],
    ]
    for polygon in bad { #expect(covered(Outline([polygon]), in: rect) == nothing) }
    // One that is no number does not take the others with it.
    let good = covered(Outline(bad + [box(1, 1, 3, 3)]), in: rect)
    #expect(sum(good) == 4)
    #expect(Outline([]).bounds == nil)
    #expect(Silhouette.nothing.bounds.isEmpty)
  }

  // MARK: Curves

  @Test(arguments: [0.3, 1, 4.5, 20, 137.5]) func aCircleHasItsArea(radius: Double) {
    let center = Point(150.37, 149.81)
    let shape = SplineShape([SplineShape.Moment(circle(center, radius))], isClosed: true)
    let silhouette = shape.silhouette
    let got = drawn(Rect(width: 300, height: 300)) { silhouette.render(into: $0) }
    let expected = Double.pi * radius * radius
    #expect((sum(got) - expected).magnitude < 0.001 * expected)
    #expect(shape.bounds.expanded(1).contains(silhouette.bounds))
  }

  @Test func aBSplineIsSmoothAndStaysWithinItsPoints() {
    let square = corners(box(10, 10, 50, 50))
    let closed = Spline(square, basis: .bSpline, isClosed: true)
    let shape = SplineShape([SplineShape.Moment(closed)], isClosed: true)
    let got = drawn(Rect(width: 60, height: 60)) { shape.silhouette.render(into: $0) }
    // Each quarter is the cubic blend of three corners; its area by Green's formula.
    var expected = 0.0
    let cubics = closed.cubics
    for cubic in cubics {
      let n = 4000
      for i in 0..<n {
        let (p, q) = (cubic.place(Double(i) / Double(n)), cubic.place(Double(i + 1) / Double(n)))
        expected += (p[0] * q[1] - q[0] * p[1]) / 2
      }
    }
    #expect((sum(got) - expected).magnitude < 1e-3 * expected)
    // An open one begins and ends in its outer points.
    let open = Spline(square, basis: .bSpline, isClosed: false).cubics
    #expect(open.count == 5)
    #expect(open[0].place(0)[0] == 10 && open[0].place(0)[1] == 10)
    #expect(open[4].place(1)[0] == 10 && open[4].place(1)[1] == 50)
  }

  // MARK: Strokes

  private func stroke(_ points: [Point], _ width: Double, in rect: Rect, feather: Double = 0)
    -> [Float]
  {
    let points = corners(points).map { point in
      var point = point
      point.width = width
      return point
    }
    var shape = SplineShape(
      [SplineShape.Moment(Spline(points, isClosed: false))], isClosed: false)
    shape.feather = feather
    let silhouette = shape.silhouette
    #expect(shape.bounds.expanded(1).contains(silhouette.bounds))
    return drawn(rect) { silhouette.render(into: $0) }
  }

  @Test func strokesHaveRoundEndsAndCorners() {
    let rect = Rect(width: 60, height: 60)
    func expect(_ points: [Point], _ width: Double, _ area: Double, _ comment: Comment) {
      let got = sum(stroke(points, width, in: rect))
      #expect((got - area).magnitude < 0.001 * area, comment)
    }
    let disc = Double.pi * 25
    expect([Point(30.2, 30.7)], 10, disc, "a dab")
    expect([Point(10, 20), Point(50, 20)], 10, 400 + disc, "a line")
    expect([Point(10, 20), Point(50, 20), Point(10, 20)], 10, 400 + disc, "there and back")
    // A quarter of a disc at the corner's outside; the inside counts once.
    expect(
      [Point(10, 10), Point(50, 10), Point(50, 50)], 10, 2 * 400 - 25 + disc / 4 + disc, "a corner")
    expect(
      [Point(10, 30), Point(50, 30), Point(50, 10), Point(30, 10), Point(30, 50)], 4,
      4 * (40 + 20 + 20 + 40) - 3 * 4 - 16 + 3 * Double.pi + 4 * Double.pi, "a loop")
  }

  @Test func aBendTighterThanItIsWideHasNoHole() {
    // Half a circle of radius 5, drawn 24 wide.
    let bend = (0...40).map { i -> Point in
      let (s, c) = ExactMath.sinCos(degrees: Double(i) * 4.5 - 90)
      return Point(30 + 5 * c, 30 + 5 * s)
    }
    let got = stroke([Point(20, 25)] + bend + [Point(20, 35)], 24, in: Rect(width: 60, height: 60))
    for (x, y) in [(30, 30), (28, 29), (33, 30), (22, 30), (40, 30), (30, 40), (30, 20)] {
      #expect(got[y * 60 + x] == 1, "\(x) \(y)")
    }
    #expect(got.allSatisfy { $0 >= 0 && $0 <= 1 })
  }

  @Test func aStrokeFollowsItsWidths() {
    var points = corners([Point(10, 20), Point(50, 20)])
    points[0].width = 4
    points[1].width = 12
    let shape = SplineShape(
      [SplineShape.Moment(Spline(points, isClosed: false))], isClosed: false)
    let got = drawn(Rect(width: 60, height: 40)) { shape.silhouette.render(into: $0) }
    func height(_ x: Int) -> Double { (0..<40).reduce(0) { $0 + Double(got[$1 * 60 + x]) } }
    #expect((height(10) - 4).magnitude < 0.15)
    #expect((height(29) + height(30) - 16).magnitude < 0.01)
    #expect((height(49) - 12).magnitude < 0.15)
  }

  // MARK: Soft edges

  @Test(arguments: RampCurve.allCases) func aSoftEdgeFollowsItsCurve(_ falloff: RampCurve) {
    for feather in [24.0, -24.0, 7.5] {
      var shape = SplineShape(
        [SplineShape.Moment(Spline(corners(box(-500, -500, 40, 500)), isClosed: true))],
        isClosed: true)
      shape.feather = feather
      shape.falloff = falloff
      let got = drawn(Rect(x: 0, y: 3, width: 80, height: 1)) { shape.silhouette.render(into: $0) }
      for x in 0..<80 {
        // The mean over the pixel.
        let n = 200
        var expected = 0.0
        for k in 0..<n {
          let part = (Double(x) + (Double(k) + 0.5) / Double(n) - 40) / feather
          expected += falloff.value(min(max(feather < 0 ? part : 1 - part, 0), 1)) / Double(n)
        }
        #expect((Double(got[x]) - expected).magnitude < 3e-3, "\(feather) \(x)")
      }
    }
  }

  @Test func aNarrowShapeThatFadesInwardsDoesNotTurnInsideOut() {
    var shape = SplineShape(
      [SplineShape.Moment(Spline(corners(box(10, 5, 40, 95)), isClosed: true))], isClosed: true)
    shape.feather = -20
    let got = drawn(Rect(x: 0, y: 50, width: 50, height: 1)) { shape.silhouette.render(into: $0) }
    for x in 10..<40 {
      let distance = min(Double(x) + 0.5 - 10, 40 - Double(x) - 0.5)
      // A pixel at the ridge sees both sides.
      #expect((Double(got[x]) - distance / 20).magnitude < (distance > 14 ? 0.02 : 3e-3), "\(x)")
    }
  }

  @Test func eachPointHasItsOwnFeatherOutline() {
    var points = corners(box(20, 20, 60, 60))
    // The right side moves out by its feather outline.
    points[1].offset = Point(12, 0)
    points[2].offset = Point(12, 0)
    let shape = SplineShape(
      [SplineShape.Moment(Spline(points, isClosed: true))], isClosed: true)
    let got = drawn(Rect(x: 0, y: 40, width: 90, height: 1)) { shape.silhouette.render(into: $0) }
    #expect(got[19] == 0 && got[20] == 1 && got[59] == 1 && got[72] == 0)
    for x in 60..<72 {
      #expect((Double(got[x]) - (1 - (Double(x) - 59.5) / 12)).magnitude < 3e-3, "\(x)")
    }
  }

  @Test func aSoftStrokeFadesToBothSides() {
    let got = stroke(
      [Point(-50, 20), Point(150, 20)], 10, in: Rect(x: 50, y: 0, width: 1, height: 40), feather: 8)
    for y in 0..<40 {
      let distance = (Double(y) + 0.5 - 20).magnitude
      #expect((Double(got[y]) - min(max((13 - distance) / 8, 0), 1)).magnitude < 3e-3, "\(y)")
    }
  }

  // MARK: Motion

  @Test func motionKeepsTheEnergyAndSpreadsItEvenly() {
    let moments = (0..<5).map { i in
      SplineShape.Moment(
        Spline(corners(box(10, 10, 20, 20)), isClosed: true),
        .translation(Double(i) * 8, Double(i) * 3))
    }
    let shape = SplineShape(moments, isClosed: true)
    let rect = Rect(x: -20, y: -20, width: 120, height: 80)
    let got = drawn(rect) { shape.silhouette.render(into: $0) }
    #expect((sum(got) - 100).magnitude < 1e-3)
    #expect(
      rect.contains(shape.bounds) && shape.bounds.expanded(1).contains(shape.silhouette.bounds))
    // 40 pixels a shutter sideways: a box of 10 is a quarter there at most, from 6 to 56.
    let columns = (0..<120).map { x in (0..<80).reduce(0) { $0 + Double(got[$1 * 120 + x]) } }
    for x in 0..<120 {
      let at = Double(x) - 20 + 0.5
      let expected = 10 * min(max(min(at - 6, 56 - at) / 40, 0), 0.25)
      #expect((columns[x] - expected).magnitude < 0.03, "\(x)")
    }
  }

  @Test func whatTurnsDoesNotShrink() {
    // Two moments a quarter turn apart: straight lines between would lose a third of the area.
    let moments = [0.0, 90].map { degrees in
      SplineShape.Moment(
        Spline(corners(box(10, 25, 50, 35)), isClosed: true),
        .translation(30, 30) * .rotation(degrees: degrees) * .translation(-30, -30))
    }
    let silhouette = SplineShape(moments, isClosed: true).silhouette
    let got = drawn(Rect(x: -40, y: -40, width: 140, height: 140)) { silhouette.render(into: $0) }
    #expect((sum(got) - 400).magnitude < 0.01)
  }

  @Test func whatStandsStillIsNotBlurred() {
    let still = SplineShape.Moment(Spline(corners(box(3.25, 3, 9, 9)), isClosed: true))
    let rect = Rect(width: 12, height: 12)
    let moved = drawn(rect) {
      SplineShape([still, still, still], isClosed: true).silhouette.render(into: $0)
    }
    #expect(moved == covered(Outline([box(3.25, 3, 9, 9)]), in: rect))
  }

  @Test func whatLiesBehindTheHorizonIsCutOff() {
    let square = Spline(corners(box(0, 0, 100, 100)), isClosed: true)
    // The horizon is at x = 50; what is before it goes to the right.
    let map = Matrix3([1, 0, 0, 0, 1, 0, -0.02, 0, 1])
    let shape = SplineShape([SplineShape.Moment(square, map)], isClosed: true)
    let got = drawn(Rect(x: -5, y: 0, width: 200, height: 40)) { shape.silhouette.render(into: $0) }
    #expect(got.allSatisfy { $0 >= 0 && $0 <= 1 })
    #expect(got[20 * 200 + 4] == 0 && got[20 * 200 + 6] == 1 && got[20 * 200 + 190] == 1)
  }
}
