import BipackPixels
import Testing

@testable import BipackKernels

/// Pictures whose motion is known to the bit of a double: a texture that is a formula, seen through a map.
private enum Scene {
  static let pool = BlockPool()

  /// Waves: how they run across the picture, and how strong they are.
  private static let waves: [(dx: Double, dy: Double, phase: Double, size: Double)] = {
    var seed: UInt64 = 7
    func next() -> Double {
      seed = seed &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return Double(seed >> 40) / Double(1 << 24)
    }
    return (0..<16).map { k in
      let period = 6 + 60 * next() * next()
      let (turn, step) = (6.2831853 * next(), 6.2831853 / period)
      return (
        step * PortableMath.cos(turn), step * PortableMath.sin(turn), 6.2831853 * next(),
        0.06 / (1 + 0.1 * Double(k))
      )
    }
  }()

  /// Between 0.05 and 0.7, with detail down to 6 pixels.
  static func texture(_ x: Double, _ y: Double) -> Double {
    waves.reduce(0.35) { $0 + $1.size * PortableMath.sin(x * $1.dx + y * $1.dy + $1.phase) }
  }

  /// The texture as a frame shows it: `map` from the texture's pixels to the frame's.
  static func frame(
    _ map: Matrix3, width: Int = 320, height: Int = 240, gain: Double = 1, noise: Double = 0,
    seed: UInt64 = 1, patch: Rect? = nil,
    texture: (Double, Double) -> Double = { Scene.texture($0, $1) }
  ) -> Image {
    let back = map.inverse!
    var values: [Float] = []
    var state = seed &* 0x9e37_79b9_7f4a_7c15 | 1
    func random() -> Double {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return Double(state >> 40) / Double(1 << 24) - 0.5
    }
    for y in 0..<height {
      for x in 0..<width {
        let at = back.apply(Double(x), Double(y))!
        var value = gain * texture(at.x, at.y)
        if let patch, patch.contains(x: x, y: y) {
          value = texture(2 * Double(x) + 1000, 2 * Double(y) - 700)
        }
        // Four of them are nearly Gaussian, of variance 1/3.
        let grain = random() + random() + random() + random()
        values.append(Float(value + noise * grain * 1.732))
      }
    }
    return Image(
      spec: ImageSpec(format: Format(width: width, height: height)), pool: pool,
      pixels: [.red: values, .green: values, .blue: values])
  }

  /// What a shutter sees while the map changes: the mean of frames at its moments.
  static func frame(
    through moments: [Matrix3], noise: Double, seed: UInt64, patch: Rect? = nil
  ) -> Image {
    let backs = moments.map { $0.inverse! }
    return frame(.identity, noise: noise, seed: seed, patch: patch) { x, y in
      backs.reduce(0) { sum, back in
        let at = back.apply(x, y)!
        return sum + texture(at.x, at.y)
      } / Double(backs.count)
    }
  }

  static func gray(_ image: Image, _ levels: Int) -> GrayPicture {
    GrayPicture(image, image.dataWindow, levels: levels, pool: pool, loops: .serial)
  }

  static func worst(_ a: Matrix3, _ b: Matrix3, _ corners: [(x: Double, y: Double)]) -> Double {
    corners.map { corner in
      guard let p = a.apply(corner.x, corner.y), let q = b.apply(corner.x, corner.y) else {
        return .infinity
      }
      return ((p.x - q.x) * (p.x - q.x) + (p.y - q.y) * (p.y - q.y)).squareRoot()
    }.max()!
  }
}

@Suite struct AlignerTests {
  private let corners = [(x: 60.0, y: 50.0), (250, 50), (250, 190), (60, 190)]

  private static let maps: [(MotionModel, Matrix3)] = [
    (.translation, .translation(3.37, -2.21)),
    (
      .similarity,
      .translation(157, 119) * .rotation(degrees: 3) * .scale(1.04, 1.04)
        * .translation(-155, -122)
    ),
    (.affine, Matrix3([1.03, 0.02, -3.1, -0.04, 0.97, 5.2, 0, 0, 1])),
    (.homography, Matrix3([1.02, 0.03, -4.1, -0.02, 0.98, 4.2, 0.0001, -0.00008, 1])),
  ]

  @Test(arguments: 0..<4) func findsEveryModel(index: Int) throws {
    let (model, map) = Self.maps[index]
    let here = Scene.gray(Scene.frame(.identity), 4)
    let there = Scene.gray(Scene.frame(map), 4)
    let template = AlignmentTemplate(here, inside: corners)
    let found = Aligner(model).align(template, to: there, from: .identity, coarsest: 3)
    let error = Scene.worst(found.matrix, map, corners)
    #expect(error < 0.02, "\(model): \(error)")
    #expect(found.correlation > 0.99 && found.overlap > 0.9 && found.inliers > 0.9)
  }

