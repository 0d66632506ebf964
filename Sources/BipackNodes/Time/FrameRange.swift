public import BipackGraph

/// Says where a clip begins and ends.
public struct FrameRange: TimeNode {
  public static let abstract = """
    Says where a clip begins and ends and what it is outside: its nearest frame, repeated, bounced, \
    black, or whatever the input has there. Equal first and last frames mean the document's range; a last frame left at 0 means its end.
    """
  public static let category = "Time"

  @Input("The clip.")
  public var source

  @Param(unit: .frames, "First frame of the clip.")
  public var firstFrame = 0.0

  @Param(unit: .frames, "Last frame of the clip.")
  public var lastFrame = 0.0

  @Param("What the clip is before its first frame.")
  public var before = ClipEdge.continue

  @Param("What the clip is after its last frame.")
  public var after = ClipEdge.continue

  public init() {}

  public func sourceFrame(_ context: FrameContext) -> Double? {
    let (first, last) = clipRange(firstFrame, lastFrame, context)
    return (context.frame < first ? before : after).frame(context.frame, first: first, last: last)
  }
}
