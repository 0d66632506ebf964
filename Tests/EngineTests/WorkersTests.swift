import BipackGraph
import BipackPixels
import Testing

@testable import BipackEngine

@Suite("Workers") struct WorkersTests {
  @Test func loopsInsideWorkRunEveryItemOnce() async {
    let workers = Workers(width: 3)
    let counts = Locked([Int](repeating: 0, count: 200))
    await withCheckedContinuation { continuation in
      workers.run(40, priority: 0) { item in
        for _ in 0..<20 {
          workers.loops(5) { part in
            counts.withLock { $0[item * 5 + part] += 1 }
          }
        }
      } completion: { _ in
        continuation.resume()
      }
    }
    #expect(counts.withLock { $0.allSatisfy { $0 == 20 } })
  }

  @Test func atMostWidthItemsRunAtATime() async {
    let workers = Workers(width: 2)
    let state = Locked((now: 0, most: 0))
    await withCheckedContinuation { continuation in
      workers.run(200, priority: 0) { _ in
        state.withLock {
          $0.now += 1
          $0.most = max($0.most, $0.now)
        }
        var x = 0.0
        for i in 0..<20_000 { x += Double(i).squareRoot() }
        state.withLock { $0.now -= x > 0 ? 1 : 1 }
      } completion: { _ in
        continuation.resume()
      }
    }
    #expect(state.withLock { $0.most } <= 2)
  }

  @Test func aJobSaysWhatItsItemsTook() async {
    let workers = Workers(width: 2)
    let timings = await withCheckedContinuation { continuation in
      workers.run(8, priority: 0) { _ in
        let end = ContinuousClock.now + .milliseconds(3)
        while ContinuousClock.now < end {}
      } completion: {
        continuation.resume(returning: $0)
      }
    }
    #expect(timings.items == 8)
    #expect(timings.busy >= 0.024 && timings.longest >= 0.003 && timings.longest < timings.busy)
    #expect(timings.span >= 0.012 && timings.span <= timings.busy + timings.longest)
  }

  @Test func moreCoresShareOutThePiecesButNotTheRest() {
    var timings = Timings(items: 100)
    let start = ContinuousClock.now
    for i in 0..<100 {
      timings.add(start + .milliseconds(i), start + .milliseconds(i + 1))
    }
    let pass = PassReport(
      path: "", typeName: "", seconds: 0.12, timings, waits: LockWaits(), bytes: 0)
    #expect(abs(pass.serialSeconds - 0.02) < 1e-9)
    #expect(abs(pass.seconds(onCores: 1) - 0.12) < 1e-9)
    #expect(abs(pass.seconds(onCores: 10) - 0.03) < 1e-9)
    #expect(abs(pass.seconds(onCores: 64) - 0.022) < 1e-9)
    #expect(abs(pass.seconds(onCores: 1000) - 0.021) < 1e-9)
  }

  @Test func aShuffledOrderIsAPermutation() {
    for count in [0, 1, 2, 3, 7, 64, 510, 1000] {
      for seed in 0..<5 {
        let order = TileOrder(count, options: .shuffled(seed: seed))
        #expect((0..<count).map { order[$0] }.sorted() == Array(0..<count))
      }
    }
    #expect((0..<9).map { TileOrder(9, options: .forward)[$0] } == Array(0..<9))
  }

  @Test func jobsWithoutItemsComplete() async {
    let workers = Workers(width: 1)
    await withCheckedContinuation { continuation in
      workers.run(0, priority: 0) { _ in
      } completion: { _ in
        continuation.resume()
      }
    }
    workers.loops(0) { _ in Issue.record("there is nothing to do") }
  }
}
