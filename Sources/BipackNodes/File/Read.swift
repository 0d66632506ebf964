public import BipackGraph
import BipackIO
import BipackPixels

/// Reads a still or one frame of a sequence.
public struct Read: CompositeNode {
  public static let abstract = """
    Reads an image file: EXR, PNG, and whatever OpenImageIO reads. Colour is taken from the file's \
    space to the working space and is premultiplied afterwards. A missing frame is an error unless \
    the node says what to do.
    """
  public static let category = "File"

  /// What to use for a frame that is not on disk.
  public enum MissingFrame: String, ParamChoice {
    case error, hold, nearest, black, checker
  }

  /// Whether the file's colour is multiplied by its alpha.
  public enum FileAlpha: String, ParamChoice {
    case auto, premultiplied, unpremultiplied
  }

  @Param(
    "The file, relative to the document. `####` or `%04d` stands for the frame: a sequence.")
  public var path = FilePath("")
  @Params
  public var frames = FileFrames()
  @Param(
    "Instead of a frame missing inside the range: an error, the frame before it, the nearest, black, or a checkerboard."
  )
  public var missing = MissingFrame.error
  @Param("The file's colour space; empty asks the colour configuration's file rules.")
  public var colorspace = ""
  @Param(
    "Takes the numbers as they are: no colour space, no change of alpha, channels as the file names them."
  )
  public var raw = false
  @Param("Whether the file's colour is multiplied by its alpha; auto believes the file.")
  public var alpha = FileAlpha.auto
  @Param(
    "One picture of a file that holds several: a part's name, or its number from 0. Empty is the whole."
  )
  public var part = ""
  @Param("Only these channels of the file, as a channel set.")
  public var channels = ChannelSet.all

  public static let conditions: [ParamCondition] = [
    .only("colorspace", "alpha", where: "raw", is: "false")
  ]

  public init() {}

  public func filesRead(_ context: NodeContext) throws(NodeError) -> [String] {
    guard !path.text.isEmpty else { return [] }
    return [try ReadFile.place(self, context).sample]
  }

  public func expand(_ graph: inout Expansion, _ context: NodeContext) throws(NodeError)
    -> Expansion.Ref
  {
    var file = try ReadFile(self, context)
    // What stands in for a picture is light already.
    guard file.content == .file else { return scaled(graph.add(file, []), &graph, context) }
    var colors: FileColor?
    if !raw, let source = file.source {
      let space = try FileColor(
        path: file.sample, colorspace: colorspace, isCoded: source.isCoded, context.settings)
      if FileKind(path: file.sample) == .exr { file.options.black = space.black }
      colors = space
    }
    var picture = graph.add(file, [])
    if let colors, let source = file.source {
      let isStraight: Bool =
        switch alpha {
        case .auto: source.isUnassociated
        case .premultiplied: false
        case .unpremultiplied: true
        }
      let hasAlpha = source.spec.channels.contains { $0.isAlpha }
      picture = try colors.decode(picture, isStraight: isStraight || !hasAlpha, &graph)
      if isStraight && hasAlpha { picture = graph.add(Premult(), [picture]) }
    }
    return scaled(picture, &graph, context)
  }

  private func scaled(_ picture: Expansion.Ref, _ graph: inout Expansion, _ context: NodeContext)
    -> Expansion.Ref
  {
    context.proxy == 1 ? picture : graph.add(ProxyScale(factor: context.proxy), [picture])
  }
}
