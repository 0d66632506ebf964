import BipackGraph
import BipackPixels
import Testing

@testable import BipackEngine

/// `x + 10*y + frame-independent constant`: a generator that reads its position.
struct Coordinates: PointNode {
  static let abstract = "x + 100 y."
  static let category = "Test"
  @Param("Added to every pixel.") var offset = 0.0
  init() {}
  func spec(_ context: NodeContext) throws(NodeError) -> ImageSpec {
    ImageSpec(format: context.format)
  }
  func program(_ context: NodeContext) throws(NodeError) -> PointProgram {
    var program = PointProgram()
    for channel in Channel.rgba {
      program.set(channel, program.add(Kernel(offset: Float(offset)), [])[0])
    }
    return program
  }
  struct Kernel: PointKernel {
    let offset: Float
    var readsPosition: Bool { true }
    func apply(_ strip: borrowing Strip) {
      var out = strip.output(0)
      for i in 0..<strip.count {
        out[i] = Float(strip.x + i % strip.width) + 100 * Float(strip.y + i / strip.width) + offset
      }
    }
  }
}

/// `a * in + b` on red, green and blue.
struct Affine: PointNode {
  static let abstract = "a * in + b."
  static let category = "Test"
  @Input("The picture.") var source
  @Param("Factor.") var a = 1.0
  @Param("Offset.") var b = 0.0
  init() {}
  init(a: Double, b: Double) {
    self.a = a
    self.b = b
  }
  func identity(_ context: NodeContext) -> Int? { a == 1 && b == 0 ? 0 : nil }
  func program(_ context: NodeContext) throws(NodeError) -> PointProgram {
    .perChannel(Channel.rgb, of: context.main) { _ in Kernel(a: Float(a), b: Float(b)) }
  }
  struct Kernel: PointKernel {
    let a: Float
    let b: Float
    func apply(_ strip: borrowing Strip) {
      let from = strip.input(0)
      var out = strip.output(0)
      for i in 0..<strip.count { out[i] = from[i] * a + b }
    }
  }
}

/// Sum of two inputs; its data window is the union.
struct Sum: PointNode {
  static let abstract = "a + b."
  static let category = "Test"
  @Input("One.") var a
  @Input("Two.") var b
  init() {}
  func spec(_ context: NodeContext) throws(NodeError) -> ImageSpec {
    var spec = context.main
    for case let input? in context.inputs {
      spec.dataWindow = spec.dataWindow.union(input.dataWindow)
    }
    return spec
  }
  func program(_ context: NodeContext) throws(NodeError) -> PointProgram {
    var program = PointProgram()
    for channel in context.main.channels {
      program.set(channel, program.add(Kernel(), [.input(0, channel), .input(1, channel)])[0])
    }
    return program
  }
  struct Kernel: PointKernel {
    func apply(_ strip: borrowing Strip) {
      let (a, b) = (strip.input(0), strip.input(1))
      var out = strip.output(0)
      for i in 0..<strip.count { out[i] = a[i] + b[i] }
    }
  }
}

/// Shrinks the data window; all planes are passed on.
struct Trim: PointOperator {
  let window: Rect
  func spec(_ context: NodeContext) throws(NodeError) -> ImageSpec {
    var spec = context.main
    spec.dataWindow = spec.dataWindow.intersection(window)
    return spec
  }
  func program(_ context: NodeContext) throws(NodeError) -> PointProgram { PointProgram() }
}

/// Sum over a square of side 2r+1; grows the data window by r.
struct BoxSum: TileOperator {
  let radius: Int
  let shape: TileShape
  init(_ radius: Int, _ shape: TileShape = .tile) {
    self.radius = radius
    self.shape = shape
  }
  func spec(_ context: NodeContext) throws(NodeError) -> ImageSpec {
    var spec = context.main
    spec.dataWindow = spec.dataWindow.expanded(radius)
    return spec
  }
  func demand(_ output: Demand, _ context: NodeContext) -> [Demand] {
    [output.with(rect: output.rect.expanded(radius))]
  }
  func kernel(_ context: NodeContext) throws(NodeError) -> any TileKernel { Kernel(radius: radius) }
  struct Kernel: TileKernel {
    let radius: Int
    func render(_ task: borrowing TileTask) throws(NodeError) {
      for (index, channel) in task.channels.enumerated() {
        let window = task.window(0, channel, task.rect.expanded(radius))
        let canvas = task.output(index)
        for y in task.rect.y0..<task.rect.y1 {
          var out = canvas.row(y)
          for x in 0..<task.rect.width { out[x] = 0 }
          for dy in -radius...radius {
            let row = window.row(y + dy)
            for dx in 0...2 * radius {
              for x in 0..<task.rect.width { out[x] += row[x + dx] }
            }
          }
        }
      }
    }
  }
}

