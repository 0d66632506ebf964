public import BipackGraph

/// Stops time.
public struct FrameHold: TimeNode {
  public static let abstract = """
    Shows one frame of the input at all times, or with an increment every so many frames the next: at \
    frame f it shows firstFrame + increment floor((f - firstFrame) / increment).
    """
  public static let category = "Time"

  @Input("The clip.")
  public var source

  @Param(unit: .frames, "The frame to hold.")
  public var firstFrame = 0.0

  @Param(0..., unit: .frames, "Frames each one is held for; 0 holds for ever.")
  public var increment = 0.0

  public init() {}

  public func sourceFrame(_ context: FrameContext) -> Double? {
    if increment <= 0 { return firstFrame }
    return firstFrame + increment * ((context.frame - firstFrame) / increment).rounded(.down)
  }
}
