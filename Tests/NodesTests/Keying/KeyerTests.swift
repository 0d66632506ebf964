import Bipack
import Testing

@testable import BipackNodes

@Suite("Keyer") struct KeyerTests {
  private func keyer(_ change: (inout Keyer) -> Void = { _ in }) -> Keyer {
    var node = Keyer()
    change(&node)
    return node
  }

  @Test(arguments: [false, true]) func findsMatteAndColourByItself(isBlue: Bool) async throws {
    let truth = ScreenShot(isBlue: isBlue, grain: 0.004)
    let result = try await run(keyer { $0.despill = 0 }, [truth.shot])
    let alpha = truth.errors(result.values(.alpha))
    #expect(alpha.all < 0.004 && alpha.edges < 0.03, "\(alpha)")
    for channel in Channel.rgb {
      let difference = zip(result.values(channel), truth.subject[channel] ?? [])
        .reduce(0.0) { $0 + Double(($1.0 - $1.1).magnitude) }
      let mean = difference / Double(truth.alpha.count)
      #expect(mean < 0.003, "\(channel) \(mean)")
    }
  }

  @Test func fusedIsBetterThanTheDifference() async throws {
    let truth = ScreenShot(grain: 0.004)
    let fused = try await run(keyer(), [truth.shot, truth.plate])
    let plain = try await run(keyer { $0.method = .plate }, [truth.shot, truth.plate])
    let (a, b) = (truth.errors(fused.values(.alpha)), truth.errors(plain.values(.alpha)))
    #expect(a.all < 0.6 * b.all && a.edges < 0.6 * b.edges, "\(a) \(b)")
  }

  @Test func exposureLeavesTheMatte() async throws {
    let normal = ScreenShot()
    let bright = ScreenShot(gain: 8)
    let a = try await run(keyer(), [normal.shot, normal.plate])
    let b = try await run(keyer(), [bright.shot, bright.plate])
    let worst = zip(a.values(.alpha), b.values(.alpha)).map { abs($0 - $1) }.max() ?? 1
    #expect(worst < 0.02, "\(worst)")
  }

