import Bipack
import Testing

@testable import BipackEngine
@testable import BipackGraph

/// A document of 100 x 80 pixels and 20 frames in which one node is looked at.
struct RotoDocument {
  let comp: Comp

  /// A node of that type, and others that it reads.
  init(_ type: String, _ fields: String, _ others: String = "") throws {
    let result = Comp.check(
      text: """
        {"bipack": 1, "format": {"width": 100, "height": 80}, "frames": [1, 20], "nodes": {
          \(others.isEmpty ? "" : others + ",") "node": {"type": "\(type)", \(fields)}}}
        """, registry: Registry(Catalog.nodes))
    #expect(result.diagnostics.filter { $0.severity == .error }.map(\.message) == [])
    comp = try #require(result.comp)
  }

  private var index: Int {
    get throws { try #require(comp.nodes.firstIndex { $0.path == "node" }) }
  }

  func picture(frame: Double = 1, proxy: Double = 1) async throws -> Image {
    try await Pictures.renderer.image(comp, node: index, frame: frame, proxy: proxy)
  }

  /// The node, decoded.
  func node<Drawing: Node>(as type: Drawing.Type) throws -> Drawing {
    let made = try comp.nodes[index].fixed(proxy: 1).node
    return try #require(made as? Drawing)
  }
}
