public import BipackPixels

/// An operator that gives a deep picture, made tile by tile.
///
/// Its `spec` has an `ImageSpec.deep` that says how many samples there are at most: the memory of a render is
/// planned by that. What takes a deep picture and gives a picture is a `TileOperator` (`TileTask.deep`).
public protocol DeepOperator: Operator {
  /// Prepared constants, once per frame.
  func kernel(_ context: NodeContext) throws(NodeError) -> any DeepKernel
  /// Whether tiles are made in room for the most samples there can be, and then cut to those there are. Kernels
  /// that know beforehand how many there are say no.
  var takesRoom: Bool { get }
}

/// A deep operator that stands in documents.
public protocol DeepNode: DeepOperator, Node {}

extension DeepOperator {
  public var role: OperatorRole { .deep(self) }
  public var takesRoom: Bool { true }
}

extension DeepNode {
  public static var payload: Payload.Kind { .deep }
}

/// The work of a deep operator.
public protocol DeepKernel: Sendable {
  /// The samples of `task.rect`, which lies in one tile; the tile has none elsewhere. A pixel's samples must not
  /// depend on which rectangle was asked for.
  func tile(_ task: borrowing DeepTask) throws(NodeError) -> DeepTile
}

/// One tile of work for a deep kernel.
public struct DeepTask: ~Copyable, Sendable {
  /// The tile, in tile coordinates.
  public let tileX: Int
  public let tileY: Int
  /// The pixels of it to make, inside the operator's data window.
  public let rect: Rect
  /// The channels to make.
  public let channels: [Channel]
  /// What the output looks like.
  public let spec: ImageSpec
  public let pool: BlockPool
  private let inputs: [Payload?]

  package init(
    tileX: Int, tileY: Int, rect: Rect, channels: [Channel], spec: ImageSpec, pool: BlockPool,
    inputs: [Payload?]
  ) {
    (self.tileX, self.tileY) = (tileX, tileY)
    self.rect = rect
    self.channels = channels
    self.spec = spec
    self.pool = pool
    self.inputs = inputs
  }

  /// The input picture at `index`, complete in the demanded rectangle; nil when not connected.
  public func input(_ index: Int) -> Image? { index < inputs.count ? inputs[index]?.picture : nil }

  /// The deep picture at `index`, complete in the demanded rectangle; nil when not connected.
  public func deep(_ index: Int) -> DeepImage? { index < inputs.count ? inputs[index]?.deep : nil }

  /// The place of a pixel among those of the tile.
  package func pixel(_ x: Int, _ y: Int) -> Int { pool.grid.place(x: x, y: y) }
}
