public import BipackGraph
public import BipackKernels
import BipackPixels

/// What is followed from a reference frame both ways: Track, PlanarTrack, Align. Whole pictures are looked at.
public protocol FollowingNode: ShotNode {
  var reference: TrackReference { get }
  /// What is not looked at, if the node has such an input.
  var excluded: InputPort? { get }
}

extension FollowingNode {
  public var excluded: InputPort? { nil }

  public func order(_ frames: ClosedRange<Int>) throws(NodeError) -> NoteOrder {
    try reference.order(frames)
  }

  public func inputFrames(_ context: FrameContext) -> [InputFrame] {
    reference.inputFrames(context, shot, excluded: excluded)
  }

  public func demand(_ output: Demand, _ context: NodeContext) -> [Demand] {
    TrackedFrames.demand(context)
  }
}

/// What trackers have in common: the picture at the frame, at the one before and at the reference, and what is
/// left out of each.
struct TrackedFrames {
  static func channels(_ spec: ImageSpec) -> [Channel] { Channel.rgb.filter(spec.has) }

  /// All of every picture.
  static func demand(_ context: NodeContext) -> [Demand] {
    context.inputs.enumerated().map { index, spec in
      guard let spec else { return .none }
      return Demand(
        rect: spec.dataWindow, channels: index < 3 ? Set(channels(spec)) : [.alpha])
    }
  }

  static func verify(_ context: NodeContext) throws(NodeError) {
    try context.checkHasPicture()
    if channels(context.main).isEmpty {
      throw NodeError("the picture has no red, green or blue to follow")
    }
  }

  let image: Image
  let before: Image?
  let reference: Image
  /// Of the three, where something is left out.
  private let excluded: [Image?]

  init(_ task: borrowing DataTask) throws(NodeError) {
    guard let image = task.input(0), let reference = task.input(2) else { throw .nothingToMeasure }
    self.image = image
    self.reference = reference
    before = task.input(1)
    excluded = [task.input(3), task.input(4), task.input(5)]
  }

  private func gray(_ image: Image, _ place: Int, _ task: borrowing DataTask) -> GrayPicture {
    GrayPicture(
      image, image.dataWindow, levels: RegionTracker.sizes(for: reference.dataWindow),
      excluded: excluded[place].map { ($0, Channel.alpha) }, pool: task.pool, loops: task.loops)
  }

  /// The frame, the one before and the reference, in grey.
  func grays(_ task: borrowing DataTask) -> (
    now: GrayPicture, before: GrayPicture?, reference: GrayPicture
  ) {
    (gray(image, 0, task), before.map { gray($0, 1, task) }, gray(reference, 2, task))
  }
}

extension MotionModel: ParamChoice {}

extension Matrix3 {
  /// The same between pixels whose centres lie at halves, of one for whole numbers; and the other way.
  func shifted(by step: Double) -> Matrix3 {
    .translation(step, step) * self * .translation(-step, -step)
  }

  /// Its rows, 1 in the last place.
  var value: ValueData {
    let numbers = (normalized ?? self).m
    return .array((0..<3).map { .vector(Array(numbers[3 * $0..<3 * $0 + 3])) })
  }
}
