import BipackPixels
import Testing

@Suite("Loops") struct LoopsTests {
  @Test(arguments: [0, 1, 7, 5000], [1, 100, 1 << 20])
  func everyRowComesOnceAndResultsStandInOrder(height: Int, width: Int) {
    for loops in [Loops.serial, .backwards] {
      let seen = Locked([Int](repeating: 0, count: height))
      loops.rows(height, width: width) { y in seen.withLock { $0[y] += 1 } }
      #expect(seen.withLock { $0 } == [Int](repeating: 1, count: height))
      #expect(loops.map(height, otherwise: -1) { 2 * $0 } == (0..<height).map { 2 * $0 })
      #expect(
        loops.mapRows(height, width: width, otherwise: -1) { 2 * $0 }
          == (0..<height).map { 2 * $0 })
    }
  }

  @Test func whatIsNotBegunIsLeftOutWhenNobodyWantsIt() {
    let done = Locked(0)
    let isEnough: @Sendable () -> Bool = { done.withLock { $0 >= 3 } }
    let loops = Loops(isCancelled: isEnough) { count, body in
      for i in 0..<count { body(i) }
    }
    let all = loops.map(6, otherwise: -1) { i in
      done.withLock { $0 += 1 }
      return i
    }
    #expect(all == [0, 1, 2, 3, 4, 5])
    done.withLock { $0 = 0 }
    let some = loops.whileWanted.map(6, otherwise: -1) { i in
      done.withLock { $0 += 1 }
      return i
    }
    #expect(some == [0, 1, 2, -1, -1, -1])
  }
}

extension Loops {
  /// The last index first: what comes out must not depend on it.
  fileprivate static let backwards = Loops { count, body in
    for i in (0..<count).reversed() { body(i) }
  }
}
