import Bipack

/// What a render did, kept for the closing lines and `--stats`: of a frame a few numbers, the rest added
/// up, so that a long render does not grow.
final class RenderRecord: Sendable {
  private let state: Locked<State>
  private let outdated = Locked<[(frame: JobFrame, files: [OutdatedFile])]>([])

  /// - Parameter keepsFrames: Whether the tables of `--stats` are wanted.
  init(keepsFrames: Bool) {
    state = Locked(State(keepsFrames: keepsFrames))
  }

  func note(_ event: RenderEvent) {
    switch event {
    case .frameFinished(let report): state.withLock { $0.add(report) }
    case .shotMeasured(let report): state.withLock { $0.add(report.passes) }
    case .frameOutdated(let frame, let files): outdated.withLock { $0.append((frame, files)) }
    default: break
    }
  }

  /// What `--why` prints: for each writer, the reasons and the frames they hold for.
  func reasons() -> String {
    let all = outdated.withLock { $0 }.sorted { $0.frame < $1.frame }
    var groups: [(node: String, reasons: [String], frames: [JobFrame])] = []
    for (frame, files) in all {
      for file in files {
        let known = groups.lastIndex { $0.node == file.node }
        if let known, groups[known].reasons == file.reasons {
          groups[known].frames.append(frame)
        } else {
          groups.append((file.node, file.reasons, [frame]))
        }
      }
    }
    var text = ""
    for group in groups {
      guard let first = group.frames.first, let last = group.frames.last else { continue }
      text +=
        (first == last
          ? "\(first)"
          : first.row == nil
            ? "frames \(first.number) ... \(last.number) (\(group.frames.count))"
            : "\(first) ... \(last) (\(group.frames.count))")
        + " of nodes.\(group.node):\n"
      for reason in group.reasons { text += "  \(reason.printable)\n" }
    }
    return text
  }

  private struct Frame {
    var frame: JobFrame
    var seconds: Double
    var planSeconds: Double
    var peakBytes: Int
    var passes: Int
  }

  /// The time spent at one place of the graph, over all frames.
  private struct NodeTime {
    var path: String
    var typeName: String
    var seconds = 0.0
    var passes = 0
    var bytes = 0
    var busy = 0.0
    var serial = 0.0
    var waits = 0

    mutating func add(_ pass: PassReport) {
      seconds += pass.seconds
      passes += 1
      bytes = max(bytes, pass.bytes)
      busy += pass.busySeconds
      serial += pass.serialSeconds
      waits += pass.waits
    }
  }

  private struct State {
    static let cores = [1, 2, 4, 8, 16, 32, 64]
    let keepsFrames: Bool
    var frames: [Frame] = []
    /// Of each output, the files of the first and the last frame.
    var files: [(first: (frame: JobFrame, path: String), last: (frame: JobFrame, path: String))] =
      []
    private var places: [String: Int] = [:]
    private var times: [NodeTime] = []
    /// What all frames would take on so many cores.
    var onCores = State.cores.map { _ in 0.0 }

    init(keepsFrames: Bool) { self.keepsFrames = keepsFrames }

    mutating func add(_ report: FrameReport) {
      if keepsFrames {
        frames.append(
          Frame(
            frame: report.frame, seconds: report.seconds, planSeconds: report.planSeconds,
            peakBytes: report.peakBytes, passes: report.passes.count))
      }
      for (index, path) in report.paths.enumerated() {
        let file = (frame: report.frame, path: path)
        if index == files.count { files.append((file, file)) }
        if file.frame < files[index].first.frame { files[index].first = file }
        if file.frame > files[index].last.frame { files[index].last = file }
      }
      add(report.passes)
    }

    mutating func add(_ passes: [PassReport]) {
      for pass in passes {
        let key = pass.path + "\u{0}" + pass.typeName
        let place = places[key] ?? times.count
        if place == times.count {
          places[key] = place
          times.append(NodeTime(path: pass.path, typeName: pass.typeName))
        }
        times[place].add(pass)
        for (index, cores) in Self.cores.enumerated() {
          onCores[index] += pass.seconds(onCores: cores)
        }
      }
    }

