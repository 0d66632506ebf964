public import BipackGraph

/// The frame that others are compared with: given, or left to the node.
public enum ReferenceFrame: Value, Hashable {
  case unset
  case at(Double)

  public static var kind: ValueKind { .number }

  public init?(_ data: ValueData) {
    switch data {
    case .number(let frame): self = .at(frame)
    case .array([]): self = .unset
    default: return nil
    }
  }

  /// No numbers stand for none.
  public var data: ValueData {
    switch self {
    case .unset: .array([])
    case .at(let frame): .number(frame)
    }
  }
}

/// Where a tracker begins, and the frames it looks at together.
public struct TrackReference: ParamGroup {
  @Param(
    unit: .frames,
    "The frame at which what is followed is said, a whole number inside the range. From there it is followed forwards and backwards. When not given, the first frame of the range."
  )
  public var referenceFrame = ReferenceFrame.unset

  public init() {}

  func frame(in frames: ClosedRange<Int>) throws(NodeError) -> Int {
    guard case .at(let wanted) = referenceFrame else { return frames.lowerBound }
    guard let frame = Int(exactly: wanted), frames.contains(frame) else {
      throw NodeError(
        "referenceFrame: expected a whole frame inside the range, \(frames.lowerBound) to "
          + "\(frames.upperBound); it is \(Wording.number(wanted))"
      )
    }
    return frame
  }

  func order(_ frames: ClosedRange<Int>) throws(NodeError) -> NoteOrder {
    .outward(from: try frame(in: frames))
  }

  /// The source at the frame, at the frame whose note it builds on, and at the reference; then the same of what
  /// is left out, where that is connected.
  func inputFrames(_ context: FrameContext, _ shot: ShotRange, excluded: InputPort?)
    -> [InputFrame]
  {
    let frame = context.frame
    var frames = [frame, frame, frame]
    if let range = try? shot.frames(context.frames), let start = try? self.frame(in: range),
      let whole = Int(exactly: frame)
    {
      let before = NoteOrder.outward(from: start).before(whole, in: range)
      frames = [frame, Double(before ?? whole), Double(start)]
    }
    var slots = [0]
    if let excluded, excluded.slot < context.connected.count, context.connected[excluded.slot] {
      slots.append(excluded.slot)
    }
    return slots.flatMap { slot in frames.map { InputFrame(slot: slot, frame: $0) } }
  }
}
