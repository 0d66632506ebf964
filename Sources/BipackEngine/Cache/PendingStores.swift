import BipackPixels

/// Which results of one frame are being written to the disk cache, and who waits for them.
final class PendingStores: Sendable {
  private struct State {
    var open: Set<Int> = []
    var waiting: (passes: Set<Int>?, resume: @Sendable () -> Void)?

    /// Who may go on now.
    mutating func ready() -> (@Sendable () -> Void)? {
      guard let (passes, resume) = waiting,
        passes.map({ $0.isDisjoint(with: open) }) ?? open.isEmpty
      else { return nil }
      waiting = nil
      return resume
    }
  }
  private let state = Locked(State())

  func begin(_ pass: Int) { state.withLock { _ = $0.open.insert(pass) } }

  func end(_ pass: Int) {
    let resume = state.withLock { state in
      state.open.remove(pass)
      return state.ready()
    }
    resume?()
  }

  /// Calls `resume` once, when none of `passes` (of all, when nil) is being written; at once if that
  /// is now. A frame has one who waits at a time.
  func whenDone(_ passes: [Int]? = nil, _ resume: @escaping @Sendable () -> Void) {
    let ready = state.withLock { state in
      state.waiting = (passes.map(Set.init), resume)
      return state.ready()
    }
    ready?()
  }
}
