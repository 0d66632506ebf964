import Bipack
import Dispatch
import Glibc
import Synchronization

/// Turns SIGINT, SIGTERM and SIGHUP into a call. A second one ends the process at once.
final class Interrupts: Sendable {
  private let received: Received

  /// The first signal that came; 0 before that.
  private final class Received: Sendable {
    let signal = Atomic<Int32>(0)
  }

  init(_ cancel: @escaping @Sendable () -> Void) {
    let received = Received()
    self.received = received
    for number in [SIGINT, SIGTERM, SIGHUP] {
      signal(number, SIG_IGN)
      let source = DispatchSource.makeSignalSource(signal: number, queue: .global())
      source.setEventHandler {
        let (isFirst, _) = received.signal.compareExchange(
          expected: 0, desired: number, ordering: .relaxed)
        if isFirst { cancel() } else { _exit(128 + number) }
        // The source lives as long as its handler, which is until the process ends.
        _ = source
      }
      source.resume()
    }
  }

  /// How the process should leave, if it was interrupted.
  var status: ExitStatus? {
    switch received.signal.load(ordering: .relaxed) {
    case 0: nil
    case SIGTERM, SIGHUP: .terminated
    default: .interrupted
    }
  }
}
