import BipackPixels
import Testing

@testable import BipackKernels

/// Maps by their promises: there and back, derivatives, bounds.
@Suite struct MapTests {
  static let format = RealRect(x0: 0, y0: 0, x1: 1920, y1: 1080)

  static func lenses(_ direction: LensDirection) -> [Map] {
    var terms = Radial4Lens.Terms()
    (terms.c2, terms.u1, terms.v1) = (0.11, 0.004, -0.006)
    (terms.c4, terms.u3, terms.v3) = (-0.03, 0.002, 0.001)
    var bent = terms
    (bent.phi, bent.b) = (35, 0.02)
    func radial4(_ terms: Radial4Lens.Terms) -> Map {
      Map(
        Radial4Lens(
          format: format, filmback: (3.6, 2.025), offset: (0.05, -0.03), terms: terms,
          direction: direction))
    }
    func opencv(_ radial: [Double], _ p1: Double, _ p2: Double) -> Map {
      Map(
        OpenCVLens(
          focal: (1700, 1690), center: (975.5, 528.5), radial: radial, tangential: (p1, p2),
          direction: direction))
    }
    return [
      radial4(terms), radial4(bent), opencv([-0.28, 0.09, -0.01, 0, 0, 0], 0.001, -0.0006),
      opencv([0.2, -0.05, 0.01, 0, 0, 0], 0, 0), opencv([0.3, 0.1, 0, 0.45, 0.12, 0.02], 0, 0.001),
    ]
  }

  /// Points of the frame and a tenth more around it.
  private static func overscan() -> Positions {
    Positions(grid: format.expanded(x: 192, y: 108), side: 41)
  }

  private func worst(_ positions: Positions, _ from: Positions) -> Double {
    var worst = 0.0
    for i in 0..<positions.count {
      if positions.seen[i] == 0 { return .infinity }
      worst = max(worst, abs(positions.x[i] - from.x[i]), abs(positions.y[i] - from.y[i]))
    }
    return worst
  }

  /// Distorted and undistorted again, with a tenth of overscan, points come back to a hundred-millionth of a pixel.
  @Test(arguments: 0..<5) func thereAndBack(lens: Int) throws {
    for direction in [LensDirection.distort, .undistort] {
      let there = Self.lenses(direction)[lens]
      let back = Self.lenses(direction.opposite)[lens]
      let positions = Self.overscan()
      #expect(there.pull(positions, .none) && back.pull(positions, .none))
      let error = worst(positions, Self.overscan())
      #expect(error < 1e-6, "\(error)")
      // And really moved on the way.
      let moved = Self.overscan()
      #expect(there.pull(moved, .none))
      #expect(worst(moved, Self.overscan()) > 5)
      #expect(there.then(back).parts.isEmpty)
    }
  }

  /// The formulas, written down once more as the models' authors give them.
  @Test func formulas() throws {
    let (x, y) = (0.31, -0.22)
    let r2 = x * x + y * y
    let opencv = OpenCVLens(
      focal: (100, 120), center: (50, 40), radial: [0.1, -0.2, 0.3, 0.05, 0.02, -0.01],
      tangential: (0.003, -0.002), direction: .distort)
    let gain =
      (1 + 0.1 * r2 - 0.2 * r2 * r2 + 0.3 * r2 * r2 * r2)
      / (1 + 0.05 * r2 + 0.02 * r2 * r2 - 0.01 * r2 * r2 * r2)
    let px = x * gain + 2 * 0.003 * x * y - 0.002 * (r2 + 2 * x * x)
    let py = y * gain + 0.003 * (r2 + 2 * y * y) + 2 * -0.002 * x * y
    let pushed = try #require(opencv.push(50 + 100 * x, 40 + 120 * y))
    #expect(abs(pushed.x - (50 + 100 * px)) < 1e-9 && abs(pushed.y - (40 + 120 * py)) < 1e-9)

    var terms = Radial4Lens.Terms()
    (terms.c2, terms.u1, terms.v1, terms.c4, terms.u3, terms.v3) = (
      0.1, 0.01, 0.02, -0.03, 0.005, 0.006
    )
    (terms.phi, terms.b) = (25, 0.1)
    let radial4 = Radial4Lens(
      format: Self.format, filmback: (3.6, 2.4), offset: (0.1, 0.2), terms: terms,
      direction: .undistort)
    // 3DEqualizer's way: the unit square, y up, to centimetres from the lens centre, over half the diagonal.
    let radius = (3.6 * 3.6 + 2.4 * 2.4).squareRoot() / 2
    let (u, v) = (0.7, 0.35)
    let (a, b) = (((u - 0.5) * 3.6 - 0.1) / radius, ((v - 0.5) * 2.4 - 0.2) / radius)
    let s2 = a * a + b * b
    let radial = 1 + 0.1 * s2 - 0.03 * s2 * s2
    let ua = 0.01 + 0.005 * s2
    let va = 0.02 + 0.006 * s2
    let qx = a * radial + (s2 + 2 * a * a) * ua + 2 * a * b * va
    let qy = b * radial + (s2 + 2 * b * b) * va + 2 * a * b * ua
    let q = 1.1.squareRoot()
    let (sine, cosine) = ExactMath.sinCos(degrees: 25)
    let mxx = cosine * cosine * q + sine * sine / q
    let mxy = (q - 1 / q) * cosine * sine
    let myy = cosine * cosine / q + sine * sine * q
    let goal = (x: mxx * qx + mxy * qy, y: mxy * qx + myy * qy)
    let wanted = (
      x: ((goal.x * radius + 0.1) / 3.6 + 0.5) * 1920,
      y: (1 - ((goal.y * radius + 0.2) / 2.4 + 0.5)) * 1080
    )
    let got = try #require(radial4.push(u * 1920, (1 - v) * 1080))
    #expect(abs(got.x - wanted.x) < 1e-9 && abs(got.y - wanted.y) < 1e-9)
  }

