import Testing

@testable import BipackKernels

@Suite("Pull-push") struct PullPushTests {
  @Test func whatIsUnknownIsFilledFromWhatIsKnown() {
    let fill = PullPush(width: 37, height: 21)
    let color = SIMD3(0.2, 0.7, 1.5)
    var weights = [Double](repeating: 0, count: 37 * 21)
    for i in stride(from: 0, to: weights.count, by: 97) { weights[i] = 1 }
    let filled = fill.fill(weights.map { color * $0 }, weights)
    #expect(filled.allSatisfy { ($0 - color).max() < 1e-12 && ($0 - color).min() > -1e-12 })
  }

  @Test func nothingKnownGivesBlack() {
    let none = [Double](repeating: 0, count: 30)
    let filled = PullPush(width: 6, height: 5).fill(none.map { SIMD3(repeating: $0) }, none)
    #expect(filled.allSatisfy { $0 == SIMD3() })
  }
}
