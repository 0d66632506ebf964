import Bipack
import BipackKernels
import Testing

@testable import BipackNodes

@Suite("Matte tools") struct MatteToolTests {
  private func make<N: Node>(_ type: N.Type, _ change: (inout N) -> Void) -> N {
    var node = N()
    change(&node)
    return node
  }

  private func alpha(_ picture: Reference) -> Image { picture.image([.alpha]) }

  /// A straight edge through the middle at an angle, alpha 0 to 1 across `width` pixels, moved inwards
  /// by `shift`.
  private func edge(_ degrees: Double, width: Double, shift: Double = 0) -> Reference {
    let side = 64
    let (sine, cosine) = Turn.degrees(degrees)
    return Reference(side, side) { x, y in
      let distance = (Double(x) - 31.7) * cosine + (Double(y) - 31.2) * sine - shift
      let t = min(max(distance / width + 0.5, 0), 1)
      return t * t * (3 - 2 * t)
    }
  }

  // MARK: ErodeDilate

  @Test(arguments: [-9.4, -2.25, -0.5, 0.3, 1, 3.7, 10.4], [0, 13, 30, 45, 117])
  func theEdgeMovesAndKeepsItsProfile(size: Double, degrees: Double) async throws {
    let moved = try await run(
      make(ErodeDilate.self) { $0.size = size }, [alpha(edge(degrees, width: 6))])
    let expected = edge(degrees, width: 6, shift: -size)
    let middle = Rect(x0: 16, y0: 16, x1: 48, y1: 48)
    let error = worst(moved, middle, .alpha) { expected[$0, $1] }
    #expect(error < 0.012, "\(size) at \(degrees): \(error)")
  }

  @Test func wholePixelsAlongTheAxesAreExact() async throws {
    let ramp: [Float] = [0, 0, 0, 0, 0, 0, 0, 0.1, 0.4, 0.8, 1, 1, 1, 1, 1, 1, 1, 1]
    let row = Pictures.row(ramp, alpha: ramp)
    let smaller = try await run(make(ErodeDilate.self) { $0.size = -3 }, [row])
    #expect(smaller.values(.alpha) == Array(repeating: 0, count: 3) + ramp.dropLast(3))
    let larger = try await run(make(ErodeDilate.self) { $0.size = 2 }, [row])
    #expect(larger.values(.alpha) == ramp.dropFirst(2) + [1, 1])
    // Colour follows: it was alpha times 1, and is so where the matte had anything.
    #expect(agree(smaller.values(.red), smaller.values(.alpha).map(Double.init)))
  }

