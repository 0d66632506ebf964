import CVector

/// Lets long loops in C ask whether their result is still wanted.
enum StopQuestion {
  private final class Asker {
    let isCancelled: () -> Bool
    init(_ isCancelled: @escaping () -> Bool) { self.isCancelled = isCancelled }
  }

  static func with(_ isCancelled: () -> Bool, _ body: (bp_stop) -> Void) {
    withoutActuallyEscaping(isCancelled) { isCancelled in
      let asker = Asker(isCancelled)
      // SAFETY: the loop asks only while `body` runs, and `asker` lives as long.
      withExtendedLifetime(asker) {
        body(
          bp_stop(
            asked: { who in
              guard let who else { return 0 }
              let asker = Unmanaged<Asker>.fromOpaque(who).takeUnretainedValue()
              return asker.isCancelled() ? 1 : 0
            }, who: UnsafeRawPointer(Unmanaged.passUnretained(asker).toOpaque())))
      }
    }
  }
}
