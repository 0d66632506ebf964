public import BipackGraph
import BipackKernels
import BipackPixels

/// Adds a colour.
public struct Add: PointNode {
  public static let category = "Color"
  public static let abstract = "Adds a number to each channel."

  @Input("The picture changed.")
  public var source

  @Param("The channels changed.")
  public var channels = ChannelSet.rgb

  @Param("What is added; larger is brighter.")
  public var value: ColorValue = 0

  @Param("Divides colour by alpha before and multiplies after.")
  public var unpremult = false

  public init() {}

  public func identity(_ context: NodeContext) -> Int? {
    let selected = channels.select(from: context.main.channels)
    return selected.allSatisfy { value[$0.slot ?? 0] == 0 } ? source.slot : nil
  }

  public func program(_ context: NodeContext) throws(NodeError) -> PointProgram {
    let spec = context.main
    return .perChannel(
      channels.select(from: spec.channels), of: spec, unpremultiplied: unpremult
    ) { slot in
      value[slot] == 0 ? nil : Affine(1, Float(value[slot]))
    }
  }
}
