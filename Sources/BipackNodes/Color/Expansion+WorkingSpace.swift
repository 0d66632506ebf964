import BipackGraph
import BipackIO

extension Expansion {
  /// Changes the colours of `picture` by `processor`, which expects them in the colour space `space`:
  /// converted to it before and back after. An empty `space` is no conversion.
  mutating func apply(
    _ processor: ColorProcessor, to picture: Ref, in space: String, of config: ColorConfig,
    channels: ChannelSet, unpremult: Bool, _ context: NodeContext
  ) throws(NodeError) -> Ref {
    var steps = [processor]
    if !space.isEmpty {
      let scene = context.settings.workingSpace ?? config.workingSpace
      let (there, back) = (
        try colorTask { () throws(ColorError) in try config.convert(from: scene, to: space) },
        try colorTask { () throws(ColorError) in try config.convert(from: space, to: scene) }
      )
      steps = [there, processor, back]
    }
    var picture = picture
    for step in steps {
      picture = add(ColorPass(step, channels: channels, unpremult: unpremult), [picture])
    }
    return picture
  }
}
