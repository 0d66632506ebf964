import BipackGraph
import BipackKernels
import BipackPixels

/// What a keyer does to its matte, in this order: clips, rollback, gamma, erode, soften, despot.
struct MatteControls {
  var clipBlack = 0.0
  var clipWhite = 1.0
  var rollback = 0.0
  var gamma = 1.0
  var erode = 0.0
  var soften = 0.0
  var specks = 0.0
  var holes = 0.0

  /// The alpha of `key` with all of it; `key` itself where nothing is asked for.
  func expand(_ graph: inout Expansion, _ key: Expansion.Ref, _ spec: ImageSpec) -> Expansion.Ref {
    var matte = clipped(&graph, key, spec)
    if erode != 0 {
      matte = DiscPart.expand(&graph, matte, spec, size: -erode, .alpha)
    }
    if soften > 0 {
      var part = Blur()
      part.size = Vec2(soften, soften)
      part.channels = .alpha
      part.cropToFormat = true
      matte = graph.add(part, [matte])
    }
    if specks > 0 || holes > 0 {
      var part = Despot()
      (part.specks, part.holes, part.premultiplied) = (specks, holes, false)
      matte = graph.add(part, [matte])
    }
    return matte
  }

  private func clipped(_ graph: inout Expansion, _ key: Expansion.Ref, _ spec: ImageSpec)
    -> Expansion.Ref
  {
    guard clipBlack > 0 || clipWhite < 1 || gamma != 1 else { return key }
    guard rollback > 0 else {
      return ramp(&graph, key, black: clipBlack, white: clipWhite, gamma: gamma)
    }
    let hard = ramp(&graph, key, black: clipBlack, white: clipWhite, gamma: 1)
    let most = DiscPart.expand(&graph, hard, spec, size: rollback, .alpha)
    let least = DiscPart.expand(&graph, hard, spec, size: -rollback, .alpha)
    let rolled = graph.add(RollbackPart(), [hard, key, most, least])
    return ramp(&graph, rolled, black: 0, white: 1, gamma: gamma)
  }

  private func ramp(
    _ graph: inout Expansion, _ matte: Expansion.Ref, black: Double, white: Double, gamma: Double
  ) -> Expansion.Ref {
    if black == 0, white == 1, gamma == 1 { return matte }
    var part = MatteClip()
    (part.black, part.white, part.gamma) = (black, white, gamma)
    part.premultiplied = false
    return graph.add(part, [matte])
  }
}

/// Brings a matte back to what it was before it was clipped, where both solid and clear are near: on
/// edges. Inputs: the clipped matte, the matte before, the most and the least of the clipped one in
/// a disc.
private struct RollbackPart: KeyOperator {
  var made: [Channel] { [.alpha] }

  func program(_ context: NodeContext) throws(NodeError) -> PointProgram {
    making(Rolled(), (0..<4).map { .input($0, .alpha) })
  }

  private struct Rolled: PointKernel {
    func apply(_ strip: borrowing Strip) {
      let (clipped, before) = (strip.input(0), strip.input(1))
      let (most, least) = (strip.input(2), strip.input(3))
      var out = strip.output(0)
      for i in 0..<strip.count {
        out[i] = clipped[i] + (before[i] - clipped[i]) * (most[i] - least[i])
      }
    }
  }
}
