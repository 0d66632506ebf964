import BipackGraph
import BipackKernels
import BipackPixels

/// Moments of what is certain around every pixel, at half the size: sums filtered at sizes that double,
/// joined from coarse to fine.
struct KeyMomentsGraph {
  /// Picture and plate, both as large as `spec`.
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

  /// Means of level 1, from what is certain.
  func means(
    _ kind: KeyMoments.Kind, _ graph: inout Expansion, _ certain: Expansion.Ref
  ) -> Expansion.Ref {
    var windows = [spec.dataWindow]
    for _ in 0..<levels {
      windows.append(GaussianPyramid.coarse(for: windows[windows.count - 1], x: true, y: true))
    }
    var sums: [Int: Expansion.Ref] = [:]
    var current = graph.add(
      KeySumsPart(kind, window: windows[1]),
      kind == .subject ? [picture, certain] : [picture, certain, plate])
    for level in 1...levels {
      if level > 1 {
        var part = HalvePart()
        part.window = windows[level]
        current = graph.add(part, [current])
      }
      if level < first { continue }
      sums[level] = current.filtered(
        &graph, Self.filter(level), edge: .black, window: windows[level])
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
        means = graph.add(KeyMeansPart(kind), coarser + [own])
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

/// Sums over what is certain, at half the size. Inputs: picture, what is certain, and for grain the
/// plate.
private struct KeySumsPart: FilterOperator {
  let kind: KeyMoments.Kind
  let window: Rect

  init(_ kind: KeyMoments.Kind, window: Rect) {
    self.kind = kind
    self.window = window
  }

  /// What has weight.
  private var weights: Channel { kind == .subject ? KeyChannel.subject : KeyChannel.screen }

  func spec(_ context: NodeContext) throws(NodeError) -> ImageSpec {
    var spec = context.main
    spec.dataWindow = window
    spec.channels = KeyChannel.sums(kind)
    return spec
  }

  func demand(_ output: Demand, _ context: NodeContext) -> [Demand] {
    let fine = GaussianPyramid.fine(for: output.rect, x: true, y: true)
    let rect = reached(fine, 0, 0, context.main.dataWindow, .black)
    let colors = Demand(rect: rect, channels: Set(Channel.rgb))
    let certain = Demand(rect: rect, channels: [weights])
    return kind == .subject ? [colors, certain] : [colors, certain, colors]
  }

  func kernel(_ context: NodeContext) throws(NodeError) -> any TileKernel {
    Kernel(kind: kind, weights: weights)
  }

  private struct Kernel: TileKernel {
    let kind: KeyMoments.Kind
    let weights: Channel

    func render(_ task: borrowing TileTask) throws(NodeError) {
      for band in KeyBands(task.rect) {
        let planes = Planes(GaussianPyramid.fine(for: band, x: true, y: true), task.pool)
        let certain = planes.add(task.input(1), [weights])
        let targets = task.channels.indices.map { task.target($0).part(band) }
        withExtendedLifetime(planes) {
          KeyMoments.halvedSums(
            kind, weights: certain[0], rect: band, into: targets, pool: task.pool
          ) {
            (
              planes.add(task.input(0), Channel.rgb),
              kind == .grain ? planes.add(task.input(2), Channel.rgb) : []
            )
          }
        }
      }
    }
  }
}

/// Sums to means. Inputs: a coarser level's means, doubled, and this level's sums; or sums only, at the
/// coarsest.
private struct KeyMeansPart: KeyOperator {
  /// The share of what is certain under a filter from which a level stands for itself.
  private static let enough: Float = 0.014

  let kind: KeyMoments.Kind

  init(_ kind: KeyMoments.Kind) { self.kind = kind }

  var made: [Channel] { KeyChannel.means(kind) }

  /// Where there is no subject far and wide it may be any grey: then the key is the colour difference.
  /// Mean and second moments; and what grain there is without a screen.
  private var otherwise: [Float] {
    kind == .subject ? [0.2, 0.2, 0.2, 0.2002, 0.2, 0.2, 0.2002, 0.2, 0.2002] : [1e-5]
  }

  func program(_ context: NodeContext) throws(NodeError) -> PointProgram {
    let isTop = context.inputs.count < 2
    let coarse: [PointProgram.Source] =
      isTop ? otherwise.map { .constant($0) } : made.map { .input(0, $0) }
    let sums = KeyChannel.sums(kind).map { PointProgram.Source.input(isTop ? 0 : 1, $0) }
    return making(KeyMeansKernel(kind, enough: Self.enough), coarse + sums)
  }
}
