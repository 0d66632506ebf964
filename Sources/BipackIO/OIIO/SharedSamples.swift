import CFormats
import Glibc

/// Samples of a picture in memory that the helper can reach too. Zeroes at first; gone with the last
/// process that holds it.
final class SharedSamples: @unchecked Sendable {
  // SAFETY: loops write disjoint lines, or only read. The helper may still write there, if it is mad: then
  // the picture is wrong, as with any wrong decoder.
  let base: UnsafeMutableRawPointer
  /// What the helper attaches it by.
  let number: Int32
  let bytes: Int

  /// `path` is the file it is for, which errors name.
  init(bytes: Int, for path: String) throws(ImageFileError) {
    var address: UnsafeMutableRawPointer?
    number = formats_share(max(1, bytes), &address)
    guard number >= 0, let address else { throw .outOfMemory(path) }
    base = address
    self.bytes = bytes
  }

  deinit { formats_detach(base) }
}
