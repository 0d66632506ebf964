import Glibc

/// Paths as people write them.
package enum PlainPath {
  /// `path` as seen from `directory`, without the detours that joining makes.
  package static func join(_ directory: String, _ path: String) -> String {
    let stands = path.utf8.first == UInt8(ascii: "/") || directory.isEmpty || directory == "."
    return plain(stands ? path : directory + "/" + path)
  }

  /// The folder part of a path; `.` when it has none.
  package static func folder(of path: String) -> String {
    guard let slash = path.utf8.lastIndex(of: UInt8(ascii: "/")) else { return "." }
    return slash == path.utf8.startIndex ? "/" : String(path[..<slash])
  }

  /// Without `.`, doubled slashes, and `folder/..` where that is a folder and no link: the same file by
  /// a shorter name.
  static func plain(_ path: String) -> String {
    if path.isEmpty { return path }
    let isRooted = path.utf8.first == UInt8(ascii: "/")
    var parts: [Substring] = []
    for part in path.split(separator: "/") where part != "." {
      let before = (isRooted ? "/" : "") + parts.joined(separator: "/")
      if part == "..", let last = parts.last, last != "..", isFolder(before) {
        parts.removeLast()
      } else {
        parts.append(part)
      }
    }
    let joined = (isRooted ? "/" : "") + parts.joined(separator: "/")
    // One that ends in a slash names no file, and must not seem to.
    return joined.isEmpty ? "." : joined + (path.hasSuffix("/") && joined != "/" ? "/" : "")
  }

  private static func isFolder(_ path: String) -> Bool {
    var info = stat()
    return lstat(path, &info) == 0 && info.st_mode & S_IFMT == S_IFDIR
  }

  /// What a shell would have replaced in a path and nobody here does: `~`, `~anna`, `$HOME`.
  package static func shellWord(in path: String) -> String? {
    func isWord(_ text: Substring) -> Bool {
      text.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "_") }
    }
    let parts = path.split(separator: "/", omittingEmptySubsequences: false)
    if let first = parts.first, first.hasPrefix("~"), isWord(first.dropFirst()),
      first == "~" || parts.count > 1
    {
      return String(first)
    }
    for part in parts where part.hasPrefix("$") {
      let name = part.dropFirst().prefix { isWord(Substring(String($0))) }
      if let letter = name.first, !letter.isNumber { return "$" + name }
    }
    return nil
  }
}