/// The same, the whole region at once.
struct WholeBoxSum: FrameOperator {
  let radius: Int
  func spec(_ context: NodeContext) throws(NodeError) -> ImageSpec {
    try BoxSum(radius).spec(context)
  }
  func demand(_ output: Demand, _ context: NodeContext) -> [Demand] {
    BoxSum(radius).demand(output, context)
  }
  func workingBytes(_ region: Rect, _ context: NodeContext) -> Int {
    region.expanded(radius).area * MemoryLayout<Float>.stride
  }
  func kernel(_ context: NodeContext) throws(NodeError) -> any TileKernel {
    BoxSum.Kernel(radius: radius)
  }
}

/// The same graph under every option must give the same bits.
private let variants: [RenderOptions] = [
  RenderOptions(threads: 1),
  RenderOptions(threads: 2, isFused: false),
  RenderOptions(threads: 8, isFused: true, isCaching: false),
  RenderOptions(threads: 2, grid: TileGrid(log2Size: 6)),
  RenderOptions(threads: 3, grid: TileGrid(log2Size: 8), isFused: false),
  banded(tiles: 1), banded(tiles: 3),
]

private func banded(tiles: Int) -> RenderOptions {
  var options = RenderOptions(threads: 2, grid: TileGrid(log2Size: 5))
  options.bandTiles = tiles
  return options
}

private func evaluate(
  _ options: RenderOptions, region: Rect? = nil,
  _ build: (inout FrameGraph, NodeContext) throws -> Int
) async throws -> (Image, Renderer) {
  let renderer = Renderer(options)
  let context = NodeContext(
    frame: 1, frames: 1...1, fps: 24, format: Format(width: 301, height: 173), proxy: 1,
    settings: DocumentSettings(), inputs: [])
  var graph = FrameGraph()
  let goal = try build(&graph, context)
  return (try await renderer.deliver(&graph, goal, region).expectPicture(), renderer)
}

@Suite("Engine") struct EngineTests {
  @Test func aPointChainComputesItsFormula() async throws {
    for options in variants {
      let (image, _) = try await evaluate(options) { b, c throws in
        let ramp = try #require(try b.add(Coordinates(), inputs: [], context: c, path: "ramp"))
        let one = try b.add(Affine(a: 2, b: 1), inputs: [ramp], context: c, path: "one")
        let two = try b.add(Affine(a: 0.5, b: -3), inputs: [one], context: c, path: "two")
        return try #require(try b.add(Sum(), inputs: [two, ramp], context: c, path: "sum"))
      }
      for (x, y) in [(0, 0), (300, 172), (127, 128), (128, 127), (64, 63)] {
        let v = Float(x + 100 * y)
        #expect(image.value(.red, x: x, y: y) == (v * 2 + 1) * 0.5 - 3 + v)
        #expect(image.value(.alpha, x: x, y: y) == v + v)
      }
      #expect(image.value(.red, x: 301, y: 0) == 0)
    }
  }

  @Test func smallDataWindowsAreBlackOutsideInsideALargerOne() async throws {
    for options in variants {
      let (image, _) = try await evaluate(options) { b, c throws in
        let ramp = try b.add(Coordinates(), inputs: [], context: c, path: "ramp")
        let trim = try b.add(
          Trim(window: Rect(x: 100, y: 50, width: 60, height: 90)), inputs: [ramp], context: c,
          path: "t")
        let lift = try b.add(Affine(a: 0, b: 7), inputs: [trim], context: c, path: "lift")
        return try #require(try b.add(Sum(), inputs: [ramp, lift], context: c, path: "sum"))
      }
      for (x, y) in [(99, 50), (100, 50), (159, 139), (160, 139), (130, 49), (130, 140), (0, 0)] {
        let inside = Rect(x: 100, y: 50, width: 60, height: 90).contains(x: x, y: y)
        #expect(image.value(.green, x: x, y: y) == Float(x + 100 * y) + (inside ? 7 : 0))
      }
    }
  }

