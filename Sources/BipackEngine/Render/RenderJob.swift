public import BipackGraph

/// What to render: which frames of which outputs of a document.
public struct RenderJob: Sendable {
  public var comp: Comp
  public var frames: [Int]
  /// Nodes to render, by id; every sink of the document when nil.
  public var outputs: [Int]?
  /// Renders at 1/`proxy` of the size.
  public var proxy: Double
  /// Goes on with the other frames after one failed.
  public var continues: Bool

  public init(
    _ comp: Comp, frames: [Int]? = nil, outputs: [Int]? = nil, proxy: Double = 1,
    continues: Bool = false
  ) {
    self.comp = comp
    self.frames = frames ?? Array(comp.frames)
    self.outputs = outputs
    self.proxy = proxy
    self.continues = continues
  }
}

/// What happens during a render, in order for each frame; frames may interleave.
public enum RenderEvent: Sendable {
  case started(frames: [Int], outputs: [String])
  case frameFinished(FrameReport)
  case frameFailed(frame: Int, RenderError)
  case finished(RenderSummary)
}

/// What one frame took.
public struct FrameReport: Sendable {
  public var frame: Int
  /// Files written, complete.
  public var paths: [String]
  /// From start to finish, planning and waiting for memory included.
  public var seconds: Double
  public var planSeconds: Double
  /// The most pixel memory the plan said it would need.
  public var peakBytes: Int
  public var passes: [PassReport]
}

/// How a render ended.
public struct RenderSummary: Sendable {
  public var rendered = 0
  public var failures: [RenderError] = []
  public var isCancelled = false
  public var seconds = 0.0
  /// The most memory pixels took at one time, in bytes: blocks and scratch.
  public var peakBytes = 0
  public var cacheHits = 0
}
