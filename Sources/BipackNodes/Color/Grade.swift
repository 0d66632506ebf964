public import BipackGraph
import BipackKernels
import BipackPixels

/// Sets black and white points and gamma.
public struct Grade: PointNode {
  public static let category = "Color"
  public static let abstract = """
    Sets black and white points and gamma, channel by channel: A = multiply (white - black) / \
    (whitepoint - blackpoint), B = add + black - A blackpoint, then (A x + B)^(1/gamma). As in Nuke \
    the power holds between 0 and 1, above 1 its tangent goes on, below 0 values pass unchanged \
    (Natron and Gaffer keep the power above 1). Unlike Nuke's, `blackClamp` is off by default, so \
    that nothing is lost unasked.
    """

  @Input("The picture graded.")
  public var source

  @Param("The channels graded.")
  public var channels = ChannelSet.rgb

  @Param("This colour becomes black.")
  public var blackpoint: ColorValue = 0

  @Param("This colour becomes white.")
  public var whitepoint: ColorValue = 1

  @Param("Black becomes this colour (lift).")
  public var black: ColorValue = 0

  @Param("White becomes this colour (gain).")
  public var white: ColorValue = 1

  @Param("The result is multiplied by this.")
  public var multiply: ColorValue = 1

  @Param("This is added to the result (offset): unlike `black` it moves white too.")
  public var add: ColorValue = 0

  @Param("The result is raised to 1/gamma; larger is brighter.")
  public var gamma: ColorValue = 1

  @Param("Does the opposite, to undo a grade with the same numbers.")
  public var reverse = false

  @Param("Results below 0 become 0 (before the gamma, or after it in reverse).")
  public var blackClamp = false

  @Param("Results above 1 become 1 (before the gamma, or after it in reverse).")
  public var whiteClamp = false

  @Param("Divides colour by alpha before and multiplies after.")
  public var unpremult = false

  public init() {}

  private func settings(_ slot: Int) -> GradeKernel.Settings {
    var settings = GradeKernel.Settings()
    settings.blackpoint = blackpoint[slot]
    settings.whitepoint = whitepoint[slot]
    settings.black = black[slot]
    settings.white = white[slot]
    settings.multiply = multiply[slot]
    settings.add = add[slot]
    settings.gamma = gamma[slot]
    settings.reverse = reverse
    settings.blackClamp = blackClamp
    settings.whiteClamp = whiteClamp
    return settings
  }

  public func identity(_ context: NodeContext) -> Int? {
    let selected = channels.select(from: context.main.channels)
    return selected.allSatisfy { settings($0.slot ?? 0).isIdentity } ? source.slot : nil
  }

  public func program(_ context: NodeContext) throws(NodeError) -> PointProgram {
    let spec = context.main
    return .perChannel(
      channels.select(from: spec.channels), of: spec, unpremultiplied: unpremult
    ) { slot in
      let settings = settings(slot)
      return settings.isIdentity ? nil : GradeKernel(settings)
    }
  }
}
