/// What the items of a job took, all threads together.
///
/// Two numbers say how a job would do on more cores: the time of its items, which is shared out, and
/// the longest item, which is not.
struct Timings: Sendable {
  var items: Int
  /// The time of all items, added up over the threads.
  var busy = 0.0
  /// The longest single item.
  var longest = 0.0
  /// From the begin of the first item to the end of the last.
  private(set) var first: ContinuousClock.Instant?
  private(set) var last: ContinuousClock.Instant?

  init(items: Int) { self.items = items }

  var span: Double {
    guard let first, let last else { return 0 }
    return (last - first).seconds
  }

  mutating func add(_ start: ContinuousClock.Instant, _ end: ContinuousClock.Instant) {
    let seconds = (end - start).seconds
    busy += seconds
    longest = max(longest, seconds)
    first = min(first ?? start, start)
    last = max(last ?? end, end)
  }

  /// Adds a job that ran after this one, as a piece of the same work.
  mutating func add(_ other: Timings) {
    items += other.items
    busy += other.busy
    longest += other.longest
    spans += other.span
  }

  /// The spans of the jobs added.
  private(set) var spans = 0.0
}
