/// A node that is a small graph of other nodes, made in code.
///
/// Its parts are planned, fused, merged and cached like any others.
public protocol CompositeNode: Node {
  /// Adds the parts and returns the one whose output is this node's output.
  func expand(_ graph: inout Expansion, _ context: NodeContext) throws(NodeError) -> Expansion.Ref
}

extension CompositeNode {
  public var role: NodeRole { .composite(self) }
}

/// The graph a composite node builds.
public struct Expansion: Sendable {
  /// An input of the composite node, or one of its parts.
  public enum Ref: Hashable, Sendable {
    case input(Int)
    case part(Int)
  }

  public struct Part: Sendable {
    public var node: any Node
    public var inputs: [Ref]
  }

  public private(set) var parts: [Part] = []

  public init() {}

  /// Adds a part whose input images are `inputs`, one for each image of its `inputFrames`, and
  /// returns a reference to it.
  public mutating func add(_ node: any Node, _ inputs: [Ref]) -> Ref {
    func bound(_ node: some Node) -> any Node {
      NodeDeclaration.of(type(of: node)).bound(node, inputs: inputs.count)
    }
    parts.append(Part(node: bound(node), inputs: inputs))
    return .part(parts.count - 1)
  }
}
