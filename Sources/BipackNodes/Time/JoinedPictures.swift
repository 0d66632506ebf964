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
