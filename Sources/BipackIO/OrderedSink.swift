import BipackPixels

/// Puts units of bytes into a file in their order, from whatever threads finish them in whatever
/// order.
///
/// A unit's place is known when all before it are done, so the thread that completes a run writes
/// it; the others go on compressing meanwhile.
final class OrderedSink: @unchecked Sendable {
  // SAFETY: `state` is a lock; `file` is written at disjoint places only, which any thread may do.
  private struct State {
    var at: Int
    var next = 0
    var waiting: [Int: (buffer: ByteBuffer, sizes: [Int])] = [:]
    var offsets: [Int] = []
    var free: [ByteBuffer] = []
  }

  private let file: AtomicFile
  private let state: Locked<State>

  /// The first unit goes to byte `start`.
  init(_ file: AtomicFile, from start: Int) {
    self.file = file
    state = Locked(State(at: start))
  }

  /// The number of the next unit, when none is in flight.
  var nextIndex: Int { state.withLock { $0.next } }

  /// Where every piece of every unit lies.
  var offsets: [Int] { state.withLock { $0.offsets } }

  /// Where the next unit would go.
  var end: Int { state.withLock { $0.at } }

  /// An empty buffer for a unit.
  func buffer() -> ByteBuffer { state.withLock { $0.free.popLast() } ?? ByteBuffer() }

  /// Hands over unit `index`, which consists of pieces of these sizes.
  func put(_ index: Int, _ buffer: ByteBuffer, sizes: [Int]) throws(ImageFileError) {
    let ready = state.withLock { state in
      state.waiting[index] = (buffer, sizes)
      var ready: [(at: Int, buffer: ByteBuffer)] = []
      while let unit = state.waiting.removeValue(forKey: state.next) {
        ready.append((state.at, unit.buffer))
        for size in unit.sizes {
          state.offsets.append(state.at)
          state.at += size
        }
        state.next += 1
      }
      return ready
    }
    for (at, buffer) in ready {
      try file.write(UnsafeRawBufferPointer(start: buffer.base, count: buffer.count), at: at)
      buffer.count = 0
      state.withLock { $0.free.append(buffer) }
    }
  }
}