  private static func chains() -> [Map] {
    let pin = Matrix3([1.1, 0.1, 20, -0.05, 0.9, 30, 1e-5, 2e-5, 1])
    let turn = Matrix3.rotation(degrees: 10)
    return lenses(.distort) + lenses(.undistort) + [
      Map(turn).then(Map(pin)), Map(pin).then(lenses(.distort)[0]).then(Map(turn)),
      lenses(.undistort)[2].then(Map(pin)).then(lenses(.distort)[1]),
    ]
  }

  /// The places of a rectangle's pixels are those found one by one, to a ten-thousandth of a pixel, whatever
  /// rectangle is asked for.
  @Test func placesBetweenPoints() throws {
    let pool = BlockPool()
    for (index, map) in Self.chains().enumerated() {
      for rect in [
        Rect(x: -37, y: -20, width: 131, height: 9), Rect(x: 1801, y: 1033, width: 64, height: 50),
        Rect(x: 955, y: 530, width: 1, height: 3),
      ] {
        let places = try #require(map.places(of: rect, .none, pool: pool))
        let exact = Positions(rect, pool: pool)
        #expect(map.pull(exact, .none))
        for i in 0..<exact.count {
          #expect(places.seen[i] == exact.seen[i])
          let off = max(
            abs(places.x[i] - exact.x[i]), abs(places.y[i] - exact.y[i]),
            abs(places.xx[i] - exact.xx[i]) / 10, abs(places.yy[i] - exact.yy[i]) / 10,
            abs(places.xy[i] - exact.xy[i]) / 10, abs(places.yx[i] - exact.yx[i]) / 10)
          #expect(off < 1e-4, "map \(index), \(rect), pixel \(i): \(off)")
        }
        let part = Rect(
          x: rect.x0 + rect.width / 2, y: rect.y0 + 1, width: (rect.width + 1) / 2,
          height: rect.height - 1)
        let again = try #require(map.places(of: part, .none, pool: pool))
        for i in 0..<again.count {
          let k =
            (i / part.width + 1) * rect.width + part.x0 - rect.x0 + i % part.width
          #expect(again.x[i] == places.x[k] && again.yy[i] == places.yy[k])
        }
      }
    }
  }

