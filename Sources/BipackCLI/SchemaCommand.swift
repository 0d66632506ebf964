import ArgumentParser
import Bipack

/// `bipack schema`: the document format as JSON Schema, for editors and checkers.
struct SchemaCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "schema",
    abstract: "Prints the JSON Schema (2020-12) of graphs, or of one node type.")

  @Argument(help: "A node type.")
  var node: String?

  func run() throws {
    let registry = BipackTool.registry
    guard let node else { return Terminal.output.write(Schema.document(registry)) }
    guard let declaration = registry[node] else { throw NodesCommand.unknown(node, registry) }
    Terminal.output.write(Schema.document(of: declaration))
  }
}
