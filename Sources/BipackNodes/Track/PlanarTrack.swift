public import BipackGraph
public import BipackKernels
import BipackPixels

/// Follows a flat thing through a shot by its texture.
public struct PlanarTrack: FollowingNode {
  public static let abstract = """
    Follows a flat thing by its texture: a screen, a wall, a sign. Its corners are said in the reference frame, and the \
    texture inside is looked for in all others, between pixels, with the perspective, brightness and blur they \
    have; errors do not add up, since every frame is compared with the reference. What passes in front is found and left out, \
    as long as it hides less than about half; `exclude` leaves out more. Four corners drive a CornerPin: \
    `"to1": {"from": "planarTrack.corner1"}`; `matrix` drives a Stabilize. As an image it passes its input on.
    """
  public static let category = "Track"

  @Input("The shot.")
  public var source

  @Input("What passes in front, and is not looked at, in every frame.", optional: true, matte: true)
  public var exclude

  @Param(
    unit: .pixels,
    "The corners of the region in the reference frame, in order around it, three or more, without notches: [[x, y], ...]."
  )
  public var corners: Points = []

  @Param("How the region may move; a flat thing before a camera moves by a homography.")
  public var motion = MotionModel.homography

  @Param(
    1...1024, unit: .pixels, "How far the region may move from one frame to the next.")
  public var search = 60.0

  @Params public var reference = TrackReference()
  @Params public var shot = ShotRange()

  public init() {}

  public static let values: [ValuePort] =
    RegionNote.values + [
      ValuePort("corners", .points, overFrames: true, "Where the corners are.")
    ]
    + (1...4).map { number in
      ValuePort(
        "corner\(number)", .vector(2), overFrames: true,
        "Where corner \(number) is" + (number == 4 ? "; of three corners, the third." : "."))
    }

  public var excluded: InputPort? { exclude }

  public func verify(_ context: NodeContext) throws(NodeError) {
    try TrackedFrames.verify(context)
    if corners.points.count < 3 {
      throw NodeError(
        "corners: a region has three corners or more, [[x, y], ...]; there "
          + (corners.points.count == 1 ? "is 1" : "are \(corners.points.count)"))
    }
  }

  public func note(_ task: borrowing DataTask, after before: ValueData?) throws(NodeError)
    -> ValueData
  {
    guard let note = before.flatMap(RegionNote.init) else {
      return RegionNote(outline: corners.points).data
    }
    return try note.followed(RegionTracker(motion, search: search), task).data
  }

  public func values(_ notes: [FrameNote]) throws(NodeError) -> [String: ValueData] {
    var values = RegionNote.values(notes)
    func corners(_ data: ValueData) -> [Vec2] { RegionNote(data)?.corners ?? [] }
    values["corners"] = notes.curve { Points(corners($0)).data }
    for number in 1...4 {
      values["corner\(number)"] = notes.curve { data in
        let corners = corners(data)
        return (corners.isEmpty ? Vec2(0, 0) : corners[min(number, corners.count) - 1]).data
      }
    }
    return values
  }
}
