import BipackPixels
import Glibc

/// Which bytes a path stood for at one moment: device, inode, size and time of change.
///
/// It goes into the hash of everything computed from the file, so that a file that was replaced is
/// read again and one that was not never is.
public struct FileStamp: Hashable, Sendable {
  public var device: UInt64
  public var inode: UInt64
  public var size: Int
  /// Time of last modification in nanoseconds since 1970.
  public var modified: Int

  /// Looks at a file. Fails if it is missing, unreadable, or not a regular file.
  public init(path: String) throws(ImageFileError) {
    guard !path.isEmpty, !path.utf8.contains(0) else { throw .badPath(path) }
    var info = stat()
    if stat(path, &info) != 0 { throw .system(errno, path: path, doing: "open") }
    if info.st_mode & S_IFMT != S_IFREG { throw .notAFile(path) }
    self.init(info)
  }

  /// Of an open file; nil, with `errno`, when the system does not say.
  init?(descriptor: Int32) {
    var info = stat()
    if fstat(descriptor, &info) != 0 { return nil }
    self.init(info)
  }

  init(_ info: stat) {
    device = UInt64(info.st_dev)
    inode = UInt64(info.st_ino)
    size = Int(info.st_size)
    modified = Int(info.st_mtim.tv_sec) &* 1_000_000_000 &+ Int(info.st_mtim.tv_nsec)
  }

  /// The stamp as part of a content hash.
  public var hash: StableHash {
    var hasher = StableHasher()
    combine(into: &hasher)
    return hasher.finalize()
  }

  public func combine(into hasher: inout StableHasher) {
    hasher.combine(word: device)
    hasher.combine(word: inode)
    hasher.combine(size)
    hasher.combine(modified)
  }
}

/// The first bytes of a file, after checking that it can be read at all.
func firstBytes(of path: String, count: Int, at start: Int = 0) throws(ImageFileError) -> (
  FileStamp, [UInt8]
) {
  let stamp = try FileStamp(path: path)
  let file = open(path, O_RDONLY | O_CLOEXEC)
  if file < 0 { throw .system(errno, path: path, doing: "open") }
  defer { close(file) }
  if stamp.size == 0 { throw .empty(path) }
  var bytes = [UInt8](repeating: 0, count: count)
  var got = 0
  while got < count {
    let n = bytes.withUnsafeMutableBytes { buffer in
      buffer.baseAddress.map { pread(file, $0 + got, count - got, off_t(start + got)) } ?? 0
    }
    if n < 0 {
      if errno == EINTR { continue }
      throw .system(errno, path: path, doing: "read")
    }
    if n == 0 { break }
    got += n
  }
  return (stamp, Array(bytes[..<got]))
}
