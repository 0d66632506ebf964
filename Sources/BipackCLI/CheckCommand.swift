import ArgumentParser
import Bipack

/// `bipack check`: everything wrong with graphs, without rendering them.
struct CheckCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "check",
    abstract: "Says everything that is wrong with graphs, or with group files.")

  @OptionGroup var graphs: GraphsOptions

  @Flag(help: "Prints the diagnostics as a JSON array on standard output.")
  var json = false

  @Flag(help: "Fails on warnings too.")
  var strict = false

  @Option(
    name: [.customShort("F"), .customLong("frames")], parsing: .unconditional,
    help: ArgumentHelp(
      "Frames to plan: 1001, 1001-1048, 1-100x2; by default the graph's own.", valueName: "range"),
    transform: { try FrameList($0) })
  var frames: FrameList?

  func run() async throws {
    var everything: [Diagnostic] = []
    var statuses: [ExitStatus] = []
    for path in graphs.graphs {
      do {
        try await check(path, &everything)
      } catch let failure as Failure {
        failure.report()
        statuses.append(failure.status)
      }
    }
    if json {
      let list = everything.map {
        JSONOut.object([("severity", .string($0.severity.rawValue))] + $0.members)
      }
      Terminal.output.line(JSONOut.array(list).pretty())
    }
    let status = ExitStatus(all: statuses)
    if status != .done { throw Failure(status) }
  }

  private func check(_ path: String, _ everything: inout [Diagnostic]) async throws {
    let name = GraphOptions.name(of: path)
    let result = try graphs.changes.check(path)
    var diagnostics = result.diagnostics
    var status = ExitStatus.usage
    var planned = ""
    if let comp = result.comp {
      let rehearsal = await Renderer().rehearse(comp, frames: frames?.frames)
      diagnostics += rehearsal.diagnostics(comp)
      let failures = rehearsal.findings.filter(\.isFatal).map(\.error)
      if !failures.isEmpty { status = rehearsal.isRefused ? .usage : ExitStatus(failures) }
      let count = frames?.count ?? comp.frames.count
      if rehearsal.planned.count < count {
        planned = ", \(rehearsal.planned.count) of \(Text.count(count, "frame")) planned"
      }
    }
    everything += diagnostics
    if !json { for diagnostic in diagnostics { GraphOptions.report(diagnostic) } }
    let errors = diagnostics.count { $0.severity == .error }
    let warnings = diagnostics.count - errors
    guard errors == 0, warnings == 0 || !strict, let comp = result.comp ?? result.group else {
      let count = errors > 0 ? Text.count(errors, "error") : Text.count(warnings, "warning")
      throw Failure(status, json ? "" : "\(name) has \(count)\(planned)")
    }
    if json { return }
    var text = "\(name): ok, "
    text += result.group == nil ? document(comp, planned) : group(comp)
    if warnings > 0 { text += ", \(Text.count(warnings, "warning"))" }
    Terminal.output.line(text)
  }

  private func document(_ comp: Comp, _ planned: String) -> String {
    let (first, last) = (comp.frames.lowerBound, comp.frames.upperBound)
    var text = Text.count(comp.nodes.count, "node") + ", "
    if let frames {
      text += (frames.count == 1 ? "frame " : "frames ") + frames.description
    } else {
      text += first == last ? "frame \(first)" : "frames \(first)-\(last)"
    }
    return text + planned + ", \(comp.format.width)x\(comp.format.height)"
  }

  private func group(_ comp: Comp) -> String {
    "a group of " + Text.count(comp.nodes.count { !$0.isGroupInput }, "node")
  }
}

extension Rehearsal {
  /// The findings at their places in the document, in its order. What no file depends on is a warning.
  fileprivate func diagnostics(_ comp: Comp) -> [Diagnostic] {
    let order = findings.sorted {
      (comp.id(of: $0.error.path) ?? 0) < (comp.id(of: $1.error.path) ?? 0)
    }
    return order.map { finding in
      let error = finding.error
      let place = comp.id(of: error.path).map { comp.nodes[$0].location }
      var message = error.message
      if !finding.frames.isEmpty,
        finding.frames.count < planned.count || finding.isElsewhere(planned)
      {
        message += " (\(finding.frameText))"
      }
      if !finding.isNeeded { message += "; no file that is written needs it" }
      return Diagnostic(
        severity: finding.isFatal ? .error : .warning, file: place?.file ?? "",
        line: place?.line ?? 1, column: place?.column ?? 1,
        path: error.path.isEmpty ? "" : "nodes." + error.path, message: message)
    }
  }
}

extension Rehearsal.Finding {
  /// Whether it fails at other frames than those that were planned (time nodes ask for them).
  fileprivate func isElsewhere(_ planned: [Int]) -> Bool {
    guard let first = planned.min(), let last = planned.max() else { return true }
    return frames.contains { $0 < Double(first) || $0 > Double(last) }
  }

  /// `frame 7`, `frames 1-5,9`; of a long list the beginning.
  fileprivate var frameText: String {
    let list = FrameList(frames.map { Int($0.rounded(.down)) }).description
    let items = list.split(separator: ",")
    let shown = items.prefix(8).joined(separator: ",") + (items.count > 8 ? ", ..." : "")
    return (frames.count == 1 ? "frame " : "frames ") + shown
  }
}
