import Bipack
import Foundation
import Testing

@testable import BipackNodes

/// SoftClip, Log2Lin and Posterize: nodes that move values between ranges.
@Suite("Ranges") struct RangeNodesTests {
  private let values: [Float] = difficult + [0.0928, 0.3, 0.8, 0.9, 0.999, 2, 3.9, 4, 4.1, 1e20]

  private func through<N: Node>(_ node: N, _ values: [Float]? = nil) async throws -> [Float] {
    try await run(node, [Pictures.row(values ?? self.values)]).values(.red)
  }

  // MARK: Log2Lin

  @Test func log2LinIsTheFormulaOfTheField() async throws {
    for (black, white, gamma) in [(95.0, 685.0, 0.6), (64, 681, 0.89), (0, 1023, 1.022)] {
      var node = Log2Lin()
      node.black = ColorValue(black)
      node.white = ColorValue(white)
      node.gamma = ColorValue(gamma)
      let codes = stride(from: -20.0, through: 1100, by: 7).map { Float($0 / 1023) }
      let b = pow(10, (black - white) * 0.002 / gamma)
      let linear = codes.map {
        (pow(10, (1023 * Double($0) - white) * 0.002 / gamma) - b) / (1 - b)
      }
      #expect(agree(try await through(node, codes), linear, 4e-6))
      node.operation = .lin2log
      let back = linear.map { x -> Double in
        (log10(Double(Float(x)) * (1 - b) + b) * gamma / 0.002 + white) / 1023
      }
      #expect(agree(try await through(node, linear.map { Float($0) }), back, 4e-6))
    }
  }

  @Test func log2LinMeetsItsBlackAndWhite() async throws {
    var node = Log2Lin()
    let ends = try await through(node, [95.0 / 1023, 685.0 / 1023])
    #expect(abs(ends[0]) < 1e-7 && abs(ends[1] - 1) < 2e-6)
    // It is the curve Read and ColorSpace call Cineon, to the bit.
    #expect(try await through(node) == values.map { TransferCurve.cineon.decode($0) })
    node.ignoreBlack = true
    let pure = values.map { pow(10, (1023 * Double($0) - 685) / 300) }
    let isPure = zip(try await through(node), pure).allSatisfy {
      agree($0, min($1, 1e30), 4e-6) || $1 > 1e30
    }
    #expect(isPure)
  }

  @Test func log2LinTakesChannelsApart() async throws {
    var node = Log2Lin()
    node.black = ColorValue(95, 64, 0, 1)
    let image = try await run(node, [Pictures.row([64.0 / 1023])])
    #expect(abs(image.value(.green, x: 0, y: 0)) < 1e-7)
    #expect(image.value(.red, x: 0, y: 0) < 0 && image.value(.blue, x: 0, y: 0) > 0)
    #expect(image.value(.alpha, x: 0, y: 0) == 1)
  }

  @Test func log2LinRefusesABlackAboveWhite() async throws {
    var node = Log2Lin()
    node.black = 700
    await #expect(throws: RenderError.self) { try await through(node) }
    node.ignoreBlack = true
    _ = try await through(node)
  }

  // MARK: Posterize

  @Test func posterizeIsNukes() async throws {
    var node = Posterize()
    for colors in [2, 3, 10, 16, 255, 65536] {
      node.colors = colors
      let n = Double(colors)
      let expected = values.map { x -> Float in
        let place = Double(x) * n
        return Float((place > 0 ? ceil(place - 1) : floor(place)) / (n - 1))
      }
      #expect(try await through(node) == expected, "\(colors)")
    }
  }

  @Test func posterizeKeepsItsOwnLevelsAndWhatIsNoNumber() async throws {
    var node = Posterize()
    node.colors = 4
    let got = try await through(node, [0, 0.25, 0.2500001, 0.5, 0.75, 1, 1.25, .nan, .infinity])
    #expect(got[0..<7].map { $0 * 3 }.map { $0.rounded() } == [0, 0, 1, 1, 2, 3, 4])
    #expect(got[5] == 1 && got[7].isNaN && got[8] == .infinity)
  }

