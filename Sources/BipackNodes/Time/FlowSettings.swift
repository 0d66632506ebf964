public import BipackGraph
import BipackPixels

/// How flow is looked for.
public struct FlowSettings: ParamGroup {
  @Param(
    0.0625...1,
    """
    How fine: 1 finds a vector for every pixel, 0.5 for every second one in both directions at a quarter of the cost, \
    0.25 for every fourth; between them the finer counts. The flow is as large as the picture in any case.
    """)
  public var vectorDetail = 0.5

  @Param(
    0...1, "How smooth flow is: more helps with noise, less where small things move by themselves.")
  public var smoothness = 0.5

  @Param("The channels whose motion is looked for; the first three count.")
  public var vectorChannels = ChannelSet.rgb

  public init() {}

  /// With a vector for every pixel unless asked for otherwise.
  static var finest: Self {
    var settings = Self()
    settings.vectorDetail = 1
    return settings
  }

  /// How often pictures are halved before.
  var halvings: Int {
    var halvings = 0
    while halvings < 4, vectorDetail <= 1 / Double(2 << halvings) { halvings += 1 }
    return halvings
  }

  /// What the refinement takes: 20 in the middle.
  var weight: Double { 5 * PortableMath.exp2(4 * smoothness) }
}
