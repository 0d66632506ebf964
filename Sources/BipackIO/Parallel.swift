public import BipackPixels
import Dispatch

/// Asked some times a second, from any thread, while another process works for us: whether its result
/// is still wanted. Where it can be given, the default is whether the current task was cancelled.
public typealias Cancellation = @Sendable () -> Bool

extension Loops {
  private static let isTaskCancelled: @Sendable () -> Bool = { Task.isCancelled }

  /// On every CPU, by Dispatch; given up with the current task.
  public static let dispatch = Loops(isCancelled: isTaskCancelled) { count, body in
    if count == 1 { return body(0) }
    DispatchQueue.concurrentPerform(iterations: count, execute: body)
  }
}

/// Runs a throwing body in parallel; throws the failure with the lowest index, so that the message
/// does not depend on the threads. After a failure the remaining iterations are skipped.
func attempt(
  _ count: Int, _ loops: Loops,
  _ body: @escaping @Sendable (Int) throws(ImageFileError) -> Void
) throws(ImageFileError) {
  if count <= 0 { return }
  let first = Locked<(index: Int, error: ImageFileError)?>(nil)
  loops(count) { i in
    if let failed = first.withLock({ $0?.index }), failed < i { return }
    do throws(ImageFileError) {
      try body(i)
    } catch {
      first.withLock { state in
        if i < state?.index ?? Int.max { state = (i, error) }
      }
    }
  }
  if let failure = first.withLock({ $0 }) { throw failure.error }
}

/// Objects that are costly to make and used by one thread at a time (decoders, encoders).
final class Reserve<Item: AnyObject>: @unchecked Sendable {
  // SAFETY: the list is behind a lock; an item is in one thread's hands or in the list.
  private let free = Locked<[Item]>([])
  private let make: @Sendable () throws(ImageFileError) -> Item

  init(_ make: @escaping @Sendable () throws(ImageFileError) -> Item) { self.make = make }

  func with<Result>(
    _ body: (Item) throws(ImageFileError) -> Result
  ) throws(ImageFileError) -> Result {
    var item = free.withLock { $0.popLast() }
    let mine: Item
    if let ready = item.take() { mine = ready } else { mine = try make() }
    defer { free.withLock { $0.append(mine) } }
    return try body(mine)
  }
}
