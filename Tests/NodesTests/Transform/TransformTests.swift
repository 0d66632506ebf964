import Bipack
import BipackKernels
import Glibc
import Testing

@testable import BipackNodes

@Suite struct TransformTests {
  private let source = Reference.noise(61, 47)
  private let frame = Rect(width: 61, height: 47)

  /// The kernel by its definition, not by the code under test.
  private func kernel(_ filter: ResampleFilter, _ x: Double) -> Double {
    func sinc(_ x: Double) -> Double { x == 0 ? 1 : sin(Double.pi * x) / (Double.pi * x) }
    func cubic(_ b: Double, _ c: Double) -> Double {
      let t = abs(x)
      if t < 1 {
        return ((12 - 9 * b - 6 * c) * t * t * t + (-18 + 12 * b + 6 * c) * t * t + 6 - 2 * b) / 6
      }
      if t >= 2 { return 0 }
      return
        ((-b - 6 * c) * t * t * t + (6 * b + 30 * c) * t * t + (-12 * b - 48 * c) * t + 8 * b
        + 24 * c) / 6
    }
    switch filter {
    case .impulse: return x >= -0.5 && x < 0.5 ? 1 : 0
    case .linear: return max(0, 1 - abs(x))
    case .cubic: return abs(x) < 1 ? cubic(0, 0) : 0
    case .keys: return cubic(0, 0.5)
    case .simon: return cubic(0, 0.75)
    case .rifman: return cubic(0, 1)
    case .mitchell: return cubic(1.0 / 3, 1.0 / 3)
    case .parzen: return cubic(1, 0)
    case .notch: return cubic(1.5, -0.25)
    case .lanczos4: return abs(x) < 2 ? sinc(x) * sinc(x / 2) : 0
    case .lanczos6: return abs(x) < 3 ? sinc(x) * sinc(x / 3) : 0
    case .sinc4: return abs(x) < 2 ? sinc(x) : 0
    case .box: return x > -0.5 && x <= 0.5 ? 1 : 0
    case .gaussian: return abs(x) < 1.5 ? exp(-2 * x * x / 2.25) : 0
    case .blackmanHarris:
      let t = Double.pi * (1 + x / 1.5)
      return abs(x) < 1.5
        ? 0.35875 - 0.48829 * cos(t) + 0.14128 * cos(2 * t) - 0.01168 * cos(3 * t) : 0
    }
  }

  /// The weight of a pixel at a distance: of a widened box along the axes the area they share.
  private func weight(
    _ filter: ResampleFilter, _ distance: Double, _ scale: Double, alongAxes: Bool
  ) -> Double {
    guard filter == .box, alongAxes, scale > 1 else { return kernel(filter, distance / scale) }
    return max(0, min(distance + 0.5, scale / 2) - max(distance - 0.5, -scale / 2))
  }

  /// The picture at a point, widened by (sx, sy), by brute force.
  private func sample(
    _ u: Double, _ v: Double, _ filter: ResampleFilter, _ sx: Double = 1, _ sy: Double = 1,
    _ edge: EdgeMode = .black, alongAxes: Bool = false
  ) -> Double {
    var (sum, weights) = (0.0, 0.0)
    let (rx, ry) = (Int(3 * sx) + 2, Int(3 * sy) + 2)
    for j in (Int(v.rounded(.down)) - ry)...(Int(v.rounded(.down)) + ry) {
      let wy = weight(filter, Double(j) + 0.5 - v, sy, alongAxes: alongAxes)
      if wy == 0 { continue }
      for i in (Int(u.rounded(.down)) - rx)...(Int(u.rounded(.down)) + rx) {
        let w = wy * weight(filter, Double(i) + 0.5 - u, sx, alongAxes: alongAxes)
        if w == 0 { continue }
        sum += w * source.at(i, j, edge)
        weights += w
      }
    }
    return weights == 0 ? 0 : sum / weights
  }