  @Test func neighbourhoodsReachAcrossTilesAndGrowTheWindow() async throws {
    var reference: [Float] = []
    let rect = Rect(x0: -5, y0: -5, x1: 310, y1: 180)
    for options in variants {
      let boxes: [any Operator] =
        [TileShape.tile, .rows, .columns].map { BoxSum(2, $0) } + [WholeBoxSum(radius: 2)]
      for work in boxes {
        let (image, renderer) = try await evaluate(options) { b, c throws in
          let ramp = try b.add(Coordinates(), inputs: [], context: c, path: "ramp")
          let box = try b.add(work, inputs: [ramp], context: c, path: "box")
          return try #require(try b.add(Affine(a: 0.5, b: 0), inputs: [box], context: c, path: "a"))
        }
        #expect(image.dataWindow == Rect(x0: -2, y0: -2, x1: 303, y1: 175))
        let pixels = image.pixels(.blue, in: rect, pool: renderer.pool)
        if reference.isEmpty { reference = pixels }
        #expect(pixels == reference)
        #expect(image.value(.blue, x: 150, y: 100) == 12.5 * Float(150 + 100 * 100))
      }
    }
  }

  @Test func aRegionIsThatPartOfTheWhole() async throws {
    let region = Rect(x: 120, y: 60, width: 20, height: 80)
    func build(_ b: inout FrameGraph, _ c: NodeContext) throws -> Int {
      let ramp = try b.add(Coordinates(), inputs: [], context: c, path: "ramp")
      return try #require(try b.add(BoxSum(3), inputs: [ramp], context: c, path: "box"))
    }
    let (whole, a) = try await evaluate(RenderOptions(threads: 2), build)
    let (part, b) = try await evaluate(RenderOptions(threads: 2), region: region, build)
    #expect(
      whole.pixels(.red, in: region, pool: a.pool) == part.pixels(.red, in: region, pool: b.pool))
  }

  @Test func equalNodesAreOneAndIdentitiesVanish() throws {
    let context = NodeContext(
      frame: 1, frames: 1...1, fps: 24, format: Format(width: 8, height: 8), proxy: 1,
      settings: DocumentSettings(), inputs: [])
    var b = FrameGraph()
    let ramp = try b.add(Coordinates(), inputs: [], context: context, path: "ramp")
    let same = try b.add(Coordinates(), inputs: [], context: context, path: "other")
    #expect(ramp == same)
    #expect(try b.add(Affine(a: 1, b: 0), inputs: [ramp], context: context, path: "id") == ramp)
    let x = try b.add(Affine(a: 2, b: 0), inputs: [ramp], context: context, path: "x")
    let y = try b.add(Affine(a: 2, b: 0), inputs: [same], context: context, path: "y")
    #expect(x == y)
  }

  @Test func maskAndMixBlendExactly() async throws {
    for options in variants {
      for inverted in [false, true] {
        let (image, _) = try await evaluate(options) { b, c throws in
          let ramp = try b.add(Coordinates(), inputs: [], context: c, path: "ramp")
          let lift = try b.add(Affine(a: 1, b: 8), inputs: [ramp], context: c, path: "lift")
          let mask = try b.add(
            Trim(window: Rect(x: 0, y: 0, width: 10, height: 200)), inputs: [ramp], context: c,
            path: "m")
          let mix = MaskMix(mix: 0.5, channel: .alpha, isInverted: inverted)
          return try #require(
            try b.add(mix, inputs: [ramp, lift, mask], context: c, path: "lift"))
        }
        // The mask's alpha is its coordinate: over 1 inside (it counts as 1), 0 outside.
        #expect(image.value(.red, x: 50, y: 2) == 250 + (inverted ? 4 : 0))
        #expect(image.value(.red, x: 5, y: 2) == 205 + (inverted ? 0 : 4))
      }
    }
  }

  @Test func manyBlocksComeBackToThePool() async throws {
    let (image, renderer) = try await evaluate(RenderOptions(threads: 2)) { b, c throws in
      let ramp = try b.add(Coordinates(), inputs: [], context: c, path: "ramp")
      return try #require(try b.add(BoxSum(2), inputs: [ramp], context: c, path: "box"))
    }
    #expect(renderer.pool.usage.live == image.bytes)
    #expect(renderer.pool.usage.scratch == 0)
  }
}
