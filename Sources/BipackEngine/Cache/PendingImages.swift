import BipackPixels

/// Which images a frame under way has promised to the cache, so that the next frame waits for a
/// static branch instead of computing it a second time.
final class PendingImages: Sendable {
  private struct State {
    var owners: [StableHash: Int] = [:]
    var waiting: [(hashes: Set<StableHash>, resume: CheckedContinuation<Void, Never>)] = []
  }
  private let state = Locked(State())

  /// Frame `owner` will make these; hashes promised already stay with their owner.
  func promise(_ hashes: Set<StableHash>, owner: Int) {
    state.withLock { state in
      for hash in hashes where state.owners[hash] == nil { state.owners[hash] = owner }
    }
  }

  /// The image is in the cache.
  func keep(_ hash: StableHash) { settle { $0.owners[hash] = nil } }

  /// The frame is over, whether it kept its promises or not.
  func end(owner: Int) {
    settle { state in state.owners = state.owners.filter { $0.value != owner } }
  }

  /// Waits until none of `hashes` is promised by a frame before `owner`.
  func settled(_ hashes: Set<StableHash>, before owner: Int) async {
    await withCheckedContinuation { continuation in
      let isClear = state.withLock { state in
        let open = hashes.filter { (state.owners[$0] ?? owner) < owner }
        if open.isEmpty { return true }
        state.waiting.append((open, continuation))
        return false
      }
      if isClear { continuation.resume() }
    }
  }

  private func settle(_ change: (inout State) -> Void) {
    let ready: [CheckedContinuation<Void, Never>] = state.withLock { state in
      change(&state)
      var ready: [CheckedContinuation<Void, Never>] = []
      state.waiting.removeAll { waiter in
        let isReady = !waiter.hashes.contains { state.owners[$0] != nil }
        if isReady { ready.append(waiter.resume) }
        return isReady
      }
      return ready
    }
    for continuation in ready { continuation.resume() }
  }
}
