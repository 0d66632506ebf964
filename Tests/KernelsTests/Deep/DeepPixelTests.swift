import BipackPixels
import Glibc
import Testing

@testable import BipackKernels

/// The formulas of "Interpreting OpenEXR Deep Pixels", on numbers.
@Suite("Deep pixels") struct DeepPixelTests {
  private let pool = BlockPool(grid: TileGrid(log2Size: 4))

  struct Sample {
    var z: Float
    var back: Float
    var alpha: Float
    var red: Float
    init(_ z: Float, _ back: Float, _ alpha: Float, _ red: Float) {
      (self.z, self.back, self.alpha, self.red) = (z, back, alpha, red)
    }
    init(_ z: Float, _ alpha: Float, _ red: Float) { self.init(z, z, alpha, red) }
  }

  private func tile(_ samples: [Sample]) -> DeepTile {
    var writer = DeepTileWriter([.red, .alpha, .z, .zBack], most: samples.count, pool: pool)
    for sample in samples {
      let values = [sample.red, sample.alpha, sample.z, sample.back]
      writer.add(to: 17) { values[$0] }
    }
    return writer.finish()
  }

  /// Red, alpha and depth of the pixel.
  private func flat(_ tile: DeepTile, depth: DeepFlattening.Depth = .nearest) -> (
    red: Float, alpha: Float, z: Float
  ) {
    let rect = Rect(x: 1, y: 1, width: 1, height: 1)
    let memory = pool.scratch(count: 3)
    let views = (0..<3).map { PlaneView(rect: rect, base: memory.base + $0, stride: 1) }
    var flattening = DeepFlattening(tile, [.red, .alpha], depth: depth)
    flattening.flatten(rect, pool.grid, into: views)
    return (memory.base[0], memory.base[1], memory.base[2])
  }

  private func flat(_ samples: [Sample]) -> (red: Float, alpha: Float, z: Float) {
    flat(tile(samples))
  }

  /// The same by cutting everything into thin slices, in which what overlaps is nearly over one another.
  private func sliced(_ samples: [Sample], _ count: Int = 40_000) -> (red: Double, alpha: Double) {
    let low = Double(samples.map(\.z).min() ?? 0)
    let high = Double(samples.map(\.back).max() ?? 0)
    var (red, light) = (0.0, 1.0)
    for i in 0..<count {
      let from = low + (high - low) * Double(i) / Double(count)
      let to = low + (high - low) * Double(i + 1) / Double(count)
      for sample in samples {
        let (z, back, alpha) = (Double(sample.z), Double(sample.back), Double(sample.alpha))
        if sample.z == sample.back {
          guard z >= from, z < to else { continue }
          red += light * Double(sample.red)
          light *= 1 - alpha
          continue
        }
        let share = (min(to, back) - max(from, z)) / (back - z)
        guard share > 0 else { continue }
        let part = -expm1(share * log1p(-alpha))
        red += light * Double(sample.red) * (alpha > 0 ? part / alpha : share)
        light *= 1 - part
      }
    }
    return (red, 1 - light)
  }

  @Test func samplesApartAreOverOneAnother() {
    let found = flat([Sample(3, 0.5, 0.4), Sample(1, 2, 0.25, 0.1), Sample(9, 1, 0.7)])
    let red: Float = 0.1 + 0.75 * (0.4 + 0.5 * 0.7)
    #expect(abs(found.red - red) < 1e-6)
    #expect(found.alpha == 1)
    #expect(found.z == 1)
  }

  @Test func volumesInOnePlaceAreMixedAsTheStandardSays() {
    let (a1, a2, c1, c2) = (0.3, 0.8, 0.2, 0.5)
    let found = flat([Sample(1, 2, Float(a1), Float(c1)), Sample(1, 2, Float(a2), Float(c2))])
    let (u1, u2, am) = (-log1p(-a1), -log1p(-a2), a1 + a2 - a1 * a2)
    let expected = (c1 * u1 / a1 + c2 * u2 / a2) * am / (u1 + u2)
    #expect(abs(Double(found.red) - expected) < 1e-6)
    #expect(abs(Double(found.alpha) - am) < 1e-6)
  }

