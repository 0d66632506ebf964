import Bipack
import BipackKernels
import Testing

@testable import BipackNodes

private let small = Format(width: 12, height: 8)

@Suite("Draw") struct DrawTests {
  @Test func constantIsItsColor() async throws {
    var node = Constant()
    node.color = ColorValue(-0.5, 2, 0.25, 0.75)
    let image = try await run(node, format: small)
    #expect(image.dataWindow == small.window)
    #expect(image.channels == Channel.rgba)
    #expect(image.value(.red, x: 11, y: 7) == -0.5)
    #expect(image.value(.alpha, x: 0, y: 0) == 0.75)
    node.channels = "depth.Z, A"
    node.format = "3x2 1.5"
    let other = try await run(node, format: small)
    #expect(other.format == Format(width: 3, height: 2, pixelAspect: 1.5))
    #expect(other.channels == [.alpha, "depth.Z"])
    #expect(other.value("depth.Z", x: 1, y: 1) == -0.5)
  }

  @Test func aWrongFormatIsNamed() async {
    var node = Constant()
    for text in ["HD", "0x4", "4x", "4x4 0", "4x4x4", "-4x4"] {
      node.format = FormatName(text)
      await #expect(throws: RenderError.self) { try await run(node) }
    }
  }

  /// Nuke's CheckerBoard2, written out pixel by pixel with its rows counted from the bottom.
  @Test func checkerBoardFollowsNukesRule() async throws {
    var node = CheckerBoard()
    for (box, line, center, format) in [
      (4, 0, 3, Format(width: 21, height: 15)), (3, 1, 2, Format(width: 20, height: 14)),
      (5, 2, 0, Format(width: 23, height: 9)), (1, 0, 1, Format(width: 7, height: 7)),
    ] as [(Double, Double, Double, Format)] {
      node.size = Vec2(box, box)
      node.lineWidth = Vec2(line, line)
      node.centerlineWidth = Vec2(center, center)
      node.color0 = ColorValue(0.0, 0, 0, 1)
      node.color1 = ColorValue(1, 0, 0, 1)
      node.color2 = ColorValue(2, 0, 0, 1)
      node.color3 = ColorValue(3, 0, 0, 1)
      node.lineColor = ColorValue(4, 0, 0, 1)
      node.centerlineColor = ColorValue(5, 0, 0, 1)
      let image = try await run(node, format: format)
      let (b, l, c) = (Int(box), Int(line), Int(center))
      let (cx, cy) = (format.width / 2 - l / 2, format.height / 2 - l / 2)
      for up in 0..<format.height {
        for x in 0..<format.width {
          let start = -(c / 2 - l / 2)
          var (X, Y) = (x - cx, up - cy)
          var expected: Float
          if (Y >= start && Y < start + c) || (X >= start && X < start + c) {
            expected = 5
          } else {
            X = ((X % (2 * b)) + 2 * b) % (2 * b)
            Y = ((Y % (2 * b)) + 2 * b) % (2 * b)
            if Y < l || (Y >= b && Y < b + l) || X < l || (X >= b && X < b + l) {
              expected = 4
            } else {
              expected = Y >= b ? (X >= b ? 2 : 3) : (X >= b ? 1 : 0)
            }
          }
          #expect(image.value(.red, x: x, y: format.height - 1 - up) == expected)
        }
      }
    }
  }

