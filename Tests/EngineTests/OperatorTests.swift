import BipackGraph
import BipackPixels
import Testing

@testable import BipackEngine

/// Adds a number: all that a building block has to say.
private struct Lift: PointOperator {
  let amount: Float

  func program(_ context: NodeContext) throws(NodeError) -> PointProgram {
    .perChannel(Channel.rgb, of: context.main) { _ in Kernel(amount: amount) }
  }

  private struct Kernel: PointKernel {
    let amount: Float
    func apply(_ strip: borrowing Strip) {
      let source = strip.input(0)
      var out = strip.output(0)
      for i in 0..<strip.count { out[i] = source[i] + amount }
    }
  }
}

private struct LiftTwice: CompositeOperator {
  let first: Lift
  let second: Lift

  func expand(_ graph: inout Expansion, _ context: NodeContext) throws(NodeError) -> Expansion.Ref {
    graph.add(second, [graph.add(first, [.input(0)])])
  }
}

/// The same fields as `Lift`, another type.
private struct Other: PointOperator {
  let amount: Float
  func program(_ context: NodeContext) throws(NodeError) -> PointProgram { PointProgram() }
}

@Suite("Operators that are no nodes") struct OperatorTests {
  private static let context = NodeContext(
    frame: 1, frames: 1...1, fps: 24, format: Format(width: 4, height: 1), proxy: 1,
    settings: DocumentSettings(), inputs: [])

  @Test func typeAndFieldsTellThemApart() {
    #expect(Lift(amount: 1).ownHash == Lift(amount: 1).ownHash)
    #expect(Lift(amount: 1).ownHash != Lift(amount: 2).ownHash)
    #expect(Lift(amount: 1).ownHash != Other(amount: 1).ownHash)
  }

  @Test func equalOnesAreMergedInTheFrame() throws {
    var graph = FrameGraph()
    let image = Image(
      spec: ImageSpec(format: Format(width: 4, height: 1), dataWindow: .empty, channels: [.red]),
      grid: TileGrid(log2Size: 5))
    let given = graph.add(
      image: .picture(image), hash: StableHasher().finalize(), context: Self.context)
    func add(_ amount: Float) throws -> Int? {
      try graph.add(Lift(amount: amount), inputs: [given], context: Self.context, path: "n")
    }
    let first = try add(1)
    #expect(try add(1) == first)
    #expect(try add(2) != first)
  }

  @Test func aRendererRunsThem() async throws {
    let renderer = Renderer(RenderOptions(threads: 1))
    let spec = ImageSpec(
      format: Format(width: 4, height: 1), dataWindow: Rect(width: 4, height: 1), channels: [.red])
    let image = Image(spec: spec, pool: renderer.pool, pixels: [.red: [0, 1, 2, 3]])
    let work = LiftTwice(first: Lift(amount: 1), second: Lift(amount: 10))
    let result = try await renderer.run(work, inputs: [image])
    #expect(result.pixels(.red, in: spec.dataWindow, pool: renderer.pool) == [11, 12, 13, 14])
  }
}
