import Bipack
import Dispatch
import Glibc

extension Bench {
  /// The floor under everything: one picture copied by all threads, as fast as memory allows.
  func copy() -> Case {
    let threads = renderer.options.threads
    let bytes = Pictures.width * Pictures.height * Pictures.channels * MemoryLayout<Float>.stride
    let (from, to) = (Region(bytes), Region(bytes))
    return Case {
      let part = bytes / threads
      DispatchQueue.concurrentPerform(iterations: threads) { i in
        memcpy(to.base + i * part, from.base + i * part, part)
      }
      return nil
    }
  }
}

/// Memory that is there, every page of it written, in pages as large as the system gives: a copy
/// should wait for memory, not for the tables that say where it is.
private final class Region: @unchecked Sendable {
  let base: UnsafeMutableRawPointer

  init(_ bytes: Int) {
    let largePage = 2 << 20
    base = .allocate(byteCount: bytes, alignment: largePage)
    madvise(base, bytes, MADV_HUGEPAGE)
    memset(base, 1, bytes)
  }

  deinit { base.deallocate() }
}
