public import BipackGraph

/// Moves a clip in time.
public struct TimeOffset: TimeNode {
  public static let abstract = """
    Moves a clip in time: at frame f it shows the input at f - timeOffset. Reversed, the clip first \
    runs backwards within the document's frame range.
    """
  public static let category = "Time"

  @Input("The clip.")
  public var source

  @Param(unit: .frames, "Frames to move by; positive is later.")
  public var timeOffset = 0.0

  @Param("Whether the clip runs backwards.")
  public var reverse = false

  public init() {}

  public func sourceFrame(_ context: FrameContext) -> Double? {
    let frame = context.frame - timeOffset
    if !reverse { return frame }
    return Double(context.frames.lowerBound) + Double(context.frames.upperBound) - frame
  }
}
