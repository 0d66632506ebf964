public import BipackGraph
public import BipackKernels
import BipackPixels

/// Finds how each whole frame of a shot lies on a reference frame.
public struct Align: FollowingNode {
  public static let abstract = """
    Finds how every frame of a shot lies on a reference frame, between pixels: the motion of the camera, as far as the \
    picture is flat or far away. Brightness may change, and what moves by itself is found and left out as long as \
    it is less than about half of the picture; `exclude` leaves out more. Frames that no longer show what the \
    reference does are followed from frame to frame, at half the confidence. Pictures that do not belong together, at a cut, \
    have a confidence of 0. Values: the motion, which a Stabilize takes away or gives to another picture, how sure it \
    is, and the brightness. As an image it passes its input on.
    """
  public static let category = "Track"

  @Input("The shot.")
  public var source

  @Input("What moves by itself, and is not looked at, in every frame.", optional: true, matte: true)
  public var exclude

  @Param(
    unit: .pixels,
    "What is looked at in the reference frame: left, top, right, bottom, the last two excluded. All 0 is the whole picture."
  )
  public var area = Box(0, 0, 0, 0)

  @Param("How the picture may move.")
  public var motion = MotionModel.homography

  @Param(1...2048, unit: .pixels, "How far the picture may move from one frame to the next.")
  public var search = 120.0

  @Params public var reference = TrackReference()
  @Params public var shot = ShotRange()

  public init() {}

  public static let values: [ValuePort] = RegionNote.values

  public var excluded: InputPort? { exclude }

  private func rect(_ context: NodeContext) -> Rect {
    area.area(of: context.main.dataWindow).intersection(context.main.dataWindow)
  }

  public func verify(_ context: NodeContext) throws(NodeError) {
    try TrackedFrames.verify(context)
    let rect = rect(context)
    if rect.width < 16 || rect.height < 16 {
      throw NodeError(
        "there is too little to look at: \(rect.width) x \(rect.height) pixels of the picture; at least "
          + "16 x 16 are needed")
    }
  }

  public func note(_ task: borrowing DataTask, after before: ValueData?) throws(NodeError)
    -> ValueData
  {
    guard let note = before.flatMap(RegionNote.init) else {
      // The rim of a picture is often blanking.
      let rect = rect(task.context)
      let (x0, y0) = (Double(rect.x0) + 2, Double(rect.y0) + 2)
      let (x1, y1) = (Double(rect.x1) - 2, Double(rect.y1) - 2)
      return RegionNote(outline: [Vec2(x0, y0), Vec2(x1, y0), Vec2(x1, y1), Vec2(x0, y1)]).data
    }
    return try note.followed(RegionTracker(motion, search: search), task).data
  }

  public func values(_ notes: [FrameNote]) throws(NodeError) -> [String: ValueData] {
    RegionNote.values(notes)
  }
}
