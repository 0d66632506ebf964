import Bipack
import BipackKernels
import Testing

@testable import BipackNodes

@Suite("VolumeKeyer") struct VolumeKeyerTests {
  /// The colour of a lightness.
  private func light(_ l: Double) -> Double {
    let root = (l + 0.16) / 1.16
    return l > 0.08 ? root * root * root : l * 2700 / 24389
  }

  private func picture(_ lightness: [(Double, Double, Double)]) -> Image {
    Pictures.make(
      width: lightness.count,
      [
        .red: lightness.map { Float(light($0.0)) }, .green: lightness.map { Float(light($0.1)) },
        .blue: lightness.map { Float(light($0.2)) },
      ])
  }

  private func node(_ change: (inout VolumeKeyer) -> Void = { _ in }) -> VolumeKeyer {
    var node = VolumeKeyer()
    node.screen = NumberList([light(0.2), light(0.6), light(0.3)])
    change(&node)
    return node
  }

  @Test func oneSampleIsABallOfTwoTolerances() async throws {
    // Radii 0.04 and 0.12 of lightness around (0.2, 0.6, 0.3).
    let shot = picture([
      (0.2, 0.6, 0.3), (0.23, 0.6, 0.3), (0.2, 0.54, 0.3), (0.2, 0.6, 0.38), (0.2, 0.6, 0.43),
      (0.26, 0.6, 0.38), (2, 0.6, 0.3),
    ])
    let key = try await run(node(), [shot])
    #expect(agree(key.values(.alpha), [0, 0, 0.25, 0.5, 1, 0.75, 1], 1e-4))
    let wider = try await run(node { ($0.inner, $0.outer, $0.softness) = (1.5, 2, 1) }, [shot])
    // Radii 0.06 and 0.12, smooth.
    let third = 1.0 / 3
    #expect(
      agree(
        wider.values(.alpha),
        [0, 0, 0, third * third * (3 - 2 * third), 1, 0.740741, 1], 1e-3))
  }

  @Test func samplesMakeAnEllipsoid() async throws {
    // Two samples along green: a deviation of 0.1 there, of the tolerance across.
    let screen = NumberList([0.5, 0.7].flatMap { [light(0.2), light($0), light(0.3)] })
    let key = try await run(
      node { $0.screen = screen },
      [
        picture([
          (0.2, 0.5, 0.3), (0.2, 0.8, 0.3), (0.2, 0.9, 0.3), (0.24, 0.6, 0.3), (0.28, 0.6, 0.3),
        ])
      ])
    let along = 2 * (0.1 * 0.1 + 0.02 * 0.02).squareRoot()
    func matte(_ m: Double) -> Double { min(max((m - 1) / 2, 0), 1) }
    #expect(
      agree(
        key.values(.alpha),
        [0, 0, matte(0.3 / along), 0, 0.5], 2e-3))
  }

  @Test func subjectSamplesDrawTheOuterVolumeIn() async throws {
    let near = [light(0.2), light(0.52), light(0.3)]
    let key = try await run(
      node { $0.subject = NumberList(near) },
      [
        picture([
          (0.2, 0.52, 0.3), (0.2, 0.56, 0.3), (0.2, 0.54, 0.3), (0.2, 0.68, 0.3), (0.28, 0.6, 0.3),
        ])
      ])
    let alpha = key.values(.alpha)
    // At the sample 1, at the inner volume 0, half-way half; the other directions are as before.
    #expect(agree(alpha, [1, 0, 0.5, 0.5, 0.5], 0.03), "\(alpha)")
  }

  /// All around the screen's colour, with samples on all sides: no jumps.
  @Test func theMatteIsContinuous() {
    var dice = Dice(seed: 9)
    func sample(_ spread: Double) -> SIMD3<Double> {
      SIMD3(dice.unit() - 0.5, dice.unit() - 0.5, dice.unit() - 0.5) * spread
    }
    let volume = ColorVolume(
      screen: (0..<40).map { _ in sample(0.1) }, subject: (0..<60).map { _ in sample(0.5) },
      settings: .init())
    let steps = 4000
    var worst: Float = 0
    for plane in 0..<3 {
      for radius in [0.1, 0.15, 0.25] {
        let circle = (0...steps).map { i -> SIMD3<Float> in
          let (sine, cosine) = Turn.degrees(360 * Double(i) / Double(steps))
          var color = SIMD3<Float>(repeating: 0.01)
          color[plane] = Float(radius * cosine)
          color[(plane + 1) % 3] = Float(radius * sine)
          return color
        }
        let planes = (0..<3).map { c in circle.map { $0[c] } }
        var matte = [Float](repeating: 0, count: circle.count)
        planes[0].withUnsafeBufferPointer { r in
          planes[1].withUnsafeBufferPointer { g in
            planes[2].withUnsafeBufferPointer { b in
              matte.withUnsafeMutableBufferPointer { out in
                guard let r = r.baseAddress, let g = g.baseAddress, let b = b.baseAddress,
                  let out = out.baseAddress
                else { return }
                volume?.matte(r, g, b, count: circle.count, softness: 0, into: out)
              }
            }
          }
        }
        for (a, b) in zip(matte, matte.dropFirst()) { worst = max(worst, abs(a - b)) }
        #expect(matte.contains { $0 > 0 })
      }
    }
    // A step is 0.0004 of lightness at most, a fortieth of the thinnest shell.
    #expect(worst < 0.03, "\(worst)")
  }

  @Test func mattesMarkSamples() async throws {
    let truth = ScreenShot(grain: 0.004)
    let (w, h) = ScreenShot.size
    func marks(_ isOn: @escaping (Int) -> Bool) -> Image {
      Pictures.make(
        width: w, height: h, [.alpha: (0..<w * h).map { isOn($0) ? 1 : 0 }])
    }
    let screen = marks { $0 / w < 30 || $0 / w > 180 }
    let subject = marks { truth.alpha[$0] >= 1 && $0 % 3 == 0 }
    let key = try await run(
      node { $0.screen = [] }, [truth.shot, nil, screen, subject, nil, nil])
    let errors = truth.errors(key.values(.alpha))
    #expect(errors.all < 0.02, "\(errors)")
    let core = marks { truth.alpha[$0] > 0.5 }
    let held = try await run(
      node {
        $0.screen = []
        $0.output = .matte
      }, [truth.shot, nil, screen, subject, core, nil])
    #expect(held.values(.green)[(h / 2) * w + w / 2] == 1)
    #expect(held.values(.green) == held.values(.alpha))
  }

  @Test func missingSamplesAreSaid() async throws {
    let shot = picture([(0.2, 0.6, 0.3)])
    let clear = Pictures.make(width: 1, [.alpha: [0]])
    for node in [node { $0.screen = [] }, node { $0.screen = [0.1, 0.2] }] {
      await #expect(throws: RenderError.self) { try await run(node, [shot]) }
    }
    await #expect(throws: RenderError.self) {
      try await run(node { $0.screen = [] }, [shot, nil, clear])
    }
  }

  @Test func whatIsNoColourStaysBad() async throws {
    let shot = Pictures.make(
      width: 3, [.red: [.nan, .infinity, 3e38], .green: [0.3, 0.3, 0.3], .blue: [0, 0, 0]])
    let alpha = try await run(node(), [shot]).values(.alpha)
    #expect(alpha[0].isNaN && !(alpha[1] < 1) && alpha[2] == 1)
  }
}
