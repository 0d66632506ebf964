import BipackGraph
import BipackPixels

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