  /// Derivatives through whole chains are the limits of differences.
  @Test func jacobians() {
    for (index, map) in Self.chains().enumerated() {
      let step = 1e-3
      let places = Self.format.expanded(x: -100, y: -100)
      func pulled(_ dx: Double, _ dy: Double) -> Positions {
        let positions = Positions(
          grid: RealRect(
            x0: places.x0 + dx, y0: places.y0 + dy, x1: places.x1 + dx, y1: places.y1 + dy), side: 9
        )
        _ = map.pull(positions, .none)
        return positions
      }
      let here = pulled(0, 0)
      let (left, right, up, down) = (
        pulled(-step, 0), pulled(step, 0), pulled(0, -step), pulled(0, step)
      )
      for i in 0..<here.count where here.seen[i] != 0 {
        let xx = (right.x[i] - left.x[i]) / (2 * step)
        let xy = (down.x[i] - up.x[i]) / (2 * step)
        let yx = (right.y[i] - left.y[i]) / (2 * step)
        let yy = (down.y[i] - up.y[i]) / (2 * step)
        let off = max(
          abs(xx - here.xx[i]), abs(xy - here.xy[i]), abs(yx - here.yx[i]), abs(yy - here.yy[i]))
        #expect(off < 1e-5, "map \(index), point \(i): \(off)")
      }
    }
  }

  /// Every pixel of a rectangle comes from inside what is planned for it, and every pixel of a picture goes into
  /// its image.
  @Test func bounds() throws {
    for (index, map) in Self.chains().enumerated() {
      for rect in [
        Rect(x: 0, y: 0, width: 1920, height: 1080), Rect(x: 1792, y: 952, width: 128, height: 128),
        Rect(x: 900, y: 500, width: 128, height: 128), Rect(x: 3, y: 1000, width: 1, height: 1),
      ] {
        let bounds = RealRect(rect).expanded(x: -0.5, y: -0.5)
        guard let sources = map.sources(of: bounds) else { continue }
        let fine = Positions(grid: bounds, side: 60)
        _ = map.pull(fine, .none)
        let box = try #require(fine.box)
        let isInside =
          box.x0 >= sources.box.x0 && box.y0 >= sources.box.y0 && box.x1 <= sources.box.x1
          && box.y1 <= sources.box.y1
        #expect(isInside, "map \(index), \(rect): \(box) beyond \(sources.box)")
        #expect(fine.reach.x <= sources.reach.x && fine.reach.y <= sources.reach.y)
        // No more than needed, by much.
        #expect(sources.box.x1 - sources.box.x0 < 1.6 * (box.x1 - box.x0) + 16)
      }
    }
  }

  @Test func imagesHoldEverything() throws {
    for map in Self.lenses(.undistort) + Self.lenses(.distort) {
      let image = try #require(map.image(of: Self.format))
      let lens = try #require(map.parts.first as? any LensModel)
      for i in 0...50 {
        for k in 0...50 {
          guard let p = lens.push(1920 * Double(i) / 50, 1080 * Double(k) / 50) else { continue }
          let isInside =
            p.x >= image.x0 - 0.01 && p.x <= image.x1 + 0.01 && p.y >= image.y0 - 0.01
            && p.y <= image.y1 + 0.01
          #expect(isInside, "\(p) beyond \(image)")
        }
      }
    }
  }

  /// A lens that folds back, numbers that are none, a horizon: nothing there, and no crash.
  @Test func whatMeansNothingIsHidden() {
    let wild: [[Double]] = [
      [-0.5, 0, 0, 0, 0, 0], [.nan, 0, 0, 0, 0, 0], [0, 0, 0, -4, 0, 0], [1e200, 0, 0, 0, 0, 0],
      [-3, 5, -40, 2, -9, 1],
    ]
    for radial in wild {
      for direction in [LensDirection.distort, .undistort] {
        let map = Map(
          OpenCVLens(
            focal: (300, 300), center: (960, 540), radial: radial, tangential: (0, 0),
            direction: direction))
        let positions = Positions(grid: Self.format, side: 41)
        #expect(map.pull(positions, .none))
        for i in 0..<positions.count {
          #expect(positions.x[i].isFinite && positions.y[i].isFinite)
        }
        _ = map.image(of: Self.format)
        _ = map.sources(of: Self.format)
      }
    }
    let folded = Map(
      OpenCVLens(
        focal: (300, 300), center: (960, 540), radial: wild[0], tangential: (0, 0),
        direction: .distort))
    let positions = Positions(grid: Self.format, side: 41)
    _ = folded.pull(positions, .none)
    #expect(positions.seen[0] == 0 && positions.seen[positions.count / 2] == 1)
    let horizon = Map(Matrix3([1, 0, 0, 0, 1, 0, 0, 0.01, 1])).then(Self.lenses(.distort)[0])
    let seen = Positions(grid: Self.format, side: 21)
    #expect(horizon.pull(seen, .none))
    for i in 0..<seen.count { #expect(seen.x[i].isFinite && seen.y[i].isFinite) }
  }
}