  @Test func pointsInOnePlaceAreMixedNotOverOneAnother() {
    let one = flat([Sample(1, 0.5, 0.5), Sample(1, 0.5, 0)])
    let other = flat([Sample(1, 0.5, 0), Sample(1, 0.5, 0.5)])
    #expect(abs(one.red - other.red) < 1e-7 && abs(one.alpha - 0.75) < 1e-6)
    #expect(abs(one.red - 0.375) < 1e-6)
  }

  @Test func whatOverlapsInPartIsWhatSlicesAddUpTo() {
    let cases: [[Sample]] = [
      [Sample(1, 3, 0.6, 0.5), Sample(2, 4, 0.5, 0.1)],
      [Sample(1, 4, 0.6, 0.5), Sample(2, 3, 0.9, 0.1), Sample(2.5, 0.4, 0.3)],
      [Sample(1, 4, 0, 0.5), Sample(2, 3, 0.9, 0.1)],
      [Sample(1, 1.5, 0.99, 0.9), Sample(1.25, 9, 0.001, 0.001), Sample(1.4, 2, 0.5, 0.2)],
    ]
    for samples in cases {
      let (found, expected) = (flat(samples), sliced(samples))
      #expect(abs(Double(found.red) - expected.red) < 2e-4, "\(samples)")
      #expect(abs(Double(found.alpha) - expected.alpha) < 2e-5, "\(samples)")
    }
  }

  @Test func opaqueSamplesHideWhatIsBehindWhateverItIs() {
    #expect(flat([Sample(1, 1, 0.5), Sample(2, 0.5, .nan)]).red == 0.5)
    // In one place each opaque sample counts alike, and nothing else does.
    let mean = flat([Sample(1, 1, 0.2), Sample(1, 1, 0.4), Sample(1, 0.9, 7)])
    #expect(abs(mean.red - 0.3) < 1e-7 && mean.alpha == 1)
    // An opaque volume begins at its front.
    let volume = flat([Sample(1, 3, 1, 0.5), Sample(2, 0.5, 0.4)])
    #expect(volume.red == 0.5 && volume.alpha == 1)
    let behind = flat([Sample(1, 3, 0.5, 0.2), Sample(2, 4, 1, 0.8)])
    let half = 1 - (0.5 as Float).squareRoot()
    #expect(abs(behind.red - (0.2 * half / 0.5 + (1 - half) * 0.8)) < 1e-6)
  }

  @Test func withoutAlphaSamplesAddLightAndHideNothing() {
    let found = flat([Sample(1, 0, 0.5), Sample(2, 0.5, 0.25)])
    #expect(found.red == 0.75 && found.alpha == 0.5 && found.z == 2)
    #expect(flat([]).red == 0)
  }

  @Test func numbersThatAreNoneDoNotSpread() {
    // A depth that is none lies behind all that are; an alpha that is none hides nothing.
    #expect(flat([Sample(.nan, 1, 0.9), Sample(5, 1, 0.5)]).red == 0.5)
    let found = flat([Sample(1, .nan, 0.25), Sample(2, 1, 0.5)])
    #expect(found.red == 0.75 && found.alpha == 1)
    #expect(flat([Sample(2, 1, 0.5, 0.25), Sample(3, .nan, 0.5, 0.25)]).alpha == 0.75)
    // Alphas count from 0 to 1.
    #expect(flat([Sample(1, 2, 0.5), Sample(2, 1, 0.5)]).alpha == 1)
    #expect(flat([Sample(1, -1, 0.5), Sample(2, 0.5, 0.5)]).red == 1)
  }

  @Test func endlessDepthsHaveAnswers() {
    #expect(flat([Sample(.infinity, 0.5, 0.25), Sample(1, 0.5, 0.5)]).red == 0.625)
    // A volume without end is behind what lies in it.
    let found = flat([Sample(1, .infinity, 0.5, 0.5), Sample(3, 0.5, 0.25)])
    #expect(found.red == 0.5 && found.alpha == 0.75)
    let both = flat([Sample(-.infinity, .infinity, 0.5, 0.5), Sample(0, 0.5, 0.25)])
    #expect(both.red.isFinite && both.alpha == 0.75)
    let huge = flat([Sample(-3e38, 3e38, 0.75, 0.5), Sample(0, 3e38, 0.75, 0.5)])
    #expect(huge.red.isFinite && abs(huge.alpha - 0.9375) < 1e-6)
  }

