import BipackGraph
import BipackPixels

/// Gives a matte without alpha one, from the channel its matte is in.
struct MatteAlpha: PointNode {
  static let abstract = "A matte's alpha."
  static let category = "Internal"
  static let isMaskable = false

  var channel = Channel.red

  init() {}

  init(channel: Channel) { self.channel = channel }

  init(from decoder: any Decoder) throws { self.init() }

  func hash(into hasher: inout StableHasher) { hasher.combine(channel.name) }

  func spec(_ context: NodeContext) throws(NodeError) -> ImageSpec {
    var spec = context.main
    spec.add([.alpha])
    return spec
  }

  func program(_ context: NodeContext) throws(NodeError) -> PointProgram {
    var program = PointProgram()
    program.set(.alpha, .input(0, channel))
    return program
  }
}
