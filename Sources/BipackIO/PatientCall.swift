import BipackPixels
import CFiles
import Glibc

/// A call into a library that may take too long, on a thread of its own.
///
/// Who waits goes on when the call is done, when its time is over, or when the task that waits is
/// cancelled. In the last two cases the thread is left behind: it cannot be stopped from outside, and
/// ends with its call or with the process.
struct PatientCall {
  enum Failure: Error {
    case tookTooLong, cancelled
  }

  /// Runs `body` for at most `seconds`.
  static func run<Result: Sendable>(seconds: Double, _ body: @escaping @Sendable () -> Result)
    throws(Failure) -> Result
  {
    let call = Call(body)
    var thread = pthread_t()
    var attributes = pthread_attr_t()
    pthread_attr_init(&attributes)
    // Parsers of nested text call themselves.
    pthread_attr_setstacksize(&attributes, 16 << 20)
    pthread_attr_setdetachstate(&attributes, Int32(PTHREAD_CREATE_DETACHED))
    // SAFETY: the thread takes over one reference to `call` and releases it.
    let argument = Unmanaged.passRetained(call).toOpaque()
    let failed = pthread_create(
      &thread, &attributes,
      { argument in
        guard let argument else { return nil }
        Unmanaged<AnyCall>.fromOpaque(argument).takeRetainedValue().run()
        return nil
      }, argument)
    pthread_attr_destroy(&attributes)
    if failed != 0 {
      // No thread to be had: without a limit then.
      Unmanaged<AnyCall>.fromOpaque(argument).release()
      call.run()
    }
    let end = ContinuousClock.now + .seconds(seconds)
    while !call.wait(milliseconds: 20) {
      if Task.isCancelled { throw abandon(.cancelled) }
      if ContinuousClock.now >= end { throw abandon(.tookTooLong) }
    }
    return call.take()
  }

  /// The process must not take its libraries down while a thread is still inside one of them.
  private static func abandon(_ failure: Failure) -> Failure {
    bipack_exit_at_once()
    return failure
  }
}

/// What a thread can run without knowing its result.
private class AnyCall {
  func run() {}
}

private final class Call<Result: Sendable>: AnyCall {
  // SAFETY: `result` is written by the thread before it posts, and read by the waiter after.
  private let body: @Sendable () -> Result
  private nonisolated(unsafe) var result: Result?
  private let done: UnsafeMutablePointer<sem_t>

  init(_ body: @escaping @Sendable () -> Result) {
    self.body = body
    done = .allocate(capacity: 1)
    sem_init(done, 0, 0)
  }

  deinit {
    sem_destroy(done)
    done.deallocate()
  }

  override func run() {
    result = body()
    sem_post(done)
  }

  func wait(milliseconds: Int) -> Bool {
    var time = timespec()
    clock_gettime(CLOCK_REALTIME, &time)
    time.tv_nsec += milliseconds * 1_000_000
    if time.tv_nsec >= 1_000_000_000 {
      time.tv_sec += 1
      time.tv_nsec -= 1_000_000_000
    }
    return sem_timedwait(done, &time) == 0
  }

  func take() -> Result {
    guard let result else { preconditionFailure("a call is taken before it is done") }
    self.result = nil
    return result
  }
}