  @Test func depthsAreOfWhatIsSeen() {
    let samples = tile([
      Sample(1, 0, 0.5), Sample(2, 4, 0.5, 0.5), Sample(8, 1, 0.5), Sample(9, 1, 0),
    ])
    #expect(flat(samples).z == 2)
    #expect(abs(flat(samples, depth: .mean).z - (0.5 * 3 + 0.5 * 8)) < 1e-6)
  }

  @Test func opticalDepthsAreExactForSmallAlphasToo() {
    for exponent in -30..<0 {
      let alpha = 0.9 * exp2(Double(exponent))
      #expect(abs(OpticalDepth.of(alpha: alpha) / -log1p(-alpha) - 1) < 1e-13)
      #expect(abs(OpticalDepth.alpha(of: alpha) / -expm1(-alpha) - 1) < 1e-13)
    }
    #expect(OpticalDepth.of(alpha: 0) == 0 && OpticalDepth.alpha(of: 0) == 0)
  }

  // MARK: Two pictures

  private static func random(_ dice: inout UInt64) -> [Sample] {
    func next() -> Float {
      dice = dice &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return Float(dice >> 40) / Float(1 << 24)
    }
    return (0..<Int(next() * 5)).map { _ in
      let z = (next() * 8).rounded() / 2
      let alpha: Float = next() < 0.2 ? 1 : next() < 0.2 ? 0 : next()
      return Sample(z, next() < 0.5 ? z : z + (next() * 6).rounded() / 2, alpha, alpha * next())
    }
  }

  @Test func whatIsSeenOfEachAddsUpToBoth() {
    var dice: UInt64 = 3
    let rect = Rect(x: 1, y: 1, width: 1, height: 1)
    let channels: [Channel] = [.red, .alpha, .z, .zBack]
    for _ in 0..<3000 {
      let (first, second) = (Self.random(&dice), Self.random(&dice))
      let (a, b) = (tile(first), tile(second))
      let most = 2 * (a.count + b.count)
      let both = DeepMerging(a, over: b, channels, ids: []).combined(
        rect, droppingHidden: false, pool)
      let whole = flat(both ?? .empty)
      #expect(both?.count == first.count + second.count)
      let seenB = flat(DeepMerging(a, over: b, channels, ids: []).heldOut(rect, most: most, pool))
      let seenA = flat(DeepMerging(b, over: a, channels, ids: []).heldOut(rect, most: most, pool))
      #expect(abs(seenA.red + seenB.red - whole.red) < 1e-5, "\(first) \(second)")
      #expect(abs(seenA.alpha + seenB.alpha - whole.alpha) < 1e-5, "\(first) \(second)")
      // Hidden samples are not seen.
      let seen = DeepMerging(a, over: b, channels, ids: []).combined(
        rect, droppingHidden: true, pool)
      #expect((seen?.count ?? 0) <= first.count + second.count)
      let fewer = flat(seen ?? .empty)
      #expect(fewer.red == whole.red && fewer.alpha == whole.alpha, "\(first) \(second)")
    }
  }

  @Test func mergedSamplesAreInOrderAndUnchanged() {
    let (a, b) = (
      tile([Sample(5, 0.5, 1), Sample(1, 2, 0.5, 2)]), tile([Sample(1, 0.25, 3), Sample(5, 1, 4)])
    )
    let rect = Rect(x: 0, y: 0, width: 16, height: 16)
    let both = DeepMerging(a, over: b, [.red, .z, .alpha, "extra"], ids: [])
      .combined(rect, droppingHidden: false, pool)
    let places = both?.samples(of: 17) ?? 0..<0
    func values(_ channel: Channel) -> [Float] {
      places.map { both?.value(channel, sample: $0) ?? -1 }
    }
    #expect(values(.red) == [3, 2, 4, 1] && values("extra") == [0, 0, 0, 0])
  }

  @Test func manySamplesInOnePixelStayInTime() {
    let samples = (0..<3000).map { Sample(Float($0 % 700), Float($0 % 700 + 40), 0.01, 0.01) }
    let found = flat(samples)
    #expect(found.alpha > 0.99 && found.red.isFinite)
  }
}
