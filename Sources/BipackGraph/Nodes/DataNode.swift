public import BipackPixels

/// A node that turns images into values: statistics, tracks, matches. Parameters use them by
/// `{"from": "node.value"}`. As an image it passes its first input on.
///
/// It is a `DataNode`, which measures one frame, or a `ShotNode`, which measures a range of them.
public protocol ValueNode: Node {
  /// The values it gives.
  static var values: [ValuePort] { get }
  /// Refuses what could not be measured, as far as that is known without a pixel. Nothing is refused by
  /// default.
  func verify(_ context: NodeContext) throws(NodeError)
}

extension ValueNode {
  public static var isMaskable: Bool { false }
  public func identity(_ context: NodeContext) -> Int? { 0 }
  public func verify(_ context: NodeContext) throws(NodeError) {}
  public var cost: NodeCost { .heavy }
}

/// Values measured on one frame. They are computed before the frames that need them, hashed and cached
/// like images.
public protocol DataNode: ValueNode {
  /// Computes them all. Called only if `verify` refuses nothing. The inputs are complete in what `demand` asked for.
  func measure(_ task: borrowing DataTask) throws(NodeError) -> [String: ValueData]
}

extension DataNode {
  public var role: OperatorRole { .data(self) }
}

/// A value a data node gives.
public struct ValuePort: Sendable {
  public var name: String
  public var kind: ValueKind
  /// Whether it is measured frame by frame over a range, so that it can be had as one curve.
  public var isOverFrames: Bool
  public var help: String

  public init(_ name: String, _ kind: ValueKind, overFrames: Bool = false, _ help: String) {
    self.name = name
    self.kind = kind
    isOverFrames = overFrames
    self.help = help
  }

  /// Whether `data` is such a value, or key frames of such values.
  package func fits(_ data: ValueData) -> Bool {
    guard isOverFrames else { return kind.type.fitted(data) != nil }
    return KeyedValue(data)?.keys.allSatisfy { kind.type.fitted($0.value) != nil } ?? false
  }
}

/// The images of one frame that are measured.
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