    var nodes: [NodeTime] { times.sorted { $0.seconds > $1.seconds } }
  }

  private var frames: [Frame] { state.withLock { $0.frames }.sorted { $0.frame < $1.frame } }

  // MARK: For people

  /// The last lines: how many frames, how fast, where the files are.
  func conclusion(_ summary: RenderSummary, of total: Int, _ status: ExitStatus) -> String {
    let t = Terminal.error
    if summary.upToDate == total {
      return "\(Text.count(total, "frame")), up to date (\(Text.duration(summary.seconds)))\n"
    }
    var text = "\(Text.count(summary.rendered, "frame")) in \(Text.duration(summary.seconds))"
    if summary.rendered > 0, summary.seconds > 0 {
      text += " (\(Text.fixed(Double(summary.rendered) / summary.seconds, 2)) fps)"
    }
    if summary.upToDate > 0 { text += ", \(summary.upToDate) up to date" }
    text += ", \(Text.bytes(summary.peakBytes)) of pixels at most\n"
    for (first, last) in state.withLock({ $0.files }) {
      text += "wrote " + t.styled(first.path, .green)
      text += (first.path == last.path ? "" : " ... " + last.path) + "\n"
    }
    for (path, count) in summary.disabled.sorted(by: { $0.key < $1.key }) where !summary.isRefused {
      text += "nodes.\(path) is disabled"
      if count < total { text += " at \(count) of \(Text.count(total, "frame"))" }
      text += " and was not written\n"
    }
    switch status {
    case .interrupted, .terminated:
      text += "interrupted: \(summary.rendered) of \(Text.count(total, "frame")) finished; "
      text += "no partial file is left\n"
    case .done: break
    case _ where summary.isRefused:
      text += t.styled("nothing was rendered", .red) + "\n"
    default:
      let skipped = total - summary.rendered - summary.upToDate - summary.failures.count
      text += t.styled("\(Text.count(summary.failures.count, "frame")) failed", .red)
      if skipped > 0 { text += ", \(skipped) not tried (--continue renders them)" }
      text += "\n"
    }
    if status != .done, !summary.isRefused { text += Self.disk(summary.files) }
    return text
  }

  /// What lies on disk after a render that did not come to its end.
  private static func disk(_ files: FileCounts) -> String {
    let counts = [
      (files.written, "written"), (files.upToDate, "up to date"),
      (files.old, "from before"), (files.missing, "missing"),
    ]
    let parts = counts.filter { $0.0 > 0 }.map { "\($0.0) \($0.1)" }
    return files.total == 0
      ? "" : "of \(Text.count(files.total, "file")): " + parts.joined(separator: ", ") + "\n"
  }

  /// The tables of `--stats`.
  func statistics(_ summary: RenderSummary, threads: Int) -> String {
    let frames = frames
    guard !frames.isEmpty else { return Self.disk(summary) }
    var text = "\nframes\n"
    let hasRows = frames.contains { $0.frame.row != nil }
    var rows = [[hasRows ? "row, frame" : "frame", "seconds", "planning", "passes", "peak pixels"]]
    for report in frames {
      let row = report.frame.row.map { "\($0), " } ?? ""
      rows.append([
        row + "\(report.frame.number)", Text.fixed(report.seconds, 3),
        Text.fixed(report.planSeconds * 1000, 2) + " ms", "\(report.passes)",
        Text.bytes(report.peakBytes),
      ])
    }
    if rows.count > 24 {
      let hidden = rows.count - 21
      rows = rows.prefix(11) + [["...", "\(hidden) more", "", "", ""]] + rows.suffix(10)
    }
    text += Text.table(rows, right: [0, 1, 2, 3, 4])
    let times = frames.map(\.seconds).sorted()
    text += "  median \(Text.duration(times[times.count / 2]))"
    text += ", fastest \(Text.duration(times[0])), slowest \(Text.duration(times[times.count - 1]))"
    text += ", on \(Text.count(threads, "thread"))\n"

    let nodes = state.withLock { $0.nodes }
    let total = nodes.reduce(0) { $0 + $1.seconds }
    text += "\nnodes (of fused nodes, the last)\n"
    rows = [["node", "type", "seconds", "share", "per frame", "busy", "serial", "waits", "image"]]
    for node in nodes {
      rows.append([
        node.path, node.typeName, Text.fixed(node.seconds, 3),
        Text.fixed(total > 0 ? node.seconds / total * 100 : 0, 1) + " %",
        Text.duration(node.seconds / Double(frames.count)), Text.fixed(node.busy, 3),
        Text.fixed(node.serial, 3), "\(node.waits)", Text.bytes(node.bytes),
      ])
    }
    text += Text.table(rows, right: [2, 3, 4, 5, 6, 7, 8])
    text += scaling(frames.count)
    text += "\npixels \(Text.bytes(summary.peakBytes)) at most; process "
    text += "\(Text.bytes(Self.peakResidentBytes)) at most; \(summary.cacheHits) cache hits\n"
    return text + Self.disk(summary)
  }

