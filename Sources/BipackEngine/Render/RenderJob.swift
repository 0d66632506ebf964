public import BipackGraph

/// What to render: which frames of which outputs of a document.
public struct RenderJob: Sendable {
  /// The comp; of a document with a table, one for each row that is rendered. Those differ in nothing but
  /// the values that come from the table.
  public let comps: [Comp]
  /// The frames, of every row the same.
  public var frames: [Int]
  /// Nodes to render, by id; every sink of the document when nil.
  public var outputs: [Int]?
  /// Views to render, as places among the document's; all when nil.
  public var views: [Int]?
  /// Renders at 1/`proxy` of the size.
  public var proxy: Double
  /// Goes on with the other frames after one failed.
  public var continues: Bool
  /// Writes every frame. By default a file that was made from the same graph and the same inputs, and
  /// says so, stays as it is.
  public var isForced = false
  /// Says why files are written again (`RenderEvent.frameOutdated`).
  public var explains = false

  public init(
    _ comp: Comp, frames: [Int]? = nil, outputs: [Int]? = nil, proxy: Double = 1,
    continues: Bool = false
  ) {
    self.init(
      comps: [comp], frames: frames, outputs: outputs, proxy: proxy, continues: continues)
  }

  /// Rows of a document's table, as `Comp.loadRows` gives them; nil for none.
  public init?(
    rows comps: [Comp], frames: [Int]? = nil, outputs: [Int]? = nil, proxy: Double = 1,
    continues: Bool = false
  ) {
    if comps.isEmpty { return nil }
    self.init(
      comps: comps, frames: frames, outputs: outputs, proxy: proxy, continues: continues)
  }

  private init(comps: [Comp], frames: [Int]?, outputs: [Int]?, proxy: Double, continues: Bool) {
    self.comps = comps
    self.frames = frames ?? Array(comps[0].frames)
    self.outputs = outputs
    self.proxy = proxy
    self.continues = continues
  }

  /// The first of the comps: what is the same in all.
  public var comp: Comp { comps[0] }
  /// The numbers of the rows; empty for a document without a table.
  public var rows: [Int] { comps.compactMap { $0.row?.number } }
  /// How many frames there are to make, of all rows.
  public var count: Int { comps.count * frames.count }
}

/// What happens during a render, in order for each frame; frames may interleave.
public enum RenderEvent: Sendable {
  case started(rows: [Int], frames: [Int], outputs: [String])
  /// Files of a frame that will be written, with what is different about them; only if the job
  /// explains.
  case frameOutdated(frame: JobFrame, [OutdatedFile])
  /// Every file of the frame is there already, made from the same.
  case frameUpToDate(frame: JobFrame, paths: [String])
  case frameFinished(FrameReport)
  /// Every writer is disabled at this frame.
  case frameSkipped(frame: JobFrame)
  case frameFailed(frame: JobFrame, RenderError)
  /// Once for each node and what is wrong with it, at the first frame where it is.
  case warning(RenderWarning)
  /// So many frames of a shot node have been looked at, of so many.
  case measuring(path: String, done: Int, count: Int)
  /// The values of a shot node are there.
  case shotMeasured(ShotReport)
  case finished(RenderSummary)
}

/// A file that is not what the graph would make now.
public struct OutdatedFile: Hashable, Sendable {
  public var path: String
  /// The path of the node that writes it.
  public var node: String
  /// What is different, one thing each: `nodes.blur.size: 5.0 -> 7.0`.
  public var reasons: [String]
}

/// What one frame took.
public struct FrameReport: Sendable {
  public var frame: JobFrame
  /// Files written, complete.
  public var paths: [String]
  /// From start to finish, planning and waiting for memory included.
  public var seconds: Double
  public var planSeconds: Double
  /// The most pixel memory the plan said it would need.
  public var peakBytes: Int
  public var passes: [PassReport]
  /// What looks wrong in it.
  public var warnings: [RenderWarning] = []
}

/// What lies on disk of the files that a render is to make.
public struct FileCounts: Hashable, Sendable {
  /// Written by this render.
  public var written = 0
  /// There before, and made from the same.
  public var upToDate = 0
  /// There before, and neither looked at nor written, because something failed or was interrupted.
  public var old = 0
  public var missing = 0

  public init() {}
  public var total: Int { written + upToDate + old + missing }
}

/// How a render ended.
public struct RenderSummary: Sendable {
  public var rendered = 0
  /// Frames that were there already.
  public var upToDate = 0
  public var failures: [RenderError] = []
  /// The files the job is to make, as they lie on disk at the end.
  public var files = FileCounts()
  /// Writers that were disabled, by path, and at how many of the frames.
  public var disabled: [String: Int] = [:]
  /// Nothing was begun: the render would have written over its own inputs, or one file twice, or all
  /// writers are disabled. The failures say which.
  public var isRefused = false
  public var isCancelled = false
  public var seconds = 0.0
  /// The most memory pixels took at one time, in bytes: blocks and scratch.
  public var peakBytes = 0
  public var cacheHits = 0
  /// What the disk cache did, if there is one.
  public var disk: DiskCache.Counters?
}
