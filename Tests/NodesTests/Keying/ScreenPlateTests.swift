import Bipack
import Testing

@testable import BipackNodes

@Suite("ScreenPlate, Despill, MatteClip") struct ScreenPlateTests {
  /// Root mean square of the difference, relative to the mean of the truth, where `isIn`.
  private func error(_ made: Image, _ truth: Image, _ isIn: (Int) -> Bool) -> Double {
    var (squares, sum, count) = (0.0, 0.0, 0)
    for channel in Channel.rgb {
      for (i, pair) in zip(made.values(channel), truth.values(channel)).enumerated() where isIn(i) {
        squares += Double((pair.0 - pair.1) * (pair.0 - pair.1))
        sum += Double(pair.1)
        count += 1
      }
    }
    return (squares / Double(count)).squareRoot() / (sum / Double(count))
  }

  @Test(arguments: [false, true]) func isRightUnderTheSubject(isBlue: Bool) async throws {
    let truth = ScreenShot(isBlue: isBlue, grain: 0.004, unevenness: 0.5)
    let plate = try await run(ScreenPlate(), [truth.shot])
    #expect(error(plate, truth.plate) { truth.alpha[$0] == 1 } < 0.02)
    #expect(error(plate, truth.plate) { truth.alpha[$0] == 0 } < 0.02)
  }

  /// A veil so thin that its cells pass for screen: purer ones around say that they are not.
  @Test func aVeilIsNotTheScreen() async throws {
    let truth = ScreenShot(grain: 0.002)
    let (w, h) = ScreenShot.size
    func isVeil(_ i: Int) -> Bool { i % w < 50 && i / w >= 40 && i / w < 160 }
    let planes = Channel.rgb.map { channel in
      truth.shot.values(channel).enumerated().map { isVeil($0) ? 0.92 * $1 + 0.08 * 0.4 : $1 }
    }
    let shot = Pictures.make(
      width: w, height: h, [.red: planes[0], .green: planes[1], .blue: planes[2]])
    let plate = try await run(ScreenPlate(), [shot])
    let found = error(plate, truth.plate) { isVeil($0) && $0 % w < 46 }
    #expect(found < 0.025, "\(found)")
  }

