import Glibc

/// Text files, read whole and written whole: a temporary file, then a rename.
package enum TextFile {
  /// The bytes of a file; of standard input for `-`.
  package static func read(_ path: String) throws(NodeError) -> [UInt8] {
    let file = path == "-" ? 0 : open(path, O_RDONLY | O_CLOEXEC)
    guard file >= 0 else { throw NodeError(.input, "\(path): \(reason())") }
    defer { if file != 0 { close(file) } }
    guard let bytes = contents(of: file) else { throw NodeError(.input, "\(path): \(reason())") }
    return bytes
  }

  /// The bytes that are left of an open file, not many more than `limit`; nil, with `errno`, when it cannot
  /// be read.
  static func contents(of file: Int32, limit: Int = .max) -> [UInt8]? {
    var bytes: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: 1 << 16)
    while bytes.count <= limit {
      let count = Glibc.read(file, &chunk, chunk.count)
      if count < 0, errno == EINTR { continue }
      if count < 0 { return nil }
      if count == 0 { break }
      bytes += chunk[0..<count]
    }
    return bytes
  }

  package static func write(_ text: String, to path: String) throws(NodeError) {
    let temporary = "\(path).\(getpid()).tmp"
    let file = open(temporary, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o666)
    guard file >= 0 else { throw NodeError(.storage, "\(path): \(reason())") }
    var bytes = Array(text.utf8)[...]
    var failed: String?
    while !bytes.isEmpty, failed == nil {
      let count = bytes.withUnsafeBytes { Glibc.write(file, $0.baseAddress, $0.count) }
      if count < 0 {
        if errno != EINTR { failed = reason() }
      } else {
        bytes = bytes.dropFirst(count)
      }
    }
    if fsync(file) != 0, failed == nil { failed = reason() }
    if close(file) != 0, failed == nil { failed = reason() }
    if failed == nil, rename(temporary, path) != 0 { failed = reason() }
    if let failed {
      unlink(temporary)
      throw NodeError(.storage, "\(path): \(failed)")
    }
  }

  private static func reason() -> String { String(cString: strerror(errno)) }
}
