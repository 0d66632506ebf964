import BipackGraph
import BipackKernels

/// What is kept of a region, or of a whole picture, at a frame.
struct RegionNote {
  /// The corners in the reference frame, the top left corner of the picture being (0, 0).
  var outline: [Vec2]
  /// Centres of pixels at whole numbers.
  var state = RegionTracker.State()

  /// Numbers before the outline's.
  private static let count = 33

  init(outline: [Vec2]) { self.outline = outline }

  init?(_ data: ValueData) {
    guard let n = data.numbers, n.count >= Self.count else { return nil }
    state.matrix = Matrix3(Array(n[0..<9]))
    (state.confidence, state.error, state.gain) = (n[9], n[10], n[11])
    (state.offset, state.overlap, state.inliers) = (n[12], n[13], n[14])
    (state.earlier, state.first) = (Matrix3(Array(n[15..<24])), Matrix3(Array(n[24..<33])))
    outline = stride(from: Self.count, to: n.count - 1, by: 2).map { Vec2(n[$0], n[$0 + 1]) }
  }

  var data: ValueData {
    let s = state
    let numbers = [s.confidence, min(s.error, 1e6), s.gain, s.offset, s.overlap, s.inliers]
    let motion = s.matrix.m + numbers + s.earlier.m + s.first.m
    return .vector(motion + outline.flatMap { [$0.x, $0.y] })
  }

  /// From the reference frame to the frame, centres of pixels at halves.
  var matrix: Matrix3 { state.matrix.shifted(by: 0.5) }

  var corners: [Vec2] {
    outline.map { corner in
      matrix.apply(corner.x, corner.y).map { Vec2($0.x, $0.y) } ?? corner
    }
  }

  /// The note of the next frame.
  func followed(_ tracker: RegionTracker, _ task: borrowing DataTask) throws(NodeError)
    -> RegionNote
  {
    let grays = try TrackedFrames(task).grays(task)
    var next = self
    next.state = tracker.follow(
      state, reference: grays.reference, outline: outline.map { ($0.x - 0.5, $0.y - 0.5) },
      before: grays.before, in: grays.now, loops: task.loops)
    return next
  }

  /// The values that regions and pictures have.
  static let values: [ValuePort] = [
    ValuePort(
      "matrix", .matrix(3), overFrames: true,
      "The motion from the reference frame to the frame, a homography; where it is lost the last one known."
    ),
    ValuePort(
      "confidence", .number, overFrames: true,
      "How sure it is, from 0 (lost) to 1; a half and less where it was followed from frame to frame only."
    ),
    ValuePort(
      "error", .number, overFrames: true,
      "One standard deviation of the middle, in pixels, as noise makes it; 0 where it is lost."),
    ValuePort(
      "gain", .number, overFrames: true,
      "How many times as bright as in the reference frame it is, in linear light."),
  ]

  static func values(_ notes: [FrameNote]) -> [String: ValueData] {
    func curve(_ value: (RegionNote) -> ValueData) -> ValueData {
      notes.curve { RegionNote($0).map(value) ?? .number(0) }
    }
    return [
      "matrix": curve { $0.matrix.value }, "confidence": curve { .number($0.state.confidence) },
      "error": curve { .number($0.state.confidence > 0 ? min($0.state.error, 1e6) : 0) },
      "gain": curve { .number($0.state.gain) },
    ]
  }
}
