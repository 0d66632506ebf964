import BipackPixels
import Glibc

/// Bytes that grow at the end and keep their memory when emptied.
final class ByteBuffer: @unchecked Sendable {
  // SAFETY: in one thread's hands at a time.
  private(set) var base: UnsafeMutableRawPointer
  private var capacity: Int
  /// Setting it smaller drops bytes at the end.
  var count = 0

  init(capacity: Int = 4096) {
    self.capacity = SpareBytes.size(holding: capacity)
    base = SpareBytes.take(self.capacity)
  }

  deinit { SpareBytes.give(base, capacity) }

  /// Makes room for `size` bytes in all, so that they come without moving what is there.
  func reserve(_ size: Int) {
    guard size > capacity else { return }
    let larger = SpareBytes.size(holding: size)
    let moved = SpareBytes.take(larger)
    moved.copyMemory(from: base, byteCount: count)
    SpareBytes.give(base, capacity)
    (base, capacity) = (moved, larger)
  }

  /// Adds `size` undefined bytes; returns where they are, until the next call.
  func extend(by size: Int) -> UnsafeMutableRawPointer {
    reserve(count + size)
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

/// Memory of buffers that are gone, for those to come.
///
/// Every file of a sequence needs the same few buffers of about half a megabyte. Given back to the
/// system they would be cleared anew for each, and leave holes that small objects settle in.
private enum SpareBytes {
  private struct State {
    var free: [Int: [UnsafeMutableRawPointer]] = [:]
    var held = 0
  }
  private static let state = Locked(State())

  /// More than this is not kept.
  private static let most = 32 << 20

  /// A power of two.
  static func size(holding bytes: Int) -> Int {
    var size = 4096
    while size < bytes { size *= 2 }
    return size
  }

  static func take(_ size: Int) -> UnsafeMutableRawPointer {
    let spare = state.withLock { state -> UnsafeMutableRawPointer? in
      guard let memory = state.free[size]?.popLast() else { return nil }
      state.held -= size
      return memory
    }
    return spare ?? .allocate(byteCount: size, alignment: 64)
  }

  static func give(_ memory: UnsafeMutableRawPointer, _ size: Int) {
    let isKept = state.withLock { state in
      guard state.held + size <= most else { return false }
      state.held += size
      state.free[size, default: []].append(memory)
      return true
    }
    if !isKept { memory.deallocate() }
  }
}
