public import BipackPixels

/// What the graph of a frame is made of: something with an extent, a demand and a kernel.
///
/// The nodes of a document are operators (`Node`); so are the building blocks of composite nodes, which
/// have no parameters to declare, no page in the reference and no name in a document: a struct with what the work
/// needs to know, and the work. Both say what they do by one of these kinds, from the cheapest to the most
/// general:
///
/// - `PointOperator`: each output pixel from the same pixel of the inputs; fused into strip programs.
/// - `TileOperator`: from a neighbourhood, a mapped rectangle or whole lines.
/// - `FrameOperator`: a whole region at once.
/// - `DeepOperator`: a deep picture, tile by tile.
/// - `CompositeOperator`: a small graph of other operators.
/// - `SourceOperator`: pixels from outside the graph.
///
/// Its content hash is made of its type and of all it stores (`StoredHash`); a property that must not count
/// says so, and why: `@NotHashed`. Operators of one module have different names, private ones too.
public protocol Operator: Sendable {
  /// What plans and messages call it; the struct's own name by default.
  static var typeName: String { get }
  /// Raised when the same stored values begin to give other pixels.
  static var version: Int { get }

  /// Which of the kinds above it is. Each of their protocols says it for its own.
  var role: OperatorRole { get }

  /// What the output will look like; by default what the first input looks like.
  func spec(_ context: NodeContext) throws(NodeError) -> ImageSpec

  /// The rectangles of the inputs needed to make `output`, a part of the data window. By default the
  /// same rectangle of every input.
  func demand(_ output: Demand, _ context: NodeContext) -> [Demand]

  /// The input that is passed on untouched, if it is. Such an operator costs nothing: it vanishes from
  /// the plan.
  func identity(_ context: NodeContext) -> Int?

  /// Whether the pixels depend on the frame number itself (a generator with moving noise), not only
  /// on what is stored and on inputs. Off by default.
  var isTimeVarying: Bool { get }

  /// Whether the result is worth keeping in the cache beyond this frame's own needs.
  var cost: NodeCost { get }

  /// One operator doing the work of `upstream` and then this one, reading upstream's inputs: how chains
  /// of transforms become one resample. `upstream` feeds the first input. Nil by default.
  func absorbing(
    _ upstream: any Operator, _ upstreamContext: NodeContext, _ context: NodeContext
  ) -> (any Operator)?
}

/// What an operator does, as the protocol that says so. The engine asks this of every operator of every
/// frame, and casts that look protocols up at run time are dear.
public enum OperatorRole: Sendable {
  case point(any PointOperator)
  case tile(any TileOperator)
  case frame(any FrameOperator)
  case deep(any DeepOperator)
  case composite(any CompositeOperator)
  case source(any SourceOperator)
  case sink(any SinkNode)
  case data(any DataNode)
  case shot(any ShotNode)
  /// None of them: nothing the engine could run.
  case none
}

public enum NodeCost: Sendable {
  /// Cheaper to compute than to keep.
  case light
  /// Kept while the cache has room.
  case heavy
}

extension Operator {
  public static var typeName: String { String(describing: Self.self) }
  public static var version: Int { 1 }
  public var role: OperatorRole { .none }
  public func spec(_ context: NodeContext) throws(NodeError) -> ImageSpec { context.main }
  public func demand(_ output: Demand, _ context: NodeContext) -> [Demand] {
    context.inputs.map { $0 == nil ? .none : output }
  }
  public func identity(_ context: NodeContext) -> Int? { nil }
  public var isTimeVarying: Bool { false }
  public var cost: NodeCost { .light }
  public func absorbing(
    _ upstream: any Operator, _ upstreamContext: NodeContext, _ context: NodeContext
  ) -> (any Operator)? { nil }
}
