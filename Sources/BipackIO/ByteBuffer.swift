import Glibc

/// Bytes that grow at the end and keep their memory when emptied.
final class ByteBuffer: @unchecked Sendable {
  // SAFETY: in one thread's hands at a time.
  private(set) var base: UnsafeMutableRawPointer
  private var capacity: Int
  /// Setting it smaller drops bytes at the end.
  var count = 0

  init(capacity: Int = 4096) {
    self.capacity = capacity
    base = .allocate(byteCount: capacity, alignment: 64)
  }

  deinit { base.deallocate() }

  /// Adds `size` undefined bytes; returns where they are, until the next call.
  func extend(by size: Int) -> UnsafeMutableRawPointer {
    if count + size > capacity {
      let larger = max(count + size, capacity + capacity / 2)
      let moved = UnsafeMutableRawPointer.allocate(byteCount: larger, alignment: 64)
      moved.copyMemory(from: base, byteCount: count)
      base.deallocate()
      (base, capacity) = (moved, larger)
    }
    defer { count += size }
    return base + count
  }

  func append(_ bytes: [UInt8]) {
    let to = extend(by: bytes.count)
    bytes.withUnsafeBytes { from in
      if let start = from.baseAddress { to.copyMemory(from: start, byteCount: from.count) }
    }
  }
}
