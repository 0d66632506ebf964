import Bipack
import BipackKernels
import Foundation
import Testing

@testable import BipackNodes

private let values = difficult.map(Double.init)

/// One row of difficult values through a node, red only.
private func through<N: Node>(_ node: N) async throws -> [Float] {
  try await run(node, [Pictures.row(difficult)]).values(.red)
}

@Suite("Color") struct ColorTests {
  private func grade(_ x: Double, _ g: Grade) -> Double {
    let a = g.multiply.r * (g.white.r - g.black.r) / (g.whitepoint.r - g.blackpoint.r)
    let b = g.add.r + g.black.r - a * g.blackpoint.r
    var y = a * x + b
    if g.blackClamp { y = max(0, y) }
    if g.whiteClamp { y = min(1, y) }
    if y <= 0 { return y }
    return y < 1 ? pow(y, 1 / g.gamma.r) : 1 + (y - 1) / g.gamma.r
  }

  @Test func gradeIsNukes() async throws {
    var node = Grade()
    #expect(try await through(node) == difficult)
    let settings: [(inout Grade) -> Void] = [
      { $0.gamma = 2.2 },
      {
        $0.blackpoint = 0.1
        $0.whitepoint = 0.8
      },
      {
        $0.black = 0.05
        $0.white = 1.5
        $0.gamma = 0.7
      },
      {
        $0.multiply = 2
        $0.add = -0.1
        $0.blackClamp = true
      },
      {
        $0.add = 0.2
        $0.whiteClamp = true
        $0.gamma = 3
      },
      {
        $0.multiply = ColorValue(-1)
        $0.blackClamp = true
        $0.whiteClamp = true
      },
    ]
    for change in settings {
      node = Grade()
      change(&node)
      #expect(agree(try await through(node), values.map { grade($0, node) }, 2e-6))
    }
  }

  @Test func reverseUndoesAGrade() async throws {
    var node = Grade()
    node.blackpoint = 0.1
    node.whitepoint = 0.9
    node.black = 0.02
    node.white = 1.3
    node.multiply = 1.1
    node.add = 0.03
    node.gamma = 1.8
    let graded = try await run(node, [Pictures.row(difficult)])
    node.reverse = true
    let back = try await run(node, [graded]).values(.red)
    for (x, y) in zip(back, difficult) { #expect((x - y).magnitude <= 2e-5 * max(1, y.magnitude)) }
  }

  @Test func gradeAtItsLimits() async throws {
    var node = Grade()
    node.gamma = 0
    let limit = try await through(node)
    let expected = difficult.map { x -> Float in x < 0 ? 0 : x > 1 ? .infinity : x }
    #expect(limit == expected)
    node.reverse = true
    let signs = difficult.map { x -> Float in x > 0 ? 1 : 0 }
    #expect(try await through(node) == signs)
    var steep = Grade()
    steep.blackpoint = 0.5
    steep.whitepoint = 0.5
    let ramp = values.map { x -> Double in (x - 0.5) * 10_000 }
    #expect(agree(try await through(steep), ramp, 1e-5))
  }

  @Test func gradeWorksOnTheChannelsChosenAndNoOthers() async throws {
    var node = Grade()
    node.multiply = ColorValue(2, 3, 4, 5)
    let picture = Pictures.make(
      width: 1,
      [.red: [1], .green: [1], .blue: [1], .alpha: [0.5], "spec.G": [1], "depth.Z": [1]])
    let image = try await run(node, [picture])
    #expect(Channel.rgba.map { image.value($0, x: 0, y: 0) } == [2, 3, 4, 0.5])
    #expect(image.value("spec.G", x: 0, y: 0) == 1)
    node.channels = .all
    let all = try await run(node, [picture])
    #expect(all.value(.alpha, x: 0, y: 0) == 2.5)
    #expect(all.value("spec.G", x: 0, y: 0) == 3)
    #expect(all.value("depth.Z", x: 0, y: 0) == 2)
  }

  @Test func unpremultDividesBeforeAndMultipliesAfter() async throws {
    var node = Grade()
    node.add = 0.25
    node.unpremult = true
    let image = try await run(node, [Pictures.row([0.5, 0.5, 0.5], alpha: [1, 0.5, 0])])
    #expect(image.values(.red) == [0.75, 0.625, 0.75])
    #expect(image.values(.alpha) == [1, 0.5, 0])
  }

  @Test func simpleArithmetic() async throws {
    var add = Add()
    add.value = 0.25
    #expect(agree(try await through(add), values.map { x -> Double in x + 0.25 }))
    var multiply = Multiply()
    multiply.value = -3
    #expect(agree(try await through(multiply), values.map { x -> Double in x * -3 }))
    var gamma = Gamma()
    gamma.value = 2.2
    #expect(
      agree(
        try await through(gamma), values.map { x -> Double in x < 0 ? x : pow(x, 1 / 2.2) }, 2e-6))
    var invert = Invert()
    #expect(agree(try await through(invert), values.map { 1 - $0 }))
    #expect(try await run(invert, [Pictures.row([0], alpha: [0.25])]).values(.alpha) == [0.75])
    invert.clamp = true
    #expect(agree(try await through(invert), values.map { x -> Double in min(1, max(0, 1 - x)) }))
  }

