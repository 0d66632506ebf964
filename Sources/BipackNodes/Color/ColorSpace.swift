public import BipackGraph
import BipackIO

/// Converts from one colour space to another.
public struct ColorSpace: CompositeNode {
  public static let category = "Color"
  public static let abstract = """
    Converts from one colour space of the colour config to another. The config is the document's, \
    that of the environment variable OCIO, or Bipack's own. Data pictures pass unchanged.
    """

  @Input("The picture converted.")
  public var source

  @Param("The colour space the picture is in; empty is the working space.")
  public var inColorspace = ""

  @Param("The colour space it is converted to; empty is the working space.")
  public var outColorspace = ""

  @Param("The channels converted.")
  public var channels = ChannelSet.rgb

  @Param("Divides colour by alpha before and multiplies after.")
  public var unpremult = false

  public init() {}

  /// A conversion made in code.
  public init(from: String, to: String, channels: ChannelSet = .rgb, unpremult: Bool = false) {
    inColorspace = from
    outColorspace = to
    self.channels = channels
    self.unpremult = unpremult
  }

  public func identity(_ context: NodeContext) -> Int? {
    inColorspace == outColorspace ? source.slot : nil
  }

  public func problems(_ context: NodeContext) -> [NodeError] {
    identity(context) != nil ? [] : problemsOfParts(context)
  }

  public func expand(_ graph: inout Expansion, _ context: NodeContext) throws(NodeError)
    -> Expansion.Ref
  {
    let config = try context.colorConfig()
    let working = context.settings.workingSpace ?? config.workingSpace
    let processor = try colorTask { () throws(ColorError) in
      try config.convert(
        from: inColorspace.isEmpty ? working : inColorspace,
        to: outColorspace.isEmpty ? working : outColorspace)
    }
    return graph.add(
      ColorPass(processor, channels: channels, unpremult: unpremult), [.input(source.slot)])
  }
}
