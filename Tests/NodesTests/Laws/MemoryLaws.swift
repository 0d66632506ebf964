import Bipack
import BipackGraph
import BipackPixels
import Testing

@testable import BipackEngine

/// No node takes more memory than its plan says: `--memory` is kept by those sums.
@Suite("Laws of memory") struct MemoryLaws {
  private static let format = Format(width: 900, height: 640)
  private static let pool = BlockPool()
  private static let pictures = (0..<3).map { i in
    TestPicture.make(format.window, format: format, seed: UInt64(i) + 5, pool: pool)
  }

  @Test(arguments: NodeLaws.names) func aNodeTakesWhatItsPlanSays(_ name: String) async throws {
    var dice = Dice(seed: 41)
    guard let test = NodeLaws.Case(NodeLaws.declaration(name), &dice) else { return }
    let renderer = Renderer(RenderOptions(threads: 2, isCaching: false))
    let inputs: [Image?] = (0..<test.inputs).map { Self.pictures[$0 % Self.pictures.count] }
    guard let plan = try? await renderer.planned(test.node, inputs: inputs) else { return }
    _ = try await renderer.run(plan)
    let taken = renderer.pool.usage.peakTotal
    #expect(
      Double(taken) <= Double(plan.peakBytes) * 1.1 + Double(4 << 20),
      "\(taken >> 10) KiB, \(plan.peakBytes >> 10) planned: \(test.description)\n\(plan)")
  }
}

extension Renderer {
  /// The plan of one node on images in memory.
  fileprivate func planned(_ node: any Node, inputs: [Image?]) async throws -> FramePlan {
    var (builder, goal) = try graph(of: node, inputs: inputs)
    guard let goal else { throw CancellationError() }
    let window = builder[goal].spec.dataWindow.intersection(NodeLaws.view.expanded(1000))
    builder[goal].demand = Demand(rect: window, channels: Set(builder[goal].spec.channels))
    return try plan(builder, [goal])
  }
}