  // MARK: SoftClip

  /// The shoulder by Newton's method on the a of its formula.
  private func shoulder(_ x: Double, _ low: Double, _ high: Double) -> Double {
    if x >= high { return 1 }
    if x <= low { return x }
    if high <= 1 || low >= 1 { return min(x, 1) }
    var (from, to) = (1e-9, 1e9)
    for _ in 0..<200 {
      let a = (from * to).squareRoot()
      if a * log1p((high - low) / a) < 1 - low { from = a } else { to = a }
    }
    return low + to * log1p((x - low) / to)
  }

  @Test func softClipBendsWithoutACorner() async throws {
    var node = SoftClip()
    for (low, high) in [(0.8, 4.0), (0, 4), (0.8, 1), (1, 1), (1, 9), (0.5, 1.01), (0, 1000)] {
      node.softclipMin = low
      node.softclipMax = high
      let got = try await through(node)
      #expect(agree(got, values.map { shoulder(Double($0), low, high) }, 1e-6), "\(low) \(high)")
      #expect(got.allSatisfy { $0 <= 1 })
    }
    node.softclipMin = 0.8
    node.softclipMax = 4
    let slope = try await through(node, [0.8, 0.8001, 3.9999, 4])
    #expect(abs((slope[1] - slope[0]) / 0.0001 - 1) < 2e-3)
    #expect(slope[3] == 1 && slope[3] - slope[2] < 1e-4)
    let nan = try await through(node, [.nan, .infinity, -.infinity])
    #expect(nan[0].isNaN && nan[1] == 1 && nan[2] == -.infinity)
  }

  private let colors: [[Double]] = [
    [2, 1, 0.5], [0.1, 3, 0.2], [0.9, 0.9, 0.9], [5, 5, 5], [0.3, 0.2, 0.1], [-0.5, 2, -1],
    [1.5, 8, 1.5], [0.2, 0.1, 9],
  ]

  private var picture: Image {
    Pictures.make(
      width: colors.count,
      [
        .red: colors.map { Float($0[0]) }, .green: colors.map { Float($0[1]) },
        .blue: colors.map { Float($0[2]) }, .alpha: colors.map { _ in 1 },
      ])
  }

  @Test func softClipKeepsHueAndSaturation() async throws {
    var node = SoftClip()
    node.conversion = .preserveHueAndSaturation
    let image = try await run(node, [picture])
    for (slot, channel) in Channel.rgb.enumerated() {
      let expected = colors.map { c in
        c[slot] * shoulder(c.max() ?? 0, 0.8, 4) / (c.max() ?? 1)
      }
      #expect(agree(image.values(channel), expected, 2e-6))
    }
  }

  @Test func softClipKeepsHueAndBrightness() async throws {
    var node = SoftClip()
    node.conversion = .preserveHueAndBrightness
    let image = try await run(node, [picture])
    for (slot, channel) in Channel.rgb.enumerated() {
      let expected = colors.map { c -> Double in
        let (most, grey) = (c.max() ?? 0, 0.2125 * c[0] + 0.7154 * c[1] + 0.0721 * c[2])
        let target = shoulder(most, 0.8, 4)
        if target >= most { return c[slot] }
        if grey >= target { return target }
        return grey + (c[slot] - grey) * (target - grey) / (most - grey)
      }
      #expect(agree(image.values(channel), expected, 4e-6))
    }
    // Where the brightness itself fits, it is kept.
    let before = 0.2125 * 0.2 + 0.7154 * 0.1 + 0.0721 * 9
    let after = Channel.rgb.map { Double(image.value($0, x: 7, y: 0)) }
    #expect(abs(0.2125 * after[0] + 0.7154 * after[1] + 0.0721 * after[2] - before) < 1e-5)
  }
}
