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
    let first = project(&graph, .alpha, keys, certain)
    let solid = graph.add(SolidPart(), [first]).eroded(&graph, 9, .alpha)
    return project(&graph, .both, keys, graph.add(GrownPart(), [solid, certain]))
  }

  private func project(
    _ graph: inout Expansion, _ goal: KeyProjectPart.Goal, _ keys: Expansion.Ref,
    _ certain: Expansion.Ref
  ) -> Expansion.Ref {
    let moments = SubjectMoments(picture: picture, plate: plate, spec: spec)
    return graph.add(
      KeyProjectPart(goal),
      [picture, plate, keys, certain, moments.expand(&graph, certain)])
  }
}

/// The moments of what is certain around every pixel, at half the size: sums filtered at sizes that
/// double, joined from coarse to fine.
struct SubjectMoments {
  let picture: Expansion.Ref
  let plate: Expansion.Ref
  let spec: ImageSpec

  /// The filter of the first level: sigma in pixels. Each level after it is twice as wide.
  private static let finest = 4.0

  /// The finest level: a picture twice as large as HD shows the same with twice as many pixels.
  private var first: Int { spec.format.window.width > 2560 ? 2 : 1 }

  /// Up to a tenth of the picture's width, at least 64 pixels.
  private var levels: Int {
    var levels = 5
    while Self.finest * Double(1 << (levels - 1)) < Double(spec.format.window.width) / 10,
      levels < 10
    { levels += 1 }
    return levels
  }

  /// Means of level 1.
  func expand(_ graph: inout Expansion, _ certain: Expansion.Ref) -> Expansion.Ref {
    var windows = [spec.dataWindow]
    for _ in 0..<levels {
      windows.append(GaussianPyramid.coarse(for: windows[windows.count - 1], x: true, y: true))
    }
    var sums: [Int: Expansion.Ref] = [:]
    var current = graph.add(KeySumsPart(window: windows[1]), [picture, plate, certain])
    for level in 1...levels {
      if level > 1 {
        var part = HalvePart()
        part.window = windows[level]
        current = graph.add(part, [current])
      }
      if level < first { continue }
      let filter = Self.filter(level)
      sums[level] = graph.add(
        SeparablePart(
          x: filter, y: filter, edge: .black, channels: FilteredChannels(set: .all),
          window: windows[level]), [current])
    }
    var means: Expansion.Ref?
    for level in (1...levels).reversed() {
      var coarser: [Expansion.Ref] = []
      if let means {
        var part = DoublePart()
        part.window = windows[level]
        coarser = [graph.add(part, [means])]
      }
      if let own = sums[level] {
        means = graph.add(KeyMeansPart(), coarser + [own])
      } else {
        means = coarser[0]
      }
    }
    return means ?? current
  }

  /// What is missing to the level's sigma after halving so often, in pixels of that level.
  private static func filter(_ level: Int) -> LineFilter {
    let step = Double(1 << level)
    let sigma = finest * step / 2
    let halved = (step * step - 1) / 3
    let small = ((sigma * sigma - halved) / (step * step)).squareRoot()
    return .gaussian(sigma: small, radius: Int((3 * small).rounded(.up)))
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
