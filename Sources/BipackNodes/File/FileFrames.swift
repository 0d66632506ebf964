public import BipackGraph
import BipackIO

/// Which frames of a sequence on disk are shown when. Its node has a `missing` besides, which says what to use for
/// one that is not there.
public struct FileFrames: ParamGroup {
  /// What to use before the first and after the last frame on disk.
  public enum OutsideRange: String, ParamChoice {
    case error, hold, loop, bounce, black
  }

  @Param(
    unit: .frames, "Added to the file's frame numbers: 100 shows file frame 1 at frame 101.")
  public var offset = 0
  @Param(
    "First and last file frame to use; empty is what is on disk.")
  public var range: NumberList = []
  @Param(
    "Instead of frames before the first: an error, the first, the range looped or bounced, or black."
  )
  public var before = OutsideRange.error
  @Param(
    "Instead of frames after the last: an error, the last, the range looped or bounced, or black.")
  public var after = OutsideRange.error

  /// `missing` stands beside them in every node that reads a sequence.
  public static let conditions: [ParamCondition] = [
    .only(
      "offset", "range", "before", "after", "missing", where: "path", "the path has a frame: `####`"
    ) { path in
      guard case .string(let text) = path else { return true }
      return (try? FramePath(text))?.hasFrame ?? true
    }
  ]

  public init() {}
}
