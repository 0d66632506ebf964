import Glibc

/// A stream people or programs read: whether it is a terminal, how wide, whether colour is welcome.
struct Terminal: Sendable {
  let file: Int32
  let isInteractive: Bool
  let isColoured: Bool

  static let output = Terminal(file: 1)
  static let error = Terminal(file: 2)

  init(file: Int32) {
    self.file = file
    let term = getenv("TERM").map { String(cString: $0) } ?? ""
    isInteractive = isatty(file) == 1 && term != "dumb"
    // https://no-color.org: any value that is not empty.
    let refused = getenv("NO_COLOR").map { $0.pointee != 0 } ?? false
    isColoured = isInteractive && !refused
  }

  /// Columns, when it is a terminal that says so.
  var width: Int {
    var size = winsize()
    guard ioctl(file, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else { return 80 }
    return Int(size.ws_col)
  }

  enum Style: String {
    case bold = "1"
    case dim = "2"
    case red = "31"
    case green = "32"
    case yellow = "33"
    case cyan = "36"
  }

  /// `text` in a style, where colour is welcome.
  func styled(_ text: String, _ style: Style) -> String {
    isColoured ? "\u{1B}[\(style.rawValue)m\(text)\u{1B}[0m" : text
  }

  func line(_ text: String) { write(text + "\n") }

  /// Writes all of it. A reader that went away is not our concern; output that the disk refuses ends
  /// the process, for an answer cut short must not look like an answer.
  func write(_ text: String) {
    var bytes = Array(text.utf8)[...]
    while !bytes.isEmpty {
      let count = bytes.withUnsafeBytes { Glibc.write(file, $0.baseAddress, $0.count) }
      if count < 0 {
        if errno == EINTR || errno == EAGAIN { continue }
        if file == 1, errno == ENOSPC || errno == EIO || errno == EDQUOT || errno == EFBIG {
          let reason = String(cString: strerror(errno))
          Terminal.error.line("bipack: cannot write to standard output: \(reason)")
          exit(ExitStatus.storage.rawValue)
        }
        return
      }
      bytes = bytes.dropFirst(count)
    }
  }
}