  @Test func oneColourIsOne() async throws {
    var node = ScreenPlate()
    node.uniform = true
    let plate = try await run(node, [ScreenShot().shot])
    for channel in Channel.rgb { #expect(Set(plate.values(channel)).count == 1) }
    node.screen = .pick
    node.color = ColorValue(0.1, 0.2, 0.7, 1)
    #expect(Set(try await run(node, [ScreenShot().shot]).values(.blue)) == [Float(0.7)])
  }

  // MARK: Despill

  private func despill(_ limit: Despill.Limit, _ change: (inout Despill) -> Void = { _ in })
    async throws -> Image
  {
    var node = Despill()
    node.limit = limit
    change(&node)
    let picture = Pictures.make(
      width: 5,
      [
        .red: [0.2, 0.5, 0.1, 3, -0.1], .green: [0.6, 0.5, 0.1, 9, 0.4],
        .blue: [0.3, 0.5, 0.4, 5, 0.2],
      ])
    return try await run(node, [picture])
  }

  @Test func limitsAreWhatTheySay() async throws {
    #expect(agree(try await despill(.average).values(.green), [0.25, 0.5, 0.1, 4, 0.05]))
    #expect(agree(try await despill(.max).values(.green), [0.3, 0.5, 0.1, 5, 0.2]))
    #expect(agree(try await despill(.min).values(.green), [0.2, 0.5, 0.1, 3, -0.1]))
    #expect(agree(try await despill(.red).values(.green), [0.2, 0.5, 0.1, 3, -0.1]))
    #expect(agree(try await despill(.blue).values(.green), [0.3, 0.5, 0.1, 5, 0.2]))
    #expect(
      agree(try await despill(.doubleRed).values(.green), [0.7 / 3, 0.5, 0.1, 11.0 / 3, 0]))
    #expect(
      agree(try await despill(.doubleBlue).values(.green), [0.8 / 3, 0.5, 0.1, 13.0 / 3, 0.1]))
    // Red and blue are left alone by these.
    #expect(agree(try await despill(.average).values(.red), [0.2, 0.5, 0.1, 3, -0.1]))
  }

  /// Grey hair before a yellowish screen, which has much red: red must not sink below blue.
  @Test func theVectorMakesGreyNotBlue() async throws {
    let hair = Pictures.make(width: 1, [.red: [0.042], .green: [0.045], .blue: [0.038]])
    var node = Despill()
    node.color = ColorValue(0.25, 0.36, 0.05, 1)
    let result = try await run(node, [hair])
    for channel in Channel.rgb { #expect(agree(result.values(channel), [0.038]), "\(channel)") }
  }

  @Test func theVectorTakesTheScreensWholeColour() async throws {
    let result = try await despill(.screenVector) { $0.color = ColorValue(0.1, 0.5, 0.1, 1) }
    // 0.35 beyond the mean, of a screen that has 0.4: 7/8 of its colour. Red, the lesser of the other
    // two, is spared, and green half of that.
    #expect(agree([result.values(.red)[0]], [0.2]))
    #expect(agree([result.values(.blue)[0]], [0.3 - 0.0875]))
    #expect(agree([result.values(.green)[0]], [0.6 - 0.4375 + 0.04375]))
    // What is not greener than its mean stays, whatever its brightness.
    #expect(result.values(.blue)[1] == 0.5 && result.values(.blue)[2] == 0.4)
    let excess = (0..<5).map {
      result.values(.green)[$0] - (result.values(.red)[$0] + result.values(.blue)[$0]) / 2
    }
    #expect(excess.allSatisfy { $0 < 1e-5 })
  }

  @Test func luminanceComesBackInTheTint() async throws {
    func luminance(_ image: Image, _ i: Int) -> Float {
      0.2126 * image.values(.red)[i] + 0.7152 * image.values(.green)[i]
        + 0.0722 * image.values(.blue)[i]
    }
    let result = try await despill(.average) {
      $0.restore = 1
      $0.tint = ColorValue(1, 0.6, 0.3, 1)
    }
    #expect(abs(luminance(result, 0) - (0.2126 * 0.2 + 0.7152 * 0.6 + 0.0722 * 0.3)) < 1e-5)
    let spill = try await despill(.average) { $0.output = .spill }
    #expect(agree(spill.values(.green), [0.35, 0, 0, 5, 0.35]))
    #expect(agree(spill.values(.red), [0, 0, 0, 0, 0]))
  }

  // MARK: ForegroundColor

  /// Mean difference of colour times alpha on the edge.
  private func edgeError(_ made: Image, _ truth: ScreenShot) -> Double {
    var (sum, count) = (0.0, 0)
    for channel in Channel.rgb {
      let (color, own) = (made.values(channel), truth.subject[channel] ?? [])
      for (i, a) in truth.alpha.enumerated() where a > 0.02 && a < 0.98 {
        sum += Double((color[i] * a - own[i]).magnitude)
        count += 1
      }
    }
    return sum / Double(max(1, count))
  }

  @Test func theSubjectsColourGoesOnThroughItsEdge() async throws {
    let truth = ScreenShot(grain: 0.004)
    let (w, h) = ScreenShot.size
    let matte = Pictures.make(width: w, height: h, [.alpha: truth.alpha])
    let known = try await run(ForegroundColor(), [truth.shot, matte, truth.plate])
    let blind = try await run(ForegroundColor(), [truth.shot, matte])
    let untouched = edgeError(truth.shot, truth)
    #expect(edgeError(known, truth) < 0.004)
    #expect(edgeError(blind, truth) < 0.012)
    #expect(edgeError(blind, truth) < untouched / 5)
    #expect(known.values(.alpha) == truth.alpha)
    var node = ForegroundColor()
    node.premultiply = true
    let multiplied = try await run(node, [truth.shot, matte, truth.plate])
    let expected = zip(known.values(.red), truth.alpha).map { Double($0 * $1) }
    #expect(agree(multiplied.values(.red), expected))
  }

  // MARK: MatteClip

  @Test func pointsAndColour() async throws {
    var node = MatteClip()
    (node.black, node.white) = (0.2, 0.7)
    let source = Pictures.row(
      [0.05, 0.1, 0.25, 0.6, 1], alpha: [0, 0.2, 0.45, 0.7, 1])
    let result = try await run(node, [source])
    #expect(agree(result.values(.alpha), [0, 0, 0.5, 1, 1]))
    #expect(agree(result.values(.red), [0, 0, 0.25 / 0.45 * 0.5, 0.6 / 0.7, 1]))
    node.gamma = 2
    #expect(agree([try await run(node, [source]).values(.alpha)[2]], [0.707106781]))
    node.premultiplied = false
    #expect(try await run(node, [source]).values(.red) == source.values(.red))
  }
}
