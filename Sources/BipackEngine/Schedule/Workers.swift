import BipackGraph
import BipackPixels
import Dispatch

/// The engine's compute threads: at most `width` at a time, on one concurrent Dispatch queue.
///
/// Work comes as jobs, each a count of independent items. A worker takes the next item of the first
/// job that has one, so the oldest frame goes first and the tails of its passes are filled by the
/// next frame. Nothing here ever waits for anything but items that are already running; a blocked
/// Dispatch pool grows by one thread a second and looks like a hang.
final class Workers: Sendable {
  let width: Int
  /// Dispatch keeps as many threads as CPUs for each quality of service. With one of its own, long work
  /// leaves those of the usual one free: tasks, timers and signals are never behind it.
  private let queue = DispatchQueue(
    label: "bipack.compute", qos: .userInitiated, attributes: .concurrent)
  /// Reading and writing files, which may wait for disks: never on a compute worker.
  let files = DispatchQueue(label: "bipack.files", qos: .utility, attributes: .concurrent)

  private struct State {
    var active = 0
    var jobs: [Job] = []
  }
  private let state = Locked(State())

  /// A number of items, whoever runs them.
  private final class Job: @unchecked Sendable {
    // SAFETY: `next`, `remaining` and `timings` are touched only under the lock of `Workers.state`;
    // `body` is set once before the job is shared and cleared after its last item.
    let count: Int
    let priority: Int
    /// Cleared when the job is over, so that a worker still holding the job holds no closure.
    var body: (@Sendable (Int) -> Void)?
    let completion: @Sendable (Timings) -> Void
    var next = 0
    var remaining: Int
    var timings: Timings

    init(
      count: Int, priority: Int, body: @escaping @Sendable (Int) -> Void,
      completion: @escaping @Sendable (Timings) -> Void
    ) {
      self.count = count
      self.priority = priority
      self.body = body
      self.completion = completion
      remaining = count
      timings = Timings(items: count)
    }

    /// Not inlined: whatever the call retains is released when it returns, before the item counts
    /// as done.
    @inline(never)
    func perform(_ index: Int) { body?(index) }
  }

  /// The order in which the pieces of a pass are begun.
  let order: WorkOrder

  init(width: Int, order: WorkOrder = .forward) {
    self.width = max(1, width)
    self.order = order
  }

  /// Runs `body(0) ... body(count - 1)` on the workers, then `completion` on the worker that
  /// finished last. Lower `priority` goes first. Returns at once.
  func run(
    _ count: Int, priority: Int, _ body: @escaping @Sendable (Int) -> Void,
    completion: @escaping @Sendable (Timings) -> Void
  ) {
    if count == 0 {
      queue.async { completion(Timings(items: 0)) }
      return
    }
    submit(Job(count: count, priority: priority, body: body, completion: completion))
  }

  private func submit(_ job: Job, helpers: Int? = nil) {
    let spawn = state.withLock { state in
      let place = state.jobs.firstIndex { $0.priority > job.priority } ?? state.jobs.count
      state.jobs.insert(job, at: place)
      let spawn = max(0, min(width - state.active, helpers ?? job.count))
      state.active += spawn
      return spawn
    }
    for _ in 0..<spawn { queue.async { self.work() } }
  }

  private func work() {
    while let (job, index) = take() { perform(job, index) }
  }

  private func perform(_ job: Job, _ index: Int) {
    let start = ContinuousClock.now
    job.perform(index)
    finish(job, start)
  }

  private func take() -> (Job, Int)? {
    state.withLock { state in
      guard let job = state.jobs.first else {
        state.active -= 1
        return nil
      }
      let index = job.next
      job.next += 1
      if job.next == job.count { state.jobs.removeFirst() }
      return (job, index)
    }
  }

  private func finish(_ job: Job, _ start: ContinuousClock.Instant) {
    let end = ContinuousClock.now
    let timings: Timings? = state.withLock { _ in
      job.timings.add(start, end)
      job.remaining -= 1
      if job.remaining > 0 { return nil }
      // What the items hold is let go before anything that comes after them begins.
      job.body = nil
      return job.timings
    }
    if let timings { job.completion(timings) }
  }

  /// How often threads waited for the queue of jobs.
  var contention: LockWaits { state.contention }

  /// A parallel loop inside a piece of work: the caller takes part and idle workers help. Returns
  /// when every item is done; it waits only for items another thread has already begun.
  var loops: Loops { loops(into: nil) }

  /// The same, adding what the loops took to `timings`.
  func loops(
    into timings: Locked<Timings>?, isCancelled: @escaping @Sendable () -> Bool = { false }
  ) -> Loops {
    Loops(isCancelled: isCancelled) { [self] count, body in
      if count <= 1 || width == 1 {
        let start = ContinuousClock.now
        for i in 0..<count { body(i) }
        var own = Timings(items: count)
        own.add(start, .now)
        if count > 0 { own.longest /= Double(count) }
        timings?.withLock { $0.add(own) }
        return
      }
      withoutActuallyEscaping(body) { body in
        let done = DispatchSemaphore(value: 0)
        let job = Job(count: count, priority: Int.min, body: body) { own in
          timings?.withLock { $0.add(own) }
          done.signal()
        }
        submit(job, helpers: count - 1)
        while let index = takeOwn(job) { perform(job, index) }
        done.wait()
      }
    }
  }

  private func takeOwn(_ job: Job) -> Int? {
    state.withLock { state in
      guard job.next < job.count else { return nil }
      let index = job.next
      job.next += 1
      if job.next == job.count { state.jobs.removeAll { $0 === job } }
      return index
    }
  }
}
