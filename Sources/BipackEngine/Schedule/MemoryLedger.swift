import BipackPixels

/// The one budget for pixels: frames reserve their planned peak before they start, in order; the
/// cache gets what is left.
///
/// A frame that has to wait is suspended, not blocked, and never stops half-way for memory.
final class MemoryLedger: Sendable {
  private struct State {
    var reserved = 0
    var frames = 0
    var waiting: [(bytes: Int, resume: CheckedContinuation<Void, Never>)] = []
  }
  private let state = Locked(State())
  private let budget: Int
  private let cache: ImageCache

  init(budget: Int, cache: ImageCache) {
    self.budget = budget
    self.cache = cache
  }

  /// Waits until `bytes` fit beside the frames under way; one frame alone always may start.
  func reserve(_ bytes: Int) async {
    await withCheckedContinuation { continuation in
      state.withLock { $0.waiting.append((bytes, continuation)) }
      admit()
    }
  }

  func release(_ bytes: Int) {
    state.withLock {
      $0.reserved -= bytes
      $0.frames -= 1
    }
    admit()
  }

  private func admit() {
    while true {
      let next: CheckedContinuation<Void, Never>? = state.withLock { state in
        guard let first = state.waiting.first,
          state.frames == 0 || state.reserved + first.bytes <= budget
        else { return nil }
        state.waiting.removeFirst()
        state.reserved += first.bytes
        state.frames += 1
        return first.resume
      }
      guard let next else { break }
      cache.setLimit(max(0, budget - state.withLock { $0.reserved }))
      next.resume()
    }
  }
}
