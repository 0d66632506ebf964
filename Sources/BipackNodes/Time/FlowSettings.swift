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

/// A frame of a shot in a graph, as flow sees it.
struct FlowFrame {
  let light: Expansion.Ref
  let spec: ImageSpec

  init(
    _ graph: inout Expansion, _ image: Expansion.Ref, _ spec: ImageSpec, _ settings: FlowSettings
  ) throws(NodeError) {
    if settings.vectorChannels.select(from: spec.channels).isEmpty {
      throw NodeError(
        "vectorChannels: '\(settings.vectorChannels.text)' names no channel of the picture, so there is nothing to "
          + "see move; it has " + spec.channels.map(\.name).joined(separator: ", "))
    }
    light = graph.add(
      FlowLightPart(halvings: settings.halvings, channels: settings.vectorChannels), [image])
    self.spec = spec
  }
}

/// The flow between frames of a shot, in a graph.
struct FlowGraph {
  let settings: FlowSettings

  /// Flow from a frame to another, as large as they are looked at.
  func flow(_ graph: inout Expansion, from: FlowFrame, to: FlowFrame) -> Expansion.Ref {
    graph.add(
      FlowPart(halvings: settings.halvings, smoothness: settings.weight), [from.light, to.light])
  }

  /// The same, trusted where the way back leads to where one came from.
  func checked(_ graph: inout Expansion, from: FlowFrame, to: FlowFrame) -> Expansion.Ref {
    let there = flow(&graph, from: from, to: to)
    let back = flow(&graph, from: to, to: from)
    return graph.add(FlowCheckPart(halvings: settings.halvings), [there, back])
  }

  /// Either, as large as the frame it begins at.
  func enlarged(_ graph: inout Expansion, _ flow: Expansion.Ref, as frame: FlowFrame)
    -> Expansion.Ref
  {
    graph.add(
      FlowEnlargePart(halvings: settings.halvings, window: frame.spec.dataWindow), [flow])
  }
}
