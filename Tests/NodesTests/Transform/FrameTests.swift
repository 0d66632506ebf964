import Bipack
import BipackKernels
import Testing

@testable import BipackNodes

/// Nodes that change the frame around a picture.
@Suite struct FrameTests {
  private func context(_ width: Int, _ height: Int, _ aspect: Double = 1, document: Format? = nil)
    -> NodeContext
  {
    let format = Format(width: width, height: height, pixelAspect: aspect)
    return NodeContext(
      frame: 1, frames: 1...1, fps: 24, format: document ?? Format(width: 200, height: 100),
      proxy: 1,
      settings: DocumentSettings(), inputs: [ImageSpec(format: format)])
  }

  /// Where the corners of the input's format go, and the new format.
  private func place(_ node: Reformat, _ context: NodeContext) throws -> (RealRect, Format) {
    let plan = try node.plan(context)
    let box = try #require(plan.maps[0].image(of: RealRect(context.main.format.window)))
    return (box, plan.format)
  }

  @Test func aBoxInsideOutIsRefused() {
    var node = Crop()
    for box in [Box(10, 10, 5, 50), Box(10, 10, 50, 5), Box(10, 10, 5, 5)] {
      node.box = box
      #expect(throws: NodeError.self) { try node.spec(context(64, 64)) }
    }
    // One without a width is only empty: a wipe begins so.
    node.box = Box(10, 10, 10, 50)
    #expect(throws: Never.self) { try node.spec(context(64, 64)) }
  }

  @Test func fitModes() throws {
    var node = Reformat()
    // 400 x 100 into 200 x 100.
    let wide = context(400, 100)
    let cases: [(Reformat.Resize, RealRect)] = [
      (.none, RealRect(x0: -100, y0: 0, x1: 300, y1: 100)),
      (.width, RealRect(x0: 0, y0: 25, x1: 200, y1: 75)),
      (.height, RealRect(x0: -100, y0: 0, x1: 300, y1: 100)),
      (.fit, RealRect(x0: 0, y0: 25, x1: 200, y1: 75)),
      (.fill, RealRect(x0: -100, y0: 0, x1: 300, y1: 100)),
      (.distort, RealRect(x0: 0, y0: 0, x1: 200, y1: 100)),
    ]
    for (mode, expected) in cases {
      node.resize = mode
      let (box, format) = try place(node, wide)
      #expect(box == expected, "\(mode)")
      #expect(format == Format(width: 200, height: 100))
    }
    node.resize = .width
    node.center = false
    let atTop = try place(node, wide).0
    #expect(atTop == RealRect(x0: 0, y0: 0, x1: 200, y1: 50))
  }

  @Test func boxesAndScales() throws {
    var node = Reformat()
    node.to = .box
    node.size = Vec2(100, 999)
    let (box, format) = try place(node, context(400, 200))
    #expect(format == Format(width: 100, height: 50))
    #expect(box == RealRect(x0: 0, y0: 0, x1: 100, y1: 50))
    node.fixed = true
    node.resize = .fit
    node.size = Vec2(100, 100)
    let fitted = try place(node, context(400, 200)).0
    #expect(fitted == RealRect(x0: 0, y0: 25, x1: 100, y1: 75))
    node.to = .scale
    node.scale = Vec2(0.5, 2)
    let (scaled, half) = try place(node, context(400, 200))
    #expect(half == Format(width: 200, height: 400))
    #expect(scaled == RealRect(x0: 0, y0: 0, x1: 200, y1: 400))
    node.to = .format
    node.format = "HD_1080"
    let named = try place(node, context(400, 200)).1
    #expect(named == Format(width: 1920, height: 1080))
  }

  /// Anamorphic 2:1 pixels become square: twice as wide.
  @Test func pixelAspect() throws {
    var node = Reformat()
    node.resize = .height
    let (box, _) = try place(node, context(100, 100, 2))
    #expect(box == RealRect(x0: 0, y0: 0, x1: 200, y1: 100))
  }

  @Test func turnsAndMirrors() async throws {
    let source = Reference.noise(6, 4)
    var node = Reformat()
    node.to = .box
    node.fixed = true
    node.resize = .none
    node.turn = true
    node.size = Vec2(4, 6)
    // 90 degrees counter-clockwise: the top right corner becomes the top left.
    let turned = try await run(node, [source.image()])
    #expect(turned.dataWindow == Rect(width: 4, height: 6))
    #expect(worst(turned, turned.dataWindow) { x, y in source[5 - y, x] } == 0)
    var mirror = Mirror()
    mirror.flip = true
    let flipped = try await run(mirror, [source.image()])
    #expect(worst(flipped, Rect(width: 6, height: 4)) { source[$0, 3 - $1] } == 0)
    mirror.flop = true
    let both = try await run(mirror, [source.image()])
    #expect(worst(both, Rect(width: 6, height: 4)) { source[5 - $0, 3 - $1] } == 0)
  }

  /// Halving with a true filter, against the definition.
  @Test(arguments: [
    ResampleFilter.cubic, .lanczos6, .linear, .impulse, .box, .gaussian, .blackmanHarris,
  ])
  func halving(filter: ResampleFilter) async throws {
    let source = Reference.noise(80, 60)
    var node = Reformat()
    node.to = .scale
    node.scale = Vec2(0.5, 0.5)
    node.resampling.filter = filter
    let result = try await run(node, [source.image()])
    #expect(result.dataWindow == Rect(width: 40, height: 30))
    let error = worst(result, result.dataWindow) { x, y in
      let (u, v) = (Double(2 * x + 1), Double(2 * y + 1))
      if filter == .impulse { return source[2 * x + 1, 2 * y + 1] }
      var (sum, weights) = (0.0, 0.0)
      for j in -8...8 {
        for i in -8...8 {
          let w =
            filter.value((u.rounded() + Double(i) + 0.5 - u) / 2)
            * filter.value((v.rounded() + Double(j) + 0.5 - v) / 2)
          sum += w * source.at(Int(u) + i, Int(v) + j, .clamp)
          weights += w
        }
      }
      return sum / weights
    }
    #expect(error < 1e-4)
  }

