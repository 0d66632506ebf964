import BipackGraph

extension ImportedTrack {
  /// The track in Bipack's pixels and frames. Frames without a key in between are lost ones: their confidence is
  /// 0, as it is before the first and after the last.
  func track(_ axes: (x: Axis, y: Axis), shift: Double) -> Track? {
    let samples = ordered
    let position = FrameCurve(
      samples.map { ($0.frame + shift, [axes.x.place($0.x), axes.y.place($0.y)]) })
    guard let position, let confidence = Self.confidence(samples, shift) else { return nil }
    return Track(position: position, confidence: confidence)
  }

  /// By frame; of several on one frame the last.
  package var ordered: [Sample] {
    var byFrame: [Double: Sample] = [:]
    for sample in samples { byFrame[sample.frame] = sample }
    return byFrame.values.sorted { $0.frame < $1.frame }
  }

  /// The lines of keys whose frame comes again.
  var repeated: [Sample] {
    var last: [Double: Int] = [:]
    for (place, sample) in samples.enumerated() { last[sample.frame] = place }
    return samples.enumerated().filter { last[$1.frame] != $0 }.map(\.element)
  }

  private static func confidence(_ samples: [Sample], _ shift: Double) -> FrameCurve? {
    var keys: [KeyedValue.Key] = []
    func add(_ frame: Double, _ value: Double) {
      if keys.last?.value == .number(value) { return }
      keys.append(KeyedValue.Key(frame + shift, .number(value), .hold))
    }
    guard let first = samples.first else { return nil }
    add(first.frame - 1, 0)
    for (place, sample) in samples.enumerated() {
      add(sample.frame, sample.confidence ?? 1)
      let next = place + 1 < samples.count ? samples[place + 1].frame : .infinity
      if next > sample.frame + 1 { add(sample.frame + 1, 0) }
    }
    return FrameCurve(KeyedValue(keys).data)
  }
}
