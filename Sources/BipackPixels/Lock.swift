import Glibc

/// A mutex around a value. One lock type for the whole project, over `pthread_mutex`, because the
/// thread sanitizer understands it (it reports false races on `Synchronization.Mutex`).
public final class Locked<Value>: @unchecked Sendable {
  // SAFETY: `value` is touched only between lock and unlock of `mutex`.
  private var value: Value
  private let mutex: UnsafeMutablePointer<pthread_mutex_t>

  public init(_ value: sending Value) {
    self.value = value
    mutex = .allocate(capacity: 1)
    mutex.initialize(to: pthread_mutex_t())
    pthread_mutex_init(mutex, nil)
  }

  deinit {
    pthread_mutex_destroy(mutex)
    mutex.deallocate()
  }

  /// Runs `body` with the value, alone. Keep it short; never wait inside.
  public func withLock<Result, Failure: Error>(
    _ body: (inout Value) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    pthread_mutex_lock(mutex)
    defer { pthread_mutex_unlock(mutex) }
    return try body(&value)
  }
}
