public import BipackGraph
import BipackKernels
public import BipackPixels

/// Moves the edge of a matte and leaves its profile as it is.
public struct ErodeDilate: CompositeNode {
  public static let abstract = """
    Grows a matte, or shrinks it, by any fraction of a pixel: each pixel becomes the greatest (the least) \
    value within a disc, so that every contour of a soft edge moves by as much and its profile stays. \
    Soft edges stay soft, hard ones hard, corners get round; what is thinner than the disc goes. The \
    colour of a premultiplied picture follows its alpha; where the matte grows over nothing it needs \
    EdgeExtend. Erode and Dilate work on boxes of whole pixels, ErodeBlur makes every edge equally soft.
    """
  public static let category = "Keying"

  @Input("The matte, or a premultiplied picture with it.")
  public var source

  @Param("Which channels are the matte.")
  public var channels = ChannelSet.alpha

  @Param(-100...100, unit: .pixels, "Pixels to grow; negative shrinks. Fractions too.")
  public var size = 0.0

  @Param("Multiplies the colour of a layer whose alpha is changed by as much as its alpha.")
  public var premultiplied = true

  public init() {}

  public func identity(_ context: NodeContext) -> Int? {
    size.magnitude < 1e-3 || channels.select(from: context.main.channels).isEmpty
      ? source.slot : nil
  }

  public func spec(_ context: NodeContext) throws(NodeError) -> ImageSpec {
    var spec = context.main
    spec.dataWindow = DiscPart.grown(spec, by: size)
    return spec
  }

  public func expand(_ graph: inout Expansion, _ context: NodeContext) throws(NodeError)
    -> Expansion.Ref
  {
    let moved = DiscPart.expand(
      &graph, .input(source.slot), context.main, size: size, channels)
    guard premultiplied else { return moved }
    return graph.add(FollowMattePart(channels: channels), [moved, .input(source.slot)])
  }
}

/// Colour that follows an alpha which was changed: times new by old. Inputs: the picture with its new
/// alpha, the picture with the old one.
struct FollowMattePart: PointOperator {
  let channels: ChannelSet

  func program(_ context: NodeContext) throws(NodeError) -> PointProgram {
    var program = PointProgram()
    for alpha in channels.select(from: context.main.channels) where alpha.isAlpha {
      program.follow(alpha, .input(0, alpha), before: .input(1, alpha), of: context.main)
    }
    return program
  }
}

extension PointProgram {
  /// The colours of the first input whose alpha is `alpha`, times what it becomes by what it was.
  mutating func follow(_ alpha: Channel, _ after: Source, before: Source, of spec: ImageSpec) {
    for color in spec.channels where spec.alpha(for: color) == alpha {
      guard let slot = color.slot, slot < 3 else { continue }
      set(color, add(FollowMatteKernel(), [.input(0, color), before, after])[0])
    }
  }
}