  @Test func colorBarsHaveTheLevelsOfRP219() async throws {
    var node = ColorBars()
    node.outputIRE = true
    let format = Format(width: 1920, height: 1080)
    let image = try await run(node, format: format)
    func at(_ x: Int, _ y: Int) -> [Float] { Channel.rgb.map { image.value($0, x: x, y: y) } }
    #expect(at(100, 100) == [0.4, 0.4, 0.4])
    #expect(at(300, 100) == [0.75, 0.75, 0.75])
    #expect(at(500, 100) == [0.75, 0.75, 0])
    #expect(at(1600, 629) == [0, 0, 0.75])
    #expect(at(100, 630) == [0, 1, 1])
    #expect(at(1000, 719) == [0.75, 0.75, 0.75])
    #expect(at(100, 720) == [1, 1, 0])
    #expect(at(960, 800) == [0.5, 0.5, 0.5])
    #expect(at(600, 1000) == [1, 1, 1])
    #expect(at(1150, 1079) == [-0.02, -0.02, -0.02])
    #expect(image.value(.alpha, x: 5, y: 5) == 1)
    node.barIntensity = 100
    node.outputIRE = false
    let loud = try await run(node, format: format)
    #expect(agree(loud.value(.red, x: 300, y: 10), 0.91796875))
    let grey = 0.0625 + 0.85546875 * 0.15
    #expect(agree(loud.value(.red, x: 100, y: 1000), grey))
  }

  @Test func eg1BarsFillThePicture() async throws {
    var node = ColorBars()
    node.standard = .eg1
    node.outputIRE = true
    let image = try await run(node, format: Format(width: 70, height: 48))
    #expect(image.value(.red, x: 2, y: 2) == 0.75)
    #expect(image.value(.blue, x: 15, y: 2) == 0)
    #expect(image.value(.blue, x: 2, y: 33) == 0.75)
    #expect(image.value(.red, x: 15, y: 33) == 0)
    #expect(image.value(.green, x: 17, y: 45) == 1)
  }

  @Test func rampRunsBetweenItsPoints() async throws {
    var node = Ramp()
    node.p0 = Vec2(2.5, 0)
    node.p1 = Vec2(10.5, 0)
    for (type, curve) in [
      (.linear, { $0 }), (.plinear, { $0 * $0 * $0 }), (.smooth, { $0 * $0 * (3 - 2 * $0) }),
      (.smooth0, { $0 * $0 * (2 - $0) }), (.smooth1, { $0 * (1 + $0 * (1 - $0)) }),
    ] as [(RampCurve, (Double) -> Double)] {
      node.rampType = type
      let image = try await run(node, format: small)
      for x in 0..<12 {
        let t = min(1, max(0, (Double(x) + 0.5 - 2.5) / 8))
        #expect(agree(image.value(.green, x: x, y: 3), curve(t)))
        #expect(agree(image.value(.alpha, x: x, y: 7), curve(t)))
      }
    }
  }

  @Test func aRampPaintsOverItsSource() async throws {
    var node = Ramp()
    node.p0 = Vec2(0, 0)
    node.p1 = Vec2(4, 0)
    node.drawing.color = ColorValue(0, 2, 0, 1)
    let source = Pictures.row([1, 1, 1, 1], alpha: [0, 0, 0, 0])
    let image = try await run(node, [source])
    for x in 0..<4 {
      let t = (Double(x) + 0.5) / 4
      #expect(agree(image.value(.red, x: x, y: 0), 1 - t))
      let painted = 1 - t + 2 * t
      #expect(agree(image.value(.green, x: x, y: 0), painted))
      #expect(agree(image.value(.alpha, x: x, y: 0), t))
    }
    node.drawing.opacity = 0.5
    node.drawing.invert = true
    let faint = try await run(node, [source])
    for x in 0..<4 {
      let t = (Double(x) + 0.5) / 4
      #expect(agree(faint.value(.red, x: x, y: 0), 1 - 0.5 * (1 - t)))
    }
    node.drawing.opacity = 0
    let nothing = try await run(node, [source])
    #expect(nothing.values(.red) == [1, 1, 1, 1])
    node.drawing.opacity = 1
    node.drawing.invert = false
    node.drawing.replace = true
    node.drawing.output = "G"
    let replaced = try await run(node, [source])
    #expect(replaced.values(.red) == [1, 1, 1, 1])
    #expect(replaced.values(.green) == [0.25, 0.75, 1.25, 1.75])
  }