  private func check(
    _ node: Transform, _ inverse: (Double, Double) -> (Double, Double), _ sx: Double = 1,
    _ sy: Double = 1, tolerance: Double = 2e-4
  )
    async throws
  {
    let result = try await run(node, [source.image()])
    let error = worst(result, frame) { x, y in
      let (u, v) = inverse(Double(x) + 0.5, Double(y) + 0.5)
      return sample(u, v, node.resampling.filter, sx, sy, alongAxes: node.rotate == 0)
    }
    #expect(error < tolerance, "\(node.resampling.filter): \(error)")
  }

  @Test(arguments: ResampleFilter.allCases)
  func translations(filter: ResampleFilter) async throws {
    var node = Transform()
    node.resampling.filter = filter
    node.translate = Vec2(3.3, -2.6)
    // Positive y is down: the pixel at y comes from y + 2.6.
    try await check(node) { ($0 - 3.3, $1 + 2.6) }
  }

  @Test(arguments: ResampleFilter.allCases)
  func rotations(filter: ResampleFilter) async throws {
    var node = Transform()
    node.resampling.filter = filter
    node.rotate = 25
    node.center = .at(30, 20)
    let (s, c) = (sin(25 * Double.pi / 180), cos(25 * Double.pi / 180))
    // Counter-clockwise as seen; back is clockwise.
    try await check(node) { x, y in
      let (dx, dy) = (x - 30, y - 20)
      return (30 + c * dx - s * dy, 20 + s * dx + c * dy)
    }
  }

  /// A box that falls halfway between two pixels is one of them, whichever way it is computed.
  @Test(arguments: [(0.5, 0.0), (0.5, 0.5), (-2.5, 1.5)], [false, true])
  func aBoxAlwaysHasAPixel(shift: (Double, Double), clamp: Bool) async throws {
    var node = Transform()
    node.resampling.filter = .box
    node.resampling.clamp = clamp
    node.translate = Vec2(shift.0, shift.1)
    try await check(node, { ($0 - shift.0, $1 - shift.1) }, tolerance: 2e-5)
    node.scale = Vec2(0.5, 1)
    node.center = .at(30, 20)
    let inverse = { (x: Double, y: Double) in (30 + (x - 30 - shift.0) * 2, y - shift.1) }
    try await check(node, inverse, 2, 1, tolerance: 2e-5)
    node.scale = Vec2(0.0625, 1)
    let small = { (x: Double, y: Double) in (30 + (x - 30 - shift.0) * 16, y - shift.1) }
    try await check(node, small, 16, 1, tolerance: 1e-4)
  }

  @Test func rotationIsCounterClockwise() async throws {
    // A dot right of the centre goes up.
    let dot = Reference(21, 21) { $0 == 15 && $1 == 10 ? 1 : 0 }
    var node = Transform()
    node.rotate = 90
    node.center = .at(10.5, 10.5)
    let result = try await run(node, [dot.image()])
    #expect(result.value(.red, x: 10, y: 5) == 1)
    #expect(result.values(.red).reduce(0, +) == 1)
  }

