public import BipackGraph
import BipackKernels
import BipackPixels

/// Removes specks from a matte and fills its holes.
public struct Despot: CompositeNode {
  public static let abstract = """
    Removes specks from a matte and fills pinholes in it by their area, and leaves every other edge exactly \
    where it is. A speck is what is brighter than all around it and has less area than a disc of the \
    size given; it sinks to the brightest value at which it is no longer small (area opening, Vincent \
    1992). Only specks in what is clear and holes in what is solid are taken, so that hair and grain \
    between keep theirs. The colour of a premultiplied picture follows its alpha. Looks as far around \
    as the largest speck or hole that goes can reach.
    """
  public static let category = "Keying"

  @Input("The matte, or a premultiplied picture with it.")
  public var source

  @Param("Which channels are the matte.")
  public var channels = ChannelSet.alpha

  @Param(
    0...2000, unit: .pixels,
    "Bright specks with less area than a disc so wide go; 0 leaves all, 1.2 takes single pixels.")
  public var specks = 4.0

  @Param(
    0...2000, unit: .pixels, "Dark holes with less area than a disc so wide are filled.")
  public var holes = 4.0

  @Param(
    0...1, "A speck goes only where what is left is at most this: how clear a matte is around it.")
  public var clear = 0.1

  @Param(
    0...1, "A hole is filled only where it becomes at least this: how solid a matte is around it.")
  public var solid = 0.9

  @Param("Whether specks that touch at a corner are one.")
  public var corners = true

  @Param("Multiplies the colour of a layer whose alpha is changed by as much as its alpha.")
  public var premultiplied = true

  public init() {}

  /// The least count of pixels that stays.
  private func area(_ width: Double, _ context: NodeContext) -> Int {
    let aspect = context.main.format.pixelAspect
    let pixels = Double.pi / 4 * width * width / (aspect > 0.01 ? aspect : 1)
    return Int(min(pixels.rounded(.up), 1e9))
  }

  public func identity(_ context: NodeContext) -> Int? {
    area(specks, context) < 2 && area(holes, context) < 2
      || channels.select(from: context.main.channels).isEmpty ? source.slot : nil
  }

  public func expand(_ graph: inout Expansion, _ context: NodeContext) throws(NodeError)
    -> Expansion.Ref
  {
    var part = DespotPart()
    (part.specks, part.holes) = (area(specks, context), area(holes, context))
    (part.clear, part.solid) = (Float(clear), Float(solid))
    (part.joinsCorners, part.channels) = (corners, FilteredChannels(set: channels))
    let clean = graph.add(part, [.input(source.slot)])
    guard premultiplied else { return clean }
    return graph.add(FollowMattePart(channels: channels), [clean, .input(source.slot)])
  }
}

/// The opening and the closing themselves: in rows of tiles where specks are small, else on the frame.
private struct DespotPart: TileOperator, FrameOperator {
  var specks = 0
  var holes = 0
  var clear: Float = 1
  var solid: Float = 0
  var joinsCorners = true
  var channels = FilteredChannels(set: .alpha)

  var role: OperatorRole { reach <= Self.tileReach ? .tile(self) : .frame(self) }
  var shape: TileShape { .rows }
  var cost: NodeCost { .heavy }

  /// Beyond this most of what a row of tiles works on belongs to its neighbours.
  private static let tileReach = 64

  /// How far a speck or hole too small to stay can reach: its pixels in a line.
  private var reach: Int { max(0, specks - 1) + max(0, holes - 1) }

  /// What must be seen of the matte to clean `rect` of it.
  private func seen(_ rect: Rect, in picture: Rect) -> Rect {
    rect.isEmpty ? .empty : rect.expanded(reach).intersection(picture)
  }

  func demand(_ output: Demand, _ context: NodeContext) -> [Demand] {
    [output.with(rect: seen(output.rect, in: context.main.dataWindow))]
  }

  func computed(_ context: NodeContext) -> [Channel] {
    channels.computed(context.main, dataWindow: context.main.dataWindow)
  }

  /// Two planes, and four of work for the areas.
  func scratch(_ rect: Rect, _ context: NodeContext) -> Int? {
    6 * seen(rect, in: context.main.dataWindow).area + 4
  }

  func workingBytes(_ region: Rect, _ context: NodeContext) -> Int {
    (scratch(region, context) ?? 0) * MemoryLayout<Float>.stride
  }

  func kernel(_ context: NodeContext) throws(NodeError) -> any TileKernel {
    Kernel(part: self, picture: context.main.dataWindow)
  }

  private struct Kernel: TileKernel {
    let part: DespotPart
    let picture: Rect

    func render(_ task: borrowing TileTask) throws(NodeError) {
      let window = part.seen(task.rect, in: picture)
      let (width, height) = (window.width, window.height)
      for (index, channel) in task.channels.enumerated() {
        guard let image = task.input(0) else { continue }
        let matte = task.scratch(count: window.area)
        let changed = task.scratch(count: window.area)
        let plane = PlaneView(window, of: matte)
        for y in stride(from: window.y0, to: window.y1, by: 64) {
          if task.isCancelled() { return }
          let rows = Rect(x0: window.x0, y0: y, x1: window.x1, y1: min(y + 64, window.y1))
          image.gather(channel, edge: .black, into: plane.part(rows))
        }
        var (from, to) = (matte, changed)
        for fillsHoles in [false, true] {
          let area = fillsHoles ? part.holes : part.specks
          if area < 2 { continue }
          AreaOpening(
            area: area, joinsCorners: part.joinsCorners, fillsHoles: fillsHoles,
            limit: fillsHoles ? part.solid : part.clear
          ).apply(
            from.base, to.base, width: width, height: height, pool: task.pool,
            isCancelled: task.isCancelled)
          if task.isCancelled() { return }
          swap(&from, &to)
        }
        let target = task.target(index)
        for y in task.rect.y0..<task.rect.y1 {
          target.row(y).update(
            from: from.base + (y - window.y0) * width + task.rect.x0 - window.x0,
            count: task.rect.width)
        }
      }
    }
  }
}
