import Testing

@testable import BipackGraph

@Suite struct CurveTests {
  private func values(_ curve: Curve, _ frames: [Double]) -> [Double] {
    frames.map { curve.value(at: $0) }
  }

  @Test func holdAndLinear() {
    let curve = Curve([.init(0, 1, .hold), .init(10, 2), .init(20, 4)])
    #expect(values(curve, [-5, 0, 9.9, 10, 15, 20, 30]) == [1, 1, 1, 2, 3, 4, 4])
  }

  @Test func smoothCubicIsTheHermiteOfItsSlopes() {
    // Catmull-Rom slopes: ends 1 and 3, middle 2; at the halves of the segments
    // (y0 + y1)/2 + h (s0 - s1)/8.
    let curve = Curve([.init(0, 0, .cubic), .init(1, 1, .cubic), .init(2, 4, .cubic)])
    #expect(values(curve, [0, 0.5, 1, 1.5, 2]) == [0, 0.375, 1, 2.375, 4])
  }

  @Test func cubicNeverOvershoots() {
    let curve = Curve(
      [(0.0, 0.0), (1, 0), (2, 10), (3, 10), (4, 0)].map { .init($0, $1, .cubic) })
    for i in 0...400 {
      let value = curve.value(at: Double(i) / 100)
      #expect(value >= 0 && value <= 10)
    }
    #expect(curve.value(at: 0.5) == 0)
    #expect(curve.value(at: 1.5) == 5)
    #expect(curve.value(at: 2.5) == 10)
  }

  @Test func givenSlopesAndEase() {
    let given = Curve([.init(0, 0, .cubic, right: 2), .init(1, 0, left: -2)])
    #expect(values(given, [0, 0.5, 1]) == [0, 0.5, 0])
    let ease = Curve([.init(0, 0, .ease), .init(10, 1, .ease)])
    #expect(values(ease, [0, 5, 10]) == [0, 0.5, 1])
    #expect(abs(ease.value(at: 2.5) - 0.15625) < 1e-15)
    let two = Curve([.init(0, 0, .cubic), .init(10, 1, .cubic)])
    #expect(abs(two.value(at: 2.5) - 0.25) < 1e-15)
  }

  @Test func outside() {
    let keys: [Curve.Key] = [.init(0, 0), .init(10, 10)]
    func at(_ mode: Extrapolation, _ frames: [Double]) -> [Double] {
      values(Curve(keys, before: mode, after: mode), frames)
    }
    #expect(at(.hold, [-3, 13]) == [0, 10])
    #expect(at(.linear, [-3, 13]) == [-3, 13])
    #expect(at(.loop, [-3, -10, 13, 10, 25]) == [7, 0, 3, 10, 5])
    #expect(at(.bounce, [-3, 13, 20, 23, -13]) == [3, 7, 0, 3, 7])
    let single = Curve([.init(5, 2, .cubic, left: 1, right: 1)], before: .linear, after: .loop)
    #expect(values(single, [3, 5, 9]) == [0, 2, 2])
    let smooth = Curve(
      [.init(0, 0, .cubic), .init(1, 1, .cubic), .init(2, 4, .cubic)], before: .linear,
      after: .linear)
    #expect(values(smooth, [-1, 3]) == [-1, 7])
  }