  @Test func quarterTurnsAreExact() async throws {
    let square = Reference.noise(40, 40)
    for (angle, map) in [
      (90.0, { (x: Int, y: Int) in (39 - y, x) }), (180, { x, y in (39 - x, 39 - y) }),
      (-90, { x, y in (y, 39 - x) }), (270, { x, y in (y, 39 - x) }),
    ] as [(Double, (Int, Int) -> (Int, Int))] {
      for filter in [ResampleFilter.impulse, .cubic, .keys, .lanczos6] {
        var node = Transform()
        node.rotate = angle
        node.resampling.filter = filter
        node.center = .at(20, 20)
        let result = try await run(node, [square.image()])
        #expect(
          worst(result, Rect(width: 40, height: 40)) { x, y in
            let (u, v) = map(x, y)
            return square[u, v]
          } == 0, "\(angle) \(filter)")
      }
    }
  }

  @Test func wholeShiftsAreLossless() async throws {
    for filter in [ResampleFilter.impulse, .linear, .cubic, .keys, .lanczos4, .sinc4] {
      var node = Transform()
      node.translate = Vec2(7, 5)
      node.resampling.filter = filter
      let result = try await run(node, [source.image()])
      #expect(worst(result, frame) { source.at($0 - 7, $1 - 5, .black) } == 0, "\(filter)")
    }
    var position = Position()
    position.translate = Vec2(-4, 9)
    let moved = try await run(position, [source.image()])
    #expect(moved.dataWindow == frame.translated(x: -4, y: 9))
    #expect(moved.values(.red) == source.values.map { Float($0) })
  }

  @Test(
    arguments: [
      ResampleFilter.linear, .cubic, .mitchell, .lanczos6, .box, .gaussian, .blackmanHarris,
    ],
    [(0.41, 0.7), (2.5, 1.3), (-1, 0.5)])
  func scales(filter: ResampleFilter, scale: (Double, Double)) async throws {
    var node = Transform()
    node.scale = Vec2(scale.0, scale.1)
    node.center = .at(20, 30)
    node.resampling.filter = filter
    try await check(
      node, { (20 + ($0 - 20) / scale.0, 30 + ($1 - 30) / scale.1) }, max(1, 1 / abs(scale.0)),
      max(1, 1 / abs(scale.1)))
  }

  /// Rotated minification uses the widened kernel of the general path.
  @Test func rotatedMinification() async throws {
    for filter in [ResampleFilter.linear, .keys, .lanczos6] {
      var node = Transform()
      node.scale = Vec2(0.4, 0.4)
      node.rotate = 30
      node.center = .at(30, 20)
      node.resampling.filter = filter
      let (s, c) = (sin(Double.pi / 6), cos(Double.pi / 6))
      try await check(
        node,
        { x, y in
          let (dx, dy) = ((x - 30) / 0.4, (y - 20) / 0.4)
          return (30 + c * dx - s * dy, 20 + s * dx + c * dy)
        }, 2.5, 2.5)
    }
  }

  @Test func skewAndInvert() async throws {
    var node = Transform()
    node.skewX = 0.5
    node.center = .at(0, 20)
    node.resampling.filter = .linear
    // Above the centre (smaller y) moves right. Whole rows move by halves of pixels.
    let along = Reference(61, 47) { x, _ in Double(x) + 0.5 }
    let inner = Rect(x0: 25, y0: 12, x1: 40, y1: 30)
    for invert in [false, true] {
      node.invert = invert
      let result = try await run(node, [along.image()])
      let error = worst(result, inner) { x, y in
        Double(x) + 0.5 + (invert ? -0.5 : 0.5) * (Double(y) + 0.5 - 20)
      }
      // A widened filter keeps a slope to some hundredths of a pixel.
      #expect(error < 0.05)
    }
    var both = Transform()
    both.skewX = 0.3
    both.skewY = 0.2
    both.resampling.filter = .linear
    // XY: y first, then x. Forward (1, 0) goes to (1 + 0.06, -0.2).
    let m = both.placement.matrix(Format(width: 40, height: 40)).m
    #expect(abs(m[0] - 1.06) < 1e-12 && abs(m[3] + 0.2) < 1e-12 && m[4] == 1)
    both.skewOrder = .yx
    let n = both.placement.matrix(Format(width: 40, height: 40)).m
    #expect(n[0] == 1 && abs(n[4] - 1.06) < 1e-12)
  }

  @Test func withoutACenterItTurnsAboutTheMiddleOfTheFormat() {
    var node = Transform()
    node.rotate = 180
    let m = node.placement.matrix(Format(width: 40, height: 30)).m
    #expect(abs(m[2] - 40) < 1e-9 && abs(m[5] - 30) < 1e-9)
    node.center = .at(10, 5)
    let n = node.placement.matrix(Format(width: 40, height: 30)).m
    #expect(abs(n[2] - 20) < 1e-9 && abs(n[5] - 10) < 1e-9)
  }

  @Test func clampHoldsOvershoot() async throws {
    let step = Reference(40, 20) { x, _ in x < 20 ? 0 : 1 }
    var node = Transform()
    node.translate = Vec2(0.4, 0.3)
    node.resampling.filter = .lanczos6
    node.resampling.blackOutside = false
    let ringing = try await run(node, [step.image()]).values(.red)
    #expect(ringing.contains { $0 > 1.01 })
    for filter in [ResampleFilter.keys, .rifman, .lanczos6] {
      node.resampling.filter = filter
      node.resampling.clamp = true
      let held = try await run(node, [step.image()]).values(.red)
      #expect(held.allSatisfy { $0 >= 0 && $0 <= 1 })
    }
  }

  @Test func hardEdges() async throws {
    var node = Transform()
    node.translate = Vec2(0.5, 0)
    node.resampling.filter = .linear
    node.resampling.blackOutside = false
    let flat = Reference(20, 10) { _, _ in 2 }
    let result = try await run(node, [flat.image()])
    #expect(result.values(.red).allSatisfy { abs($0 - 2) < 1e-6 })
  }

  /// Several transforms are one resample: there and back again is nothing.
  @Test func concatenation() async throws {
    var there = Transform()
    there.rotate = 30
    there.center = .at(30, 20)
    there.scale = Vec2(0.3, 0.3)
    var back = there
    back.invert = true
    let comp = try await chain([there, back])
    #expect(comp.values(.red) == source.values.map { Float($0) })
    var second = Transform()
    second.translate = Vec2(2.25, -1.5)
    second.resampling.filter = .keys
    var first = Transform()
    first.translate = Vec2(0.5, 0.25)
    first.resampling.filter = .linear
    let both = try await chain([first, second])
    let error = worst(both, frame.expanded(-6)) { x, y in
      sample(Double(x) + 0.5 - 2.75, Double(y) + 0.5 + 1.25, .keys)
    }
    #expect(error < 1e-4)
    // A whole-pixel move keeps the filter of what it moves.
    var position = Position()
    position.translate = Vec2(3, 0)
    let moved = try await chain([first, position])
    #expect(worst(moved, frame) { sample(Double($0) - 3, Double($1) + 0.25, .linear) } < 1e-4)
  }

  /// Runs transforms one after another as one graph.
  private func chain(_ nodes: [any Warping]) async throws -> Image {
    try await run(Chain(nodes: nodes), [source.image()])
  }

  private struct Chain: CompositeOperator {
    let nodes: [any Warping]
    func expand(_ graph: inout Expansion, _ context: NodeContext) throws(NodeError)
      -> Expansion.Ref
    {
      var current = Expansion.Ref.input(0)
      for node in nodes { current = graph.add(node, [current]) }
      return current
    }
  }

  @Test func squeezedPicturesAreExplained() async {
    var node = Transform()
    node.scale = 0
    await #expect(throws: RenderError.self) { _ = try await run(node, [source.image()]) }
  }

  private func matrix(_ node: some Warping, _ context: NodeContext) throws -> Matrix3 {
    try #require(try node.plan(context).maps[0].matrix)
  }

  @Test func cornersLand() async throws {
    let corners = [(5.3, 4.7), (55.1, 9.9), (50.2, 41.3), (8.8, 37.5)]
    var node = CornerPin()
    (node.to1, node.to2) = (Vec2(corners[0].0, corners[0].1), Vec2(corners[1].0, corners[1].1))
    (node.to3, node.to4) = (Vec2(corners[2].0, corners[2].1), Vec2(corners[3].0, corners[3].1))
    let spec = source.image().spec
    let context = NodeContext(
      frame: 1, frames: 1...1, fps: 24, format: spec.format, proxy: 1,
      settings: DocumentSettings(), inputs: [spec])
    let forward = try matrix(node, context)
    for (from, to) in zip([(0.0, 0.0), (61, 0), (61, 47), (0, 47)], corners) {
      let p = try #require(forward.apply(from.0, from.1))
      #expect(abs(p.x - to.0) < 1e-9 && abs(p.y - to.1) < 1e-9)
    }
    // The picture itself: coordinates pinned (and enlarged, where linear is exact), read back.
    let ramp = Reference(61, 47) { x, _ in Double(x) + 0.5 }
    (node.from1, node.from2) = (Vec2(20, 15), Vec2(40, 15))
    (node.from3, node.from4) = (Vec2(40, 30), Vec2(20, 30))
    node.resampling.filter = .linear
    let inverse = try #require(try matrix(node, context).inverse)
    let result = try await run(node, [ramp.image()])
    let error = worst(result, Rect(x0: 10, y0: 12, x1: 48, y1: 35)) { x, y in
      inverse.apply(Double(x) + 0.5, Double(y) + 0.5)?.x ?? -1
    }
    #expect(error < 0.001)
  }

  @Test func fewerPins() async throws {
    let spec = source.image().spec
    let context = NodeContext(
      frame: 1, frames: 1...1, fps: 24, format: spec.format, proxy: 1,
      settings: DocumentSettings(), inputs: [spec])
    var node = CornerPin()
    (node.from1, node.from2, node.from3, node.from4) = (
      Vec2(0, 0), Vec2(10, 0), Vec2(10, 10), Vec2(0, 10)
    )
    (node.to1, node.to2, node.to3, node.to4) = (Vec2(5, 5), Vec2(5, -15), Vec2(30, 1), Vec2(2, 2))
    node.enable4 = false
    let affine = try matrix(node, context)
    #expect(affine.isAffine)
    for (f, t) in [((0.0, 0.0), (5.0, 5.0)), ((10, 0), (5, -15)), ((10, 10), (30, 1))] {
      let p = try #require(affine.apply(f.0, f.1))
      #expect(abs(p.x - t.0) < 1e-9 && abs(p.y - t.1) < 1e-9)
    }
    node.enable3 = false
    let similar = try matrix(node, context)
    let p = try #require(similar.apply(10, 0))
    #expect(abs(p.x - 5) < 1e-9 && abs(p.y + 15) < 1e-9)
    let q = try #require(similar.apply(0, 10))
    // Twice the size, turned: as far from point 1, at a right angle.
    #expect(abs(q.x - 25) < 1e-9 && abs(q.y - 5) < 1e-9)
    node.enable2 = false
    let shift = try matrix(node, context)
    #expect(shift == .translation(5, 5))
  }

  /// A picture laid flat to the horizon: nothing behind it, no crash, finite values.
  @Test func horizon() async throws {
    var node = CornerPin()
    let board = Reference(200, 200) { x, y in (x / 10 + y / 10) % 2 == 0 ? 1 : 0 }
    (node.to1, node.to2) = (Vec2(99, 60), Vec2(101, 60))
    (node.to3, node.to4) = (Vec2(400, 190), Vec2(-200, 190))
    for filter in [ResampleFilter.linear, .keys, .impulse] {
      node.resampling.filter = filter
      let result = try await run(node, [board.image()])
      let values = Reference(result, .red, Rect(width: 200, height: 200))
      #expect(values.values.allSatisfy { $0.isFinite && $0 > -0.5 && $0 < 1.5 })
      #expect((0..<55).allSatisfy { y in (0..<200).allSatisfy { values[$0, y] == 0 } })
    }
    // Inverted it reaches behind the horizon.
    node.invert = true
    let back = try await run(node, [board.image()])
    let behind = Reference(back, .red, Rect(width: 200, height: 200))
    #expect(behind.values.allSatisfy { $0.isFinite })
  }

  @Test func motionBlurAverages() async throws {
    let line = Reference(60, 8) { x, _ in x == 20 ? 1 : 0 }
    var samples: [any Node] = []
    var node = Transform()
    node.motion.motionBlur = 1
    node.resampling.filter = .linear
    for offset in node.sampleOffsets {
      var moment = node
      moment.translate = Vec2(10 + 8 * offset, 0)
      samples.append(moment)
    }
    #expect(samples.count == 20)
    #expect(abs(node.sampleOffsets.reduce(0, +)) < 1e-12)
    let image = line.image()
    let context = NodeContext(
      frame: 1, frames: 1...1, fps: 24, format: image.format, proxy: 1,
      settings: DocumentSettings(), inputs: [image.spec], samples: samples)
    let plan = try node.plan(context)
    #expect(plan.maps.count == 20 && plan.matrices?.count == 20)
    // Through the whole node: a still graph needs one sample only.
    node.translate = Vec2(3, 0)
    let still = try await run(node, [image])
    #expect(still.value(.red, x: 23, y: 4) == 1)
  }
}
