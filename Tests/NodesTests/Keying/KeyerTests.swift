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
