/// The one way to run a loop on several cores. The caller takes part.
///
/// A render gives its own, on the workers it has; `serial` is the plain one, and BipackIO has one by
/// Dispatch (`Loops.dispatch`). The calls of a loop come in any order and at the same time: each writes
/// only what no other reads or writes, rows or tiles of its own. What is summed up is made piece by piece
/// (`map`) and joined in order, so that it is the same on any number of threads.
public struct Loops: Sendable {
  private let run: @Sendable (Int, @Sendable (Int) -> Void) -> Void
  /// Whether the result is no longer wanted. Long work asks now and then, and gives up.
  public let isCancelled: @Sendable () -> Bool

  public init(
    isCancelled: @escaping @Sendable () -> Bool = { false },
    _ run: @escaping @Sendable (Int, @Sendable (Int) -> Void) -> Void
  ) {
    self.run = run
    self.isCancelled = isCancelled
  }

  /// Runs `body(0) ... body(count - 1)` and returns when all are done. Each call should be worth at least
  /// 50 us.
  public func callAsFunction(_ count: Int, _ body: @Sendable (Int) -> Void) { run(count, body) }

  /// One after the other, on the calling thread.
  public static let serial = Loops { count, body in for i in 0..<count { body(i) } }

  /// The same, but what is not begun when the result is no longer wanted is left out: for work that stays
  /// within its bounds whatever its loops did not fill.
  public var whileWanted: Loops {
    Loops(isCancelled: isCancelled) { [self] count, body in
      run(count) { i in if !isCancelled() { body(i) } }
    }
  }
}

extension Loops {
  /// Rows of a picture that are worth a call.
  private static func rowsPerCall(_ width: Int) -> Int { max(1, 16384 / max(width, 1)) }

  /// A loop in calls of `size` indices each.
  private func run(_ count: Int, by size: Int, _ body: @Sendable (Int) -> Void) {
    run((count + size - 1) / size) { piece in
      for i in (piece * size)..<min((piece + 1) * size, count) { body(i) }
    }
  }

  private func map<Result: Sendable>(
    _ count: Int, by size: Int, otherwise: Result, _ body: @Sendable (Int) -> Result
  ) -> [Result] {
    let results = Locked([Result](repeating: otherwise, count: count))
    run(count, by: size) { i in
      let result = body(i)
      results.withLock { $0[i] = result }
    }
    return results.withLock { $0 }
  }

  /// What `body` makes of each index, in order; `otherwise` where a loop that is given up did not come.
  package func map<Result: Sendable>(
    _ count: Int, otherwise: Result, _ body: @Sendable (Int) -> Result
  ) -> [Result] {
    map(count, by: 1, otherwise: otherwise, body)
  }

  /// A loop over the rows of a picture, as many in a call as are worth one.
  package func rows(_ height: Int, width: Int, _ body: @Sendable (Int) -> Void) {
    run(height, by: Self.rowsPerCall(width), body)
  }

  /// What `body` makes of each row, in order; `otherwise` where a loop that is given up did not come.
  package func mapRows<Result: Sendable>(
    _ height: Int, width: Int, otherwise: Result, _ body: @Sendable (Int) -> Result
  ) -> [Result] {
    map(height, by: Self.rowsPerCall(width), otherwise: otherwise, body)
  }
}
