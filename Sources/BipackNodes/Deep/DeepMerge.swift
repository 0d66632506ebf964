public import BipackGraph
import BipackKernels
public import BipackPixels

/// Puts two deep pictures together.
public struct DeepMerge: DeepNode {
  public static let abstract = """
    Puts the samples of two deep pictures together. combine: each pixel has those of both, in order of depth; a \
    DeepToImage behind mixes what overlaps. holdout: B as far as it is seen where A hides it: samples fade or \
    go. A is not in the result; A held out by B and B held out by A, each flattened, add up to both combined and flattened. \
    For a holdout samples that overlap are cut and mixed first. Format and metadata are B's; a channel that one of \
    them lacks is 0 there.
    """
  public static let category = "Deep"

  public enum Operation: String, ParamChoice {
    case combine, holdout
  }

  @DeepInput("The deep picture that is added to, or held out.")
  public var b

  @DeepInput("The deep picture that is added, or hides the other.")
  public var a

  @Param("What to do with the samples.")
  public var operation = Operation.combine

  @Param("Leaves out samples that lie behind an opaque one.")
  public var dropHidden = false

  public static let conditions: [ParamCondition] = [
    .only("dropHidden", where: "operation", is: "combine")
  ]

  public init() {}

  public func spec(_ context: NodeContext) throws(NodeError) -> ImageSpec {
    guard var spec = context.spec(b), let other = context.spec(a), let below = spec.deep,
      let above = other.deep
    else { throw NodeError("expected deep pictures at 'b' and 'a'") }
    for channel in other.channels where spec.has(channel) {
      guard below.ids.contains(channel) == above.ids.contains(channel) else {
        throw NodeError("'\(channel)' has ids in one input and other numbers in the other")
      }
    }
    var sum = below.counts + above.counts
    switch operation {
    case .combine:
      spec.dataWindow = spec.dataWindow.union(other.dataWindow)
      spec.add(other.channels)
    case .holdout:
      if other.has(.zBack) { spec.add([.zBack]) }
      spec.add([.alpha])
      // Cut at each other's ends, samples are fewer than twice as many.
      sum = sum * 2
    }
    let ids = below.ids.union(above.ids).intersection(spec.channels)
    spec.deep = DeepExtent(ids: ids, counts: sum)
    return spec
  }

  public func demand(_ output: Demand, _ context: NodeContext) -> [Demand] {
    var demand = output
    demand.channels.formUnion([.z, .zBack, .alpha])
    var hiding = demand
    if operation == .holdout { hiding.channels = [.z, .zBack, .alpha] }
    return b.slot < a.slot ? [demand, hiding] : [hiding, demand]
  }

  public var takesRoom: Bool { operation == .holdout }

  public func kernel(_ context: NodeContext) throws(NodeError) -> any DeepKernel {
    Kernel(
      a: a.slot, b: b.slot, isHoldout: operation == .holdout, dropsHidden: dropHidden,
      ids: try spec(context).deep?.ids ?? [])
  }

  private struct Kernel: DeepKernel {
    let a: Int
    let b: Int
    let isHoldout: Bool
    let dropsHidden: Bool
    let ids: Set<Channel>

    func tile(_ task: borrowing DeepTask) throws(NodeError) -> DeepTile {
      let above = task.deep(a)?[task.tileX, task.tileY]
      let below = task.deep(b)?[task.tileX, task.tileY]
      let merging = DeepMerging(above, over: below, task.channels, ids: ids)
      if isHoldout {
        let most = 2 * ((above?.count ?? 0) + (below?.count ?? 0))
        return merging.heldOut(task.rect, most: most, task.pool)
      }
      guard let tile = merging.combined(task.rect, droppingHidden: dropsHidden, task.pool) else {
        throw NodeError("a tile would have more than 2^31 samples")
      }
      return tile
    }
  }
}
