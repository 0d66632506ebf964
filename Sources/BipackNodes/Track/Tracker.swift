public import BipackGraph
import BipackKernels
import BipackPixels

/// Follows points through a shot.
public struct Tracker: FollowingNode {
  public static let typeName = "Track"
  public static let abstract = """
    Follows points through a shot, between pixels. The pattern around each point in the reference frame is looked for in \
    every other frame, so that errors do not add up; it may turn, stretch and change in brightness. A point that is \
    hidden has a confidence of 0, is guessed on for a few frames and looked for until it is seen again. Values: where \
    the points are, frame by frame, and the motion that takes their places in the reference frame to those in \
    each frame. `"translate": {"from": "track.position"}` moves things with a point, a Stabilize takes the \
    motion. Coordinates are pixels, (0, 0) the top left corner of the picture. As an image it passes its input on.
    """
  public static let category = "Track"

  /// How the pattern may change.
  public enum Warp: String, ParamChoice {
    case translation, similarity, affine
  }

  /// Which motion is made of the points.
  public enum Motion: String, ParamChoice {
    case auto, translation, similarity, affine, homography
  }

  @Input("The shot.")
  public var source

  @Param(unit: .pixels, "The points, [x, y] each, in the reference frame.")
  public var points: Points = []

  @Param(5...255, unit: .pixels, "The side of the square pattern around each point.")
  public var pattern = 31.0

  @Param(
    1...512, unit: .pixels,
    "How far a point may be from where it is expected, which is where it would be if it moved on as between the two frames before."
  )
  public var search = 40.0

  @Param("How the pattern may change: only move, turn and scale too, or stretch as well.")
  public var warp = Warp.affine

  @Param(
    "The motion that `matrix` is made of from all points seen: auto takes translation for one point, similarity for two and three, and homography for four and more."
  )
  public var motion = Motion.auto

  @Params public var reference = TrackReference()
  @Params public var shot = ShotRange()

  public init() {}

  public static let values: [ValuePort] = [
    ValuePort("position", .vector(2), overFrames: true, "Where the first point is."),
    ValuePort("positions", .points, overFrames: true, "Where all points are."),
    ValuePort("track", Track.kind, "The first point over all frames."),
    ValuePort(
      "confidence", .number, overFrames: true,
      "How sure the points are, from 0 to 1: the least of them."),
    ValuePort(
      "confidences", .list, overFrames: true,
      "Of each point: 1 is sure, a half followed from frame to frame only, 0 lost."),
    ValuePort(
      "errors", .list, overFrames: true,
      "Of each point: one standard deviation in pixels, as noise makes it; 0 where it is lost."),
    ValuePort(
      "matrix", .matrix(3), overFrames: true,
      "The motion of all points that are seen, from the reference frame to the frame; the last known one where too few are."
    ),
  ]

  /// Points are followed alike whatever is made of them.
  public var noting: Tracker {
    var copy = self
    copy.motion = .auto
    return copy
  }

  public func verify(_ context: NodeContext) throws(NodeError) {
    try TrackedFrames.verify(context)
    if points.points.isEmpty {
      throw NodeError("points: there is no point to follow, [[x, y], ...]")
    }
    let most = 1000
    if points.points.count > most {
      throw NodeError("points: \(points.points.count) points; at most \(most) are followed")
    }
  }

  public func note(_ task: borrowing DataTask, after before: ValueData?) throws(NodeError)
    -> ValueData
  {
    let known = before.map(PointNote.notes) ?? points.points.map { PointNote(origin: $0) }
    guard before != nil else { return PointNote.data(known) }
    let frames = try TrackedFrames(task)
    let tracker = PointTracker(pattern: pattern, search: search, model: model)
    let pool = task.pool
    let next = task.loops.map(known.count, otherwise: known[0]) { index in
      var note = known[index]
      note.state = tracker.follow(
        note.state,
        reference: .init(frames.reference, note.origin.x - 0.5, note.origin.y - 0.5),
        before: frames.before, in: frames.image, pool: pool)
      return note
    }
    return PointNote.data(next)
  }

