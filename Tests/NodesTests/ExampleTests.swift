import Bipack
import Foundation
import Testing

/// Every node has an example in `Graphs/nodes`, named after it, that checks and renders.
@Suite("Example graphs") struct ExampleTests {
  static let folder = URL(fileURLWithPath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    .appendingPathComponent("Graphs/nodes").path

  static let files: [String] =
    ((try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? [])
    .filter { $0.hasSuffix(".json") }.sorted()

  static let registry = Registry(Catalog.nodes)

  /// `CheckerBoard` is `checker-board`, `STMap` is `st-map`.
  static func fileName(_ type: String) -> String {
    let letters = Array(type)
    var result = ""
    for (i, letter) in letters.enumerated() {
      let startsWord =
        letter.isUppercase && i > 0
        && (!letters[i - 1].isUppercase || (i + 1 < letters.count && letters[i + 1].isLowercase))
      result += (startsWord ? "-" : "") + letter.lowercased()
    }
    return result + ".json"
  }

  @Test(arguments: Catalog.nodes.map { $0.typeName })
  func aNodeHasItsExample(_ type: String) throws {
    let file = Self.fileName(type)
    let comp = try Comp.load(Self.folder + "/" + file, registry: Self.registry)
    #expect(comp.nodes.contains { $0.type.typeName == type }, "\(file) does not use \(type)")
  }

  @Test(arguments: files)
  func anExampleRenders(_ file: String) async throws {
    let comp = try Comp.load(Self.folder + "/" + file, registry: Self.registry)
    let renderer = Renderer(RenderOptions(threads: 2))
    // The last node that is a picture, not a file.
    let shown = comp.nodes.indices.filter {
      let type = comp.nodes[$0].type
      return !(type is any SinkNode.Type) && !(type is any ValueNode.Type)
        && type.payload == .picture
    }
    let last = try #require(shown.last)
    let image = try await renderer.image(comp, node: last, frame: 1)
    #expect(!image.dataWindow.isEmpty)
    for channel in image.channels {
      let values = image.pixels(channel, in: image.dataWindow, pool: renderer.pool)
      let isFinite = values.allSatisfy { $0.isFinite }
      #expect(isFinite, "\(channel)")
    }
  }
}
