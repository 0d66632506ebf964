import ArgumentParser
import Bipack

/// Which frames are meant.
struct RangeOption: ParsableArguments {
  @Option(
    name: [.customShort("F"), .customLong("frames")], parsing: .unconditional,
    help: ArgumentHelp(
      "Frames: 1001, 1001-1048, 1-100x2, 1-10,20,30-25; by default the graph's own.",
      valueName: "range"),
    transform: { try FrameList($0) })
  var list: FrameList?

  /// Those given, in their order, or the graph's own.
  func frames(of graph: Comp) throws -> [Int] {
    if let list { return list.frames }
    guard graph.frames.count <= FrameList.limit else {
      throw Failure(
        .usage,
        "the graph has \(graph.frames.count) frames; name those to render with -F, "
          + "at most \(FrameList.limit) at a time")
    }
    return Array(graph.frames)
  }
}
