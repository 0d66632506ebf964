import BipackGraph
import BipackKernels
import BipackPixels

/// The fused key as a graph: difference keys say what is certain; the moments of what is certain say
/// how the rest is mixed; what comes out solid is certain too, and once more.
struct FusedKey {
  /// Picture and plate, both as large as `spec`.
  let picture: Expansion.Ref
  let plate: Expansion.Ref
  let spec: ImageSpec

  /// Grain taken out of the difference keys before anything is certain.
  private static let smooth = LineFilter.gaussian(sigma: 0.8, radius: 3)

  /// The subject's colour, not premultiplied, and alpha.
  func expand(_ graph: inout Expansion) -> Expansion.Ref {
    let keys = graph.add(DifferencePart(), [picture, plate])
    let calm = graph.add(
      SeparablePart(
        x: Self.smooth, y: Self.smooth, edge: .clamp, channels: FilteredChannels(set: .all),
        window: nil), [keys])
    var certain = graph.add(CertainPart(), [calm])
    certain = certain.eroded(&graph, 2, KeyChannel.subject)
    certain = certain.eroded(&graph, 1, KeyChannel.screen)
    let moments = KeyMomentsGraph(picture: picture, plate: plate, spec: spec)
    // Of the screen no more becomes certain: its grain serves both rounds.
    let grain = moments.means(.grain, &graph, certain)
    func project(
      _ goal: KeyProjectPart.Goal, _ certain: Expansion.Ref, _ graph: inout Expansion
    ) -> Expansion.Ref {
      let subject = moments.means(.subject, &graph, certain)
      return graph.add(
        KeyProjectPart(goal), [picture, plate, keys, certain, subject, grain])
    }
    let first = project(.alpha, certain, &graph)
    let solid = graph.add(SolidPart(), [first]).eroded(&graph, 9, .alpha)
    return project(.both, graph.add(GrownPart(), [solid, certain]), &graph)
  }
}

extension Expansion.Ref {
  /// The least of a channel in a square around each pixel.
  func eroded(_ graph: inout Expansion, _ radius: Int, _ channel: Channel) -> Expansion.Ref {
    graph.add(
      ExtremesPart(
        x: -radius, y: -radius, channels: FilteredChannels(set: ChannelSet(channel.name)),
        window: nil), [self])
  }
}
