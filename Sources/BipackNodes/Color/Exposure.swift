public import BipackGraph
import BipackKernels
import BipackPixels

/// Brightens or darkens as a camera or a printer would.
public struct Exposure: PointNode {
  public static let category = "Color"
  public static let abstract = """
    Multiplies light by an exposure, given in stops (a factor of 2), in densities (a factor of 10) or \
    in printer lights (0.025 density each, about 12 to a stop), channel by channel; what is given in \
    several units adds up. out = (in - blackpoint) 2^stops 10^(densities + 0.025 lights).
    """

  @Input("The picture exposed.")
  public var source

  @Param("The channels exposed.")
  public var channels = ChannelSet.rgb

  @Param(-100...100, unit: .stops, "Exposure in stops; larger is brighter.")
  public var stops: ColorValue = 0

  @Param(-30...30, "Exposure in densities; larger is brighter.")
  public var densities: ColorValue = 0

  @Param(-1200...1200, "Exposure in printer lights; larger is brighter.")
  public var lights: ColorValue = 0

  @Param("This colour becomes black.")
  public var blackpoint: ColorValue = 0

  @Param("Divides colour by alpha before and multiplies after.")
  public var unpremult = false

  public init() {}

  private func gain(_ slot: Int) -> Float {
    let density = densities[slot] + 0.025 * lights[slot]
    return TransferMath.exp2(Float(stops[slot] + density * 3.321_928_094_887_362))
  }

  private func isIdentity(_ slot: Int) -> Bool {
    stops[slot] == 0 && densities[slot] == 0 && lights[slot] == 0 && blackpoint[slot] == 0
  }

  public func identity(_ context: NodeContext) -> Int? {
    let selected = channels.select(from: context.main.channels)
    return selected.allSatisfy { isIdentity($0.slot ?? 0) } ? source.slot : nil
  }

  public func program(_ context: NodeContext) throws(NodeError) -> PointProgram {
    let spec = context.main
    return .perChannel(
      channels.select(from: spec.channels), of: spec, unpremultiplied: unpremult
    ) { slot in
      if isIdentity(slot) { return nil }
      let gain = gain(slot)
      return Affine(gain, -gain * Float(blackpoint[slot]))
    }
  }
}