  /// What the disk cache did.
  private static func disk(_ summary: RenderSummary) -> String {
    guard let disk = summary.disk else { return "" }
    var text = "cache folder: \(disk.hits) hits (\(Text.bytes(disk.bytesRead)) read), "
    text += "\(disk.misses) misses, \(disk.stored) stored (\(Text.bytes(disk.bytesWritten)))"
    if disk.damaged > 0 { text += ", \(disk.damaged) damaged" }
    return text + "\n"
  }

  /// What the frames would take on more cores, one frame at a time.
  private func scaling(_ count: Int) -> String {
    let cores = State.cores
    let seconds = state.withLock { $0.onCores }.map { $0 / Double(count) }
    var rows = [["cores"] + cores.map(String.init)]
    rows.append(["a frame"] + seconds.map { Text.duration($0) })
    rows.append(["speed-up"] + seconds.map { Text.fixed(seconds[0] / max($0, 1e-9), 1) + "x" })
    return "\nif memory kept pace (busy time dealt out, serial time not)\n"
      + Text.table(rows, right: Set(1...cores.count))
  }

  // MARK: For programs

  func members(_ summary: RenderSummary) -> [(String, JSONOut)] {
    let frames = frames
    let frameList = frames.map { report in
      JSONOut.object(
        report.frame.members + [
          ("seconds", .double(report.seconds)),
          ("planSeconds", .double(report.planSeconds)), ("passes", .int(report.passes)),
          ("peakBytes", .int(report.peakBytes)),
        ])
    }
    let nodeList = state.withLock({ $0.nodes }).map { node in
      JSONOut.object([
        ("node", .string(node.path)), ("type", .string(node.typeName)),
        ("seconds", .double(node.seconds)), ("passes", .int(node.passes)),
        ("busySeconds", .double(node.busy)), ("serialSeconds", .double(node.serial)),
        ("lockWaits", .int(node.waits)), ("imageBytes", .int(node.bytes)),
      ])
    }
    var members: [(String, JSONOut)] = [
      ("peakPixelBytes", .int(summary.peakBytes)),
      ("peakResidentBytes", .int(Self.peakResidentBytes)), ("cacheHits", .int(summary.cacheHits)),
      ("frames", .array(frameList)), ("nodes", .array(nodeList)),
    ]
    if let disk = summary.disk {
      members.append(
        (
          "cache",
          .object([
            ("hits", .int(disk.hits)), ("misses", .int(disk.misses)),
            ("stored", .int(disk.stored)), ("bytesRead", .int(disk.bytesRead)),
            ("bytesWritten", .int(disk.bytesWritten)), ("damaged", .int(disk.damaged)),
          ])
        ))
    }
    return members
  }

  /// The most memory the whole process has had, as Linux counts it.
  private static var peakResidentBytes: Int {
    guard let bytes = try? TextFile.read("/proc/self/status") else { return 0 }
    for line in String(decoding: bytes, as: UTF8.self).split(separator: "\n")
    where line.hasPrefix("VmHWM:") {
      return line.split(whereSeparator: \.isWhitespace).dropFirst().first.flatMap { Int($0) }
        .map { $0 * 1024 } ?? 0
    }
    return 0
  }
}
