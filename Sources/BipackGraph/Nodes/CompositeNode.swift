/// An operator that is a small graph of other operators, made in code.
///
/// Its parts are planned, fused, merged and cached like any others.
public protocol CompositeOperator: Operator {
  /// What it wants to know of where things are in its inputs, before it says what it is made of. The
  /// answers are `NodeContext.bounds`, in this order; each is found by pixels, once for equal pictures.
  /// Nothing by default.
  func bounds(_ context: NodeContext) -> [BoundsQuery]
  /// Adds the parts and returns the one whose output is this node's output.
  func expand(_ graph: inout Expansion, _ context: NodeContext) throws(NodeError) -> Expansion.Ref
}

extension CompositeOperator {
  public var role: OperatorRole { .composite(self) }
  public func bounds(_ context: NodeContext) -> [BoundsQuery] { [] }
}

/// A composite operator that stands in documents.
public protocol CompositeNode: CompositeOperator, Node {}

/// The graph a composite operator builds.
public struct Expansion: Sendable {
  /// An input of the composite, or one of its parts.
  public enum Ref: Hashable, Sendable {
    case input(Int)
    case part(Int)
  }

  public struct Part: Sendable {
    public var `operator`: any Operator
    public var inputs: [Ref]
  }

  public private(set) var parts: [Part] = []

  public init() {}

  /// Adds a part whose input images are `inputs` (for a node, one for each image of its `inputFrames`)
  /// and returns a reference to it.
  public mutating func add(_ part: any Operator, _ inputs: [Ref]) -> Ref {
    parts.append(Part(operator: part.bound(inputs: inputs.count), inputs: inputs))
    return .part(parts.count - 1)
  }
}
