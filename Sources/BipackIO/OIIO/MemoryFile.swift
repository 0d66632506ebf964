import CFiles
import Glibc

/// A file in memory for encoders that insist on a path.
///
/// Some of them ignore a full disk, or end the process (libjpeg). So they write here, in a process of
/// their own, and the bytes go to the disk by our own code, which does notice.
final class MemoryFile {
  let descriptor: Int32
  private let target: String

  /// `path` is the file it is for, which errors name.
  init(for path: String) throws(ImageFileError) {
    target = path
    descriptor = bipack_memory_file()
    if descriptor < 0 { throw .system(errno, path: path, doing: "make a file in memory") }
  }

  deinit { close(descriptor) }

  /// Empties it, for another attempt.
  func clear() throws(ImageFileError) {
    if ftruncate(descriptor, 0) != 0 {
      throw .system(errno, path: target, doing: "empty the file in memory")
    }
  }

  /// The first bytes, fewer when there are no more.
  func start(_ count: Int) -> [UInt8] {
    var bytes = [UInt8](repeating: 0, count: count)
    return Array(bytes.prefix(max(0, pread(descriptor, &bytes, count, 0))))
  }

  /// Copies everything to `file`; an encoder that wrote nothing has failed.
  func copy(to file: AtomicFile) throws(ImageFileError) {
    let size = Int(lseek(descriptor, 0, SEEK_END))
    guard size > 0 else {
      throw ImageFileError(.unsupported, path: target, "cannot write: the encoder made no file")
    }
    var buffer = [UInt8](repeating: 0, count: 1 << 20)
    var at = 0
    while at < size {
      let count = pread(descriptor, &buffer, buffer.count, off_t(at))
      if count < 0 && errno == EINTR { continue }
      if count <= 0 { throw .system(errno, path: target, doing: "read the file in memory") }
      try file.write(Array(buffer[0..<count]))
      at += count
    }
  }
}