  /// Half the size by a box is the mean of four pixels.
  @Test func aBoxIsTheMean() async throws {
    let source = Reference.noise(80, 60)
    var node = Reformat()
    node.to = .scale
    node.scale = 0.5
    node.resampling.filter = .box
    let result = try await run(node, [source.image()])
    let error = worst(result, result.dataWindow) { x, y in
      let rows = [2 * y, 2 * y + 1].map { source[2 * x, $0] + source[2 * x + 1, $0] }
      return (rows[0] + rows[1]) / 4
    }
    #expect(error < 1e-6)
  }

  /// Shrunk by any factor, every pixel counts by its area.
  @Test func aBoxLosesNothing() async throws {
    var node = Reformat()
    (node.to, node.resampling.filter, node.resize) = (.box, .box, .distort)
    (node.size, node.fixed) = (Vec2(2, 1), true)
    let thirds = try await run(node, [Pictures.row([0, 1, 2])])
    #expect(agree(thirds.values(.red), [1.0 / 3, 5.0 / 3]))
    node.size = Vec2(6, 1)
    for place in 0..<17 {
      let spot = Pictures.row((0..<17).map { $0 == place ? 1 : 0 })
      let sum = try await run(node, [spot]).values(.red).reduce(0, +)
      #expect(abs(sum - 6 / 17) < 1e-5, "\(place): \(sum)")
    }
  }

  @Test func crop() async throws {
    let source = Reference.noise(40, 30)
    var node = Crop()
    node.box = Box(10, 5, 35, 50)
    // The data window grows to the box, black where there is no picture.
    let grown = try await run(node, [source.image()])
    #expect(grown.dataWindow == Rect(x0: 10, y0: 5, x1: 35, y1: 50))
    #expect(worst(grown, grown.dataWindow) { source.at($0, $1, .black) } == 0)
    node.intersect = true
    let result = try await run(node, [source.image()])
    #expect(result.dataWindow == Rect(x0: 10, y0: 5, x1: 35, y1: 30))
    #expect(worst(result, result.dataWindow) { source[$0, $1] } == 0)
    node.intersect = false
    node.reformat = true
    let moved = try await run(node, [source.image()])
    #expect(moved.format == Format(width: 25, height: 45))
    #expect(moved.dataWindow == Rect(width: 25, height: 45))
    #expect(worst(moved, moved.dataWindow) { source.at($0 + 10, $1 + 5, .black) } == 0)
    node.reformat = false
    node.crop = false
    node.box = Box(10, 5, 20, 15)
    let repeated = try await run(node, [source.image()])
    #expect(repeated.dataWindow == Rect(width: 40, height: 30))
    #expect(
      worst(repeated, repeated.dataWindow) { source[min(max($0, 10), 19), min(max($1, 5), 14)] }
        == 0)
    node.crop = true
    node.softness = 4
    let soft = try await run(node, [Reference(40, 30) { _, _ in 1 }.image()])
    #expect(soft.value(.red, x: 15, y: 10) == 1)
    let edge = soft.value(.red, x: 10, y: 10)
    let t = 0.5 / 4
    #expect(abs(Double(edge) - t * t * (3 - 2 * t)) < 1e-6)
  }

  /// What is outside a picture that becomes larger is black, in every kind of tile.
  @Test func dataWindows() async throws {
    let source = Reference.noise(40, 30)
    let image = source.image(at: (3, -4), format: Format(width: 20, height: 20))
    let known = { source.at($0 - 3, $1 + 4, .black) }
    var node = AdjustBBox()
    node.numpixels = Vec2(150, 2.4)
    let large = try await run(node, [image])
    #expect(large.dataWindow == Rect(x0: -147, y0: -6, x1: 193, y1: 28))
    #expect(large.format == image.format)
    #expect(worst(large, large.dataWindow, .red, known) == 0)
    node.numpixels = Vec2(-5, -6)
    let small = try await run(node, [image])
    #expect(small.dataWindow == Rect(x0: 8, y0: 2, x1: 38, y1: 20))
    #expect(
      worst(small, large.dataWindow) { small.dataWindow.contains(x: $0, y: $1) ? known($0, $1) : 0 }
        == 0)
    node.numpixels = Vec2(-20, 0)
    #expect(try await run(node, [image]).dataWindow.isEmpty)
    let outside = try await run(BlackOutside(), [image])
    #expect(outside.dataWindow == Rect(x0: 2, y0: -5, x1: 44, y1: 27))
    #expect(worst(outside, outside.dataWindow, .red, known) == 0)
    // A filter that repeats the edge repeats black now.
    var blur = Blur()
    blur.size = 30
    blur.edge = .nearest
    blur.cropToFormat = false
    let ones = Reference(9, 9) { _, _ in 1 }.image()
    #expect(try await run(blur, [ones]).value(.red, x: 0, y: 0) == 1)
    let blurred = try await run(blur, [try await run(BlackOutside(), [ones])])
    #expect(blurred.value(.red, x: 0, y: 0) < 0.9)
  }
}
