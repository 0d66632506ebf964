import Bipack

/// JSON lines for programs: every line is one object with an `event`.
///
/// Where the document has a table, what is about a frame names its `row`, too; `start` has all `rows`.
///
/// `start` (graph format version, frames, outputs), `frame` (number, files, seconds), `upToDate`
/// (number, files), `skipped` (number of a frame at which every writer is disabled), `outdated` (number,
/// file, reasons), `measuring` (node, frames done), `shot` (node, frames measured and reused, sidecar), `warning` and `error` (what, where), `stats`, `done` (counts and the exit code). New
/// members may be added; the ones there are stay.
final class EventStream: Progress {
  private let counts = Locked((graph: "", done: 0, total: 0))

  /// What follows is about this graph.
  func begin(_ graph: String) { counts.withLock { $0 = (graph, 0, 0) } }

  private func send(_ name: String, _ members: [(String, JSONOut)]) {
    Terminal.output.line(JSONOut.object([("event", .string(name))] + members).line)
  }

  func handle(_ event: RenderEvent) {
    switch event {
    case .started(let rows, let frames, let outputs):
      counts.withLock { $0.total = max(1, rows.count) * frames.count }
      var members: [(String, JSONOut)] = [
        ("version", 1), ("bipack", .string(bipackVersion)),
        ("graph", .string(counts.withLock { $0.graph })),
        ("frames", .array(frames.map(JSONOut.int))),
        ("outputs", .array(outputs.map(JSONOut.string))),
      ]
      if !rows.isEmpty { members.append(("rows", .array(rows.map(JSONOut.int)))) }
      send("start", members)
    case .frameFinished(let report):
      let (done, total) = step()
      send(
        "frame",
        report.frame.members + [
          ("done", .int(done)), ("total", .int(total)),
          ("seconds", .double(report.seconds)), ("peakBytes", .int(report.peakBytes)),
          ("files", .array(report.paths.map(JSONOut.string))),
        ])
    case .frameFailed(let frame, let error):
      let (done, total) = step()
      send(
        "error",
        [("kind", .string(Self.name(error.kind)))] + frame.members + [
          ("done", .int(done)), ("total", .int(total)), ("node", .string(error.path)),
          ("message", .string(error.message)),
        ])
    case .warning(let warning):
      send(
        "warning",
        JobFrame.members(warning.row) + [
          ("frame", .double(warning.frame)), ("node", .string(warning.path)),
          ("message", .string(warning.message)),
        ])
    case .frameUpToDate(let frame, let paths):
      let (done, total) = step()
      send(
        "upToDate",
        frame.members + [
          ("done", .int(done)), ("total", .int(total)),
          ("files", .array(paths.map(JSONOut.string))),
        ])
    case .frameSkipped(let frame):
      let (done, total) = step()
      send("skipped", frame.members + [("done", .int(done)), ("total", .int(total))])
    case .frameOutdated(let frame, let files):
      for file in files {
        send(
          "outdated",
          frame.members + [
            ("node", .string(file.node)), ("file", .string(file.path)),
            ("reasons", .array(file.reasons.map(JSONOut.string))),
          ])
      }
    case .measuring(let path, let done, let count):
      send(
        "measuring", [("node", .string(path)), ("done", .int(done)), ("total", .int(count))])
    case .shotMeasured(let report): shot(report)
    case .finished: break
    }
  }

  func shot(_ report: ShotReport) {
    send(
      "shot",
      [
        ("node", .string(report.path)), ("measured", .int(report.measured)),
        ("reused", .int(report.reused)), ("seconds", .double(report.seconds)),
        ("sidecar", report.sidecar.map(JSONOut.string) ?? .null),
        ("unwritten", report.unwritten.map(JSONOut.string) ?? .null),
      ])
  }

  func warning(_ kind: String, _ message: String) {
    send("warning", [("kind", .string(kind)), ("message", .string(message))])
  }

  func end() {}

  private func step() -> (Int, Int) {
    counts.withLock {
      $0.done += 1
      return ($0.done, $0.total)
    }
  }

  /// Something wrong with, or odd in, the graph.
  func diagnostic(_ diagnostic: Diagnostic) {
    send(diagnostic.severity.rawValue, [("kind", "graph")] + diagnostic.members)
  }

  func stats(_ record: RenderRecord, _ summary: RenderSummary) {
    send("stats", record.members(summary))
  }

  func done(_ summary: RenderSummary, _ status: ExitStatus) {
    send(
      "done",
      [
        ("exitCode", .int(Int(status.rawValue))), ("rendered", .int(summary.rendered)),
        ("upToDate", .int(summary.upToDate)),
        ("failed", .int(summary.failures.count)), ("cancelled", .bool(summary.isCancelled)),
        (
          "files",
          .object([
            ("written", .int(summary.files.written)), ("upToDate", .int(summary.files.upToDate)),
            ("old", .int(summary.files.old)), ("missing", .int(summary.files.missing)),
          ])
        ),
        ("seconds", .double(summary.seconds)),
      ])
  }

  /// The end of a render that never began.
  func ended(_ failure: Failure) {
    if !failure.message.isEmpty {
      send("error", [("kind", "graph"), ("message", .string(failure.message))])
    }
    send(
      "done",
      [
        ("exitCode", .int(Int(failure.status.rawValue))), ("rendered", 0), ("failed", 0),
        ("cancelled", false), ("seconds", 0),
      ])
  }

  static func name(_ kind: NodeError.Kind) -> String {
    switch kind {
    case .invalid: "invalid"
    case .input: "input"
    case .storage: "storage"
    case .memory: "memory"
    }
  }
}

extension JobFrame {
  /// `row`, where there is one, and `frame`.
  var members: [(String, JSONOut)] { Self.members(row) + [("frame", .int(number))] }

  static func members(_ row: Int?) -> [(String, JSONOut)] {
    row.map { [("row", .int($0))] } ?? []
  }
}

extension Diagnostic {
  /// For `--events` and `check --json`.
  var members: [(String, JSONOut)] {
    var members: [(String, JSONOut)] = [
      ("file", .string(file)), ("line", .int(line)), ("column", .int(column)),
      ("path", .string(path)), ("message", .string(message)),
    ]
    if let expected { members.append(("expected", .string(expected))) }
    if let suggestion { members.append(("suggestion", .string(suggestion))) }
    return members
  }
}
