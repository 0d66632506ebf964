import Bipack
import Foundation
import Testing

@testable import BipackNodes

@Suite("ColorCorrect") struct ColorCorrectTests {
  private struct Tone {
    var saturation = 1.0
    var contrast = 1.0
    var gamma = 1.0
    var gain = 1.0
    var offset = 0.0

    func apply(_ c: [Double]) -> [Double] {
      let y = 0.2125 * c[0] + 0.7154 * c[1] + 0.0721 * c[2]
      return c.map { x -> Double in
        let mixed = y + (x - y) * saturation
        let power = mixed > 0 ? pow(pow(mixed / 0.18, contrast) * 0.18, 1 / gamma) : mixed
        return power * gain + offset
      }
    }
  }

  private static let colors: [[Double]] = [
    [0.01, 0.02, 0.005], [0.05, 0.07, 0.1], [0.18, 0.18, 0.18], [0.4, 0.2, 0.6], [0.9, 0.7, 0.5],
    [4, 2, 1], [-0.1, 0.2, 0.3], [0, 0, 0],
  ]

  private func corrected(_ node: ColorCorrect) async throws -> [[Double]] {
    let colors = Self.colors
    let picture = Pictures.make(
      width: colors.count,
      [
        .red: colors.map { Float($0[0]) }, .green: colors.map { Float($0[1]) },
        .blue: colors.map { Float($0[2]) }, .alpha: colors.map { _ in 1 },
      ])
    let image = try await Pictures.renderer.run(node, inputs: [picture])
    return colors.indices.map { i in Channel.rgb.map { Double(image.value($0, x: i, y: 0)) } }
  }

  private func expectClose(_ a: [[Double]], _ b: [[Double]], _ tolerance: Double = 4e-6) {
    for (x, y) in zip(a, b) {
      for (p, q) in zip(x, y) {
        #expect((p - q).magnitude <= tolerance * max(1, q.magnitude), "\(x) \(y)")
      }
    }
  }

  @Test func theMasterIsOneCorrection() async throws {
    var node = ColorCorrect()
    node.saturation = 1.4
    node.contrast = 1.3
    node.gamma = 0.8
    node.gain = 1.2
    node.offset = -0.02
    let tone = Tone(saturation: 1.4, contrast: 1.3, gamma: 0.8, gain: 1.2, offset: -0.02)
    expectClose(try await corrected(node), Self.colors.map(tone.apply))
    // Contrast leaves 0.18 alone, and its opposite as a gamma is no power at all.
    node = ColorCorrect()
    node.contrast = 2
    expectClose([try await corrected(node)[2]], [[0.18, 0.18, 0.18]], 1e-6)
    node.gamma = 2
    expectClose(
      try await corrected(node), Self.colors.map(Tone(contrast: 2, gamma: 2).apply))
  }

  @Test func rangesHaveTheirShares() async throws {
    var node = ColorCorrect()
    node.shadowsGain = 0.5
    node.shadowsSaturation = 0.3
    node.midtonesGamma = 1.3
    node.midtonesContrast = 0.9
    node.highlightsOffset = 0.1
    node.highlightsContrast = 1.2
    node.gain = 1.1
    let expected = Self.colors.map { c -> [Double] in
      let y = 0.2125 * c[0] + 0.7154 * c[1] + 0.0721 * c[2]
      let s = min(1, max(0, 1 - y / 0.09))
      let h = min(1, max(0, (y - 0.5) / 0.5))
      let dark = Tone(saturation: 0.3, gain: 0.5).apply(c)
      let middle = Tone(contrast: 0.9, gamma: 1.3).apply(c)
      let bright = Tone(contrast: 1.2, offset: 0.1).apply(c)
      return (0..<3).map { 1.1 * (s * dark[$0] + (1 - s - h) * middle[$0] + h * bright[$0]) }
    }
    expectClose(try await corrected(node), expected)
  }

  @Test func rangesAreCurves() async throws {
    var node = ColorCorrect()
    node.shadow = .constant(1)
    node.highlight = .constant(0)
    node.shadowsGain = 3
    node.midtonesGain = 5
    expectClose(try await corrected(node), Self.colors.map { c in c.map { x in 3 * x } })
    // Curves are held within 0 and 1.
    node.shadow = .constant(-2)
    expectClose(try await corrected(node), Self.colors.map { c in c.map { x in 5 * x } })
  }

  @Test func channelsHaveNumbersOfTheirOwn() async throws {
    var node = ColorCorrect()
    node.gain = ColorValue(1, 2, 3, 1)
    node.saturation = ColorValue(0, 1, 1, 1)
    let got = try await corrected(node)
    for (a, c) in zip(got, Self.colors) {
      let y = 0.2125 * c[0] + 0.7154 * c[1] + 0.0721 * c[2]
      expectClose([a], [[y, 2 * c[1], 3 * c[2]]])
    }
  }
}
