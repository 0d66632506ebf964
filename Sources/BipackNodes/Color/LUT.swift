public import BipackGraph
public import BipackIO

/// Applies a LUT file.
public struct LUT: CompositeNode, FileReadingNode {
  public static let category = "Color"
  public static let abstract = """
    Applies a lookup table or another transform from a file: .cube, .3dl, .csp, .spi1d, .spi3d, \
    .clf, .ctf, .cc, .ccc, .cdl and whatever else OpenColorIO reads. `workingSpace` is where the \
    table expects its numbers: the picture is converted to it before and back after.
    """

  /// Which way through the table.
  public enum Direction: String, ParamChoice {
    case forward
    case inverse
  }

  @Input("The picture changed.")
  public var source

  @Param("The file, relative to the document.")
  public var path: FilePath = ""

  @Param("How values between the points of the table are made; `best` is tetrahedral in 3-D.")
  public var interpolation = ColorConfig.Interpolation.standard

  @Param("Through the table, or back.")
  public var direction = Direction.forward

  @Param("The colour space the table works in, for example `Cineon`; empty is no conversion.")
  public var workingSpace = ""

  @Param("The id or the number of the correction, in a .ccc or .cdl file.")
  public var cccId = ""

  @Param("The channels changed.")
  public var channels = ChannelSet.rgb

  @Param("Divides colour by alpha before and multiplies after.")
  public var unpremult = false

  public init() {}

  private var file: FileInput { FileInput("LUT", "path", path, isSearched: true) }
  public var files: [FileInput] { [file] }

  public func problems(_ context: NodeContext) -> [NodeError] {
    problemsOfParts(context)
  }

  public func expand(_ graph: inout Expansion, _ context: NodeContext) throws(NodeError)
    -> Expansion.Ref
  {
    guard file.isNamed else { throw NodeError(.invalid, "no file is named") }
    let config = try context.colorConfig()
    let path = try file.checked(context)
    let table = try colorTask { () throws(ColorError) in
      try config.file(
        path, interpolation: interpolation,
        cccID: cccId.isEmpty ? nil : cccId, inverse: direction == .inverse)
    }
    return try graph.apply(
      table, to: .input(source.slot), in: workingSpace, of: config, channels: channels,
      unpremult: unpremult, context)
  }
}

extension ColorConfig.Interpolation: ParamChoice {}
