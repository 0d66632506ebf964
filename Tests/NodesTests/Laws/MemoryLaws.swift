import Bipack
import BipackGraph
import BipackPixels
import Testing

@testable import BipackEngine

/// No node takes more memory than its plan says: `--memory` is kept by those sums.
@Suite("Laws of memory", .serialized) struct MemoryLaws {
  private static let format = Format(width: 900, height: 640)

  @Test(arguments: NodeLaws.names) func aNodeTakesWhatItsPlanSays(_ name: String) async throws {
    var dice = Dice(seed: 41)
    for _ in 0..<2 {
      guard let test = NodeLaws.Case(NodeLaws.declaration(name), &dice) else { continue }
      let renderer = Renderer(RenderOptions(threads: 2, isCaching: false))
      let inputs: [Image?] = (0..<test.inputs).map { i in
        TestPicture.make(
          Self.format.window, format: Self.format, seed: UInt64(i) + 5, pool: renderer.pool)
      }
      let before = renderer.pool.usage.live
      guard let plan = try? await renderer.planned(test.node, inputs: inputs) else { continue }
      _ = try await renderer.run(plan)
      let usage = renderer.pool.usage
      let taken = usage.peak - before + usage.peakScratch
      #expect(
        Double(taken) <= Double(plan.peakBytes) * 1.1 + Double(4 << 20),
        "\(taken >> 20) MiB, \(plan.peakBytes >> 20) planned: \(test.description)\n\(plan)")
    }
  }
}

extension Renderer {
  /// The plan of one node on images in memory.
  fileprivate func planned(_ node: any Node, inputs: [Image?]) async throws -> FramePlan {
    var (builder, goal) = try graph(node, inputs: inputs)
    guard let goal else { throw CancellationError() }
    let window = builder[goal].spec.dataWindow.intersection(NodeLaws.view.expanded(1000))
    builder[goal].demand = Demand(rect: window, channels: Set(builder[goal].spec.channels))
    return try plan(builder, [goal])
  }
}