  @Test func heldWordsLoop() {
    let keys = HeldKeys(
      [.init(1, .string("a")), .init(3, .string("b")), .init(5, .string("c"))], after: .loop)
    #expect(
      [0, 1, 2.9, 3, 5].map { keys.value(at: $0) }
        == ["a", "a", "a", "b", "c"].map(ValueData.string))
    #expect(keys.value(at: 7) == .string("b"))
  }

  @Test func lookupCurves() throws {
    let identity = LookupCurve.identity
    #expect(identity.isIdentity)
    for x in [-2.0, 0, 0.3, 1, 7.5] { #expect(identity.evaluate(x) == x) }
    let curve = try #require(
      LookupCurve([.init(0, 0), .init(0.5, 0.75), .init(1, 1)]))
    #expect(!curve.isIdentity)
    #expect(curve.evaluate(0.5) == 0.75)
    #expect(curve.evaluate(0.25) == 0.375 + 0.5 * (1.5 - 1) / 8)
    #expect(curve.evaluate(2) == 1.5)
    #expect(curve.evaluate(-1) == -1.5)
    let straight = try #require(
      LookupCurve([.init(0, 0, linear: true), .init(0.5, 0.75, linear: true), .init(1, 1)]))
    #expect(straight.evaluate(0.25) == 0.375)
    #expect(LookupCurve(straight.data) == straight)
    #expect(LookupCurve([.init(1, 0), .init(1, 1)]) == nil)
    #expect(LookupCurve([]) == nil)
    let hue = try #require(LookupCurve([.init(0, 1), .init(2, 3), .init(4, 1)]))
    #expect(hue.evaluate(6, period: 6) == 1)
    #expect(hue.evaluate(8, period: 6) == 3)
    #expect(hue.evaluate(-1, period: 6) == hue.evaluate(5, period: 6))
    #expect(hue.evaluate(5, period: 6) == 1)
    #expect(LookupCurve.constant(1).isConstant(1))
    #expect(LookupCurve.constant(2).evaluate(5, period: 6) == 2)
    #expect(curve.table(from: 0, to: 1, count: 3) == [0, 0.75, 1])
    #expect(curve.evaluate(.nan).isNaN)
    #expect(curve.evaluate(.infinity) == .infinity)
    #expect(LookupCurve([.init(0, 3), .init(1, 3)])?.evaluate(.infinity) == 3)
  }

  @Test func pointsHaveSlopes() throws {
    let curve = try #require(
      LookupCurve([
        .init(0, 0, slope: 2), .init(1, 1, left: 0, right: -1), .init(2, 0.5),
        .init(3, 0, slope: 4),
      ]))
    // Outside, the ends' own slopes go on.
    #expect(curve.evaluate(-1) == -2)
    #expect(curve.evaluate(4) == 4)
    // Behind a straight piece too.
    let straight = try #require(
      LookupCurve([.init(0, 0, linear: true), .init(1, 1, slope: 3)]))
    #expect(straight.evaluate(1.5) == 2.5)
    // Hermite's cubic between: the slopes are what they say.
    let h = 1e-6
    func slope(_ a: Double, _ b: Double) -> Double {
      (curve.evaluate(b) - curve.evaluate(a)) / (b - a)
    }
    #expect(abs(slope(0, h) - 2) < 1e-4)
    #expect(abs(slope(1 - h, 1)) < 1e-4)
    #expect(abs(slope(1, 1 + h) + 1) < 1e-4)
    #expect(abs(slope(3 - h, 3) - 4) < 1e-4)
    #expect(curve.evaluate(0.5) == 0.5 + (2 - 0) / 8)
    #expect(LookupCurve(curve.data) == curve)
    // Slopes count for what leaves numbers alone, and for what is the same everywhere.
    let bent = try #require(LookupCurve([.init(0, 0, slope: 2), .init(1, 1)]))
    #expect(!bent.isIdentity)
    #expect(LookupCurve([.init(0, 0, slope: 1), .init(1, 1)])?.isIdentity == true)
    #expect(LookupCurve([.init(0, 1, slope: 1)])?.isConstant(1) == false)
    #expect(LookupCurve([.init(0, 1, slope: 1)])?.evaluate(3) == 4)
    #expect(LookupCurve([.init(0, 1, slope: .infinity)]) == nil)
    // Over a circle too.
    let hue = try #require(LookupCurve([.init(0, 1, slope: 3), .init(3, 1)]))
    #expect(abs((hue.evaluate(6 - h, period: 6) - 1) / -h - 3) < 1e-4)
  }
}
