public import BipackGraph
import BipackKernels
import BipackPixels

/// Converts between Cineon's logarithmic codes and linear light.
public struct Log2Lin: PointNode {
  public static let category = "Color"
  public static let abstract = """
    Converts Cineon's logarithmic values to linear light, or back. With x = code / 1023 and \
    b = 10^(0.002 (black - white) / gamma), linear is \
    (10^(0.002 (1023 x - white) / gamma) - b) / (1 - b): the black code becomes 0, the white code 1, \
    nothing is cut off. With its defaults it is the curve `Cineon` of ColorSpace and Read. To apply it \
    to a file, read the file with `"raw": true`.
    """

  /// Which way it goes.
  public enum Operation: String, ParamChoice {
    /// Cineon's values to linear light.
    case log2lin
    /// Linear light to Cineon's values.
    case lin2log
  }

  @Input("The picture converted.")
  public var source

  @Param("The channels converted.")
  public var channels = ChannelSet.rgb

  @Param("From logarithmic to linear, or back.")
  public var operation = Operation.log2lin

  @Param("The code from 0 to 1023 that stands for linear 0.")
  public var black: ColorValue = 95

  @Param("Leaves the black offset out: b is 0, and only infinitely dark codes become 0.")
  public var ignoreBlack = false

  @Param("The code from 0 to 1023 that stands for linear 1.")
  public var white: ColorValue = 685

  @Param(.above(0), "The contrast of the film negative; larger makes linear values flatter.")
  public var gamma: ColorValue = ColorValue(0.6)

  @Param("Divides colour by alpha before and multiplies after.")
  public var unpremult = false

  public static let conditions: [ParamCondition] = [
    .only("black", without: "ignoreBlack")
  ]

  public init() {}

  public func program(_ context: NodeContext) throws(NodeError) -> PointProgram {
    let spec = context.main
    let selected = channels.select(from: spec.channels)
    for slot in Set(selected.map { $0.slot ?? 0 }) where !ignoreBlack && black[slot] >= white[slot]
    {
      throw NodeError(
        .invalid, "black: expected less than white (\(white[slot])), found \(black[slot])")
    }
    return .perChannel(selected, of: spec, unpremultiplied: unpremult) { slot in
      TransferKernel(
        .film(
          name: "Log2Lin", white: white[slot], range: gamma[slot] / 0.002,
          black: ignoreBlack ? nil : black[slot]),
        encoding: operation == .lin2log)
    }
  }
}
