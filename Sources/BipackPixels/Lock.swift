import Glibc

/// A mutex around a value. One lock type for the whole project, over `pthread_mutex`, because the
/// thread sanitizer understands it (it reports false races on `Synchronization.Mutex`).
///
/// It counts how often it was found taken and how long that cost: what would keep more cores waiting
/// shows on two already.
public final class Locked<Value>: @unchecked Sendable {
  // SAFETY: `value` and `waits` are touched only between lock and unlock of `mutex`.
  private var value: Value
  private var waits = LockWaits()
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
    if pthread_mutex_trylock(mutex) != 0 { wait() }
    defer { pthread_mutex_unlock(mutex) }
    return try body(&value)
  }

  @inline(never)
  private func wait() {
    let clock = ContinuousClock.now
    pthread_mutex_lock(mutex)
    waits.count += 1
    waits.time += ContinuousClock.now - clock
  }

  /// How often and how long threads have waited for this lock.
  package var contention: LockWaits {
    pthread_mutex_lock(mutex)
    defer { pthread_mutex_unlock(mutex) }
    return waits
  }
}

/// How often and how long threads waited for a lock.
public struct LockWaits: Hashable, Sendable {
  public var count = 0
  public var time = Duration.zero

  public init(count: Int = 0, time: Duration = .zero) {
    self.count = count
    self.time = time
  }

  public static func + (a: LockWaits, b: LockWaits) -> LockWaits {
    LockWaits(count: a.count + b.count, time: a.time + b.time)
  }

  public static func - (a: LockWaits, b: LockWaits) -> LockWaits {
    LockWaits(count: a.count - b.count, time: a.time - b.time)
  }
}
