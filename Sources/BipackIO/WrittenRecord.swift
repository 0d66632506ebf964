import BipackPixels
import CPack
import Glibc

/// The text an EXR or PNG of ours carries about what it was made from, and whether the file is still
/// the one we wrote.
///
/// Beside the record stands a checksum (`bipack:seal`): a hash of the header, of where each chunk lies (EXR) or of each
/// chunk's own check sum (PNG), and of the size of the file. So looking takes a few reads, not the
/// whole file; a file that was cut, or written again by a program that copies attributes, is noticed.
public enum WrittenRecord: Hashable, Sendable {
  /// There is no file.
  case nothing
  /// A file without a record.
  case foreign
  /// The record is there, but the file is not whole, or not as we wrote it.
  case changed
  case record(String)

  /// The attribute's name.
  public static let key = "bipack:graph"
  static let checksumKey = "bipack:seal"
  /// What stands in the checksum's place while the file is made.
  static let blankChecksum = [UInt8](repeating: UInt8(ascii: "0"), count: 32)

  /// Looks at the file at `path`.
  public init(path: String) {
    guard let file = RandomAccess(path) else {
      self = errno == ENOENT || errno == ENOTDIR ? .nothing : .foreign
      return
    }
    let start = file.bytes(at: 0, count: 8) ?? []
    if start.starts(with: [0x76, 0x2f, 0x31, 0x01]) {
      self = EXRChecksum.look(file)
    } else if start == PNGChecksum.signature {
      self = PNGChecksum.look(file)
    } else {
      self = .foreign
    }
  }

  /// Whether a key of a picture's metadata is about the file it was read from, and stays behind.
  static func isOwn(_ key: String) -> Bool { key.hasPrefix("bipack:") }
}

/// A file of which pieces are read.
final class RandomAccess {
  private let descriptor: Int32
  let size: Int

  init?(_ path: String) {
    descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    if descriptor < 0 { return nil }
    var info = stat()
    guard fstat(descriptor, &info) == 0, info.st_mode & S_IFMT == S_IFREG else {
      close(descriptor)
      errno = EISDIR
      return nil
    }
    size = Int(info.st_size)
  }

  deinit { close(descriptor) }

  /// Exactly these bytes, or nil.
  func bytes(at offset: Int, count: Int) -> [UInt8]? {
    guard offset >= 0, count >= 0, count <= size, offset <= size - count else { return nil }
    var bytes = [UInt8](repeating: 0, count: count)
    var done = 0
    while done < count {
      let n = bytes.withUnsafeMutableBytes { buffer in
        buffer.baseAddress.map { pread(descriptor, $0 + done, count - done, off_t(offset + done)) }
          ?? 0
      }
      if n < 0 && errno == EINTR { continue }
      if n <= 0 { return nil }
      done += n
    }
    return bytes
  }
}

/// A hash as the 32 digits of a checksum.
func checksumDigits(_ parts: [[UInt8]], size: Int) -> [UInt8] {
  var hasher = StableHasher()
  hasher.combine("seal 1")
  hasher.combine(size)
  for part in parts {
    part.withUnsafeBytes { hasher.combine(bytes: $0) }
  }
  return Array(hasher.finalize().description.utf8)
}
