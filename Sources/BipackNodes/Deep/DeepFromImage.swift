public import BipackGraph
import BipackKernels
public import BipackPixels

/// Makes a picture deep.
public struct DeepFromImage: DeepNode {
  public static let abstract = """
    Gives each pixel of a picture one sample, at a depth from a channel of the picture or at one for all. With a \
    back as well the samples are volumes. Pixels whose alpha is 0 get none. Expects premultiplied colour; a \
    picture with colour but without alpha is opaque.
    """
  public static let category = "Deep"

  @Input("The picture.")
  public var source

  @Param("The channels the samples have, besides A.")
  public var channels = ChannelSet.rgba

  @Param("Takes `z` as the depth of all samples instead of a channel.")
  public var specifyZ = false

  @Param("The depth of all samples; larger is further.")
  public var z = 1.0

  @Param("The channel with the depths: the first of these that is there.")
  public var depth: ChannelSet = "depth.Z Z"

  @Param("The channel with the depths at which samples end: they become volumes.")
  public var depthBack = ChannelSet.none

  @Param("Gives pixels whose alpha is 0 a sample too.")
  public var keepZeroAlpha = false

  public static let conditions: [ParamCondition] = [
    .only("z", with: "specifyZ"),
    .only("depth", "depthBack", where: "specifyZ", is: "false"),
  ]

  public init() {}

  /// Where each channel of the samples comes from.
  private func sources(_ context: NodeContext) throws(NodeError)
    -> [(channel: Channel, source: DeepMaking.Source)]
  {
    let spec = context.main
    var sources: [(channel: Channel, source: DeepMaking.Source)] = []
    for channel in channels.select(from: spec.channels)
    where channel != .alpha && channel != .z && channel != .zBack {
      sources.append((channel, .channel(channel)))
    }
    // Only a picture that has no colour either has nothing.
    sources.append(
      (.alpha, spec.has(.alpha) ? .channel(.alpha) : .constant(spec.channels.isEmpty ? 0 : 1)))
    if specifyZ { return sources + [(.z, .constant(Float(z)))] }
    sources.append((.z, .channel(try single(depth, "depth", spec))))
    if depthBack != .none, !depthBack.text.isEmpty {
      sources.append((.zBack, .channel(try single(depthBack, "depthBack", spec))))
    }
    return sources
  }

  private func single(_ set: ChannelSet, _ param: String, _ spec: ImageSpec) throws(NodeError)
    -> Channel
  {
    for word in set.words {
      if let found = spec.channels.first(where: word.matches) { return found }
    }
    let names = spec.channels.map { ChannelWord.quoted($0.name) }.joined(separator: ", ")
    throw NodeError(
      "\(param): the picture has none of '\(set.text)', only \(names.isEmpty ? "nothing" : names); \"specifyZ\": "
        + "true gives all samples one depth, z")
  }

  public func spec(_ context: NodeContext) throws(NodeError) -> ImageSpec {
    var spec = context.main
    let channels = try sources(context).map(\.channel)
    spec.channels = []
    spec.add(channels)
    spec.deep = DeepExtent(counts: SampleCounts(perPixel: 1, in: spec.dataWindow))
    return spec
  }

  public func demand(_ output: Demand, _ context: NodeContext) -> [Demand] {
    var demand = output
    demand.channels = [.alpha]
    for (channel, source) in (try? sources(context)) ?? [] where output.channels.contains(channel) {
      if case .channel(let from) = source { demand.channels.insert(from) }
    }
    return context.inputs.map { $0 == nil ? .none : demand }
  }

  public var takesRoom: Bool { false }

  public func kernel(_ context: NodeContext) throws(NodeError) -> any DeepKernel {
    let sources = try sources(context)
    let alpha = keepZeroAlpha ? nil : sources.first { $0.channel == .alpha }?.source
    return Kernel(making: DeepMaking(sources, alpha: alpha))
  }

  private struct Kernel: DeepKernel {
    let making: DeepMaking

    func tile(_ task: borrowing DeepTask) throws(NodeError) -> DeepTile {
      // Where nothing but constants is asked for, no pixel of the picture was.
      let image = task.input(0) ?? Image(spec: .nothing(task.spec.format), grid: task.pool.grid)
      return making.tile(of: image, task.rect, channels: task.channels, task.pool)
    }
  }
}
