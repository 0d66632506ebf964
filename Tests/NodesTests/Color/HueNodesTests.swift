import Bipack
import Foundation
import Testing

@testable import BipackNodes

/// HueShift, HSVTool and WhiteBalance.
@Suite("Hues and whites") struct HueNodesTests {
  private let colors: [[Double]] = [
    [0.8, 0.2, 0.1], [0.2, 0.7, 0.3], [0.1, 0.3, 0.9], [0.5, 0.5, 0.5], [0.9, 0.8, 0.1],
    [3, 2.5, 0.25], [0.7, 0.1, 0.6],
  ]

  private func through<N: Node>(_ node: N, _ given: [[Double]]? = nil) async throws -> [[Double]] {
    let colors = given ?? colors
    let picture = Pictures.make(
      width: colors.count,
      [
        .red: colors.map { Float($0[0]) }, .green: colors.map { Float($0[1]) },
        .blue: colors.map { Float($0[2]) }, .alpha: colors.map { _ in 1 },
      ])
    let image = try await run(node, [picture])
    let planes = Channel.rgba.map { image.values($0) }
    return colors.indices.map { i in planes.map { Double($0[i]) } }
  }

  private func isClose(_ a: [[Double]], _ b: [[Double]], _ tolerance: Double = 4e-6) -> Bool {
    zip(a, b).allSatisfy { x, y in
      zip(x, y).allSatisfy { ($0 - $1).magnitude <= tolerance * max(1, $1.magnitude) }
    }
  }

  private func luminance(_ c: [Double]) -> Double {
    Primaries.rec709.toXYZ.apply(Array(c.prefix(3)))[1]
  }

  // MARK: HueShift

  /// In XYZ, by hand.
  private func shifted(_ c: [Double], _ node: HueShift) -> [Double] {
    let (there, back) = (Primaries.rec709.toXYZ, Primaries.rec709.fromXYZ)
    func skewed(_ c: [Double], _ grey: ColorValue, _ sign: Double) -> [Double] {
      let g = there.apply([grey.r, grey.g, grey.b])
      return [c[0] + sign * g[0] / g[1] * c[1], c[1], c[2] + sign * g[2] / g[1] * c[1]]
    }
    var xyz = skewed(there.apply(c), node.ingray, -1)
    let axis = skewed(there.apply([node.color.r, node.color.g, node.color.b]), node.ingray, -1)
    let length = hypot(axis[0], axis[2])
    let (p, q) = (axis[0] / length, axis[2] / length)
    let along = (xyz[0] * p + xyz[2] * q) * (node.colorSaturation - 1)
    (xyz[0], xyz[2]) = (xyz[0] + along * p, xyz[2] + along * q)
    let angle = -node.hueRotation * .pi / 180
    (xyz[0], xyz[2]) = (
      cos(angle) * xyz[0] - sin(angle) * xyz[2], sin(angle) * xyz[0] + cos(angle) * xyz[2]
    )
    xyz = [xyz[0] * node.saturation, xyz[1], xyz[2] * node.saturation].map { $0 * node.brightness }
    return back.apply(skewed(xyz, node.outgray, 1))
  }

