import Bipack
import Dispatch
import Glibc

/// Turns SIGINT, SIGTERM and SIGHUP into a call. A second one ends the process at once.
final class Interrupts: Sendable {
  private struct State {
    /// The first signal that came; 0 before that.
    var signal: Int32 = 0
    var cancel: @Sendable () -> Void = {}
  }
  private let state = Locked(State())

  init() {
    // A serial queue has a thread whenever it needs one, however busy the others are.
    let queue = DispatchQueue(label: "bipack.signals", qos: .userInteractive)
    for number in [SIGINT, SIGTERM, SIGHUP] {
      signal(number, SIG_IGN)
      let source = DispatchSource.makeSignalSource(signal: number, queue: queue)
      source.setEventHandler { [state] in
        let (isFirst, cancel) = state.withLock { state in
          defer { if state.signal == 0 { state.signal = number } }
          return (state.signal == 0, state.cancel)
        }
        if isFirst { cancel() } else { _exit(128 + number) }
        // The source lives as long as its handler, which is until the process ends.
        _ = source
      }
      source.resume()
    }
  }

  /// What an interrupt stops from now on; at once if one has come already.
  func stop(_ cancel: @escaping @Sendable () -> Void) {
    let isLate = state.withLock { state in
      state.cancel = cancel
      return state.signal != 0
    }
    if isLate { cancel() }
  }

  /// How the process should leave, if it was interrupted.
  var status: ExitStatus? {
    switch state.withLock({ $0.signal }) {
    case 0: nil
    case SIGTERM, SIGHUP: .terminated
    default: .interrupted
    }
  }
}
