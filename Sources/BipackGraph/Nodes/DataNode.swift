public import BipackPixels

/// A node that turns images into values: statistics, tracks, matches.
///
/// Parameters use them by `{"from": "node.value"}`. Values are computed before the frames that need
/// them, hashed and cached like images. As an image the node passes its first input on.
public protocol DataNode: Node {
  /// The values it gives.
  static var values: [ValuePort] { get }
  /// Refuses what could not be measured, as far as that is known without a pixel. Nothing is refused by
  /// default.
  func verify(_ context: NodeContext) throws(NodeError)
  /// Computes them all. Called only if `verify` refuses nothing. The inputs are complete in what `demand` asked for.
  func measure(_ task: borrowing DataTask) throws(NodeError) -> [String: DataValue]
}

extension DataNode {
  public var role: OperatorRole { .data(self) }
  public static var isMaskable: Bool { false }
  public func identity(_ context: NodeContext) -> Int? { 0 }
  public func verify(_ context: NodeContext) throws(NodeError) {}
  public var cost: NodeCost { .heavy }
}

/// A value a data node gives.
public struct ValuePort: Sendable {
  public var name: String
  public var kind: DataValue.Kind
  public var help: String

  public init(_ name: String, _ kind: DataValue.Kind, _ help: String) {
    self.name = name
    self.kind = kind
    self.help = help
  }
}

/// A number, or a few.
public enum DataValue: Hashable, Sendable {
  case number(Double)
  case vector([Double])

  public enum Kind: Hashable, Sendable {
    case number
    /// So many numbers.
    case vector(Int)
  }

  /// The numbers, one or many.
  public var components: [Double] {
    switch self {
    case .number(let value): [value]
    case .vector(let values): values
    }
  }
}

/// The images a data node measures.
public struct DataTask: ~Copyable, Sendable {
  public let context: NodeContext
  public let pool: BlockPool
  public let loops: Loops
  private let inputs: [Image?]
  private let demands: [Demand]

  package init(
    context: NodeContext, pool: BlockPool, loops: Loops, inputs: [Image?], demands: [Demand]
  ) {
    self.context = context
    self.pool = pool
    self.loops = loops
    self.inputs = inputs
    self.demands = demands
  }

  public func input(_ index: Int) -> Image? { index < inputs.count ? inputs[index] : nil }

  /// The rectangle of input `index` that was demanded.
  public func rect(_ index: Int) -> Rect { index < demands.count ? demands[index].rect : .empty }
}
