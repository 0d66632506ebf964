import BipackPixels
import Dispatch

/// Waits for the end of a frame, but for a cancelled one not long.
///
/// A frame that is cancelled ends by itself within a tile's time. Where one piece of work takes longer,
/// nobody waits: it goes on in the background, with all that it holds, and what comes of it is dropped.
final class FrameEnd: Sendable {
  private struct State {
    var outcome: FrameRun.Outcome?
    var waiting: CheckedContinuation<Void, Never>?
  }
  /// The outcome is behind a lock: who waits may go on before the continuation was suspended, and
  /// nothing else then orders its threads.
  private let state = Locked(State())
  private static let patience = DispatchTimeInterval.milliseconds(200)
  private static let clock = DispatchQueue(label: "bipack.patience", qos: .userInteractive)

  /// Starts the frame, which says when it is over, and gives its outcome.
  func outcome(of start: (@escaping @Sendable (FrameRun.Outcome) -> Void) -> Void) async
    -> FrameRun.Outcome
  {
    await withCheckedContinuation { continuation in
      let isOver = state.withLock { state in
        if state.outcome == nil { state.waiting = continuation }
        return state.outcome != nil
      }
      if isOver { continuation.resume() }
      start { [self] in end($0) }
    }
    return state.withLock { $0.outcome ?? FrameRun.Outcome() }
  }

  private func end(_ outcome: FrameRun.Outcome) {
    let waiting = state.withLock { state in
      if state.outcome == nil { state.outcome = outcome }
      defer { state.waiting = nil }
      return state.waiting
    }
    waiting?.resume()
  }

  /// The frame was cancelled.
  func giveUpSoon() {
    Self.clock.asyncAfter(deadline: .now() + Self.patience) { [self] in
      end(FrameRun.Outcome())
    }
  }
}
