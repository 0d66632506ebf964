import BipackGraph
import BipackPixels

extension FrameGraphBuilder {
  /// Whether every name in the channel sets of a node, as the document has them, is there: in one of its
  /// inputs, or in what it makes.
  func checkChannels(_ moment: Moment, _ visit: Visit, _ inputs: [Int?], made: ImageSpec?)
    throws(RenderError)
  {
    let source = comp.nodes[moment.node]
    let names = source.namedChannels
    if names.isEmpty { return }
    var all = made ?? ImageSpec(format: comp.format, channels: [])
    for (frame, input) in zip(visit.frames, inputs) {
      if let spec = graph.spec(input) {
        all.add(spec.channels)
      } else if frame.slot < source.inputs.count, source.inputs[frame.slot] != nil {
        // A picture that comes to nothing has no channels to be known.
        return
      }
    }
    for name in names {
      guard case .string(let text)? = NodeDeclaration.value(name, of: visit.resolved.node),
        let word = ChannelSet(text).unmatched(in: all.channels)
      else { continue }
      throw RenderError(
        NodeError(name, hasNo: word, in: all.channels), path: source.path, frame: moment.frame)
    }
  }
}
