import BipackGraph
import BipackKernels
import BipackPixels

extension Expansion.Ref {
  /// The same filter along both axes.
  func filtered(
    _ graph: inout Expansion, _ filter: LineFilter, edge: EdgeMode = .clamp,
    channels: ChannelSet = .all, window: Rect? = nil
  ) -> Expansion.Ref {
    graph.add(
      SeparablePart(
        x: filter, y: filter, edge: edge, channels: FilteredChannels(set: channels), window: window),
      [self])
  }

  /// The least of a channel in a square around each pixel.
  func eroded(_ graph: inout Expansion, _ radius: Int, _ channel: Channel) -> Expansion.Ref {
    graph.add(
      ExtremesPart(
        x: -radius, y: -radius, channels: FilteredChannels(set: ChannelSet([channel])),
        window: nil), [self])
  }
}
