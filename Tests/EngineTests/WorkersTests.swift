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
      } completion: {
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
      } completion: {
        continuation.resume()
      }
    }
    #expect(state.withLock { $0.most } <= 2)
  }

  @Test func jobsWithoutItemsComplete() async {
    let workers = Workers(width: 1)
    await withCheckedContinuation { continuation in
      workers.run(0, priority: 0) { _ in
      } completion: {
        continuation.resume()
      }
    }
    workers.loops(0) { _ in Issue.record("there is nothing to do") }
  }
}
