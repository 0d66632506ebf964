import Bipack
import BipackCLI

/// A node of your own; documents say `{ "type": "Halve", "source": "plate" }`.
struct Halve: CompositeNode {
  static let abstract = "Halves the light."
  static let category = "Color"
  @Input("The picture.") var source

  func expand(_ graph: inout Expansion, _ context: NodeContext) throws(NodeError) -> Expansion.Ref {
    graph.add(Multiply().with { $0.value = 0.5 }, [.input(0)])
  }
}

var registry = Registry.standard
registry.add(Halve.self)
await BipackTool.main(registry)