  /// A pixel that grain has lifted is no strand.
  @Test func loudGrainLeavesTheScreenClear() async throws {
    let truth = ScreenShot(grain: 0.002)
    let (w, h) = ScreenShot.size
    let at = 20 * w + 30
    var planes = Channel.rgb.map { truth.shot.values($0) }
    planes[1][at] -= 0.11
    let shot = Pictures.make(
      width: w, height: h, [.red: planes[0], .green: planes[1], .blue: planes[2]])
    let alpha = try await run(keyer(), [shot, truth.plate]).values(.alpha)
    for y in 15..<26 {
      for x in 25..<36 { #expect(alpha[y * w + x] == 0, "\(x), \(y)") }
    }
  }

  /// Cloth that mirrors the screen, well inside the subject.
  @Test func solidSaysWhatIsCertain() async throws {
    let truth = ScreenShot()
    let (w, h) = ScreenShot.size
    var planes = Channel.rgb.map { truth.shot.values($0) }
    let screen = Channel.rgb.map { truth.plate.values($0) }
    for y in h / 2 - 20..<h / 2 + 20 {
      for x in w / 2 - 20..<w / 2 + 20 {
        for c in 0..<3 {
          planes[c][y * w + x] = 0.7 * planes[c][y * w + x] + 0.3 * screen[c][y * w + x]
        }
      }
    }
    let shot = Pictures.make(
      width: w, height: h, [.red: planes[0], .green: planes[1], .blue: planes[2]])
    func middle(_ solid: Double) async throws -> Float {
      let key = try await run(keyer { $0.solid = solid }, [shot, truth.plate])
      return key.values(.alpha)[h / 2 * w + w / 2]
    }
    #expect(try await middle(0.9) < 0.75)
    #expect(try await middle(0.6) == 1)
  }

  @Test func foldsAreThoseOfThePlateItMakes() async throws {
    let truth = ScreenShot(grain: 0.01)
    for folds in [false, true] {
      var plate = ScreenPlate()
      plate.folds = folds
      let made = try await run(plate, [truth.shot])
      let shown = try await run(
        keyer {
          $0.folds = folds
          $0.view = .plate
        }, [truth.shot])
      for channel in Channel.rgb { #expect(shown.values(channel) == made.values(channel)) }
    }
  }

  /// Whatever the model makes of a bad mixture, light is not below black where picture and plate are not.
  @Test func noLightBelowBlack() async throws {
    let truth = ScreenShot(grain: 0.02)
    let shot = Pictures.make(
      width: ScreenShot.size.width, height: ScreenShot.size.height,
      Dictionary(
        uniqueKeysWithValues: Channel.rgb.map { ($0, truth.shot.values($0).map { max($0, 0) }) }))
    let key = try await run(keyer { $0.view = .foreground }, [shot, truth.plate])
    for channel in Channel.rgb { #expect((key.values(channel).min() ?? -1) >= -1e-6, "\(channel)") }
  }

  /// The plate key is Nuke's IBK: nothing of the plate is left where the pixel is the plate, and
  /// everything where nothing exceeds.
  @Test func thePlateKeyHasItsEnds() async throws {
    let plate = Pictures.make(
      width: 4,
      [.red: [0.1, 0.1, 0.1, 0.1], .green: [0.5, 0.5, 0.5, 0.5], .blue: [0.1, 0.1, 0.1, 0.1]])
    let shot = Pictures.make(
      width: 4,
      [.red: [0.1, 0.7, 0.3, 0.1], .green: [0.5, 0.6, 0.5, 3], .blue: [0.1, 0.6, 0.3, 0.1]])
    let key = try await run(
      keyer {
        $0.method = .plate
        $0.despill = 0
      }, [shot, plate])
    #expect(agree(key.values(.alpha), [0, 1, 0.5, 0]))
    // alpha F = C - (1 - alpha) S, so that over the plate itself the shot comes back.
    #expect(agree(key.values(.red), [0, 0.7, 0.25, 0]))
    #expect(agree(key.values(.green), [0, 0.6, 0.25, 0]))
  }

  @Test func coreAndGarbageHaveTheLastWord() async throws {
    let truth = ScreenShot()
    let (w, h) = ScreenShot.size
    func matte(_ isOn: (Int, Int) -> Float) -> Image {
      Pictures.make(
        width: w, height: h, [.alpha: (0..<w * h).map { isOn($0 % w, $0 / w) }])
    }
    let core = matte { x, y in x < 40 && y < 40 ? 0.75 : 0 }
    let garbage = matte { x, _ in x > 160 ? 1 : 0 }
    let key = try await run(
      keyer { $0.view = .matte }, [truth.shot, truth.plate, nil, core, garbage])
    let alpha = key.values(.red)
    #expect(abs(alpha[10 * w + 10] - 0.75) < 1e-6)
    #expect(alpha[(h / 2) * w + 165] == 0)
    #expect(alpha[(h / 2) * w + 140] == 1)
  }

  /// Two pixels of a plain screen: one half screen, one that the difference key finds clear by mistake.
  private let mixed = Pictures.make(
    width: 2, [.red: [0.3, 0.2], .green: [0.5, 0.6], .blue: [0.3, 0.2]])
  private let screen = Pictures.make(
    width: 2, [.red: [0.1, 0.2], .green: [0.5, 0.6], .blue: [0.1, 0.2]])

  /// alpha is 0.5 and 0; gamma 2 makes 0.7071 of the first, a core matte 1 of the second.
  @Test(
    arguments: [
      // The subject's own colour is (0.5, 0.5, 0.5) where there is half of it.
      (KeyReplace.foreground, [0.353_553, 0.353_553, 0.353_553]),
      (.none, [0.25, 0.25, 0.25]),
      (.source, [0.25 + 0.3 * 0.207_107, 0.25 + 0.5 * 0.207_107, 0.25 + 0.3 * 0.207_107]),
      (.hard, [0.25 + 0.8 * 0.207_107, 0.25 + 0.4 * 0.207_107, 0.25]),
      (.soft, [0.25 + 0.8 * 0.443_08 * 0.207_107, 0.25 + 0.4 * 0.443_08 * 0.207_107, 0.25]),
    ] as [(KeyReplace, [Double])])
  func colourWhereTheMatteWasRaised(_ method: KeyReplace, _ expected: [Double]) async throws {
    let node = keyer {
      $0.method = .plate
      $0.despill = 0
      $0.gamma = 2
      $0.replace = method
      $0.replaceColor = ColorValue(0.8, 0.4, 0, 1)
    }
    let key = try await run(node, [mixed, screen])
    for (channel, value) in zip(Channel.rgb, expected) {
      #expect(agree([key.values(channel)[0]], [value], 1e-5), "\(channel)")
    }
    #expect(agree(key.values(.alpha), [0.707_107, 0], 1e-5))
    #expect(key.values(.red)[1] == 0)
  }

  @Test func theCoreTakesTheShotsColour() async throws {
    let core = Pictures.make(width: 2, [.alpha: [0, 1]])
    let node = keyer {
      $0.method = .plate
      $0.despill = 0
      $0.coreReplace = .source
    }
    let key = try await run(node, [mixed, screen, nil, core])
    #expect(agree(key.values(.green), [0.25, 0.6], 1e-5))
    #expect(agree(key.values(.alpha), [0.5, 1], 1e-5))
  }

  /// Clips cut the soft edge of a disc; rolled back it is as before, while haze far from it stays away.
  @Test func rollbackReturnsEdgesOnly() async throws {
    let (w, h) = (96, 64)
    var planes: [Channel: [Float]] = [.red: [], .green: [], .blue: []]
    for y in 0..<h {
      for x in 0..<w {
        let distance = (Double((x - 30) * (x - 30) + (y - 32) * (y - 32))).squareRoot()
        var alpha = Float(min(1, max(0, (20 - distance) / 8)))
        if x > 70 { alpha = 0.1 }
        planes[.red]?.append(0.4 * alpha + 0.1 * (1 - alpha))
        planes[.green]?.append(0.4 * alpha + 0.6 * (1 - alpha))
        planes[.blue]?.append(0.4 * alpha + 0.1 * (1 - alpha))
      }
    }
    let shot = Pictures.make(width: w, height: h, planes)
    let count = w * h
    let plate = Pictures.make(
      width: w, height: h,
      [
        .red: .init(repeating: 0.1, count: count), .green: .init(repeating: 0.6, count: count),
        .blue: .init(repeating: 0.1, count: count),
      ])
    func alpha(_ change: (inout Keyer) -> Void) async throws -> [Float] {
      let node = keyer {
        $0.method = .plate
        change(&$0)
      }
      return try await run(node, [shot, plate]).values(.alpha)
    }
    let plain = try await alpha { _ in }
    let clipped = try await alpha { ($0.clipBlack, $0.clipWhite) = (0.3, 0.7) }
    let rolled = try await alpha {
      ($0.clipBlack, $0.clipWhite, $0.rollback) = (0.3, 0.7, 8)
    }
    let edge = 32 * w + 46  // 16 from the middle: half
    #expect(clipped[edge + 2] < 0.01 && plain[edge + 2] > 0.2)
    #expect(abs(rolled[edge + 2] - plain[edge + 2]) < 1e-4)
    #expect(abs(rolled[edge - 2] - plain[edge - 2]) < 1e-4)
    #expect(rolled[10 * w + 85] == 0 && plain[10 * w + 85] > 0.05)
  }

  @Test func specksAndHolesGo() async throws {
    let truth = ScreenShot()
    let (w, h) = ScreenShot.size
    var planes: [Channel: [Float]] = [:]
    for channel in Channel.rgb { planes[channel] = truth.shot.values(channel) }
    let speck = 6 * w + 6
    let hole = (h / 2) * w + w / 2
    for channel in Channel.rgb {
      planes[channel]?[speck] = 0.5
      planes[channel]?[hole] = truth.plate.values(channel)[hole]
    }
    let shot = Pictures.make(width: w, height: h, planes)
    func alpha(_ width: Double) async throws -> [Float] {
      let node = keyer {
        $0.method = .plate
        ($0.specks, $0.holes) = (width, width)
      }
      return try await run(node, [shot, truth.plate]).values(.alpha)
    }
    let (before, after) = (try await alpha(0), try await alpha(3))
    #expect(before[speck] > 0.5 && after[speck] < 0.05)
    #expect(before[hole] < 0.05 && after[hole] > 0.95)
  }

  /// Alpha is that of the calm picture; the colour is the shot's.
  @Test func alphaComesFromThePull() async throws {
    let grainy = ScreenShot(grain: 0.02)
    let calm = ScreenShot(grain: 0)
    let node = keyer { $0.despill = 0 }
    let alone = try await run(node, [grainy.shot, calm.plate])
    let pulled = try await run(node, [grainy.shot, calm.plate, calm.shot])
    let wanted = try await run(node, [calm.shot, calm.plate])
    #expect(pulled.values(.alpha) == wanted.values(.alpha))
    #expect(pulled.values(.alpha) != alone.values(.alpha))
    // Where it is solid the shot's own grain is in the result.
    for (i, alpha) in pulled.values(.alpha).enumerated() where alpha == 1 {
      #expect(abs(pulled.values(.green)[i] - grainy.shot.values(.green)[i]) < 1e-4)
    }
  }

  @Test func viewsShowWhatTheySay() async throws {
    let truth = ScreenShot()
    let center = (ScreenShot.size.height / 2) * ScreenShot.size.width + ScreenShot.size.width / 2
    func view(_ view: Keyer.View) async throws -> Image {
      try await run(keyer { $0.view = view }, [truth.shot, truth.plate])
    }
    let matte = try await view(.matte)
    let status = try await view(.status)
    let edges = try await view(.edges)
    let plate = try await view(.plate)
    #expect(matte.values(.green) == matte.values(.alpha))
    #expect(Set(status.values(.red)) == [0, 0.5, 1])
    #expect(edges.values(.red)[center] == 0 && (edges.values(.red).max() ?? 0) > 0.9)
    #expect(plate.values(.green) == truth.plate.values(.green))
  }

  @Test func theBackgroundLiesUnderIt() async throws {
    let truth = ScreenShot()
    let (w, h) = ScreenShot.size
    let grey = Pictures.make(
      width: w, height: h,
      [
        .red: .init(repeating: 0.5, count: w * h), .green: .init(repeating: 0.5, count: w * h),
        .blue: .init(repeating: 0.5, count: w * h),
      ])
    let alone = try await run(keyer(), [truth.shot, truth.plate])
    let over = try await run(keyer(), [truth.shot, truth.plate, nil, nil, nil, grey])
    let expected = zip(alone.values(.red), alone.values(.alpha)).map { Double($0 + 0.5 * (1 - $1)) }
    #expect(agree(over.values(.red), expected, 1e-5))
    #expect(over.values(.alpha).allSatisfy { abs($0 - 1) < 1e-5 })
  }

  @Test func aBadPixelSpoilsOnlyItself() async throws {
    let truth = ScreenShot()
    let (w, h) = ScreenShot.size
    for bad in [Float.nan, .infinity, -.infinity, 1e30] {
      var planes: [Channel: [Float]] = [:]
      for channel in Channel.rgb { planes[channel] = truth.shot.values(channel) }
      planes[.green]?[20 * w + 30] = bad
      let spoiled = Pictures.make(width: w, height: h, planes)
      let a = try await run(keyer(), [truth.shot, truth.plate]).values(.alpha)
      let b = try await run(keyer(), [spoiled, truth.plate]).values(.alpha)
      for i in a.indices where !(a[i] == b[i]) {
        let (x, y) = (i % w, i / w)
        #expect(abs(x - 30) <= 14 && abs(y - 20) <= 14, "\(bad) changed \(x), \(y)")
      }
    }
  }

  @Test func nothingThatLooksLikeAScreenIsSaid() async throws {
    let grey = Pictures.row([0.5, 0.5, 0.5, 0.5])
    await #expect(throws: RenderError.self) { try await run(keyer(), [grey]) }
  }
}