  @Test func hueShiftTurnsAboutGrey() async throws {
    var node = HueShift()
    node.hueRotation = 137
    var got = try await through(node)
    #expect(isClose(got, colors.map { shifted($0, node) }))
    // Greys stay, and so does the luminance of all.
    #expect(isClose([got[3]], [[0.5, 0.5, 0.5]], 1e-6))
    for (a, b) in zip(got, colors) { #expect(abs(luminance(a) - luminance(b)) < 4e-6) }
    // Three thirds of a turn are none.
    node.hueRotation = 120
    got = colors
    for _ in 0..<3 { got = try await through(node, got) }
    #expect(isClose(got, colors, 2e-5))
    // From red towards green.
    node.hueRotation = 20
    let red = try await through(node, [[1, 0, 0]])[0]
    #expect(red[1] > red[2])
  }

  @Test func hueShiftHasNukesOtherParameters() async throws {
    var node = HueShift()
    node.hueRotation = -40
    node.saturation = 1.3
    node.brightness = 0.7
    node.color = ColorValue(0.1, 0.2, 1, 1)
    node.colorSaturation = 0.25
    node.ingray = ColorValue(0.3, 0.25, 0.2, 1)
    node.outgray = ColorValue(0.2, 0.25, 0.4, 1)
    #expect(isClose(try await through(node), colors.map { shifted($0, node) }))
    // What had the chromaticity of one grey has that of the other.
    node.brightness = 1
    let grey = try await through(node, [[0.6, 0.5, 0.4]])[0]
    #expect(abs(grey[2] / grey[0] - 2) < 1e-4 && abs(grey[1] / grey[0] - 1.25) < 1e-4)
    node.ingray = 0
    await #expect(throws: RenderError.self) { try await through(node) }
  }

  // MARK: HSVTool

  private func hsv(_ c: [Double]) -> [Double] {
    let (most, least) = (c.max() ?? 0, c.min() ?? 0)
    if most == least { return [0, 0, most] }
    let range = most - least
    let sector =
      c[0] == most
      ? (c[1] - c[2]) / range
      : c[1] == most ? 2 + (c[2] - c[0]) / range : 4 + (c[0] - c[1]) / range
    return [60 * (sector < 0 ? sector + 6 : sector), range / most, most]
  }

  private func rgb(_ c: [Double]) -> [Double] {
    [5.0, 3, 1].map { n in
      var k = (n + c[0] / 60).truncatingRemainder(dividingBy: 6)
      if k < 0 { k += 6 }
      return c[2] - c[2] * c[1] * max(0, min(k, 4 - k, 1))
    }
  }

  private func share(_ beyond: Double, _ rolloff: Double) -> Double {
    beyond <= 0 ? 1 : rolloff > 0 ? max(0, 1 - beyond / rolloff) : 0
  }

  @Test func hsvToolChangesWhatItPicks() async throws {
    var node = HSVTool()
    node.hueRange = Vec2(90, 150)
    node.hueRangeRolloff = 40
    node.saturationRange = Vec2(0.3, 0.7)
    node.saturationRangeRolloff = 0.4
    node.brightnessRange = Vec2(0.2, 1)
    node.brightnessRangeRolloff = 0.1
    node.hueRotation = 50
    node.hueRotationGain = 0.5
    node.saturationAdjustment = -0.2
    node.saturationAdjustmentGain = 1.5
    node.brightnessAdjustment = 0.3
    node.brightnessAdjustmentGain = 0.75
    node.outputAlpha = .all
    let more = colors + [[0.4, 0.8, 0.3], [0.5, 0.8, 0.3], [0.6, 0.9, 0.2], [0.1, 0.15, 0.05]]
    let expected = more.map { c -> [Double] in
      let x = hsv(c)
      var turn = x[0] - 120
      if turn > 180 { turn -= 360 }
      let p = min(
        share(abs(turn) - 30, 40), share(max(0.3 - x[1], x[1] - 0.7), 0.4), share(0.2 - x[2], 0.1))
      let changed = [
        x[0] + p * (50 - 0.5 * turn), max(0, x[1] + p * (-0.2 + 0.5 * (x[1] - 0.5))),
        x[2] + p * (0.3 - 0.25 * (x[2] - 0.6)),
      ]
      return (p == 0 ? c : rgb(changed)) + [p]
    }
    let got = try await through(node, more)
    #expect(isClose(got, expected, 1e-5))
    // Some were picked wholly, some in part, and what was not is as it was.
    #expect(got.contains { $0[3] == 1 } && got.contains { $0[3] > 0 && $0[3] < 1 })
    #expect(got[0].prefix(3).map { Float($0) } == more[0].map { Float($0) })
  }

  @Test func hsvToolsRangesGoTheShortWayRound() async throws {
    var node = HSVTool()
    node.outputAlpha = .hue
    for range in [Vec2(348, 12), Vec2(12, 348)] {
      node.hueRange = range
      let mattes = try await through(node, [[1, 0.1, 0], [1, 0, 0.1], [1, 0.5, 0], [0, 1, 1]])
      #expect(mattes.map { $0[3] } == [1, 1, 0, 0])
    }
    // All hues, and ends at 0 and 1 are open: every colour is in.
    node = HSVTool()
    node.outputAlpha = .all
    let all = try await through(node, [[0, 0, 1], [30, 2, 0.1], [-1, 0.5, 0.2], [0, 0, 0]])
    #expect(all.map { $0[3] } == [1, 1, 1, 1])
    node.brightnessRange = Vec2(1, 0)
    await #expect(throws: RenderError.self) { try await through(node) }
  }

  @Test func hsvToolMakesAnAlphaWhereThereIsNone() async throws {
    var node = HSVTool()
    node.outputAlpha = .saturation
    node.saturationRange = Vec2(0.5, 1)
    let picture = Pictures.make(
      width: 2, [.red: [1, 0.5], .green: [0.2, 0.5], .blue: [0.1, 0.5]])
    let image = try await run(node, [picture])
    #expect(image.values(.alpha) == [1, 0])
    #expect(image.values(.red) == [1, 0.5])
  }

  // MARK: WhiteBalance

  @Test(arguments: [Adaptation.bradford, .vonKries])
  func whatIsPickedBecomesGrey(_ adaptation: Adaptation) async throws {
    var node = WhiteBalance()
    node.adaptation = adaptation
    for pick in [[0.26, 0.18, 0.1], [0.5, 0.55, 0.8], [0.02, 0.018, 0.021]] {
      node.neutral = ColorValue(pick[0], pick[1], pick[2], 1)
      let got = try await through(node, [pick, pick.map { $0 * 3 }])
      let y = luminance(pick)
      #expect(isClose([Array(got[0].prefix(3))], [[y, y, y]], 1e-6))
      #expect(isClose([Array(got[1].prefix(3))], [[3 * y, 3 * y, 3 * y]], 1e-6))
    }
    node.neutral = ColorValue(0, 0, 1, 1)
    node.primaries = .acesAP0
    await #expect(throws: RenderError.self) { try await through(node) }
  }

  /// A to D65 by Bradford, as Lindbloom prints it (rounded), on XYZ.
  @Test func bradfordIsLindblooms() throws {
    let matrix = try #require(
      Adaptation.bradford.matrix(from: [1.0985, 1, 0.35585], to: [0.95047, 1, 1.08883]))
    let printed = [
      0.8446965, -0.1179225, 0.3948108, -0.1366303, 1.1041226, 0.1291718, 0.0798489, -0.1348999,
      3.1924009,
    ]
    let factors = (0..<9).map { matrix.rows[4 * ($0 / 3) + $0 % 3] }
    for (a, b) in zip(factors, printed) { #expect(abs(a - b) < 2e-5) }
  }

  @Test func lightHasItsColor() {
    // The black body, moved to where daylight is at D65: illuminant A is 0.0033 uv away from this.
    let d65 = LightColor.xyz(temperature: 6504, tint: 0)
    let sum = d65.reduce(0, +)
    #expect(abs(d65[0] / sum - 0.3127) < 1e-4 && abs(d65[1] / sum - 0.329) < 1e-4)
    let a = LightColor.xyz(temperature: 2856, tint: -3.266)
    let total = a.reduce(0, +)
    #expect(abs(a[0] / total - 0.44758) < 5e-4 && abs(a[1] / total - 0.40745) < 5e-4)
  }

  @Test func temperatureAndTintGoTheirWay() async throws {
    var node = WhiteBalance()
    #expect(isClose(try await through(node), colors, 1e-7))
    node.temperature = 3200
    var grey = try await through(node, [[0.5, 0.5, 0.5]])[0]
    #expect(grey[0] < 0.5 && grey[2] > 0.5)
    node.temperature = 9000
    grey = try await through(node, [[0.5, 0.5, 0.5]])[0]
    #expect(grey[0] > 0.5 && grey[2] < 0.5)
    node.temperature = 6504
    node.tint = 20
    grey = try await through(node, [[0.5, 0.5, 0.5]])[0]
    #expect(grey[1] < grey[0] && grey[1] < grey[2])
    // Light of that temperature becomes grey.
    node.tint = 4
    node.temperature = 4300
    let light = LightColor.xyz(temperature: 4300, tint: 4)
    let seen = try await through(node, [Primaries.rec709.fromXYZ.apply(light)])[0]
    #expect(abs(seen[0] / seen[1] - 1) < 1e-3 && abs(seen[2] / seen[1] - 1) < 1e-3)
  }
}