  /// Light that changes, grain, and a third of the template hidden.
  @Test func lightGrainAndSomethingInFront() throws {
    let map = Self.maps[3].1
    let here = Scene.gray(Scene.frame(.identity, noise: 0.01), 4)
    let there = Scene.gray(
      Scene.frame(
        map, gain: 1.4, noise: 0.01, seed: 5, patch: Rect(x0: 150, y0: 20, x1: 230, y1: 200)), 4)
    let template = AlignmentTemplate(here, inside: corners)
    let found = Aligner(.homography).align(template, to: there, from: .identity, coarsest: 3)
    let error = Scene.worst(found.matrix, map, corners)
    #expect(error < 0.15, "\(error)")
    #expect(abs(found.gain - 1.4) < 0.05, "\(found.gain)")
    #expect(found.inliers < 0.8, "\(found.inliers)")
  }

  @Test func nothingIsFoundInNothing() {
    let here = Scene.gray(Scene.frame(.identity), 3)
    let template = AlignmentTemplate(here, inside: corners)
    let flat = GrayPicture.Level(
      rect: Rect(x0: 0, y0: 0, x1: 320, y1: 240), pixels: [Float](repeating: 0.5, count: 320 * 240))
    let black = GrayPicture(flat, levels: 3)
    #expect(!Aligner(.affine).align(template, to: black, from: .identity, coarsest: 2).isFound)
    let unknown = GrayPicture.Level(rect: flat.rect, pixels: flat.pixels.map { _ in .nan })
    let found = Aligner(.affine).align(
      template, to: GrayPicture(unknown, levels: 3), from: .identity, coarsest: 2)
    #expect(!found.isFound)
    #expect(
      !Aligner(.affine).align(
        template, to: here, from: .translation(1e7, 0), coarsest: 2
      ).isFound)
  }
}

@Suite struct PointTrackerTests {
  /// Sub-pixel motion over frames, clean and hard.
  @Test(arguments: [(0.0, 0.05), (0.012, 0.15)]) func followsMotion(
    noise: Double, limit: Double
  ) throws {
    let tracker = PointTracker(pattern: 31, search: 30, model: .affine)
    let reference = Scene.frame(.identity, noise: noise)
    let points: [(x: Double, y: Double)] = [(90.3, 80.6), (200, 120), (150.5, 170.2)]
    for point in points {
      var state = PointTracker.State(x: point.x, y: point.y)
      var worst = 0.0
      for step in 1...8 {
        let t = Double(step)
        let map =
          Matrix3.translation(1.37 * t, -0.83 * t + 0.05 * t * t) * .translation(160, 120)
          * .rotation(degrees: 0.9 * t) * .scale(1 + 0.006 * t, 1 + 0.006 * t)
          * .translation(-160, -120)
        let image = Scene.frame(map, gain: 1 - 0.03 * t, noise: noise, seed: UInt64(step + 1))
        state = tracker.follow(
          state, reference: .init(reference, point.x, point.y), before: nil, in: image,
          pool: Scene.pool)
        let truth = map.apply(point.x, point.y)!
        let (dx, dy) = (state.x - truth.x, state.y - truth.y)
        worst = max(worst, (dx * dx + dy * dy).squareRoot())
        #expect(state.confidence > 0.5)
      }
      #expect(worst < limit, "\(worst)")
    }
  }

  /// Hidden for three frames it is lost for three frames, and then found again.
  @Test func lossesAreFoundAndNoneInvented() throws {
    let tracker = PointTracker(pattern: 25, search: 20, model: .translation)
    let reference = Scene.frame(.identity)
    var state = PointTracker.State(x: 140, y: 110)
    for step in 1...10 {
      let map = Matrix3.translation(2.2 * Double(step), 0.7 * Double(step))
      let hidden = (4...6).contains(step)
      let image = Scene.frame(
        map, noise: 0.005, seed: UInt64(step),
        patch: hidden ? Rect(x0: 100, y0: 60, x1: 220, y1: 180) : nil)
      state = tracker.follow(
        state, reference: .init(reference, 140, 110), before: nil, in: image, pool: Scene.pool)
      #expect((state.confidence == 0) == hidden, "frame \(step): \(state.confidence)")
      if !hidden {
        let (dx, dy) = (state.x - 140 - 2.2 * Double(step), state.y - 110 - 0.7 * Double(step))
        #expect((dx * dx + dy * dy).squareRoot() < 0.1)
      }
    }
  }
}

@Suite struct RegionTrackerTests {
  private let outline = [(x: 20.0, y: 15.0), (300, 15), (300, 225), (20, 225)]

  private func sizes(_ image: Image) -> Int { RegionTracker.sizes(for: image.dataWindow) }

  @Test func turnedAndScaledFromNothing() throws {
    let map =
      Matrix3.translation(190, 130) * .rotation(degrees: 25) * .scale(0.8, 0.8)
      * .translation(-160, -120)
    let here = Scene.frame(.identity)
    let reference = Scene.gray(here, sizes(here))
    let picture = Scene.gray(Scene.frame(map, noise: 0.004), sizes(here))
    let state = RegionTracker(.homography, search: 20).follow(
      .init(), reference: reference, outline: outline, before: nil, in: picture, loops: .serial)
    let error = Scene.worst(state.matrix, map, [(100, 80), (220, 80), (220, 160), (100, 160)])
    #expect(error < 0.1 && state.confidence > 0.5, "\(error), \(state.confidence)")
  }

