import Bipack
import Testing

@testable import BipackNodes

@Suite struct MattingTests {
  /// Two colours that shade off, mixed along a slanting edge 20 pixels wide.
  private struct Edge {
    static let size = (width: 97, height: 71)
    var picture: [Channel: [Float]] = [.red: [], .green: [], .blue: []]
    var alpha: [Float] = []
    var inside: [Channel: [Float]] = [.red: [], .green: [], .blue: []]

    init(gain: Float = 1) {
      for y in 0..<Self.size.height {
        for x in 0..<Self.size.width {
          let a = min(max((Float(x) + 0.2 * Float(y) - 46) / 20, 0), 1)
          let shade = gain * (1 + 0.002 * Float(y))
          let front: [Float] = [0.7 * shade, 0.3 * shade, 0.1 * shade]
          let back: [Float] = [0.05 * gain, 0.2 * gain, 0.5 * shade]
          for (i, channel) in Channel.rgb.enumerated() {
            picture[channel]?.append(a * front[i] + (1 - a) * back[i])
            inside[channel]?.append(front[i])
          }
          alpha.append(a)
        }
      }
    }

    var image: Image {
      Pictures.make(width: Self.size.width, height: Self.size.height, picture)
    }

    var trimap: [Float] { alpha.map { $0 == 0 ? 0 : $0 == 1 ? 1 : 0.5 } }
  }

  private func plane(_ values: [Float], _ channel: Channel = .alpha) -> Image {
    Pictures.make(width: Edge.size.width, height: Edge.size.height, [channel: values])
  }

  private func matte(
    _ edge: Edge, _ trimap: [Float], _ channel: Channel = .alpha,
    _ method: Matting.Method = .laplacian
  ) async throws -> [Float] {
    var node = Matting()
    node.method = method
    node.view = .matte
    let made = try await run(node, [edge.image, plane(trimap, channel)])
    #expect(made.values(.red) == made.values(.alpha))
    return made.values(.alpha)
  }

  private func worst(_ a: [Float], _ b: [Float]) -> Float {
    zip(a, b).map { abs($0 - $1) }.max() ?? 0
  }

  /// Half the light of each is half of each, far above 1 too. In the dark a tenth of it is lost in what
  /// might be grain.
  @Test(arguments: [(Float(0.1), Float(0.1)), (1, 0.02), (12, 0.02)])
  func lightThatMixesIsToldApart(gain: Float, limit: Float) async throws {
    let edge = Edge(gain: gain)
    #expect(worst(try await matte(edge, edge.trimap), edge.alpha) < limit)
  }

  /// Between two colours alpha is an affine function of colour, nearly so as they shade off.
  @Test func fastAndNearlyRightBetweenTwoColours() async throws {
    var edge = Edge()
    #expect(worst(try await matte(edge, edge.trimap, .alpha, .guided), edge.alpha) < 0.1)
    // Nothing known within reach, and a bad pixel among the known.
    let far = edge.alpha.indices.map { i -> Float in i % 97 == 0 ? 0 : i % 97 == 96 ? 1 : 0.5 }
    let found = try await matte(edge, far, .alpha, .guided)
    #expect(found[48] == 0.5 && found[0] == 0 && found[96] == 1)
    for channel in Channel.rgb { edge.picture[channel]?[3 * 97 + 5] = .nan }
    let bad = try await matte(edge, edge.trimap, .alpha, .guided)
    #expect(worst(bad, edge.alpha) < 0.1)
  }

  @Test func whatIsKnownIsKept() async throws {
    var edge = Edge()
    let all = edge.alpha.map { Float($0 > 0.5 ? 1 : 0) }
    #expect(try await matte(edge, all) == all)
    // By a painted picture of no alpha, nearly black and white.
    #expect(try await matte(edge, all.map { $0 == 1 ? 0.97 : 0.02 }, .red) == all)
    // Whatever the picture is there.
    for channel in Channel.rgb { edge.picture[channel]?[900] = .nan }
    #expect(try await matte(edge, all) == all)
  }

  @Test func nothingKnownOfOneSideIsTheOther() async throws {
    let edge = Edge()
    let empty = edge.trimap.map { $0 == 1 ? 0.5 : $0 }
    #expect(try await matte(edge, empty).allSatisfy { $0 == 0 })
    let full = edge.trimap.map { $0 == 0 ? 0.5 : $0 }
    #expect(try await matte(edge, full).allSatisfy { $0 == 1 })
    #expect(try await matte(edge, full.map { _ in 0.5 }).allSatisfy { $0 == 0.5 })
  }

  @Test func aBadPixelSpoilsNoOther() async throws {
    var edge = Edge()
    let at = [20 * 97 + 50, 40 * 97 + 10, 60 * 97 + 90]
    for i in at {
      for channel in Channel.rgb { edge.picture[channel]?[i] = i % 2 == 0 ? .nan : .infinity }
    }
    let found = try await matte(edge, edge.trimap)
    for (i, (value, truth)) in zip(found, edge.alpha).enumerated() {
      let isNear = at.contains { abs($0 % 97 - i % 97) < 6 && abs($0 / 97 - i / 97) < 6 }
      #expect(value >= 0 && value <= 1 && (isNear || abs(value - truth) < 0.03))
    }
  }

  /// Windows that are nothing but grain must not shake the solution: a dark wall far from a bright
  /// subject stays a wall.
  @Test func darkGrainIsNoSubject() async throws {
    var edge = Edge()
    var state: UInt64 = 5
    for i in edge.alpha.indices {
      for channel in Channel.rgb {
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        let grain = 0.006 * (Float(state >> 40) / Float(1 << 23) - 1)
        edge.picture[channel]?[i] = (i % 97 > 70 ? 0.8 : 0.03) + grain
      }
    }
    let wide = edge.alpha.indices.map { i -> Float in i % 97 < 3 ? 0 : i % 97 > 80 ? 1 : 0.5 }
    for (i, value) in try await matte(edge, wide).enumerated() {
      #expect(i % 97 > 70 ? value > 0.9 : value < 0.1)
    }
  }

  @Test func viewsAreTheSameMatte() async throws {
    let edge = Edge()
    var node = Matting()
    func made(_ view: Matting.View) async throws -> Image {
      node.view = view
      return try await run(node, [edge.image, plane(edge.trimap)])
    }
    let (result, front) = (try await made(.result), try await made(.foreground))
    let picture = try await made(.picture)
    let alpha = try await made(.matte).values(.alpha)
    for image in [result, front, picture] { #expect(image.values(.alpha) == alpha) }
    for channel in Channel.rgb {
      #expect(picture.values(channel) == edge.picture[channel])
      #expect(
        worst(result.values(channel), zip(front.values(channel), alpha).map { $0 * $1 }) < 1e-6)
    }
  }

  /// Nothing given but the matte: the subject's colour is found wherever there is much of it.
  @Test func colourWithoutAPlate() async throws {
    let edge = Edge()
    let made = try await run(ForegroundColor(), [edge.image, plane(edge.alpha)])
    for channel in Channel.rgb {
      for (i, pair) in zip(made.values(channel), edge.inside[channel] ?? []).enumerated()
      where edge.alpha[i] > 0.1 {
        #expect(abs(pair.0 - pair.1) < 0.05, "alpha \(edge.alpha[i])")
        if edge.alpha[i] == 1 { #expect(pair.0 == pair.1) }
      }
    }
  }
}
