import Foundation

/// A process started by a test. What it prints goes to files without names, so it never waits for
/// a reader.
final class Child {
  struct CannotStart: Error {
    var program: String
    var code: Int32
  }

  let id: pid_t
  private let streams: [Int32]
  private var waited: Int32?

  init(
    _ program: String, _ arguments: [String], environment: [String: String] = [:],
    directory: String = Package.root.path
  ) throws {
    streams = try (0..<2).map { _ in try Self.unnamedFile() }
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
    posix_spawn_file_actions_adddup2(&actions, streams[0], 1)
    posix_spawn_file_actions_adddup2(&actions, streams[1], 2)
    let all = ProcessInfo.processInfo.environment.merging(environment) { $1 }
    var id: pid_t = 0
    // Changes the folder and becomes the program.
    let start = "/usr/bin/env"
    let code = Self.withStrings([start, "-C", directory, program] + arguments) { arguments in
      Self.withStrings(all.map { "\($0)=\($1)" }) { environment in
        posix_spawn(&id, start, &actions, nil, arguments, environment)
      }
    }
    guard code == 0 else { throw CannotStart(program: program, code: code) }
    self.id = id
  }

  deinit {
    if waited == nil {
      kill(id, SIGKILL)
      wait()
    }
    for stream in streams { close(stream) }
  }

  var isRunning: Bool {
    if waited != nil { return false }
    var status: Int32 = 0
    guard waitpid(id, &status, WNOHANG) == id else { return true }
    waited = status
    return false
  }

  /// The exit status when it has ended, 128 and the signal's number when one ended it.
  @discardableResult func wait() -> Int32 {
    if waited == nil {
      var status: Int32 = 0
      while waitpid(id, &status, 0) < 0, errno == EINTR {}
      waited = status
    }
    let status = waited ?? 0
    return status & 0x7f == 0 ? (status >> 8) & 0xff : 128 + status & 0x7f
  }

  /// What it has printed so far.
  var output: String { Self.text(streams[0]) }
  var errors: String { Self.text(streams[1]) }

  private static func unnamedFile() throws -> Int32 {
    var path = Array((NSTemporaryDirectory() + "/bipack-child-XXXXXX").utf8CString)
    let stream = mkstemp(&path)
    guard stream >= 0 else { throw CannotStart(program: "mkstemp", code: errno) }
    _ = fcntl(stream, F_SETFD, FD_CLOEXEC)
    unlink(path)
    return stream
  }

  private static func text(_ stream: Int32) -> String {
    var bytes = [UInt8](repeating: 0, count: Int(lseek(stream, 0, SEEK_END)))
    let count = pread(stream, &bytes, bytes.count, 0)
    return String(decoding: bytes.prefix(max(0, count)), as: UTF8.self)
  }

  private static func withStrings<Result>(
    _ strings: [String], _ body: ([UnsafeMutablePointer<CChar>?]) -> Result
  ) -> Result {
    let copies = strings.map { strdup($0) }
    defer { for copy in copies { free(copy) } }
    return body(copies + [nil])
  }
}
