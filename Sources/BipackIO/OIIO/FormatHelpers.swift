import BipackPixels
import CFormats
import Glibc

/// The helper processes of this program: started when a file needs one, kept for the next.
///
/// As many run as files are open at once; so files that are read side by side are decoded side by side.
final class FormatHelpers: Sendable {
  /// Those of all image files.
  static let shared = FormatHelpers()

  /// Idle ones that are kept.
  private let most = 4
  private let idle = Locked<[FormatHelper]>([])

  /// Works with a helper. When one dies that has seen other files, they may have hurt it: the work is
  /// done once more by a fresh one, and only if that dies too it is this file's fault.
  func lend<Result>(
    for path: String, _ body: (FormatHelper) throws(ImageFileError) -> Result
  ) throws(ImageFileError) -> Result {
    var helper = try take(fresh: false, for: path)
    helper.begin()
    do throws(ImageFileError) {
      defer { giveBack(helper) }
      return try body(helper)
    } catch {
      if !helper.hasDied || helper.served == 1 { throw error }
    }
    helper = try take(fresh: true, for: path)
    helper.begin()
    defer { giveBack(helper) }
    return try body(helper)
  }

  /// Lends a helper; give it back when the file is done. A `fresh` one has seen no other file.
  func take(fresh: Bool, for path: String) throws(ImageFileError) -> FormatHelper {
    Self.bury()
    let waiting = idle.withLock { list -> FormatHelper? in
      list.removeAll { !$0.isAlive }
      return fresh ? nil : list.popLast()
    }
    if let waiting { return waiting }
    let program = try FormatProgram.path(for: path)
    do throws(FormatFailure) {
      return try FormatHelper(program: program)
    } catch {
      switch error {
      case .refused(let reason): throw .missingHelper(path, reason)
      case .died(let how): throw .missingHelper(path, "it \(how) when it was started")
      default: throw .missingHelper(path, "it did not answer when it was started")
      }
    }
  }

  func giveBack(_ helper: FormatHelper) {
    guard helper.isUsable else { return }
    idle.withLock { list in
      if list.count < most { list.append(helper) }
    }
  }

  /// The processes that wait for work, for tests.
  var idleProcesses: [Int32] { idle.withLock { $0.map(\.process) } }

  // MARK: The dead

  /// Killed, but not gone yet: it may hang in a disk that does not answer.
  private static let dying = Locked<Set<pid_t>>([])

  /// How a process that left the conversation ended; nil when that cannot be learnt.
  static func status(of process: pid_t) -> Int32? {
    var status: Int32 = 0
    // Its end of the socket closes a moment before it can be waited for.
    for attempt in 0..<100 {
      let got = waitpid(process, &status, WNOHANG)
      if got == process { return status }
      if got < 0, errno != EINTR { return nil }
      if attempt == 50 { kill(process, SIGKILL) }
      usleep(2000)
    }
    bury(process)
    return nil
  }

  /// Ends a process and leaves no zombie.
  static func bury(_ process: pid_t) {
    kill(process, SIGKILL)
    for _ in 0..<20 {
      if isGone(process) { return }
      usleep(500)
    }
    dying.withLock { _ = $0.insert(process) }
  }

  private static func bury() {
    dying.withLock { list in list = list.filter { !isGone($0) } }
  }

  private static func isGone(_ process: pid_t) -> Bool {
    var status: Int32 = 0
    let got = waitpid(process, &status, WNOHANG)
    return got == process || (got < 0 && errno == ECHILD)
  }
}

/// Where the helper program is.
enum FormatProgram {
  static let name = "bipack-formats"
  /// Names the program, for those who keep it elsewhere.
  static let variable = "BIPACK_FORMATS"

  static func path(for file: String) throws(ImageFileError) -> String {
    if let given = getenv(variable).map({ String(cString: $0) }), !given.isEmpty {
      if access(given, X_OK) == 0 { return given }
      throw .missingHelper(file, "\(variable) names \(given), which is no program")
    }
    var folders: [String] = []
    for folder in [formats_program_folder, formats_own_folder] {
      var buffer = [CChar](repeating: 0, count: Int(PATH_MAX))
      if folder(&buffer, buffer.count) == 1 {
        let text = buffer.withUnsafeBytes { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
        if !folders.contains(text) { folders.append(text) }
      }
    }
    var places: [String] = []
    for folder in folders { places += ["\(folder)/\(name)", "\(folder)/../libexec/\(name)"] }
    let search = getenv("PATH").map { String(cString: $0) } ?? ""
    for folder in search.split(separator: ":") where folder.hasPrefix("/") {
      places.append("\(folder)/\(name)")
    }
    if let found = places.first(where: { access($0, X_OK) == 0 }) { return found }
    throw .missingHelper(
      file, "\(name) is not in \(folders.joined(separator: ", in ")) nor in PATH")
  }
}
