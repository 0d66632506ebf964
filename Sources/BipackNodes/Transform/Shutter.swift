public import BipackGraph

/// When a shutter is open, relative to the frame.
public enum ShutterOffset: String, ParamChoice {
  /// Half before the frame, half after.
  case centered
  /// From the frame on.
  case start
  /// Up to the frame.
  case end
  /// From `shutterCustomOffset` on.
  case custom
}

/// The moments a motion blur averages.
struct Shutter {
  /// 0 is off; 1 takes 20 samples.
  var quality: Double
  var length: Double
  var offset: ShutterOffset
  var custom: Double

  /// Offsets in frames, the middles of equal parts of the open time; empty when there is no blur.
  var offsets: [Double] {
    let count = Int((min(quality, 16) * 20).rounded())
    guard count > 1, length > 0 else { return [] }
    let start =
      switch offset {
      case .centered: -length / 2
      case .start: 0.0
      case .end: -length
      case .custom: custom
      }
    return (0..<count).map { start + length * (Double($0) + 0.5) / Double(count) }
  }
}
