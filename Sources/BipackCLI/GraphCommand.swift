import ArgumentParser
import Bipack

/// `bipack graph`: a drawing of a graph.
struct GraphCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "graph",
    abstract: "Draws a graph or a group file as SVG, or writes it for Graphviz.")

  @OptionGroup var graph: GraphOptions

  @Flag(help: "Draws an SVG (the default).")
  var svg = false

  @Flag(help: "Writes the dot language instead.")
  var dot = false

  @Option(
    name: [.customShort("o"), .customLong("output")],
    help: ArgumentHelp("A file; by default standard output.", valueName: "file"))
  var output: String?

  mutating func validate() throws {
    if svg, dot { throw ValidationError("--svg and --dot exclude each other") }
  }

  func run() throws {
    let drawing = GraphDrawing(try graph.load(takesGroups: true))
    let text = dot ? drawing.dot() : drawing.svg()
    if let output { try TextFile.write(text, to: output) } else { Terminal.output.write(text) }
  }
}
