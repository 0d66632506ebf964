import Bipack
@preconcurrency import Dispatch

/// Something that follows a render as it goes.
protocol Progress: Sendable {
  func handle(_ event: RenderEvent)
  /// Called after the last event.
  func end()
}

/// One line a frame: for logs and pipes.
final class ProgressLines: Progress {
  private let terminal: Terminal
  private let state = Locked((done: 0, total: 0))

  init(_ terminal: Terminal) { self.terminal = terminal }

  func handle(_ event: RenderEvent) {
    switch event {
    case .started(let rows, let frames, let outputs):
      state.withLock { $0.total = max(1, rows.count) * frames.count }
      let each = rows.isEmpty ? "" : Text.count(rows.count, "row") + " of "
      terminal.line(
        "rendering \(each)\(Text.count(frames.count, "frame")) of \(outputs.joined(separator: ", "))"
      )
    case .frameFinished(let report):
      let (done, total) = step()
      let paths = report.paths.joined(separator: "  ")
      let files = paths.isEmpty ? "" : "  " + paths
      let time = Text.duration(report.seconds)
      terminal.line("\(report.frame)  \(done)/\(total)  \(time)\(files)")
    case .frameFailed(_, let error):
      _ = step()
      terminal.line("error: \(error)")
    case .warning(let warning): terminal.line("warning: \(warning)")
    case .frameUpToDate(let frame, _):
      let (done, total) = step()
      terminal.line("\(frame)  \(done)/\(total)  up to date")
    case .frameSkipped(let frame):
      let (done, total) = step()
      terminal.line("\(frame)  \(done)/\(total)  nothing to write")
    case .shotMeasured(let report): terminal.line(report.line)
    case .frameOutdated, .measuring, .finished: break
    }
  }

  func end() {}

  private func step() -> (Int, Int) {
    state.withLock {
      $0.done += 1
      return ($0.done, $0.total)
    }
  }
}

/// A bar with the frame, the rate and the time left, redrawn in place: for people.
final class ProgressBar: Progress {
  private struct State {
    var total = 0
    var done = 0
    var frame: JobFrame?
    /// A shot that is being measured.
    var shot: (path: String, done: Int, count: Int)?
    var isDrawn = false
  }

  private let terminal: Terminal
  private let start = ContinuousClock.now
  private let state = Locked(State())
  private let timer: any DispatchSourceTimer

  init(_ terminal: Terminal) {
    self.terminal = terminal
    timer = DispatchSource.makeTimerSource(queue: .global(qos: .utility))
    timer.schedule(deadline: .now() + .milliseconds(250), repeating: .milliseconds(250))
    timer.setEventHandler { [weak self] in self?.redraw() }
    timer.resume()
  }

  func handle(_ event: RenderEvent) {
    state.withLock { state in
      switch event {
      case .started(let rows, let frames, _): state.total = max(1, rows.count) * frames.count
      case .frameFinished(let report):
        state.done += 1
        state.frame = report.frame
      case .frameFailed(_, let error):
        state.done += 1
        clear(&state)
        terminal.line(terminal.styled("error: ", .red) + "\(error)")
      case .warning(let warning):
        clear(&state)
        terminal.line(terminal.styled("warning: ", .yellow) + "\(warning)")
      case .frameUpToDate(let frame, _), .frameSkipped(let frame):
        state.done += 1
        state.frame = frame
      case .measuring(let path, let done, let count): state.shot = (path, done, count)
      case .shotMeasured(let report):
        state.shot = nil
        clear(&state)
        terminal.line(report.line)
      case .frameOutdated, .finished: break
      }
      draw(&state)
    }
  }

  func end() {
    timer.cancel()
    state.withLock { clear(&$0) }
  }

  private func redraw() {
    state.withLock { if !timer.isCancelled { draw(&$0) } }
  }

  private func clear(_ state: inout State) {
    if state.isDrawn { terminal.write("\r\u{1B}[2K") }
    state.isDrawn = false
  }

  private func draw(_ state: inout State) {
    guard state.total > 0 else { return }
    let elapsed = (ContinuousClock.now - start).inSeconds
    var note = " \(state.done)/\(state.total)"
    if let frame = state.frame { note += "  \(frame)" }
    if let shot = state.shot { note += "  measuring \(shot.path) \(shot.done)/\(shot.count)" }
    if state.done > 0, elapsed > 0 {
      let rate = Double(state.done) / elapsed
      note += "  \(Text.fixed(rate, rate < 10 ? 2 : 1)) fps"
      note += "  \(Text.clock(Double(state.total - state.done) / rate)) left"
    } else {
      note += "  \(Text.clock(elapsed))"
    }
    let width = min(40, terminal.width - note.count - 2)
    var bar = ""
    if width >= 8 {
      // Eighths of a cell, so that long frames still show.
      let eighths = state.done * width * 8 / state.total
      let partial = ["", "▏", "▎", "▍", "▌", "▋", "▊", "▉"][eighths % 8]
      let full = String(repeating: "█", count: eighths / 8) + partial
      bar =
        terminal.styled(full, .cyan)
        + terminal.styled(String(repeating: "·", count: width - full.count), .dim)
    }
    terminal.write("\r\u{1B}[2K" + bar + note)
    state.isDrawn = true
  }
}

extension ShotReport {
  /// `nodes.stats: 48 frames measured, 52 known, 3.1 s  stats.json`
  var line: String {
    let what =
      isKnown
      ? "known"
      : "\(Text.count(measured, "frame")) measured" + (reused > 0 ? ", \(reused) known" : "")
    let file = unwritten.map { "; not kept: " + $0 } ?? sidecar.map { "  " + $0 } ?? ""
    return "nodes.\(path): \(what), \(Text.duration(seconds))" + file
  }
}

extension Duration {
  var inSeconds: Double {
    let (whole, fraction) = components
    return Double(whole) + Double(fraction) * 1e-18
  }
}
