import Bipack
import Foundation
import Testing

@testable import BipackNodes

@Suite("Colour models") struct ColorModelTests {
  private static let colors: [[Double]] = [
    [0.8, 0.2, 0.1], [0.2, 0.7, 0.3], [0.1, 0.3, 0.9], [0.5, 0.5, 0.5], [1, 1, 1], [0, 0, 0],
    [0.9, 0.8, 0.1], [0.3, 0.9, 0.8], [0.7, 0.1, 0.6], [4, 2.5, 0.25], [0.001, 0.002, 0.0005],
    [0.9, 0.1, 0.1], [0.25, 0.25, 0.75], [-0.1, 0.4, 0.2],
  ]

  private func convert(
    _ from: ColorModel.Model, _ to: ColorModel.Model, _ colors: [[Double]] = colors,
    _ change: (inout ColorModel) -> Void = { _ in }
  ) async throws -> [[Double]] {
    var node = ColorModel()
    node.inModel = from
    node.outModel = to
    change(&node)
    let picture = Pictures.make(
      width: colors.count,
      [
        .red: colors.map { Float($0[0]) }, .green: colors.map { Float($0[1]) },
        .blue: colors.map { Float($0[2]) }, .alpha: colors.map { _ in 0.5 },
      ])
    let image = try await run(node, [picture])
    #expect(image.values(.alpha) == colors.map { _ in 0.5 })
    let planes = Channel.rgb.map { image.values($0) }
    return colors.indices.map { i in planes.map { Double($0[i]) } }
  }

  private func expectClose(
    _ a: [[Double]], _ b: [[Double]], _ tolerance: Double, _ what: Comment? = nil
  ) {
    for (x, y) in zip(a, b) {
      for (p, q) in zip(x, y) {
        #expect((p - q).magnitude <= tolerance * max(1, q.magnitude), what ?? "\(x) \(y)")
      }
    }
  }

  // MARK: Hues

  private func hue(_ c: [Double]) -> Double {
    let (most, least) = (c.max() ?? 0, c.min() ?? 0)
    let range = Double(Float(most)) - Double(Float(least))
    if range == 0 { return 0 }
    let sector =
      c[0] == most
      ? (c[1] - c[2]) / range
      : c[1] == most ? 2 + (c[2] - c[0]) / range : 4 + (c[0] - c[1]) / range
    return (sector < 0 ? sector + 6 : sector) / 6
  }

  @Test func hsvIsSmiths() async throws {
    let expected = Self.colors.map { c -> [Double] in
      let (most, least) = (c.max() ?? 0, c.min() ?? 0)
      return [hue(c), most == 0 ? 0 : (most - least) / most, most]
    }
    expectClose(try await convert(.rgb, .hsv), expected, 1e-6)
  }

  @Test func hslIsTheDoubleCone() async throws {
    let expected = Self.colors.map { c -> [Double] in
      let (most, least) = (c.max() ?? 0, c.min() ?? 0)
      let lightness = (most + least) / 2
      let room = 1 - abs(2 * lightness - 1)
      return [hue(c), room == 0 ? 0 : (most - least) / room, lightness]
    }
    expectClose(try await convert(.rgb, .hsl), expected, 2e-6)
  }

  @Test func hsiIsGonzalezAndWoods() async throws {
    let expected = Self.colors.map { c -> [Double] in
      let (r, g, b) = (c[0], c[1], c[2])
      let mean = (r + g + b) / 3
      let root = ((r - g) * (r - g) + (r - b) * (g - b)).squareRoot()
      let angle = acos(max(-1, min(1, ((r - g) + (r - b)) / 2 / root))) / (2 * .pi)
      let hue = root == 0 ? 0 : b > g ? 1 - angle : angle
      return [hue, mean == 0 ? 0 : 1 - min(r, g, b) / mean, mean]
    }
    expectClose(try await convert(.rgb, .hsi), expected, 2e-6)
  }

