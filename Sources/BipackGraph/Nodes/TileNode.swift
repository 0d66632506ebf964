public import BipackPixels

/// An operator that looks at a neighbourhood, a mapped rectangle or whole lines.
public protocol TileOperator: KernelOperator {
  /// The piece of work one call of the kernel does.
  var shape: TileShape { get }
  /// Floats of memory that one call which makes `rect` takes at most beside its canvases: windows of the
  /// inputs, planes in between, arrays. Nil, the default, is as much as the canvases of its shape. The
  /// budget of a render is kept by these numbers.
  func scratch(_ rect: Rect, _ context: NodeContext) -> Int?
}

/// A tile operator that stands in documents.
public protocol TileNode: TileOperator, Node {}

extension TileOperator {
  public var role: OperatorRole { .tile(self) }
  public var shape: TileShape { .tile }
  public func scratch(_ rect: Rect, _ context: NodeContext) -> Int? { nil }
}

/// What one call of a `TileKernel` fills.
public enum TileShape: Sendable {
  /// One tile.
  case tile
  /// A few tiles side by side, each with canvases of its own (`TileTask.tiles`): for filters whose
  /// neighbouring tiles share what they compute.
  case run
  /// A row of tiles as wide as what is asked for: for filters that reach far along the lines.
  case rows
  /// A column of tiles as high as what is asked for.
  case columns
}

/// The work of a tile or frame operator.
public protocol TileKernel: Sendable {
  /// Fills `task.rect` of every channel of `task.channels`. What it writes for a pixel must not
  /// depend on which rectangle was asked for.
  func render(_ task: borrowing TileTask) throws(NodeError)
}

/// One piece of work for a tile kernel: what to fill, and the inputs to fill it from.
public struct TileTask: ~Copyable, Sendable {
  /// The pixels to write, inside the node's data window.
  public let rect: Rect
  /// The channels to write.
  public let channels: [Channel]
  /// What the output looks like.
  public let spec: ImageSpec
  public let pool: BlockPool
  /// The parts of `rect` that have a canvas each: the tiles of a `.run`, else `rect` itself.
  public let tiles: [Rect]
  private let inputs: [Payload?]
  private let canvases: [Canvas]
  /// Runs parts of the work several at a time. For frame operators.
  public let loops: Loops

  /// `canvases` are those of the first channel's tiles, then of the second's ...
  package init(
    rect: Rect, tiles: [Rect], channels: [Channel], spec: ImageSpec, pool: BlockPool,
    inputs: [Payload?], canvases: [Canvas], loops: Loops
  ) {
    self.rect = rect
    self.tiles = tiles
    self.channels = channels
    self.spec = spec
    self.pool = pool
    self.inputs = inputs
    self.canvases = canvases
    self.loops = loops
  }

  package var inputCount: Int { inputs.count }

  /// The input image at `index`, complete in the demanded rectangle; nil when not connected.
  public func input(_ index: Int) -> Image? { index < inputs.count ? inputs[index]?.picture : nil }

  /// The deep picture at `index`, complete in the demanded rectangle; nil when not connected.
  public func deep(_ index: Int) -> DeepImage? { index < inputs.count ? inputs[index]?.deep : nil }

  /// A rectangle of an input channel with an edge rule; zeros when the input or channel is absent.
  public func window(_ index: Int, _ channel: Channel, _ rect: Rect, edge: EdgeMode = .black)
    -> Window
  {
    let image =
      input(index)
      ?? Image(
        spec: .nothing(spec.format), grid: pool.grid)
    return image.window(channel, rect, edge: edge, pool: pool)
  }

  /// Where the pixels of `channels[index]` go; in a `.run` those of `tiles[tile]`.
  public func output(_ index: Int, tile: Int = 0) -> Canvas { canvases[index * tiles.count + tile] }

  /// A contiguous buffer for intermediate values.
  public func scratch(count: Int) -> Scratch { pool.scratch(count: count) }

  /// Whether the result is no longer wanted. Work that takes longer than a tenth of a second asks now
  /// and then, and gives up; what it leaves behind is not looked at.
  public var isCancelled: @Sendable () -> Bool { loops.isCancelled }
}

/// A writable rectangle of one output channel.
public final class Canvas: @unchecked Sendable {
  // SAFETY: points into `owner`; parallel loops of one kernel write disjoint rows.
  private let base: UnsafeMutablePointer<Float>
  public let rect: Rect
  /// Floats from one row to the next.
  public let stride: Int
  private let owner: any AnyObject & Sendable

  package init(
    base: UnsafeMutablePointer<Float>, rect: Rect, stride: Int, owner: any AnyObject & Sendable
  ) {
    self.base = base
    self.rect = rect
    self.stride = stride
    self.owner = owner
  }

  /// Row `y` (absolute); its first element is pixel `rect.x0`.
  @_lifetime(borrow self)
  public func row(_ y: Int) -> MutableSpan<Float> {
    precondition(y >= rect.y0 && y < rect.y1, "row outside the canvas")
    let span = unsafe MutableSpan(_unsafeStart: base + (y - rect.y0) * stride, count: rect.width)
    return unsafe _overrideLifetime(span, borrowing: self)
  }

  /// All of it, for the kernels. Valid while the canvas lives.
  package var view: PlaneView { PlaneView(rect: rect, base: base, stride: stride) }
}

extension Canvas {
  /// The part `rect` of one tile, written in place.
  package convenience init(tile block: Block, of grid: TileGrid, tileX: Int, tileY: Int, rect: Rect)
  {
    let tile = grid.pixels(tileX: tileX, tileY: tileY)
    self.init(
      base: block.base + (rect.y0 - tile.y0) * grid.size + rect.x0 - tile.x0, rect: rect,
      stride: grid.size, owner: block)
  }

  /// A contiguous rectangle in a pooled buffer.
  package convenience init(rect: Rect, pool: BlockPool) {
    let scratch = pool.scratch(count: rect.area)
    self.init(base: scratch.base, rect: rect, stride: rect.width, owner: scratch)
  }

  /// A block with this canvas' pixels of one tile.
  package func cut(tileX: Int, tileY: Int, pool: BlockPool) -> Block {
    let grid = pool.grid
    let tile = grid.pixels(tileX: tileX, tileY: tileY)
    let part = tile.intersection(rect)
    let block = pool.allocate()
    for y in part.y0..<part.y1 {
      (block.base + (y - tile.y0) * grid.size + part.x0 - tile.x0).update(
        from: view.row(y) + part.x0 - rect.x0, count: part.width)
    }
    return block
  }
}