  @Test func radialFallsOffAsNatrons() async throws {
    var node = Radial()
    node.area = Box(10, 20, 90, 60)
    let format = Format(width: 100, height: 80)
    for (softness, plinear) in [(1, false), (0.5, false), (0.5, true)] as [(Double, Bool)] {
      node.softness = softness
      node.plinear = plinear
      let image = try await run(node, format: format)
      for (x, y) in [(50, 40), (49, 39), (30, 40), (12, 40), (50, 21), (70, 50), (5, 5), (90, 40)] {
        let dx = (Double(x) + 0.5 - 50) / 40
        let dy = (Double(y) + 0.5 - 40) / 20
        let t = min(1, max(0, (1 - (dx * dx + dy * dy).squareRoot()) / softness))
        var value = t < 0.5 ? 2 * t * t : 1 - 2 * (1 - t) * (1 - t)
        if plinear { value = value * value * value }
        #expect(agree(image.value(.red, x: x, y: y), value, 2e-6), "\(x) \(y) \(softness)")
      }
    }
  }

  @Test func aHardRadialHasTheAreaOfItsEllipse() async throws {
    var node = Radial()
    node.area = Box(10.3, 20.7, 90.3, 60.7)
    node.softness = 0
    let image = try await run(node, format: Format(width: 100, height: 80))
    let sum = image.values(.alpha).reduce(0) { $0 + Double($1) }
    let area = Double.pi * 40 * 20
    #expect((sum - area).magnitude < 0.01 * area)
    #expect(image.value(.alpha, x: 50, y: 40) == 1)
    #expect(image.value(.alpha, x: 10, y: 20) == 0)
    node.area = Box(5, 5, 5, 9)
    #expect(try await run(node, format: small).values(.red).allSatisfy { $0 == 0 })
  }

  /// Golden values: a change of the noise changes every picture made with it.
  @Test func noiseIsTheSameEverywhere() async throws {
    var node = Noise()
    node.size = 40
    let format = Format(width: 200, height: 150)
    let image = try await run(node, format: format)
    let found = [(0, 0), (17, 3), (100, 75), (199, 149), (64, 128)].map {
      image.value(.red, x: $0.0, y: $0.1).bitPattern
    }
    #expect(found == goldenFBm)
    node.noiseType = .turbulence
    node.seed = 9
    node.gamma = 1
    node.zoffset = 2.25
    let other = try await run(node, format: format)
    let billows = [(0, 0), (199, 149)].map { other.value(.red, x: $0.0, y: $0.1).bitPattern }
    #expect(billows == goldenTurbulence)
  }

  private let goldenFBm: [UInt32] = [
    1_049_218_011, 1_062_708_284, 1_048_626_851, 1_042_855_526, 1_043_173_688,
  ]
  private let goldenTurbulence: [UInt32] = [1_054_830_972, 1_057_831_400]

  @Test func noiseIsSmoothCenteredAndSeeded() async throws {
    var node = Noise()
    node.size = 64
    node.octaves = 1
    node.gamma = 1
    let format = Format(width: 512, height: 512)
    let image = try await run(node, format: format)
    let values = image.values(.red)
    let mean = values.reduce(0) { $0 + Double($1) } / Double(values.count)
    #expect((mean - 0.5).magnitude < 0.03)
    #expect(values.allSatisfy { $0 >= 0 && $0 <= 1 })
    #expect((values.max() ?? 0) - (values.min() ?? 0) > 0.6)
    let steps = (1..<512).map { (values[$0] - values[$0 - 1]).magnitude }
    #expect((steps.max() ?? 1) < 0.04)
    node.seed = 1
    let other = try await run(node, format: format)
    #expect(other.values(.red) != values)
    node.seed = 0
    node.translate = Vec2(5, 3)
    let moved = try await run(node, format: format)
    let shift = moved.value(.red, x: 105, y: 103) - image.value(.red, x: 100, y: 100)
    #expect(shift.magnitude < 1e-5)
    node.translate = 0
    node.gamma = 0.5
    let dark = try await run(node, format: format)
    for i in stride(from: 0, to: values.count, by: 997) {
      #expect(agree(dark.values(.red)[i], Double(values[i]) * Double(values[i])))
    }
  }
}
