public import BipackGraph
import BipackKernels
import BipackPixels

/// Raises to a power.
public struct Gamma: PointNode {
  public static let category = "Color"
  public static let abstract = """
    Raises each channel to 1/value. Values below 0 pass unchanged, as in Nuke and Natron.
    """

  @Input("The picture changed.")
  public var source

  @Param("The channels changed.")
  public var channels = ChannelSet.rgb

  @Param(.above(0), "The gamma; larger is brighter.")
  public var value: ColorValue = 1

  @Param("Divides colour by alpha before and multiplies after.")
  public var unpremult = false

  public init() {}

  public func identity(_ context: NodeContext) -> Int? {
    let selected = channels.select(from: context.main.channels)
    return selected.allSatisfy { value[$0.slot ?? 0] == 1 } ? source.slot : nil
  }

  public func program(_ context: NodeContext) throws(NodeError) -> PointProgram {
    let spec = context.main
    return .perChannel(
      channels.select(from: spec.channels), of: spec, unpremultiplied: unpremult
    ) { slot in
      value[slot] == 1 ? nil : PowerKernel(Float(1 / value[slot]))
    }
  }
}
