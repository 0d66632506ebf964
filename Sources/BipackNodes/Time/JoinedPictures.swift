import BipackGraph
import BipackPixels

// Pictures that are shown as one: frames of a clip, clips of a cut.

extension [ImageSpec?] {
  /// The first, over the data windows of all and with everybody's channels.
  func joined(or fallback: ImageSpec) -> ImageSpec {
    let there = compactMap { $0 }
    guard var spec = there.first else { return fallback }
    for other in there.dropFirst() {
      spec.dataWindow = spec.dataWindow.union(other.dataWindow)
      spec.add(other.channels)
    }
    return spec
  }
}

extension NodeContext {
  /// A channel of every input, in their order.
  func planes(_ channel: Channel) -> [PointProgram.Source] {
    inputs.enumerated().map { .plane(channel, of: $1, in: $0) }
  }
}
