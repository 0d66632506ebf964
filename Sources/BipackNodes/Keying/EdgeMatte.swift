public import BipackGraph
import BipackKernels
public import BipackPixels

/// The edge of a matte as a matte.
public struct EdgeMatte: CompositeNode {
  public static let abstract = """
    The edge of a matte as a matte: 1 wherever alpha is neither 0 nor 1, so many pixels farther outside \
    and so many farther inside, 0 elsewhere. It limits a blur, a grade or a grain to the edge of a \
    composite. Made of discs, so it is equally wide in all directions, and widths may be fractions.
    """
  public static let category = "Keying"

  @Input("The picture whose alpha has the edge.")
  public var source

  @Param(0...100, unit: .pixels, "How far it goes out from where alpha becomes 0.")
  public var outside = 1.0

  @Param(0...100, unit: .pixels, "How far it goes in from where alpha becomes 1.")
  public var inside = 1.0

  @Param(0...1000, unit: .pixels, "Diameter of a blur of the edge.")
  public var softness = 0.0

  @Param(
    0.001...0.5,
    "What counts as 0 and as 1: alpha begins to be edge above 0, and is all edge from here to 1 less it."
  )
  public var tolerance = 0.05

  @Param("What comes out.")
  public var output = KeyOutput.unpremultiplied

  public init() {}

  public func spec(_ context: NodeContext) throws(NodeError) -> ImageSpec {
    var spec = context.main
    spec.dataWindow = window(spec)
    spec.add(output == .matte ? Channel.rgba : [.alpha])
    return spec
  }

  private func window(_ spec: ImageSpec) -> Rect {
    var grown = spec
    grown.dataWindow = DiscPart.grown(spec, by: outside)
    return blur.dataWindow(grown, cropToFormat: true)
  }

  private var blur: BlurShape {
    BlurShape(.gaussian, Vec2(softness, softness), .clamp, pixelAspect: 1)
  }

  public func expand(_ graph: inout Expansion, _ context: NodeContext) throws(NodeError)
    -> Expansion.Ref
  {
    var spec = context.main
    let matte = graph.implying([.alpha], .input(source.slot), of: spec)
    let ends = graph.add(MatteEndsPart(tolerance: tolerance), [matte])
    spec.channels = MatteEndsPart.channels
    let (some, all) = (MatteEndsPart.channels[0].name, MatteEndsPart.channels[1].name)
    var edge = DiscPart.expand(&graph, ends, spec, size: outside, ChannelSet(some))
    spec.dataWindow = DiscPart.grown(spec, by: outside)
    edge = DiscPart.expand(&graph, edge, spec, size: -inside, ChannelSet(all))
    edge = graph.add(MatteBandPart(), [edge])
    spec.channels = [.alpha]
    if !blur.isIdentity {
      edge = blur.expand(&graph, edge, spec, .alpha, window: window(context.main))
    }
    return graph.add(GiveMattePart(output), [.input(source.slot), edge])
  }
}

/// Where a matte is anything at all, and where it is everything.
private struct MatteEndsPart: KeyOperator {
  static let channels: [Channel] = ["matte.some", "matte.all"]

  let tolerance: Double

  var made: [Channel] { Self.channels }

  func program(_ context: NodeContext) throws(NodeError) -> PointProgram {
    var program = PointProgram()
    let alpha = PointProgram.Source.input(0, .alpha)
    let scale = Float(1 / tolerance)
    program.set(
      made[0], program.add(BoundedAffine(scale, 0, low: 0, high: 1), [alpha])[0])
    program.set(
      made[1], program.add(BoundedAffine(scale, 1 - scale, low: 0, high: 1), [alpha])[0])
    return program
  }
}

/// What is something but not everything, as alpha.
private struct MatteBandPart: KeyOperator {
  var made: [Channel] { [.alpha] }

  func program(_ context: NodeContext) throws(NodeError) -> PointProgram {
    let ends = MatteEndsPart.channels
    return making(ProductWithComplement(), [.input(0, ends[0]), .input(0, ends[1])])
  }
}
