public import BipackGraph
import BipackKernels
import BipackPixels

/// Plays clips one after the other.
public struct AppendClip: PointNode {
  public static let abstract = """
    Plays clips one after the other, each from its own first to its last frame, with dissolves between \
    them and a fade at either end. A dissolve of n frames lets two clips overlap by n frames, in which \
    the later one has 1/(n+1), 2/(n+1) ... n/(n+1) of the picture; fades go the same way from and to \
    black, and transparent where there is an alpha. The format is that of the clip shown, the earlier one in a dissolve. Only \
    the clips shown are computed.
    """
  public static let category = "Time"
  public static let isMaskable = false

  @Inputs(1...64, "The clips, in order.")
  public var inputs

  @Param(
    """
    The first and the last frame of each clip, one pair after the other: [1001, 1048, 1, 24]. Empty: \
    each clip has the document's range.
    """)
  public var ranges: NumberList = []

  @Param(unit: .frames, "Frame at which the first clip begins; 0 is its own first frame.")
  public var firstFrame = 0.0

  @Param(0...100_000, unit: .frames, "Frames by which neighbours overlap and dissolve.")
  public var dissolve = 0

  @Param(0...100_000, unit: .frames, "Frames in which the first clip fades in.")
  public var fadeIn = 0

  @Param(0...100_000, unit: .frames, "Frames in which the last clip fades out.")
  public var fadeOut = 0

  @Param("What is shown before the beginning; `continue` plays what the first clip has there.")
  public var before = ClipEdge.hold

  @Param("What is shown after the end; `continue` plays what the last clip has there.")
  public var after = ClipEdge.hold

  public init() {}

  /// One clip on the time line.
  private struct Clip {
    var first: Double
    var last: Double
    /// Where its first frame is shown.
    var start: Double

    /// Its last frame on the time line.
    var end: Double { start + last - first }

    /// Its own frame at a moment of the time line.
    func frame(_ time: Double) -> Double { first + time - start }
  }

  /// What is shown: a clip, and perhaps the next one over it.
  private struct Shown {
    var clip: Int
    var frame: Double
    var next: (frame: Double, share: Double)?
    var gain: Double
  }

  private func clips(_ frames: ClosedRange<Int>, _ count: Int) throws(NodeError) -> [Clip] {
    let numbers = ranges.values
    guard numbers.isEmpty || numbers.count == 2 * count else {
      throw NodeError(
        "'ranges' has \(numbers.count) numbers; \(count) clips need \(2 * count), the first and last "
          + "frame of each")
    }
    var clips: [Clip] = []
    for index in 0..<count {
      let first = numbers.isEmpty ? Double(frames.lowerBound) : numbers[2 * index]
      let last = numbers.isEmpty ? Double(frames.upperBound) : numbers[2 * index + 1]
      guard first <= last, abs(first) < 1e9, abs(last) < 1e9 else {
        throw NodeError("clip \(index + 1) ends before it begins: \(first) to \(last)")
      }
      let overlaps = (index > 0 ? 1 : 0) + (index + 1 < count ? 1 : 0)
      guard dissolve * overlaps <= Int(last - first) + 1 else {
        throw NodeError(
          "clip \(index + 1) has \(Int(last - first) + 1) frames, too few for "
            + (overlaps == 2
              ? "dissolves of \(dissolve) frames at both ends" : "a dissolve of \(dissolve)"))
      }
      let start =
        clips.last.map { $0.end + 1 - Double(dissolve) } ?? (firstFrame == 0 ? first : firstFrame)
      clips.append(Clip(first: first, last: last, start: start))
    }
    return clips
  }

  /// Nil is black.
  private func shown(_ frame: Double, _ frames: ClosedRange<Int>) throws(NodeError) -> Shown? {
    let clips = try clips(frames, inputs.slots.count)
    guard let begin = clips.first?.start, let end = clips.last?.end else { return nil }
    let edge = frame < begin ? before : after
    guard let time = edge.frame(frame, first: begin, last: end) else { return nil }
    let index = clips.lastIndex { $0.start <= time } ?? 0
    var shown = Shown(clip: index, frame: clips[index].frame(time), gain: 1)
    // Between the last frame of one clip and the first of the next it stands still.
    if index + 1 < clips.count { shown.frame = min(shown.frame, clips[index].last) }
    if index > 0, dissolve > 0, time < clips[index - 1].end + 1 {
      let share = min((time - clips[index].start + 1) / Double(dissolve + 1), 1)
      let earlier = clips[index - 1]
      shown = Shown(
        clip: index - 1, frame: min(earlier.frame(time), earlier.last),
        next: (shown.frame, share), gain: 1)
    }
    for (depth, fade) in [(time - begin, fadeIn), (end - time, fadeOut)] where fade > 0 {
      shown.gain *= max(0, min(1, (depth + 1) / Double(fade + 1)))
    }
    return shown
  }

  public func inputFrames(_ context: FrameContext) -> [InputFrame] {
    guard let first = inputs.slots.first else { return [] }
    guard let shown = try? shown(context.frame, context.frames) else {
      return [InputFrame(slot: first, frame: context.frame)]
    }
    let frame = InputFrame(slot: first + shown.clip, frame: shown.frame)
    guard let next = shown.next else { return [frame] }
    return [frame, InputFrame(slot: first + shown.clip + 1, frame: next.frame)]
  }

  public func spec(_ context: NodeContext) throws(NodeError) -> ImageSpec {
    _ = try shown(context.frame, context.frames)
    return context.inputs.joined(or: context.main)
  }

  public func identity(_ context: NodeContext) -> Int? {
    guard let shown = try? shown(context.frame, context.frames) else { return nil }
    return shown.next == nil && shown.gain == 1 ? 0 : nil
  }

  public func program(_ context: NodeContext) throws(NodeError) -> PointProgram {
    var program = PointProgram()
    let shown = try shown(context.frame, context.frames)
    for channel in try spec(context).channels {
      guard let shown else {
        program.set(channel, .constant(0))
        continue
      }
      let planes = context.planes(channel)
      var plane = planes[0]
      if let next = shown.next { plane = program.add(Lerp(Float(next.share)), planes)[0] }
      if shown.gain != 1 { plane = program.add(Affine(Float(shown.gain), 0), [plane])[0] }
      program.set(channel, plane)
    }
    return program
  }
}
