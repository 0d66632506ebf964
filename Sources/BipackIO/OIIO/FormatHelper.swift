import BipackPixels
import CFormats
import Glibc

/// Why the helper did not answer.
enum FormatFailure: Error {
  /// It says why.
  case refused(String)
  /// It died: in words.
  case died(String)
  /// It was ended after so many seconds.
  case late(Int)
  /// The caller no longer wants the answer.
  case cancelled
  /// The answer makes no sense.
  case garbled
}

/// One process that decodes and encodes for us; it is dead and buried when the object is gone.
final class FormatHelper: @unchecked Sendable {
  // SAFETY: one holder at a time uses it, who got it from `FormatHelpers` and gives it back there.
  private let socket: Int32
  private(set) var process: pid_t
  /// Files it has been used for.
  private(set) var served = 0
  private(set) var isUsable = true
  /// It died by itself, not because it was late or no longer wanted.
  private(set) var hasDied = false

  /// Starts the program and hears its first words.
  init(program: String) throws(FormatFailure) {
    var (process, socket): (Int32, Int32) = (0, -1)
    let code = formats_start(program, &process, &socket)
    if code != 0 { throw .refused("\(program) cannot be started: \(Self.words(code))") }
    self.process = process
    self.socket = socket
    var (kind, hello) = try receive(seconds: 60) { false }
    guard kind == FORMATS_HELLO, try hello.int32() == Int(FORMATS_VERSION) else {
      isUsable = false
      throw .refused("\(program) is of another version of Bipack")
    }
    if try hello.text().isEmpty {
      isUsable = false
      throw .refused("\(program) was built without OpenImageIO (package trait 'OIIO')")
    }
  }

  deinit {
    close(socket)
    if process != 0 { FormatHelpers.bury(process) }
  }

  /// Whether it runs; once it has ended it is buried.
  var isAlive: Bool {
    var status: Int32 = 0
    if isUsable, waitpid(process, &status, WNOHANG) == 0 { return true }
    isUsable = false
    process = 0
    return false
  }

  /// A new file begins.
  func begin() { served += 1 }

  /// Asks, and waits for the answer: nil is NONE.
  ///
  /// `isCancelled` is asked some times a second; the helper is ended when it says yes, or when it takes
  /// far longer than the processor time it has.
  func ask(
    _ question: FormatQuestion, file: Int32 = -1, _ isCancelled: () -> Bool
  ) throws(FormatFailure) -> FormatAnswer? {
    guard isUsable else { throw .died("the reader of this format is gone") }
    do throws(FormatFailure) {
      let seconds = question.means.seconds.multipliedReportingOverflow(by: 4)
      let most = seconds.overflow ? Int.max / 4 : seconds.partialValue + 60
      try send(question.bytes, file: file, seconds: most, isCancelled)
      var (kind, answer) = try receive(seconds: most, isCancelled)
      switch kind {
      case FORMATS_DONE: return answer
      case FORMATS_NONE: return nil
      case FORMATS_FAILED: throw .refused(try answer.text())
      default: throw .garbled
      }
    } catch {
      if case .refused = error { throw error }
      isUsable = false
      // A question the system cut short for its processor time.
      if case .died = error, let code = endedBy, code == SIGXCPU {
        throw .late(question.means.seconds)
      }
      if case .died = error { hasDied = true }
      throw error
    }
  }

  // MARK: The socket

  private func send(
    _ bytes: [UInt8], file: Int32, seconds: Int, _ isCancelled: () -> Bool
  ) throws(FormatFailure) {
    var done = 0
    while done < bytes.count {
      let n = bytes.withUnsafeBytes { buffer in
        buffer.baseAddress.map {
          formats_send(socket, $0 + done, buffer.count - done, done == 0 ? file : -1)
        } ?? -1
      }
      if n >= 0 {
        done += Int(n)
      } else if errno == EAGAIN {
        try wait(sends: true, seconds: seconds, isCancelled)
      } else {
        throw .died(obituary())
      }
    }
  }

  private func receive(
    seconds: Int, _ isCancelled: () -> Bool
  ) throws(FormatFailure) -> (Int, FormatAnswer) {
    let header = try receive(count: 8, seconds, isCancelled)
    var numbers = FormatAnswer(header)
    let (kind, size) = (try numbers.int32(), try numbers.int32())
    guard size >= 0, size <= Int(FORMATS_MOST_BYTES) else { throw .garbled }
    return (kind, FormatAnswer(try receive(count: size, seconds, isCancelled)))
  }

  private func receive(
    count: Int, _ seconds: Int, _ isCancelled: () -> Bool
  ) throws(FormatFailure) -> [UInt8] {
    var bytes = [UInt8](repeating: 0, count: count)
    var done = 0
    while done < count {
      let n = bytes.withUnsafeMutableBytes { buffer in
        buffer.baseAddress.map {
          recv(socket, $0 + done, buffer.count - done, Int32(MSG_DONTWAIT))
        } ?? -1
      }
      if n > 0 {
        done += n
      } else if n < 0, errno == EAGAIN || errno == EINTR {
        try wait(sends: false, seconds: seconds, isCancelled)
      } else {
        throw .died(obituary())
      }
    }
    return bytes
  }

  private func wait(
    sends: Bool, seconds: Int, _ isCancelled: () -> Bool
  ) throws(FormatFailure) {
    let start = ContinuousClock.now
    while formats_wait(socket, sends ? 1 : 0, 50) == 0 {
      if isCancelled() { throw .cancelled }
      if start.duration(to: .now) > .seconds(seconds) { throw .late(seconds) }
    }
  }

  // MARK: The end

  /// The signal that ended it, once `obituary` was asked for.
  private var endedBy: Int32?

  /// How it ended, in words that follow "the reader of this format ".
  private func obituary() -> String {
    guard let status = FormatHelpers.status(of: process) else { return "ended without a word" }
    process = 0
    let signal = status & 0x7f
    if signal == 0 { return "ended by itself (exit \((status >> 8) & 0xff))" }
    endedBy = signal
    switch signal {
    case SIGKILL: return "was killed (signal 9): the system may be short of memory"
    case SIGTERM, SIGINT, SIGHUP: return "was ended from outside (signal \(signal))"
    default:
      let name = strsignal(signal).map { String(cString: $0).lowercased() } ?? "unknown"
      return "crashed (signal \(signal), \(name))"
    }
  }

  private static func words(_ code: Int32) -> String { String(cString: strerror(code)) }
}
