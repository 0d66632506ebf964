import BipackPixels
import CPack
import Glibc

/// What is in a file, as a hash of all its bytes: equal wherever the file lies, whatever it is called
/// and whenever it was written.
///
/// Reading goes about as fast as the memory; a file that has not changed is not read a second time by
/// this process.
public enum FileDigest {
  private struct Place: Hashable {
    var path: String
    var stamp: FileStamp
  }
  private static let known = Locked<[Place: StableHash]>([:])
  private static let most = 1 << 16

  /// The hash of the file's contents. A file that changes meanwhile gives the hash of no moment.
  public static func hash(path: String) throws(ImageFileError) -> StableHash {
    let place = Place(path: path, stamp: try FileStamp(path: path))
    if let hash = known.withLock({ $0[place] }) { return hash }
    let hash = try read(path)
    let after = try FileStamp(path: path)
    // A file written just now could be written again without its time moving on.
    if after == place.stamp, age(of: after) > 2_000_000_000 {
      known.withLock { known in
        if known.count >= most { known.removeAll() }
        known[place] = hash
      }
    }
    return hash
  }

  private static func age(of stamp: FileStamp) -> Int {
    var now = timespec()
    clock_gettime(CLOCK_REALTIME, &now)
    return Int(now.tv_sec) &* 1_000_000_000 &+ Int(now.tv_nsec) &- stamp.modified
  }

  private static func read(_ path: String) throws(ImageFileError) -> StableHash {
    let file = open(path, O_RDONLY | O_CLOEXEC)
    if file < 0 { throw .system(errno, path: path, doing: "open") }
    defer { close(file) }
    var digest = cpack_digest()
    cpack_start(&digest)
    var size = 0
    let capacity = 1 << 20
    let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: capacity, alignment: 64)
    defer { buffer.deallocate() }
    var held = 0
    while true {
      // Full buffers only, but for the last: the digest takes odd lengths once.
      let n = Glibc.read(file, buffer.baseAddress.map { $0 + held }, capacity - held)
      if n < 0 {
        if errno == EINTR { continue }
        throw .system(errno, path: path, doing: "read")
      }
      held += n
      if n > 0 && held < capacity { continue }
      cpack_feed(&digest, buffer.baseAddress, held)
      size += held
      held = 0
      if n == 0 { break }
    }
    var hasher = StableHasher()
    hasher.combine(size)
    for lane in [digest.lanes.0, digest.lanes.1, digest.lanes.2, digest.lanes.3] {
      hasher.combine(word: lane)
    }
    return hasher.finalize()
  }
}
