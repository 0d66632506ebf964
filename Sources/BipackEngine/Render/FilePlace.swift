import Glibc

/// Where a file lies, however its path is spelled: its folder by device and inode, and its name there.
///
/// Symbolic links are followed, the last one too: writing to a link writes what it points at. The name
/// is also known of files, and in folders, that are not there yet.
struct FilePlace: Hashable {
  var device: UInt64
  var inode: UInt64
  /// The name in that folder; with folders before it that are still to be made.
  var name: String
}

/// A file that is there, by device and inode. Hard links of one file share it.
struct FileNumber: Hashable {
  var device: UInt64
  var inode: UInt64

  /// Nil when there is no such file.
  init?(of path: String) {
    var info = stat()
    guard stat(path, &info) == 0 else { return nil }
    self.init(info)
  }

  fileprivate init(_ info: stat) {
    device = UInt64(info.st_dev)
    inode = UInt64(info.st_ino)
  }
}

/// Finds places of files, and remembers folders: a sequence lies in one.
struct FilePlaces {
  private var folders: [String: FilePlace] = [:]

  /// Where `path` leads; the number as well when there is a file. Nil for paths that lead nowhere:
  /// circles of links, no folder at all.
  mutating func find(_ path: String) -> (place: FilePlace, number: FileNumber?)? {
    guard let path = Self.followed(path) else { return nil }
    let (folder, name) = Self.split(path)
    guard var place = self.folder(folder.isEmpty ? "." : folder) else { return nil }
    place.name += name
    var info = stat()
    return (place, stat(path, &info) == 0 ? FileNumber(info) : nil)
  }

  /// The path with links at its end replaced by what they point at.
  private static func followed(_ path: String) -> String? {
    var path = path
    var buffer = [UInt8](repeating: 0, count: Int(PATH_MAX))
    for _ in 0..<40 {
      let count = buffer.withUnsafeMutableBytes { bytes in
        bytes.baseAddress.map { readlink(path, $0, bytes.count) } ?? -1
      }
      guard count > 0 else { return path }
      let target = String(decoding: buffer[..<count], as: UTF8.self)
      path = target.hasPrefix("/") ? target : split(path).folder + target
    }
    return nil
  }

  /// A folder as a place whose name is empty, or ends in `/` where folders are still to be made.
  private mutating func folder(_ path: String) -> FilePlace? {
    if let known = folders[path] { return known }
    var info = stat()
    var place: FilePlace?
    if stat(path, &info) == 0 {
      let number = FileNumber(info)
      place = FilePlace(device: number.device, inode: number.inode, name: "")
    } else {
      var trimmed = Substring(path)
      while trimmed.hasSuffix("/") { trimmed.removeLast() }
      let (parent, last) = Self.split(String(trimmed))
      guard !last.isEmpty else { return nil }
      place = folder(parent.isEmpty ? "." : parent)
      switch last {
      case ".": break
      case "..":
        // Only what is still to be made is left by name.
        let made = place?.name.split(separator: "/").dropLast() ?? []
        place?.name = made.map { $0 + "/" }.joined()
      default: place?.name += last + "/"
      }
    }
    folders[path] = place
    return place
  }

  private static func split(_ path: String) -> (folder: String, name: String) {
    guard let slash = path.utf8.lastIndex(of: UInt8(ascii: "/")) else { return ("", path) }
    let after = path.utf8.index(after: slash)
    return (String(path[..<after]), String(path[after...]))
  }
}
