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

/// When and how long a shutter is open.
public struct Shutter: ParamGroup {
  @Param(0...64, unit: .frames, "How long the shutter is open.")
  public var shutter = 0.5

  @Param("When the shutter opens, relative to the frame.")
  public var shutterOffset = ShutterOffset.centered

  @Param(unit: .frames, "When the shutter opens if `shutterOffset` is custom.")
  public var shutterCustomOffset = 0.0

  public static let conditions: [ParamCondition] = [
    .only("shutterOffset", "shutterCustomOffset", with: "shutter"),
    .only("shutterCustomOffset", where: "shutterOffset", is: "custom"),
  ]

  public init() {}

  init(_ offset: ShutterOffset) { shutterOffset = offset }

  /// The moments of a motion blur of this quality, of which 1 is 20, in frames from the frame; none when there is no blur.
  func offsets(quality: Double) -> [Double] {
    let count = Int((min(quality, 16) * 20).rounded())
    return count > 1 && shutter > 0 ? offsets(count) : []
  }

  /// Offsets in frames, the middles of `count` equal parts of the open time.
  func offsets(_ count: Int) -> [Double] {
    let start =
      switch shutterOffset {
      case .centered: -shutter / 2
      case .start: 0.0
      case .end: -shutter
      case .custom: shutterCustomOffset
      }
    return (0..<count).map { start + shutter * (Double($0) + 0.5) / Double(count) }
  }
}

/// The blur of what moves while a shutter is open.
public struct MotionBlur: ParamGroup {
  @Param(
    0...16,
    """
    Quality of motion blur: 0 is off, 1 averages 20 moments. The transforms before it in the chain are blurred with it, \
    by its shutter; those after it stand still.
    """)
  public var motionBlur = 0.0

  @Params public var timing = Shutter()

  public static let conditions: [ParamCondition] = [
    .only("shutter", "shutterOffset", "shutterCustomOffset", with: "motionBlur")
  ]

  public init() {}

  /// The moments averaged, in frames from the frame; none when there is no blur.
  var offsets: [Double] { timing.offsets(quality: motionBlur) }
}
