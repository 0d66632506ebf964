import BipackGraph
import BipackPixels

/// How the values of a shot came about.
public struct ShotReport: Sendable {
  /// The path of the shot node.
  public var path: String
  /// Frames looked at now, and those whose notes were there already.
  public var measured = 0
  public var reused = 0
  /// Whether the values were there as a whole: no note was asked for.
  public var isKnown = false
  /// The file beside the document, if the node names one.
  public var sidecar: String?
  /// Why the sidecar could not be written; the values are there all the same.
  public var unwritten: String?
  public var seconds = 0.0
  public var passes: [PassReport] = []

  init(path: String) { self.path = path }
}

/// What a job knows of the shots it measured: every one is asked for by many frames, and its pictures
/// are looked up once.
final class ShotLog: Sendable {
  private let known = Locked<[FrameGraphBuilder.Moment: MeasuredValues]>([:])
  private let report: @Sendable (ShotReport) -> Void
  private let progress: @Sendable (_ path: String, _ done: Int, _ count: Int) -> Void

  init(
    report: @escaping @Sendable (ShotReport) -> Void = { _ in },
    progress: @escaping @Sendable (String, Int, Int) -> Void = { _, _, _ in }
  ) {
    self.report = report
    self.progress = progress
  }

  func values(_ moment: FrameGraphBuilder.Moment) -> MeasuredValues? {
    known.withLock { $0[moment] }
  }

  func note(_ values: MeasuredValues, _ moment: FrameGraphBuilder.Moment, _ report: ShotReport) {
    known.withLock { $0[moment] = values }
    self.report(report)
  }

  func note(progress path: String, _ done: Int, of count: Int) { progress(path, done, count) }
}
