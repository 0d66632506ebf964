public import BipackGraph
import BipackIO

/// The colour decision list of the American Society of Cinematographers.
public struct CDL: CompositeNode, FileReadingNode {
  public static let category = "Color"
  public static let abstract = """
    Grades by the ASC's colour decision list: (x slope + offset)^power per channel, then the \
    saturation about 0.2126 R + 0.7152 G + 0.0722 B. Values below 0 take no part in the power, as in \
    OpenColorIO 2; with `clamp` everything is held between 0 and 1, as the ASC's document has it. \
    `workingSpace` is where the numbers were found: the picture is converted to it before and back \
    after.
    """

  /// Which way through the grade.
  public enum Direction: String, ParamChoice {
    case forward
    case inverse
  }

  @Input("The picture graded.")
  public var source

  @Param("A .cc, .ccc or .cdl file to take the numbers from, relative to the document.")
  public var path: FilePath = ""

  @Param("The id or the number of the correction in the file.")
  public var cccId = ""

  @Param(0...1e6, "The factor; larger is brighter. Alpha is not used.")
  public var slope: ColorValue = 1

  @Param("What is added; larger is brighter.")
  public var offset: ColorValue = 0

  @Param(.above(0), "The power; larger is darker between 0 and 1.")
  public var power: ColorValue = 1

  @Param(0...1e6, "0 is grey, 1 leaves colours as they are, larger makes them stronger.")
  public var saturation = 1.0

  @Param("Forward, or back to the ungraded picture.")
  public var direction = Direction.forward

  @Param("The colour space graded in, for example `Cineon`; empty is no conversion.")
  public var workingSpace = ""

  @Param("Holds values between 0 and 1.")
  public var clamp = false

  @Param("The channels graded.")
  public var channels = ChannelSet.rgb

  @Param("Divides colour by alpha before and multiplies after.")
  public var unpremult = false

  public static let conditions: [ParamCondition] = [
    .only("slope", "offset", "power", "saturation", without: "path").asError,
    .only("cccId", with: "path"),
  ]

  public init() {}

  public func identity(_ context: NodeContext) -> Int? {
    let changes =
      file.isNamed || clamp || saturation != 1
      || (0..<3).contains { slope[$0] != 1 || offset[$0] != 0 || power[$0] != 1 }
    return changes ? nil : source.slot
  }

  private var file: FileInput { FileInput("CDL", "path", path, isSearched: true) }
  public var files: [FileInput] { [file] }

  public func problems(_ context: NodeContext) -> [NodeError] {
    identity(context) != nil ? [] : problemsOfParts(context)
  }

  public func expand(_ graph: inout Expansion, _ context: NodeContext) throws(NodeError)
    -> Expansion.Ref
  {
    let config = try context.colorConfig()
    let inverse = direction == .inverse
    guard !file.isNamed || TableFile.isCDL(path.text) else {
      throw NodeError(
        .input, "'path' is '\(path.text)', which is no .cc, .ccc or .cdl file; tables are for LUT")
    }
    let path = file.isNamed ? try file.checked(context) : nil
    let processor = try colorTask { () throws(ColorError) in
      if let path {
        return try config.file(
          path, cccID: cccId.isEmpty ? nil : cccId, clamp: clamp,
          inverse: inverse)
      }
      return try config.cdl(
        slope: slope.rgb, offset: offset.rgb, power: power.rgb, saturation: saturation,
        clamp: clamp, inverse: inverse)
    }
    return try graph.apply(
      processor, to: .input(source.slot), in: workingSpace, of: config, channels: channels,
      unpremult: unpremult, context)
  }
}
