public import BipackGraph
import BipackKernels
public import BipackPixels

/// Softens a picture along the edge of its matte only.
public struct EdgeBlur: CompositeNode {
  public static let abstract = """
    Softens a picture where its matte has an edge, and leaves the rest sharp: it is mixed with its blur by \
    the steepness of the matte, blurred alike and times `edgeMult` (Nuke's EdgeBlur). The blurred edge can \
    be tinted and brightened. On a composite give the matte of what lies on top.
    """
  public static let category = "Keying"

  @Input("The picture to soften, premultiplied.")
  public var source

  @Input(
    "The matte with the edge; the source's own when nothing is connected.",
    optional: true, matte: true)
  public var matte

  @Param("Channels to soften.")
  public var channels: ChannelSet = .all

  @Param(0...largestFilterSize, unit: .pixels, "Diameter of the blur; larger is softer.")
  public var size = 3.0

  @Param("Shape of the blur.")
  public var filter = BlurFilter.gaussian

  @Param(0..., "How strong the edge counts: larger makes what is softened wider and more so.")
  public var edgeMult = 2.0

  @Param("Multiplies the red, green and blue of the softened edge.")
  public var tint: ColorValue = 1

  @Param("Multiplies all channels of the softened edge.")
  public var brightness = 1.0

  public init() {}

  public func identity(_ context: NodeContext) -> Int? {
    shape(context).isIdentity || edgeMult == 0
      || channels.select(from: context.main.channels).isEmpty ? source.slot : nil
  }

  private func shape(_ context: NodeContext) -> BlurShape {
    BlurShape(
      filter, Vec2(size, size), .black, pixelAspect: context.main.format.pixelAspect)
  }

  public func spec(_ context: NodeContext) throws(NodeError) -> ImageSpec {
    var spec = context.main
    spec.dataWindow = shape(context).dataWindow(spec, cropToFormat: true)
    return spec
  }

  public func expand(_ graph: inout Expansion, _ context: NodeContext) throws(NodeError)
    -> Expansion.Ref
  {
    var slope = EdgeDetect()
    (slope.channels, slope.blurSize, slope.multiChannel) = (.alpha, Vec2(size, size), .separate)
    var blur = Blur()
    (blur.channels, blur.size, blur.filter) = (channels, Vec2(size, size), filter)
    blur.edge = .nearest
    let edge = graph.add(slope, [.input(context.spec(matte) == nil ? source.slot : matte.slot)])
    var mix = EdgeMixPart()
    (mix.edge, mix.tint, mix.brightness, mix.channels) = (edgeMult, tint, brightness, channels)
    return graph.add(mix, [graph.add(blur, [.input(source.slot)]), .input(source.slot), edge])
  }
}

/// A picture mixed with its blur by an edge. Inputs: blur, picture, edge in alpha.
private struct EdgeMixPart: PointOperator {
  var edge = 1.0
  var tint: ColorValue = 1
  var brightness = 1.0
  var channels = ChannelSet.all

  func program(_ context: NodeContext) throws(NodeError) -> PointProgram {
    var program = PointProgram()
    let share = program.add(BoundedAffine(Float(edge), 0, low: 0, high: 1), [.input(2, .alpha)])[0]
    for channel in channels.select(from: context.main.channels) {
      let slot = channel.slot ?? 3
      let kernel = Mix(gain: Float((slot < 3 ? tint[slot] : 1) * brightness))
      program.set(
        channel, program.add(kernel, [.input(1, channel), .input(0, channel), share])[0])
    }
    return program
  }

  private struct Mix: PointKernel {
    let gain: Float

    func apply(_ strip: borrowing Strip) {
      let (sharp, soft, share) = (strip.input(0), strip.input(1), strip.input(2))
      var out = strip.output(0)
      for i in 0..<strip.count { out[i] = sharp[i] + share[i] * (gain * soft[i] - sharp[i]) }
    }
  }
}