  /// Something passes in front, and the neighbour in time knows it: the region goes on where it is.
  @Test func whatPassesInFrontPullsNothing() throws {
    let corners: [(x: Double, y: Double)] = [(70, 50), (250, 60), (240, 190), (60, 180)]
    let here = Scene.frame(.identity, noise: 0.004)
    let reference = Scene.gray(here, sizes(here))
    var (state, before) = (RegionTracker.State(), reference)
    for step in 1...6 {
      let t = Double(step)
      let map =
        Matrix3.translation(160 + 3 * t, 120 - 2 * t) * .rotation(degrees: 1.5 * t)
        * Matrix3([1 + 0.01 * t, 0, 0, 0, 1, 0, 0.00004 * t, 0, 1]) * .translation(-160, -120)
      let image = Scene.frame(
        map, gain: 1 - 0.04 * t, noise: 0.004, seed: UInt64(step),
        patch: Rect(x0: 40 + 25 * step, y0: 80, x1: 110 + 25 * step, y1: 200))
      let picture = Scene.gray(image, sizes(image))
      state = RegionTracker(.homography, search: 20).follow(
        state, reference: reference, outline: corners, before: before, in: picture, loops: .serial)
      before = picture
      let error = Scene.worst(state.matrix, map, corners)
      #expect(error < 0.3 && state.confidence > 0.5, "frame \(step): \(error), \(state.confidence)")
      #expect(state.inliers < 0.95)
    }
  }

  /// It turns and goes faster and faster, and is blurred as a shutter open for half of each frame blurs it; for three frames a third
  /// is hidden. Blur that is not the same in both pulls by two pixels, if nobody minds it.
  @Test func motionBlurPullsNothing() throws {
    let corners: [(x: Double, y: Double)] = [(30, 60), (150, 60), (150, 180), (30, 180)]
    func map(_ t: Double) -> Matrix3 {
      Matrix3.translation(90 + 8 * t + 1.1 * t * t, 120 - 7 * t + 1.2 * t * t)
        * .rotation(degrees: 4 * t - 0.5 * t * t) * .translation(-90, -120)
    }
    func image(_ frame: Int) -> Image {
      let moments = (0..<9).map { map(Double(frame) + (Double($0) - 4) / 18) }
      let patch = Rect(x0: 60 + 20 * frame, y0: 110, x1: 110 + 20 * frame, y1: 240)
      return Scene.frame(
        through: moments, noise: 0.004, seed: UInt64(frame + 1),
        patch: frame > 2 ? patch : nil)
    }
    let reference = Scene.gray(image(0), 3)
    var (state, before) = (RegionTracker.State(), reference)
    for frame in 1...5 {
      let picture = Scene.gray(image(frame), 3)
      state = RegionTracker(.homography, search: 40).follow(
        state, reference: reference, outline: corners, before: before, in: picture, loops: .serial)
      before = picture
      let error = Scene.worst(state.matrix, map(Double(frame)), corners)
      #expect(
        error < 0.3 && state.confidence > 0.5, "frame \(frame): \(error), \(state.confidence)")
    }
  }

  /// What is large fits, and nothing else does: a sky over something dark, and other texture. No such fit is sure.
  @Test func detailMustAgree() throws {
    func scene(_ x: Double, _ y: Double, _ isSame: Bool) -> Double {
      let large = 0.5 / (1 + PortableMath.exp((y - 120) / 40))
      return large + 0.35 * (isSame ? Scene.texture(2 * x, 2 * y) : Scene.texture(-2 * y, 2 * x))
    }
    let here = Scene.frame(.identity, texture: { scene($0, $1, true) })
    for isSame in [true, false] {
      let map = Matrix3.translation(3.4, 1.2)
      let there = Scene.frame(map, noise: 0.004, texture: { scene($0, $1, isSame) })
      let state = RegionTracker(.affine, search: 20).follow(
        .init(), reference: Scene.gray(here, sizes(here)), outline: outline, before: nil,
        in: Scene.gray(there, sizes(here)), loops: .serial)
      #expect(isSame ? state.confidence > 0.9 : state.confidence < 0.3, "\(state.confidence)")
    }
  }

  /// Unrelated pictures are said to be so.
  @Test func cutsAreNoMotion() throws {
    let here = Scene.frame(.identity)
    let there = Scene.frame(.translation(5000, -3000) * .scale(1.7, 0.9))
    let state = RegionTracker(.affine, search: 20).follow(
      .init(), reference: Scene.gray(here, sizes(here)), outline: outline, before: nil,
      in: Scene.gray(there, sizes(here)), loops: .serial)
    #expect(state.confidence == 0, "\(state.confidence)")
  }
}
