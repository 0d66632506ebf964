import BipackGraph

extension CompositeNode {
  /// What a node refuses whose parts follow from its parameters alone, whatever its inputs are.
  func problemsOfParts(_ context: NodeContext) -> [NodeError] {
    var graph = Expansion()
    do throws(NodeError) {
      _ = try expand(&graph, context)
      return []
    } catch {
      return [error]
    }
  }
}
