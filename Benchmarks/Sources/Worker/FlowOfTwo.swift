import Bipack

/// The flow from one picture in memory to another, as a clip would have them one after the other.
struct FlowOfTwo: CompositeNode {
  static let abstract = "The flow from one picture to another."
  static let category = "Time"
  static let isMaskable = false

  @Input("A frame.") var source
  @Input("The next.") var next

  func expand(_ graph: inout Expansion, _ context: NodeContext) throws(NodeError) -> Expansion.Ref {
    let flow = graph.add(OpticalFlow(), [.input(0), .input(1), .input(0)])
    let vectors = Remove().with {
      $0.operation = .keep
      $0.channels = "forward.u,forward.v"
    }
    return graph.add(vectors, [flow])
  }
}