  @Test func clampHoldsOrReplaces() async throws {
    var node = Clamp()
    #expect(try await through(node) == difficult.map { x -> Float in min(1, max(0, x)) })
    node.minimum = 0.2
    node.maximum = 0.6
    node.minClampTo = -7
    node.maxClampTo = 9
    #expect(try await through(node) == difficult.map { x -> Float in min(0.6, max(0.2, x)) })
    node.minClampToEnable = true
    node.maxClampToEnable = true
    #expect(
      try await through(node) == difficult.map { x -> Float in x < 0.2 ? -7 : x > 0.6 ? 9 : x })
    node.minimumEnable = false
    #expect(try await through(node) == difficult.map { x -> Float in x > 0.6 ? 9 : x })
    let nan = try await run(Clamp(), [Pictures.row([.nan, 2])]).values(.red)
    #expect(nan[0].isNaN && nan[1] == 1)
  }

  @Test func exposureAddsUpItsUnits() async throws {
    var node = Exposure()
    node.stops = 2
    #expect(try await through(node) == difficult.map { x -> Float in x * 4 })
    node.stops = ColorValue(-1, 0, 1, 0)
    let picture = Pictures.row([0.5])
    let image = try await run(node, [picture])
    #expect(Channel.rgba.map { image.value($0, x: 0, y: 0) } == [0.25, 0.5, 1, 1])
    node = Exposure()
    node.densities = 0.5
    node.lights = 20
    #expect(agree(try await through(node), values.map { x -> Double in x * 10 }, 2e-6))
    node.blackpoint = 0.25
    #expect(agree(try await through(node), values.map { x -> Double in (x - 0.25) * 10 }, 2e-6))
  }

  private let colors: [[Float]] = [
    [0.8, 0.2, 0.1], [0, 0, 0], [1, 1, 1], [-0.5, 2, 0.25], [0.2, 0.9, 0.3], [4, 1, 0.5],
    [0.1, 0.2, 0.9], [0.5, 0.5, 0.5],
  ]

  private func brightness(_ c: [Float]) -> Double {
    let weights = [0.2125, 0.7154, 0.0721]
    return (0..<3).reduce(0) { $0 + weights[$1] * Double(c[$1]) }
  }

  private var picture: Image {
    Pictures.make(
      width: colors.count,
      [
        .red: colors.map { $0[0] }, .green: colors.map { $0[1] }, .blue: colors.map { $0[2] },
        .alpha: colors.map { _ in 1 },
      ])
  }

  @Test func saturationMovesAboutTheBrightness() async throws {
    var node = Saturation()
    for (mode, brightness) in [
      (.rec709, { 0.2125 * $0[0] + 0.7154 * $0[1] + 0.0721 * $0[2] }),
      (.ccir601, { 0.299 * $0[0] + 0.587 * $0[1] + 0.114 * $0[2] }),
      (.average, { ($0[0] + $0[1] + $0[2]) / 3 }), (.maximum, { $0.max() ?? 0 }),
    ] as [(LuminanceMath, ([Double]) -> Double)] {
      for saturation in [0, 0.5, 2.5] {
        node.mode = mode
        node.saturation = saturation
        let image = try await run(node, [picture])
        for (i, color) in colors.enumerated() {
          let c = color.map(Double.init)
          let y = brightness(c)
          for (slot, channel) in Channel.rgb.enumerated() {
            let expected = y + (c[slot] - y) * saturation
            #expect(agree(image.value(channel, x: i, y: 0), expected, 2e-6))
          }
        }
      }
    }
  }

  @Test func colorMatrixAndItsInverse() async throws {
    var node = ColorMatrix()
    node.matrix = [0.5, 0.25, 0, 0.125, 1, 0.5, 0, -0.25, 2]
    let image = try await run(node, [picture])
    for (i, c) in colors.enumerated() {
      let red = 0.5 * c[0] + 0.25 * c[1]
      let green = 0.125 * c[0] + c[1] + 0.5 * c[2]
      let blue = -0.25 * c[1] + 2 * c[2]
      #expect(agree(image.value(.red, x: i, y: 0), Double(red)))
      #expect(agree(image.value(.green, x: i, y: 0), Double(green)))
      #expect(agree(image.value(.blue, x: i, y: 0), Double(blue)))
    }
    for matrix in [node.matrix, [0.5, 0.25, 0, 0.1, 0.125, 1, 0.5, -0.2, 0, -0.25, 2, 0.3]]
      as [NumberList]
    {
      node.matrix = matrix
      node.invert = false
      let forward = try await run(node, [picture])
      node.invert = true
      let back = try await run(node, [forward])
      for (slot, channel) in Channel.rgb.enumerated() {
        #expect(agree(back.values(channel), colors.map { Double($0[slot]) }, 4e-6))
      }
    }
    node.matrix = [1, 2, 3, 2, 4, 6, 0, 0, 1]
    await #expect(throws: RenderError.self) { try await run(node, [picture]) }
    node.matrix = [1, 2]
    await #expect(throws: RenderError.self) { try await run(node, [picture]) }
  }

  @Test func colorLookupIsExact() async throws {
    var node = ColorLookup()
    node.red = try #require(
      LookupCurve([.init(-0.5, 0), .init(0.1, 0.3), .init(0.5, 0.4, linear: true), .init(2, 1)]))
    let red = node.red
    #expect(agree(try await through(node), values.map { red.evaluate($0) }, 2e-6))
    node.master = try #require(LookupCurve([.init(0, 0.1), .init(0.3, 0.2), .init(1, 1)]))
    let master = node.master
    let both = values.map { x -> Double in red.evaluate(x) + master.evaluate(x) - x }
    #expect(agree(try await through(node), both, 4e-6))
    let bad = try await run(node, [Pictures.row([.nan, .infinity, 0])]).values(.red)
    #expect(bad[0].isNaN && bad[1] == .infinity && bad[2].isFinite)
    node.alpha = .constant(0.5)
    #expect(try await run(node, [Pictures.row([0], alpha: [9])]).values(.alpha) == [0.5])
  }

  @Test func hueCorrectLeavesColorsAloneByDefault() async throws {
    let image = try await run(HueCorrect(), [picture])
    for (slot, channel) in Channel.rgb.enumerated() {
      #expect(image.values(channel) == colors.map { $0[slot] })
    }
  }

  @Test func hueCorrectGainsAndSuppressesByHue() async throws {
    var node = HueCorrect()
    // Only greens (hue 3): no more green than the lesser of the others.
    node.gSup = try #require(LookupCurve([.init(2, 1), .init(3, 0), .init(4, 1)]))
    var image = try await run(node, [picture])
    #expect(agree(image.value(.green, x: 0, y: 0), 0.2))
    let hue = 1 + 2 + (0.3 - 0.2) / 0.7
    let kept = node.gSup.evaluate(hue, period: 6)
    let expected = 0.2 + kept * 0.7
    #expect(agree(image.value(.green, x: 4, y: 0), expected, 1e-5))
    // Reds twice as bright, but only saturated ones.
    node = HueCorrect()
    node.lum = try #require(
      LookupCurve([
        .init(0, 1, linear: true), .init(0.5, 2, linear: true), .init(1.5, 2, linear: true),
        .init(2, 1, linear: true),
      ]))
    image = try await run(node, [picture])
    #expect(agree(image.value(.red, x: 0, y: 0), 1.6))
    #expect(agree(image.value(.blue, x: 6, y: 0), 0.9))
    node.satThrsh = .constant(0.5)
    image = try await run(node, [picture])
    let s = 0.7 / 0.8
    let gained = 0.8 * (0.5 + (s - 0.5) * 2) / s
    #expect(agree(image.value(.red, x: 0, y: 0), gained))
    // Without saturation a colour is its brightness.
    node = HueCorrect()
    node.sat = .constant(0)
    image = try await run(node, [picture])
    for (i, c) in colors.enumerated() {
      let y = brightness(c)
      #expect(agree(image.value(.blue, x: i, y: 0), y, 2e-6))
    }
  }

  @Test func hueCorrectRestoresBrightness() async throws {
    var node = HueCorrect()
    node.red = .constant(3)
    node.mixLuminance = 1
    let image = try await run(node, [picture])
    for (i, c) in colors.enumerated() where i != 3 {
      let before = brightness(c)
      let after = brightness(Channel.rgb.map { image.value($0, x: i, y: 0) })
      #expect((before - after).magnitude < 1e-5)
    }
  }

  @Test func aNaNStaysInItsPixel() async throws {
    let picture = Pictures.row([0.5, .nan, 0.5])
    var hue = HueCorrect()
    hue.lum = .constant(2)
    var grade = Grade()
    grade.gamma = 2
    let nodes: [any Node] = [hue, grade, Invert(), Clamp()]
    for node in nodes {
      let image = try await Pictures.renderer.run(node, inputs: [picture])
      let red = image.values(.red)
      #expect(red[0] == red[2] && red[0].isFinite)
      #expect(red[1].isNaN)
    }
  }
}
