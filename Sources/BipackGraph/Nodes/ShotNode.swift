/// A node that measures a range of frames: statistics of a shot, its cuts, tracks, grain.
///
/// It looks at the frames one by one and keeps a note of each: a few numbers, never pixels. From the notes of
/// all frames come the values. Notes are kept by what they have seen: ten more frames cost ten frames, and
/// where frames build on each other (`order`) a picture that changes costs those from there on.
///
/// What it measures does not depend on the frame that is rendered, nor on a proxy: it looks at whole
/// pictures, and values in pixels are those of the full size.
public protocol ShotNode: ValueNode {
  /// Which frames, and where the values are kept beside the document.
  var shot: ShotRange { get set }
  /// Which note each builds on, of a range. On none by default: frames are then looked at several at a
  /// time.
  func order(_ frames: ClosedRange<Int>) throws(NodeError) -> NoteOrder
  /// The node with those parameters at their defaults that notes do not depend on, so that a change of them
  /// measures nothing again. By default the node itself.
  var noting: Self { get }
  /// The note of one frame. `before` is the one it builds on; nil at the frame where they begin, and always
  /// where frames are independent. Called only if `verify` refuses nothing.
  func note(_ task: borrowing DataTask, after before: ValueData?) throws(NodeError) -> ValueData
  /// The values, from the notes of all frames in order.
  func values(_ notes: [FrameNote]) throws(NodeError) -> [String: ValueData]
}

extension ShotNode {
  public var role: OperatorRole { .shot(self) }
  public func order(_ frames: ClosedRange<Int>) throws(NodeError) -> NoteOrder { .independent }
  public var noting: Self { self }
  public func filesRead(_ context: NodeContext) throws(NodeError) -> [String] {
    shot.path(context).map { [$0] } ?? []
  }
}

/// Which note each of a shot builds on.
public enum NoteOrder: Hashable, Sendable {
  /// On none.
  case independent
  /// On that of the frame before.
  case forward
  /// Away from a frame, on that of its neighbour towards it: a tracker goes both ways from its reference.
  case outward(from: Int)

  /// The frame whose note that of `frame` builds on.
  public func before(_ frame: Int, in frames: ClosedRange<Int>) -> Int? {
    let before: Int? =
      switch self {
      case .independent: nil
      case .forward: frame - 1
      case .outward(let start): frame == start ? nil : frame > start ? frame - 1 : frame + 1
      }
    return before.flatMap { frames.contains($0) ? $0 : nil }
  }

  /// The frames so that each comes after the one it builds on.
  package func sequence(_ frames: ClosedRange<Int>) -> [Int] {
    guard case .outward(let start) = self, frames.contains(start) else { return Array(frames) }
    return Array(start...frames.upperBound) + (frames.lowerBound..<start).reversed()
  }
}

/// What a shot node keeps of a frame.
public struct FrameNote: Hashable, Sendable {
  public var frame: Int
  public var note: ValueData

  public init(frame: Int, note: ValueData) {
    self.frame = frame
    self.note = note
  }
}

extension [FrameNote] {
  /// A value over frames: `{ "keys": [[frame, value], ...] }`.
  public func curve(_ value: (ValueData) -> ValueData) -> ValueData {
    KeyedValue(map { KeyedValue.Key(Double($0.frame), value($0.note)) }).data
  }
}

/// The frames a shot node looks at, and its file.
public struct ShotRange: ParamGroup {
  @Param(
    "First and last frame looked at; empty is the range of the document. It, the sidecar and what is done with the notes of all frames are read once, at the first frame of the document."
  )
  public var range: NumberList = []

  @Param(
    "A file beside the document, called .json, that keeps the values: written when they were measured, and used instead of measuring while the pictures and the parameters stay the same."
  )
  public var sidecar: FilePath = ""

  public init() {}

  /// The frames, of a document with `frames`.
  public func frames(_ frames: ClosedRange<Int>) throws(NodeError) -> ClosedRange<Int> {
    if range.values.isEmpty { return frames }
    let whole = range.values.compactMap(Int.init(exactly:))
    guard whole.count == 2, range.values.count == 2, whole[0] <= whole[1],
      whole.allSatisfy({ abs(Double($0)) <= LinkTime.furthestFrame }),
      whole[1] - whole[0] < Self.mostFrames
    else {
      throw NodeError(
        "range: expected the first and the last frame, [1001, 1100], at most \(Self.mostFrames) frames"
      )
    }
    return whole[0]...whole[1]
  }

  /// More are a mistake.
  public static let mostFrames = 100_000

  /// The file, if one is named.
  public func file(_ context: NodeContext) throws(NodeError) -> String? {
    if !sidecar.text.isEmpty, !sidecar.text.hasSuffix(".json") {
      throw NodeError("sidecar: '\(sidecar.text)' is not called .json")
    }
    return path(context)
  }

  fileprivate func path(_ context: NodeContext) -> String? {
    if sidecar.text.isEmpty { return nil }
    let name = sidecar.text(ofView: context.viewName ?? "main")
    return PlainPath.join(context.settings.directory, name)
  }
}
