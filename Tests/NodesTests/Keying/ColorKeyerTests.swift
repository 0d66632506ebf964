import Bipack
import Testing

@testable import BipackNodes

/// The keyers that judge each pixel by itself. Expected numbers were worked out in double by a script
/// of its own from the published formulas.
@Suite("Keyers by colour") struct ColorKeyerTests {
  private func picture(_ colors: [(Float, Float, Float)], alpha: [Float]? = nil) -> Image {
    var planes: [Channel: [Float]] = [
      .red: colors.map(\.0), .green: colors.map(\.1), .blue: colors.map(\.2),
    ]
    planes[.alpha] = alpha
    return Pictures.make(width: colors.count, planes)
  }

  private func make<N: Node>(_ type: N.Type, _ change: (inout N) -> Void = { _ in }) -> N {
    var node = N()
    change(&node)
    return node
  }

  // MARK: ChromaKeyer

  private let greens: [(Float, Float, Float)] = [
    (0.06, 0.36, 0.09), (0.6, 3.6, 0.9), (0.006, 0.036, 0.009), (0.5, 0.05, 0.4), (0.3, 0.3, 0.3),
    (0.2, 0.3, 0.1), (0.1, 0.2, 0.15), (0, 0, 0), (0.33, 0.33, 0.25), (0.16, 0.24, 0.2),
  ]