  @Test func thinThingsGoAndDiscsAreRound() async throws {
    let (w, h) = (61, 61)
    func disc(_ radius: Double, _ x: Int, _ y: Int) -> Double {
      let (u, v) = (Double(x) - 30, Double(y) - 30)
      return min(max(radius + 0.5 - (u * u + v * v).squareRoot(), 0), 1)
    }
    let grown = try await run(
      make(ErodeDilate.self) { $0.size = 7.5 }, [alpha(Reference(w, h) { disc(12, $0, $1) })])
    #expect(
      worst(grown, Rect(x0: 5, y0: 5, x1: 56, y1: 56), .alpha) { disc(19.5, $0, $1) } < 0.25)
    let area = grown.values(.alpha).reduce(0) { $0 + Double($1) }
    #expect(abs(area / (Double.pi * 19.5 * 19.5) - 1) < 0.01, "\(area)")
    let line = Reference(w, h) { x, _ in x == 30 || x == 31 ? 1 : 0 }
    let gone = try await run(make(ErodeDilate.self) { $0.size = -1.6 }, [alpha(line)])
    #expect(gone.values(.alpha).allSatisfy { $0 == 0 })
  }

  @Test func growingTakesRoomWithinTheFormat() async throws {
    let format = Format(width: 30, height: 30)
    let picture = Pictures.make(
      width: 4, height: 4, format: format, at: (x: 20, y: 2),
      [.alpha: Array(repeating: 1, count: 16), .red: Array(repeating: 0.5, count: 16)])
    let grown = try await run(make(ErodeDilate.self) { $0.size = 4.5 }, [picture])
    #expect(grown.dataWindow == Rect(x0: 15, y0: 0, x1: 29, y1: 11))
  }

  // MARK: EdgeMatte

  @Test func theEdgeIsWhatIsNeitherClearNorSolid() async throws {
    let ramp: [Float] = [0, 0, 0, 0, 0, 0.25, 0.5, 0.75, 1, 1, 1, 1, 1, 1]
    let row = Pictures.row(ramp, alpha: ramp)
    func band(_ outside: Double, _ inside: Double) async throws -> [Float] {
      try await run(
        make(EdgeMatte.self) { ($0.outside, $0.inside) = (outside, inside) }, [row]
      ).values(.alpha)
    }
    #expect(try await band(0, 0) == [0, 0, 0, 0, 0, 1, 1, 1, 0, 0, 0, 0, 0, 0])
    #expect(try await band(2, 1) == [0, 0, 0, 1, 1, 1, 1, 1, 1, 0, 0, 0, 0, 0])
    #expect(try await band(0, 4) == [0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 1, 1, 0, 0])
    let half = try await band(0.5, 0)
    #expect(abs(half[4] - 0.5) < 0.1 && half[3] == 0 && half[5] == 1)
    let soft = try await run(make(EdgeMatte.self) { $0.softness = 5 }, [row]).values(.alpha)
    #expect(soft[2] > 0 && soft[3] < 1 && soft[6] > 0.7)
  }

  // MARK: EdgeBlur

  @Test func onlyTheEdgeIsBlurred() async throws {
    let (w, h) = (64, 40)
    let noise = Reference.noise(w, h)
    var planes: [Channel: [Float]] = [:]
    for channel in Channel.rgb { planes[channel] = noise.values.map { Float($0) } }
    planes[.alpha] = (0..<w * h).map { $0 % w < 32 ? 1 : 0 }
    let picture = Pictures.make(width: w, height: h, planes)
    let node = make(EdgeBlur.self) {
      ($0.size, $0.brightness, $0.tint) = (6, 1.5, ColorValue(1, 2, 1, 1))
    }
    let result = try await run(node, [picture])
    let blur = try await run(
      make(Blur.self) { ($0.size, $0.edge) = (6, .nearest) }, [picture])
    let (red, green) = (result.values(.red), result.values(.green))
    let (sharp, soft) = (picture.values(.red), blur.values(.red))
    for y in 0..<h {
      for x in 0..<w {
        let i = y * w + x
        // Beside the edge nothing of the picture is left.
        if x == 31 || x == 32 {
          #expect(agree(red[i], Double(soft[i] * 1.5), 1e-4))
          #expect(agree(green[i], Double(soft[i] * 3), 1e-4))
        }
        if abs(x - 32) > 12 { #expect(red[i] == sharp[i]) }
      }
    }
    // The edge of another matte.
    let matte = Pictures.make(width: w, height: h, [.alpha: Array(repeating: 1, count: w * h)])
    #expect(try await run(node, [picture, matte]).values(.red) == sharp)
  }

  // MARK: Despot

  private let spotted = [
    "................",
    ".#........####..",
    "......##..#..#..",
    "..#...##..#..#..",
    "...#......####..",
    "........#.......",
    "................",
    "########.#######",
  ]

  private func matte(_ rows: [String], clear: Float = 0, solid: Float = 1) -> [Float] {
    rows.joined().map { $0 == "#" ? solid : clear }
  }

  @Test func specksGoByTheirArea() async throws {
    func run(_ change: (inout Despot) -> Void) async throws -> [Float] {
      let picture = Pictures.make(
        width: 16, height: 8, [.alpha: matte(spotted, clear: 0.01, solid: 0.99)])
      return try await NodesTests.run(make(Despot.self, change), [picture]).values(.alpha)
    }
    func cleaned(_ rows: [String]) -> [Float] { matte(rows, clear: 0.01, solid: 0.99) }
    // A disc 2 pixels wide has 3.1: four stay.
    let one = try await run { ($0.specks, $0.holes) = (2, 0) }
    #expect(
      one
        == cleaned([
          "................", "..........####..", "......##..#..#..", "......##..#..#..",
          "..........####..", "................", "................", "########.#######",
        ]))
    // 2.3 has 4.2: the square goes too. The diagonal pair would be two without corners either way.
    let two = try await run { ($0.specks, $0.holes, $0.corners) = (2.3, 0, false) }
    #expect(
      two
        == cleaned([
          "................", "..........####..", "..........#..#..", "..........#..#..",
          "..........####..", "................", "................", "########.#######",
        ]))
    // The hole of four is filled from 2.3 on; the gap below opens upwards.
    let three = try await run { ($0.specks, $0.holes, $0.corners) = (0, 2.3, false) }
    #expect(
      three
        == cleaned([
          "................", ".#........####..", "......##..####..", "..#...##..####..",
          "...#......####..", "........#.......", "................", "########.#######",
        ]))
  }

  /// Grey levels against flooding level by level.
  @Test(arguments: [(5, true), (12, false), (40, true)])
  func openingIsTheGreatestLevelWithEnoughPixels(_ test: (area: Int, corners: Bool)) {
    let (w, h) = (23, 17)
    var dice = Dice(seed: 4)
    let values = (0..<w * h).map { _ in Float(dice.below(6)) / 4 - 0.25 }
    var expected = [Float](repeating: -0.25, count: w * h)
    for level in Set(values).sorted() {
      var seen = Set<Int>()
      for start in values.indices where values[start] >= level && !seen.contains(start) {
        var (piece, open) = ([start], [start])
        seen.insert(start)
        while let at = open.popLast() {
          for (dx, dy) in [(-1, 0), (1, 0), (0, -1), (0, 1), (-1, -1), (1, 1), (1, -1), (-1, 1)] {
            if dx != 0 && dy != 0 && !test.corners { continue }
            let (x, y) = (at % w + dx, at / w + dy)
            guard x >= 0, y >= 0, x < w, y < h else { continue }
            let near = y * w + x
            if values[near] >= level, seen.insert(near).inserted {
              piece.append(near)
              open.append(near)
            }
          }
        }
        if piece.count >= test.area { for at in piece { expected[at] = level } }
      }
    }
    func opened(_ values: [Float], holes: Bool) -> [Float] {
      var result = [Float](repeating: 0, count: w * h)
      values.withUnsafeBufferPointer { from in
        result.withUnsafeMutableBufferPointer { to in
          guard let from = from.baseAddress, let to = to.baseAddress else { return }
          AreaOpening(area: test.area, joinsCorners: test.corners, fillsHoles: holes)
            .apply(from, to, width: w, height: h, pool: Pictures.renderer.pool)
        }
      }
      return result
    }
    #expect(opened(values, holes: false) == expected)
    #expect(opened(values.map { -$0 }, holes: true) == expected.map { -$0 })
  }

  @Test func whatLiesBetweenKeepsItsTexture() async throws {
    var veil = [Float](repeating: 0.5, count: 25)
    (veil[7], veil[17]) = (0.7, 0.3)
    let picture = Pictures.make(width: 5, height: 5, [.alpha: veil])
    #expect(try await run(Despot(), [picture]).values(.alpha) == veil)
    let all = make(Despot.self) { ($0.clear, $0.solid) = (1, 0) }
    #expect(
      try await run(all, [picture]).values(.alpha) == [Float](repeating: 0.5, count: 25))
  }

  // MARK: EdgeExtend

  /// A disc of one colour over another, mixed without knowing of alpha.
  private func contaminated(_ subject: [Float], _ screen: [Float]) -> (Image, [Float]) {
    let (w, h) = (80, 60)
    var alpha: [Float] = []
    for y in 0..<h {
      for x in 0..<w {
        let (u, v) = (Float(x - 40), Float(y - 30))
        alpha.append(min(max((22 - (u * u + v * v).squareRoot()) / 8, 0), 1))
      }
    }
    var planes: [Channel: [Float]] = [.alpha: alpha]
    for (i, channel) in Channel.rgb.enumerated() {
      planes[channel] = alpha.map { $0 * ($0 * subject[i] + (1 - $0) * screen[i]) }
    }
    return (Pictures.make(width: w, height: h, planes), alpha)
  }

  @Test func theSubjectsColourReachesThroughTheEdge() async throws {
    let (picture, alpha) = contaminated([3, 0.4, 0.2], [0.05, 0.6, 0.1])
    let result = try await run(
      make(EdgeExtend.self) { $0.threshold = 0.95 }, [picture])
    for (i, a) in alpha.enumerated() {
      #expect(result.values(.alpha)[i] == a)
      if a >= 1 { #expect(result.values(.red)[i] == picture.values(.red)[i]) }
    }
    // Trusted colours are at least 95 % the subject's: nothing of the screen's 0.6 is left over.
    let worst = zip(result.values(.green), alpha).map { abs($0 - 0.4 * $1) }.max() ?? 1
    #expect(worst < 0.012, "\(worst)")
    let red = zip(result.values(.red), alpha).map { abs($0 - 3 * $1) }.max() ?? 1
    #expect(red < 0.16, "\(red)")
  }

  @Test func coloursGoOnBeyondTheMatte() async throws {
    let (picture, _) = contaminated([3, 0.4, 0.2], [0.05, 0.6, 0.1])
    let node = make(EdgeExtend.self) {
      ($0.output, $0.inset, $0.threshold) = (.unpremultiplied, 3, 0.99)
    }
    let result = try await run(node, [picture])
    for value in result.values(.red) { #expect(abs(value - 3) < 1e-4) }
    for value in result.values(.blue) { #expect(abs(value - 0.2) < 1e-5) }
  }

  @Test func aPlateWithAMatteBesideIt() async throws {
    let (picture, alpha) = contaminated([1, 0.5, 0.25], [0, 0, 0])
    var planes: [Channel: [Float]] = [:]
    for channel in Channel.rgb {
      planes[channel] = zip(picture.values(channel), alpha).map { $1 > 0 ? $0 / $1 : 0 }
    }
    let plate = Pictures.make(width: 80, height: 60, planes)
    let result = try await run(make(EdgeExtend.self) { $0.threshold = 0.98 }, [plate, picture])
    #expect(result.values(.alpha) == alpha)
    let worst = zip(result.values(.red), alpha).map { abs($0 - $1) }.max() ?? 1
    #expect(worst < 0.02, "\(worst)")
  }

  @Test func aBadColourIsNotCarriedAbout() async throws {
    let (picture, alpha) = contaminated([1, 0.5, 0.25], [0, 1, 0])
    let clean = try await run(EdgeExtend(), [picture]).values(.green)
    for bad in [Float.nan, .infinity, 3e38] {
      var planes: [Channel: [Float]] = [.alpha: alpha]
      for channel in Channel.rgb { planes[channel] = picture.values(channel) }
      planes[.green]?[30 * 80 + 40] = bad
      let spoiled = try await run(
        EdgeExtend(), [Pictures.make(width: 80, height: 60, planes)]
      ).values(.green)
      for i in clean.indices where i != 30 * 80 + 40 {
        #expect(abs(spoiled[i] - clean[i]) < 1e-3)
      }
    }
  }

  // MARK: LightWrap

  /// A subject on the left half, grey; a background of one colour.
  private func wrapScene(_ background: [Float]) -> (Image, Image) {
    let (w, h) = (96, 48)
    let alpha = (0..<w * h).map { Float($0 % w < 48 ? 1 : 0) }
    let subject = Pictures.make(
      width: w, height: h,
      [
        .alpha: alpha, .red: alpha.map { 0.3 * $0 }, .green: alpha.map { 0.3 * $0 },
        .blue: alpha.map { 0.3 * $0 },
      ])
    let behind = Pictures.make(
      width: w, height: h,
      [
        .red: .init(repeating: background[0], count: w * h),
        .green: .init(repeating: background[1], count: w * h),
        .blue: .init(repeating: background[2], count: w * h),
      ])
    return (subject, behind)
  }

  @Test func lightFallsOnTheEdgeAsTheBlurSays() async throws {
    let (subject, behind) = wrapScene([0.5, 0.8, 1])
    let node = make(LightWrap.self) { ($0.disableLuma, $0.limit, $0.diffuse) = (true, 0, 12) }
    let result = try await run(node, [subject, behind])
    // alpha * blur(B (1 - alpha)): a step blurred by a Gaussian of sigma 12 / 2.4 = 5.
    let inverse = Pictures.make(
      width: 96, height: 48, [.alpha: subject.values(.alpha).map { 1 - $0 }])
    let spread = try await run(
      make(Blur.self) { ($0.size, $0.edge) = (12, .nearest) }, [inverse]
    ).values(.alpha)
    let (red, green) = (result.values(.red), result.values(.green))
    for i in red.indices {
      let a = subject.values(.alpha)[i]
      #expect(agree(red[i], Double(0.3 * a + a * 0.5 * spread[i]), 1e-5))
      #expect(agree(green[i], Double(0.3 * a + a * 0.8 * spread[i]), 1e-5))
    }
    let row = 24 * 96
    #expect(abs(spread[row + 47] - 0.46) < 0.02)
    // Not beyond the reach, not outside, and alpha stays.
    #expect(red[row + 20] == 0.3 && red[row + 48] == 0)
    #expect(result.values(.alpha) == subject.values(.alpha))
  }

  @Test func blackDoesNotWrapAndBrightWrapsMore() async throws {
    func added(_ grey: Float, _ change: (inout LightWrap) -> Void = { _ in }) async throws -> Float
    {
      let (subject, behind) = wrapScene([grey, grey, grey])
      let node = make(LightWrap.self) {
        $0.onlyWrap = true
        change(&$0)
      }
      let wrap = try await run(node, [subject, behind])
      #expect(wrap.values(.alpha).allSatisfy { $0 == 0 })
      return wrap.values(.red)[24 * 96 + 47]
    }
    let edge = try await added(1) { $0.disableLuma = true }
    #expect(edge > 0.4 && edge < 0.5)
    #expect(try await added(0) == 0)
    // By luminance: 0.25 times 0.25, and none up to the tolerance.
    #expect(agree(try await added(0.25), Double(edge) / 16, 1e-5))
    #expect(try await added(0.25) { $0.lumaTolerance = 0.25 } == 0)
    #expect(
      agree(try await added(0.5) { $0.lumaTolerance = 0.25 }, Double(edge) * 0.5 / 3, 1e-5))
    // A sun is held: 1 + 999 / (1 + 999 / 7).
    #expect(
      agree(try await added(1000), Double(edge) * (1 + 999 / (1 + 999.0 / 7)), 1e-4))
    #expect(agree(try await added(2) { $0.limit = 0 }, Double(edge) * 2, 1e-5))
    #expect(
      agree(
        try await added(0.5) { ($0.useConstant, $0.constant) = (true, 3) }, Double(edge) * 1.5,
        1e-5))
    #expect(
      agree(
        try await added(0.36) {
          ($0.contrast, $0.gain, $0.disableLuma) = (2, 0.5, true)
        }, Double(edge) * 0.36, 1e-5))
  }

  @Test(arguments: LightWrap.HighlightMerge.allCases)
  func lightJoinsAsMergeDoes(merge: LightWrap.HighlightMerge) async throws {
    let (subject, behind) = wrapScene([0.5, 0.8, 1])
    let light = try await run(make(LightWrap.self) { $0.onlyWrap = true }, [subject, behind])
    let joined = try await run(
      make(LightWrap.self) { $0.highlightMerge = merge }, [subject, behind])
    let expected = try await run(
      make(Merge.self) {
        ($0.operation, $0.aChannels, $0.bChannels, $0.outputChannels) = (
          merge.operation, .rgb, .rgb, .rgb
        )
      }, [subject, light])
    for channel in Channel.rgba { #expect(joined.values(channel) == expected.values(channel)) }
  }

  @Test func whatTheFrameCutsOffGetsNoLight() async throws {
    // The background is larger than the frame; the subject fills its left half to the border.
    let (subject, _) = wrapScene([0, 0, 0])
    let behind = Pictures.make(
      width: 160, height: 120, format: Format(width: 96, height: 48), at: (x: -32, y: -36),
      [.red: .init(repeating: 1, count: 160 * 120)])
    let wrap = try await run(
      make(LightWrap.self) { ($0.onlyWrap, $0.disableLuma) = (true, true) }, [subject, behind]
    ).values(.red)
    #expect(wrap[10] == 0 && wrap[47 * 96 + 10] == 0 && wrap[24 * 96] == 0)
    #expect(wrap[47] > 0.3 && abs(wrap[47] - wrap[24 * 96 + 47]) < 1e-4)
    // With a glow it goes on outside.
    let glow = try await run(
      make(LightWrap.self) { ($0.onlyWrap, $0.disableLuma, $0.enableGlow) = (true, true, true) },
      [subject, behind])
    let right = glow.values(.red)[24 * glow.dataWindow.width + 50 - glow.dataWindow.x0]
    #expect(right > 0.1)
  }
}
