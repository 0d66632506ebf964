import BipackGraph
import BipackKernels
import BipackPixels

/// The fast matte as a graph: products of what is known, means, a fit in each window, means, its use.
struct GuidedMatting {
  let picture: Expansion.Ref
  let trimap: Expansion.Ref
  /// Where the trimap's levels are.
  let channel: Channel
  /// How far known pixels are looked for, in pixels.
  let radius: Double

  func expand(_ graph: inout Expansion) -> Expansion.Ref {
    let filter = LineFilter.mean(width: 2 * radius + 1, passes: 2)
    func means(_ graph: inout Expansion, _ source: Expansion.Ref) -> Expansion.Ref {
      var current = source
      for (x, y) in [(LineFilter.none, filter), (filter, LineFilter.none)] {
        current = graph.add(
          SeparablePart(
            x: x, y: y, edge: .clamp, channels: FilteredChannels(set: .all), window: nil), [current]
        )
      }
      return current
    }
    let products = graph.add(GuidedPart(.products, channel), [picture, trimap])
    let fits = graph.add(GuidedPart(.fit, channel), [means(&graph, products)])
    return graph.add(GuidedPart(.use, channel), [picture, trimap, means(&graph, fits)])
  }
}

/// One of its steps. Inputs: the means so far, or picture and trimap, and then the means.
private struct GuidedPart: KeyOperator {
  enum Step: String {
    case products, fit, use
  }
  let step: Step
  let channel: Channel

  init(_ step: Step, _ channel: Channel) {
    self.step = step
    self.channel = channel
  }

  private static let sums = (0..<GuidedMatte.sums).map { Channel("guide.sum\($0)") }
  private static let models = (0..<GuidedMatte.models).map { Channel("guide.model\($0)") }

  var made: [Channel] {
    switch step {
    case .products: Self.sums
    case .fit: Self.models
    case .use: [.alpha]
    }
  }

  func program(_ context: NodeContext) throws(NodeError) -> PointProgram {
    switch step {
    case .products: making(GuidedMatte.Products(), rgb(0) + [.input(1, channel)])
    case .fit: making(GuidedMatte.Fit(), Self.sums.map { .input(0, $0) })
    case .use:
      making(
        GuidedMatte.Use(), rgb(0) + [.input(1, channel)] + Self.models.map { .input(2, $0) })
    }
  }
}