  @Test func pureHuesLieWhereTheyShould() async throws {
    let pure: [[Double]] = [[1, 0, 0], [1, 1, 0], [0, 1, 0], [0, 1, 1], [0, 0, 1], [1, 0, 1]]
    for model in [ColorModel.Model.hsv, .hsl, .hsi] {
      let hues = try await convert(.rgb, model, pure).map { $0[0] }
      for (i, hue) in hues.enumerated() { #expect(abs(hue - Double(i) / 6) < 1e-6) }
      // A hue of 1 and beyond is red again.
      var turned = try await convert(.rgb, model, pure)
      for i in turned.indices { turned[i][0] += 1 }
      expectClose(try await convert(model, .rgb, turned), pure, 4e-6)
    }
  }

  // MARK: CIE

  @Test func xyzIsTheMatrixOfTheStandards() async throws {
    // sRGB's, from its primaries (Lindbloom, rounded).
    let expected = [
      [0.412_390_8, 0.212_639, 0.019_330_8], [0.357_584_3, 0.715_168_7, 0.119_194_8],
      [0.180_480_8, 0.072_192_3, 0.950_532_2],
    ]
    let unit: [[Double]] = [[1, 0, 0], [0, 1, 0], [0, 0, 1]]
    expectClose(try await convert(.rgb, .xyz, unit), expected, 1e-6)
    // AP1 of S-2014-004.
    let ap1 = [
      [0.662_454_2, 0.272_228_7, -0.005_574_65], [0.134_004_2, 0.674_081_8, 0.004_060_73],
      [0.156_187_7, 0.053_689_5, 1.010_339_1],
    ]
    expectClose(
      try await convert(.rgb, .xyz, unit) { $0.primaries = .acesAP1 }, ap1, 1e-6)
    for primaries in Primaries.allCases {
      let white = try await convert(.rgb, .xyz, [[1, 1, 1]]) { $0.primaries = primaries }[0]
      #expect(abs(white[1] - 1) < 1e-6)
      #expect(abs(white[0] / white.reduce(0, +) - primaries.chromaticities[3].x) < 1e-6)
    }
  }

  @Test func labIsTheCIEs() async throws {
    func lab(_ xyz: [Double], _ white: [Double]) -> [Double] {
      let f = zip(xyz, white).map { x, n -> Double in
        let t = x / n
        return t > pow(6.0 / 29, 3) ? cbrt(t) : t / (3 * pow(6.0 / 29, 2)) + 4.0 / 29
      }
      return [116 * f[1] - 16, 500 * (f[0] - f[1]), 200 * (f[1] - f[2])]
    }
    for primaries in [Primaries.rec709, .acesAP0] {
      let xyz = Self.colors.map { primaries.toXYZ.apply($0) }
      let expected = xyz.map { lab($0, primaries.white) }
      expectClose(
        try await convert(.rgb, .lab) { $0.primaries = primaries }, expected, 2e-5)
    }
    // Red of sRGB, as every table has it.
    let red = try await convert(.rgb, .lab, [[1, 0, 0], [1, 1, 1]])
    expectClose(red, [[53.24, 80.09, 67.20], [100, 0, 0]], 1e-3)
  }

  // MARK: YCbCr

  @Test(arguments: [
    (ColorModel.Model.ycbcr601, 0.299, 0.114), (.ycbcr709, 0.2126, 0.0722),
    (.ycbcr2020, 0.2627, 0.0593),
  ])
  func ycbcrIsTheITUs(model: ColorModel.Model, r: Double, b: Double) async throws {
    let full = Self.colors.map { c -> [Double] in
      let y = r * c[0] + (1 - r - b) * c[1] + b * c[2]
      return [y, (c[2] - y) / (2 * (1 - b)), (c[0] - y) / (2 * (1 - r))]
    }
    expectClose(try await convert(.rgb, model), full, 1e-6)
    let codes = full.map {
      [(16 + 219 * $0[0]) / 255, (128 + 224 * $0[1]) / 255, (128 + 224 * $0[2]) / 255]
    }
    expectClose(try await convert(.rgb, model) { $0.videoRange = true }, codes, 1e-6)
    let back = try await convert(model, .rgb, codes) { $0.videoRange = true }
    expectClose(back, Self.colors, 2e-6)
  }

  // MARK: All

  @Test(arguments: ColorModel.Model.allCases)
  func everyModelComesBack(_ model: ColorModel.Model) async throws {
    // Those that the abstract excepts: no value, no intensity, a lightness of 1.
    let colors = Self.colors.filter { ($0.max() ?? 0) > 0 }
    let there = try await convert(.rgb, model, colors)
    expectClose(try await convert(model, .rgb, there), colors, 4e-6)
    // From model to model is by way of red, green and blue.
    let hsv = try await convert(.rgb, .hsv, colors)
    let direct = try await convert(model, .hsv, there)
    for (a, b) in zip(direct, hsv) where b[1] > 1e-3 {
      expectClose([[a[1], a[2]]], [[b[1], b[2]]], 1e-4)
      let turn = abs(a[0] - b[0])
      #expect(min(turn, 1 - turn) < 1e-4)
    }
  }

  @Test func aBadPixelStaysOne() async throws {
    for model in ColorModel.Model.allCases where model != .rgb {
      for bad in [Double.nan, .infinity] {
        let got = try await convert(.rgb, model, [[0.2, 0.4, 0.6], [bad, 0.1, 0.2]])
        #expect(got[0].allSatisfy { $0.isFinite })
      }
    }
  }
}
