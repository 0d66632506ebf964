import Glibc

/// A document or a group file: its text, and where it lies.
final class SourceFile: Sendable {
  let text: SourceText
  /// Relative paths start here.
  let directory: String

  init(name: String, bytes: [UInt8], directory: String) {
    text = SourceText(file: name, bytes: bytes)
    self.directory = directory
  }

  var name: String { text.file }

  /// Reads a file; the reason when it cannot. With `regularOnly` no pipe or device is waited for.
  static func read(_ path: String, limit: Int, regularOnly: Bool = false)
    -> (bytes: [UInt8]?, reason: String)
  {
    func failure() -> (bytes: [UInt8]?, reason: String) {
      (nil, String(cString: strerror(errno)))
    }
    let file = open(path, O_RDONLY | O_CLOEXEC | (regularOnly ? O_NONBLOCK : 0))
    guard file >= 0 else { return failure() }
    defer { close(file) }
    var info = stat()
    guard fstat(file, &info) == 0 else { return failure() }
    if info.st_mode & S_IFMT == S_IFDIR { return (nil, Messages.isDirectory) }
    if regularOnly && info.st_mode & S_IFMT != S_IFREG { return (nil, Messages.notRegular) }
    if Int(info.st_size) > limit { return (nil, Messages.fileTooLarge(Int(info.st_size), limit)) }
    guard let bytes = TextFile.contents(of: file, limit: limit) else { return failure() }
    return (bytes, "")
  }

  /// Where a path leads, links followed; nil when there is nothing.
  static func target(of path: String) -> String? {
    guard let name = realpath(path, nil) else { return nil }
    defer { free(name) }
    return String(cString: name)
  }

  /// Whether a file lies in a directory or below, links followed; nil when there is no such file.
  static func lies(_ path: String, in directory: String) -> Bool? {
    guard let file = target(of: path) else { return nil }
    guard let directory = target(of: directory.isEmpty ? "." : directory) else { return false }
    return file.hasPrefix(directory.hasSuffix("/") ? directory : directory + "/")
  }
}

extension SourceText {
  /// Reads a text file; the reason when it cannot.
  package static func read(_ path: String, limit: Int) -> (text: SourceText?, reason: String) {
    let (bytes, reason) = SourceFile.read(path, limit: limit, regularOnly: true)
    return (bytes.map { SourceText(file: path, bytes: $0) }, reason)
  }
}