  private var model: MotionModel {
    switch warp {
    case .translation: .translation
    case .similarity: .similarity
    case .affine: .affine
    }
  }

  public func values(_ notes: [FrameNote]) throws(NodeError) -> [String: ValueData] {
    let frames = notes.map { (frame: $0.frame, points: PointNote.notes($0.note)) }
    func curve(_ value: ([PointNote]) -> ValueData) -> ValueData {
      KeyedValue(frames.map { KeyedValue.Key(Double($0.frame), value($0.points)) }).data
    }
    func confidences(_ points: [PointNote]) -> [Double] { points.map(\.state.confidence) }
    let position = curve { $0.first?.position.data ?? Vec2(0, 0).data }
    let confidence = curve { .number($0.first?.state.confidence ?? 0) }
    var track = ValueData.object([])
    if let position = FrameCurve(position), let confidence = FrameCurve(confidence) {
      track = Track(position: position, confidence: confidence).data
    }
    return [
      "position": position, "positions": curve { Points($0.map(\.position)).data }, "track": track,
      "confidence": curve { .number(confidences($0).min() ?? 0) },
      "confidences": curve { .vector(confidences($0)) },
      "errors": curve {
        .vector($0.map { $0.state.confidence > 0 ? min($0.state.error, 1e6) : 0 })
      },
      "matrix": KeyedValue(try matrices(frames)).data,
    ]
  }

  private func matrices(_ frames: [(frame: Int, points: [PointNote])]) throws(NodeError)
    -> [KeyedValue.Key]
  {
    let count = frames.first?.points.count ?? 0
    // `auto` is none of them.
    let model =
      MotionModel(rawValue: motion.rawValue)
      ?? (count < 2 ? .translation : count < 4 ? .similarity : .homography)
    if count * 2 < model.unknowns {
      throw NodeError(
        "motion: \(motion.rawValue) needs at least \(model.unknowns / 2) points; there "
          + (count == 1 ? "is 1" : "are \(count)"))
    }
    let made = frames.map { frame in
      MotionFit.fit(
        model,
        frame.points.map { note in
          (
            from: (note.origin.x, note.origin.y), to: (note.position.x, note.position.y),
            weight: note.state.confidence
          )
        })
    }
    guard let first = made.firstIndex(where: { $0 != nil }) else {
      throw NodeError("motion: \(motion.rawValue) cannot be made of points that lie on a line")
    }
    var last = made[first] ?? .identity
    return zip(frames, made).map { frame, matrix in
      last = matrix ?? last
      return KeyedValue.Key(Double(frame.frame), last.value)
    }
  }
}

/// What is kept of a point at a frame.
struct PointNote {
  /// In the reference frame, the top left corner of the picture being (0, 0).
  var origin: Vec2
  var state: PointTracker.State

  init(origin: Vec2) {
    self.origin = origin
    state = PointTracker.State(x: origin.x - 0.5, y: origin.y - 0.5)
  }

  var position: Vec2 { Vec2(state.x + 0.5, state.y + 0.5) }

  private static let count = 14

  static func data(_ notes: [PointNote]) -> ValueData {
    .vector(
      notes.flatMap { note -> [Double] in
        let s = note.state
        return [note.origin.x, note.origin.y, s.x, s.y] + s.shape
          + [
            s.velocity.x, s.velocity.y, s.confidence, min(s.error, 1e6), s.quality,
            Double(s.misses),
          ]
      })
  }

  static func notes(_ data: ValueData) -> [PointNote] {
    let numbers = data.numbers ?? []
    return (0..<numbers.count / count).map { index in
      let n = Array(numbers[index * count..<(index + 1) * count])
      var note = PointNote(origin: Vec2(n[0], n[1]))
      (note.state.x, note.state.y, note.state.shape) = (n[2], n[3], Array(n[4..<8]))
      note.state.velocity = (n[8], n[9])
      (note.state.confidence, note.state.error, note.state.quality) = (n[10], n[11], n[12])
      note.state.misses = Int(exactly: n[13]) ?? 0
      return note
    }
  }
}