  @Test func chromaIsTheWedgeOfVideoDemystified() async throws {
    let relative = try await run(make(ChromaKeyer.self), [picture(greens)])
    #expect(
      agree(
        relative.values(.alpha),
        [0, 0, 0, 1, 1, 0.7114773, 0.756973, 1, 0.9975116, 0.8541838], 2e-6))
    let plain = try await run(make(ChromaKeyer.self) { $0.relative = false }, [picture(greens)])
    #expect(
      agree(
        plain.values(.alpha), [0, 0, 0.9, 1, 1, 0.6605615, 0.7855644, 1, 0.9955599, 0.8284515],
        2e-6))
    let narrow = try await run(
      make(ChromaKeyer.self) {
        ($0.acceptance, $0.lift, $0.gain) = (60, 0.1, 0.8)
      }, [picture(greens)])
    #expect(
      agree(narrow.values(.alpha), [0, 0, 0, 1, 1, 1, 0.9572329, 1, 1, 1], 2e-6))
    let blue = try await run(
      make(ChromaKeyer.self) {
        ($0.color, $0.colorspace) = (ColorValue(0.05, 0.1, 0.36, 1), .rec601)
      }, [picture([(0.05, 0.1, 0.36), (0.1, 0.1, 0.3), (0.2, 0.2, 0.25), (0.1, 0.4, 0.6)])])
    #expect(agree(blue.values(.alpha), [0, 0.3662703, 0.8781289, 0.5809347], 2e-6))
  }

  @Test func exposureLeavesTheChromaAndTheHueMatte() async throws {
    let bright = greens.map { ($0.0 * 16, $0.1 * 16, $0.2 * 16) }
    // Its hue is not defined, and its brightness is held.
    let dark = greens.map { ($0.0 / 8, $0.1 / 8, $0.2 / 8) }
    let chroma = make(ChromaKeyer.self) { $0.darkest = 0 }
    let hue = HueKeyer()
    for other in [bright, dark] {
      #expect(try await run(chroma, [picture(other)]).values(.alpha).allSatisfy { $0.isFinite })
      #expect(
        try await agree(
          run(chroma, [picture(other)]).values(.alpha),
          run(chroma, [picture(greens)]).values(.alpha).map(Double.init), 1e-5))
      #expect(
        try await agree(
          run(hue, [picture(other)]).values(.alpha),
          run(hue, [picture(greens)]).values(.alpha).map(Double.init), 1e-5))
    }
  }

  @Test func halfScreenIsHalfWhereChromaIsAbsolute() async throws {
    let mixed = (0...4).map { i -> (Float, Float, Float) in
      let a = Float(i) / 4
      return (a * 0.4 + (1 - a) * 0.06, a * 0.4 + (1 - a) * 0.36, a * 0.4 + (1 - a) * 0.09)
    }
    let key = try await run(make(ChromaKeyer.self) { $0.relative = false }, [picture(mixed)])
    #expect(agree(key.values(.alpha), [0, 0.25, 0.5, 0.75, 1]))
  }

  @Test func aGreyHasNoHue() async throws {
    let node = make(ChromaKeyer.self) { $0.color = 0.5 }
    await #expect(throws: RenderError.self) { try await run(node, [picture(greens)]) }
  }

  // MARK: LumaKeyer

  @Test func lumaIsATrapezoid() async throws {
    let values: [Float] = [-1, 0.1, 0.2, 0.25, 0.3, 0.5, 0.8, 0.9, 1, 1.2, 100, .infinity]
    let node = make(LumaKeyer.self) { ($0.a, $0.b, $0.c, $0.d) = (0.2, 0.3, 0.8, 1) }
    let key = try await run(node, [Pictures.row(values)])
    #expect(
      agree(key.values(.alpha), [0, 0, 0, 0.5, 1, 1, 1, 0.5, 0, 0, 0, 0], 4e-6))
    #expect(key.values(.red) == values)
    // Nothing is too bright by default, and a step is a step.
    let open = try await run(
      make(LumaKeyer.self), [Pictures.row([-2, 0.25, 1, 30_000, 3e38, .infinity])])
    #expect(agree(open.values(.alpha), [0, 0.25, 1, 1, 1, 1]))
    let step = make(LumaKeyer.self) {
      ($0.a, $0.b, $0.c, $0.d, $0.measure) = (0.5, 0.5, 2, 2, .red)
    }
    let hard = try await run(step, [Pictures.row([0.49, 0.5, 2, 2.01])])
    #expect(hard.values(.alpha) == [0, 1, 1, 0])
    let soft = try await run(
      make(LumaKeyer.self) { $0.softness = 1 }, [Pictures.row([0, 0.25, 0.5, 0.75, 1])])
    #expect(agree(soft.values(.alpha), [0, 0.15625, 0.5, 0.84375, 1]))
  }

  @Test(arguments: LumaKeyer.Measure.allCases) func lumaMeasures(measure: LumaKeyer.Measure)
    async throws
  {
    let node = make(LumaKeyer.self) { $0.measure = measure }
    let key = try await run(
      node, [picture([(0.8, 0.4, 0.2), (-1, -2, -0.5)], alpha: [0.3, 0.9])])
    let expected: [Double] =
      switch measure {
      case .luminance: [0.8 * 0.2125 + 0.4 * 0.7154 + 0.2 * 0.0721, 0]
      case .red: [0.8, 0]
      case .green: [0.4, 0]
      case .blue: [0.2, 0]
      case .alpha: [0.3, 0.9]
      case .minimum: [0.2, 0]
      case .saturation: [0.75, 0]
      }
    #expect(agree(key.values(.alpha), expected))
  }

  @Test func crossedCornersAreSaid() async throws {
    let node = make(LumaKeyer.self) { ($0.a, $0.b) = (0.6, 0.5) }
    await #expect(throws: RenderError.self) { try await run(node, [Pictures.row([1])]) }
  }

  // MARK: DifferenceKeyer

  @Test(arguments: DifferenceKeyer.Norm.allCases, DifferenceKeyer.Space.allCases)
  func differencesAreDistances(norm: DifferenceKeyer.Norm, space: DifferenceKeyer.Space)
    async throws
  {
    let shot = picture([(0.1, 0.2, 0.3), (1.5, 0.02, 0), (0.001, -0.2, 4), (0.1, 0.2, 0.3)])
    let plate = picture([
      (0.1, 0.2, 0.3), (0.5, 0.03, 0.01), (0.002, 0.1, 0.5), (0.12, 0.18, 0.31),
    ])
    let distances: [Double] =
      switch (norm, space) {
      case (.euclidean, .lightness): [0, 0.4194677, 1.2853016, 0.0419415]
      case (.sum, .lightness): [0, 0.5426569, 1.826522, 0.0656821]
      case (.maximum, .lightness): [0, 0.4071759, 0.9206926, 0.0337369]
      case (.luminance, .lightness): [0, 0.0474438, 0.5771057, 0.0089639]
      case (.euclidean, .linear): [0, 1.0001, 3.5128338, 0.03]
      case (.sum, .linear): [0, 1.02, 3.801, 0.05]
      case (.maximum, .linear): [0, 1, 3.5, 0.02]
      case (.luminance, .linear): [0, 0.204625, 0.0375175, 0.009337]
      }
    let node = make(DifferenceKeyer.self) {
      ($0.norm, $0.space, $0.offset, $0.gain) = (norm, space, 0.01, 0.25)
    }
    let key = try await run(node, [shot, plate])
    #expect(
      agree(key.values(.alpha), distances.map { min(max(($0 - 0.01) * 0.25, 0), 1) }, 2e-6))
  }

  // MARK: HueKeyer

  @Test func hueKeysGreenByItself() async throws {
    let key = try await run(
      HueKeyer(),
      [
        picture([
          (0.1, 0.5, 0.1), (0.5, 0.1, 0.1), (0.5, 0.5, 0.1), (0.1, 0.5, 0.5), (0.5, 0.1, 0.5),
          (0.3, 0.3, 0.3), (0.95, 1, 0.95), (0, 0, 0), (3, 40, 2),
        ])
      ])
    // Green goes, its complement, red, yellow at 2 and cyan at 4 half; a pale green by s / 0.1.
    let half = 0.5
    #expect(agree(key.values(.alpha), [0, 1, half, half, 1, 1, 0.5, 1, 0], 2e-3))
  }

  @Test func hueThresholdIsACurveToo() async throws {
    let node = make(HueKeyer.self) {
      $0.amount = .constant(1)
      $0.satThrsh = LookupCurve([.init(1, 0.5), .init(3, 0), .init(5, 1)]) ?? .constant(0)
    }
    let key = try await run(
      node, [picture([(0.8, 0.6, 0.6), (0.6, 0.8, 0.6), (0.6, 0.6, 0.8), (0.7, 0.7, 0.7)])])
    #expect(agree(key.values(.alpha), [0.5, 0, 0.75, 1], 1e-5))
  }

  // MARK: What all share

  @Test func allWriteAlphaAndLeaveColour() async throws {
    let shot = picture(
      [(0.06, 0.36, 0.09), (2, -0.5, 0.4), (0.3, 0.3, 0.3)], alpha: [0.2, 0.2, 0.2])
    let core = Pictures.make(width: 3, [.alpha: [0.25, 0, 7]])
    let garbage = Pictures.make(width: 3, [.alpha: [0, 0.75, 0]])
    func check<K: ColorKeyer>(_ node: K, _ change: (inout K) -> Void, plate: Bool = false)
      async throws
    {
      var node = node
      change(&node)
      let rest: [Image?] =
        plate ? [picture([(0.06, 0.36, 0.09), (0, 0, 0), (0.3, 0.3, 0.3)])] : []
      let bare = try await run(node, [shot] + rest)
      let matte = bare.values(.alpha).map(Double.init)
      #expect(bare.values(.red) == shot.values(.red) && bare.channels == Channel.rgba)
      #expect(matte[0] == 0 && matte[1] > 0.9, "\(matte)")
      let held = try await run(node, [shot] + rest + [core, garbage])
      #expect(agree(held.values(.alpha), [0.25, min(matte[1], 0.25), 1]))
      var turned = node
      (turned.invert, turned.output) = (true, .premultiplied)
      let other = try await run(turned, [shot] + rest + [core, garbage])
      let inverse = [1, min(1 - matte[1], 0.25), 1]
      #expect(agree(other.values(.alpha), inverse))
      #expect(
        agree(other.values(.green), zip(shot.values(.green), inverse).map { Double($0) * $1 }))
      turned.output = .matte
      let shown = try await run(turned, [shot] + rest + [core, garbage])
      for channel in Channel.rgba { #expect(shown.values(channel) == other.values(.alpha)) }
    }
    try await check(ChromaKeyer(), { _ in })
    try await check(HueKeyer(), { _ in })
    try await check(LumaKeyer(), { ($0.a, $0.b, $0.measure) = (0.07, 0.08, .red) })
    try await check(DifferenceKeyer(), { _ in }, plate: true)
  }

  // MARK: AdditiveKeyer

  private struct Scene {
    var shot: [(Float, Float, Float)] = [(0.2, 0.5, 0.1), (0.1, 0.3, 0.1), (6, 0.4, 0.1)]
    var plate: [(Float, Float, Float)] = [(0.1, 0.4, 0.1), (0.1, 0.4, 0.1), (0.1, 0.4, 0.1)]
    var ground: [(Float, Float, Float)] = [(0.5, 0.5, 0.5), (0.5, 0.5, 0.5), (0, 0, 0)]
  }

  @Test func theDifferenceIsAdded() async throws {
    let scene = Scene()
    let inputs = [picture(scene.ground), picture(scene.shot), picture(scene.plate)]
    let plain = try await run(AdditiveKeyer(), inputs)
    #expect(agree(plain.values(.red), [0.6, 0.5, 5.9]))
    #expect(agree(plain.values(.green), [0.6, 0.4, 0]))
    let gains = try await run(
      make(AdditiveKeyer.self) {
        $0.highlights = ColorValue(2, 0.5, 1, 1)
        $0.shadows = 0
      }, inputs)
    #expect(agree(gains.values(.red), [0.7, 0.5, 11.8]))
    #expect(agree(gains.values(.green), [0.55, 0.5, 0]))
    let none = make(AdditiveKeyer.self) { ($0.highlights, $0.shadows) = (0, 0) }
    #expect(try await run(none, inputs).values(.red) == scene.ground.map(\.0))
  }

  @Test func whatIsAddedFollowsMatteBackgroundAndSaturation() async throws {
    let scene = Scene()
    let matte = Pictures.make(width: 3, [.alpha: [0.25, 0, 1]])
    let node = make(AdditiveKeyer.self) { ($0.output, $0.multiply) = (.light, 1) }
    let light = try await run(
      node, [picture(scene.ground), picture(scene.shot), picture(scene.plate), matte])
    // Luminance of the ground 0.5 by that of the plate.
    let ratio = 0.5 / (0.1 * 0.2125 + 0.4 * 0.7154 + 0.1 * 0.0721)
    #expect(agree(light.values(.red), [0.1 * 0.75 * ratio, 0, 0]))
    #expect(agree(light.values(.green), [0.1 * 0.75 * ratio, -0.1 * ratio, 0]))
    let grey = try await run(
      make(AdditiveKeyer.self) { ($0.output, $0.saturation) = (.light, 0) },
      [picture(scene.ground), picture(scene.shot), picture(scene.plate)])
    let luminance = 0.1 * 0.2125 + 0.1 * 0.7154
    #expect(agree(grey.values(.blue), [luminance, -0.1 * 0.7154, 5.9 * 0.2125]))
  }

  @Test func nothingIsAddedWherePictureOrPlateEnd() async throws {
    let ground = picture([(0.5, 0.5, 0.5), (0.5, 0.5, 0.5), (0.5, 0.5, 0.5)])
    let shot = Pictures.make(width: 2, [.red: [0, 0], .green: [1, 1], .blue: [1, 1]])
    let plate = Pictures.make(
      width: 2, at: (x: 1, y: 0), [.red: [1, 1], .green: [1, 1], .blue: [1, 1]])
    let result = try await run(AdditiveKeyer(), [ground, shot, plate])
    #expect(agree(result.values(.red), [0.5, -0.5, 0.5]))
  }
}
