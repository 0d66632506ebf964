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

  @OptionGroup var options: JobOptions

  mutating func validate() throws { try options.validate(graphs: graphs.graphs.count) }

  func run() async throws {
    let renderer = Renderer(options.machine.renderOptions(disk: nil))
    var everything: [Diagnostic] = []
    var statuses: [ExitStatus] = []
    var written = WrittenFiles()
    for path in graphs.graphs {
      do {
        try await check(path, renderer, &everything, &written)
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
    // As a render, which ends at the first graph that fails.
    if let status = statuses.first { throw Failure(status) }
  }

  private func check(
    _ path: String, _ renderer: Renderer, _ everything: inout [Diagnostic],
    _ written: inout WrittenFiles
  ) async throws {
    let name = GraphOptions.name(of: path)
    let result = try graphs.changes.check(path, rows: options.rows.list)
    var diagnostics = result.diagnostics
    var status = ExitStatus.usage
    var planned = ""
    if result.comp != nil {
      do {
        let job = try options.plan(of: result.rows)
        if graphs.graphs.count > 1 { try written.add(job, of: path, renderer) }
        let dryRun = await dryRun(job, renderer)
        diagnostics += dryRun.diagnostics(job.comp)
        if let failure = dryRun.failure {
          status = dryRun.isRefused ? .usage : ExitStatus([failure])
        }
        if dryRun.planned.count < job.frames.count {
          planned =
            ", \(dryRun.planned.count) of \(Text.count(job.frames.count, "frame")) planned"
        }
        if dryRun.plannedRows.count < job.rows.count {
          planned +=
            ", \(dryRun.plannedRows.count) of \(Text.count(job.rows.count, "row")) planned"
        }
      } catch let failure as Failure {
        status = failure.status
        diagnostics.append(
          Diagnostic(
            severity: .error, file: name, line: 1, column: 1, path: "", message: failure.message))
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
    text += result.group == nil ? document(comp, result.rows.count, planned) : group(comp)
    if warnings > 0 { text += ", \(Text.count(warnings, "warning"))" }
    Terminal.output.line(text)
  }

  private func dryRun(_ job: RenderJob, _ renderer: Renderer) async -> DryRun {
    var dryRun = await renderer.dryRun(job)
    if let to = options.to, options.takesValues {
      dryRun.refuse(renderer.conflict(writing: to, of: job))
      do throws(ImageFileError) {
        try ImageFile.checkTarget(to, createDirectories: false)
      } catch {
        dryRun.note(RenderError(kind: .storage, message: error.description), .certain)
      }
    }
    return dryRun
  }

  private func document(_ comp: Comp, _ rows: Int, _ planned: String) -> String {
    let (first, last) = (comp.frames.lowerBound, comp.frames.upperBound)
    var text = Text.count(comp.nodes.count, "node") + ", "
    if comp.row != nil { text += Text.count(rows, "row") + " of " }
    if let frames = options.range.list {
      text += (frames.count == 1 ? "frame " : "frames ") + frames.description
    } else {
      text += first == last ? "frame \(first)" : "frames \(first)-\(last)"
    }
    text += planned + ", \(comp.format.width)x\(comp.format.height)"
    return options.writesNothing(comp) ? text + ", writes no file" : text
  }

  private func group(_ comp: Comp) -> String {
    "a group of " + Text.count(comp.nodes.count { !$0.isGroupInput }, "node")
  }
}

extension DryRun {
  /// The findings at their places in the document, in its order. What no file depends on is a warning.
  fileprivate func diagnostics(_ comp: Comp) -> [Diagnostic] {
    let order = findings.sorted {
      (comp.id(of: $0.error.path) ?? 0) < (comp.id(of: $1.error.path) ?? 0)
    }
    return order.map { finding in
      let error = finding.error
      let place = comp.id(of: error.path).map { comp.nodes[$0].location }
      var message = error.message
      let places = [finding.rowText(plannedRows), finding.frameText(planned)].compactMap { $0 }
      if !places.isEmpty { message += " (\(places.joined(separator: ", ")))" }
      switch finding.need {
      case .certain: break
      case .undecided: message += "; measured values decide whether it is read"
      case .none: message += "; no file that is written needs it"
      }
      return Diagnostic(
        severity: finding.isFatal ? .error : .warning, file: place?.file ?? "",
        line: place?.line ?? 1, column: place?.column ?? 1,
        path: error.path.isEmpty ? "" : "nodes." + error.path, message: message)
    }
  }
}

extension DryRun.Finding {
  /// Whether it fails at other frames than those that were planned (time nodes ask for them).
  fileprivate func isElsewhere(_ planned: [Int]) -> Bool {
    guard let first = planned.min(), let last = planned.max() else { return true }
    return frames.contains { $0 < Double(first) || $0 > Double(last) }
  }

  /// `frame 7`, `frames 1-5,9`; of a long list the beginning, and nothing where it is every frame.
  fileprivate func frameText(_ planned: [Int]) -> String? {
    guard !frames.isEmpty, frames.count < planned.count || isElsewhere(planned) else { return nil }
    let whole = frames.compactMap(Int.init(exactly:))
    let list =
      whole.count == frames.count
      ? FrameList(whole).description : frames.map { "\($0)" }.joined(separator: ",")
    return Self.shown(list, frames.count, "frame")
  }

  /// The rows of the table in the same way.
  fileprivate func rowText(_ planned: [Int]) -> String? {
    guard !rows.isEmpty, rows.count < planned.count else { return nil }
    return Self.shown(FrameList(rows).description, rows.count, "row")
  }

  private static func shown(_ list: String, _ count: Int, _ what: String) -> String {
    let items = list.split(separator: ",")
    let shown = items.prefix(8).joined(separator: ",") + (items.count > 8 ? ", ..." : "")
    return (count == 1 ? what : what + "s") + " " + shown
  }
}
