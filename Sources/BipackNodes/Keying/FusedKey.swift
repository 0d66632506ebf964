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
  /// The alpha from which on what lies well inside is certain.
  let solid: Double

  /// Grain taken out of the difference keys before anything is certain.
  private static let smooth = LineFilter.gaussian(sigma: 0.8, radius: 3)
  /// Wide enough to tell a strand from a few loud pixels of grain.
  private static let wide = LineFilter.gaussian(sigma: 2, radius: 6)

  /// The subject's colour, not premultiplied, and alpha.
  func expand(_ graph: inout Expansion) -> Expansion.Ref {
    let keys = graph.add(DifferencePart(), [picture, plate])
    let calm = keys.filtered(&graph, Self.smooth)
    let wide = calm.filtered(
      &graph, Self.wide, channels: ChannelSet(KeyChannel.average.name))
    var certain = graph.add(CertainPart(), [calm, wide])
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
    let solid = graph.add(SolidPart(limit: solid), [first]).eroded(&graph, 9, .alpha)
    return project(.both, graph.add(GrownPart(), [solid, certain]), &graph)
  }
}
