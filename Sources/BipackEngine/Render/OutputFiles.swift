import Glibc

/// The files a render is to make, and what becomes of them.
struct OutputFiles {
  private enum State {
    /// Not made yet; the file that was there before.
    case open(FileNumber?)
    case written
    case upToDate
  }
  private var states: [String: State] = [:]

  mutating func expect(_ path: String, before: FileNumber?) {
    if states[path] == nil { states[path] = .open(before) }
  }

  mutating func note(written paths: [String]) {
    for path in paths { states[path] = .written }
  }

  mutating func note(upToDate paths: [String]) {
    for path in paths { states[path] = .upToDate }
  }

  /// How many there are of each kind. Files of frames that failed, were interrupted or never begun are
  /// looked up on disk: a file that is another than before was written, for each is made anew under
  /// its name.
  func counts() -> FileCounts {
    var counts = FileCounts()
    for (path, state) in states {
      switch state {
      case .written: counts.written += 1
      case .upToDate: counts.upToDate += 1
      case .open(let before):
        let now = FileNumber(of: path)
        if now == nil {
          counts.missing += 1
        } else if now == before {
          counts.old += 1
        } else {
          counts.written += 1
        }
      }
    }
    return counts
  }
}
