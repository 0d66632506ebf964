import Bipack
import Testing

/// A name in a channel set that means nothing is an error of every node, never a silent nothing.
@Suite("Laws of channel sets") struct ChannelLaws {
  struct Set: CustomStringConvertible {
    var type: String
    var param: String
    var description: String { "\(type).\(param)" }
  }

  static let sets = Catalog.nodes.map { NodeDeclaration.of($0) }.flatMap { node in
    node.params.filter { $0.kind == .channels }.map { Set(type: node.typeName, param: $0.name) }
  }

  @Test(arguments: sets) func namesThatMeanNothingAreErrors(_ set: Set) async throws {
    let file = ExampleTests.folder + "/" + ExampleTests.fileName(set.type)
    let comp = try Comp.load(file, registry: ExampleTests.registry)
    let node = try #require(comp.nodes.first { $0.type.typeName == set.type })
    func messages(_ words: String) async throws -> [String] {
      var options = LoadOptions()
      options.overrides = [(node.path + "." + set.param, "\"\(words)\"")]
      let comp = try Comp.load(file, registry: ExampleTests.registry, options: options)
      return await Pictures.renderer.dryRun(comp).findings.map(\.error).filter {
        $0.path == node.path
      }.map(\.message)
    }
    // A layer that is not there: nodes that make channels cannot know which.
    let said = try await messages("R, dpeth")
    #expect(said.contains { $0.contains("dpeth") }, "\(said)")
    let patterns = try await messages("dpeth.*")
    #expect(patterns.contains { $0.contains("dpeth.*") }, "\(patterns)")
  }
}
