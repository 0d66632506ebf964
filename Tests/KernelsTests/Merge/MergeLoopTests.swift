import CVector
import Testing

@testable import BipackKernels

/// `over` past the caches gives what it gives through them, wherever the array ends.
@Suite struct MergeLoopTests {
  @Test(arguments: [1, 15, 16, 31, 64, 100], [0, 1])
  func over(count: Int, offset: Int) {
    func plane(_ seed: Int) -> [Float] { (0..<count).map { Float(($0 * 7 + seed) % 13) / 5 - 1 } }
    let (top, below, alpha) = (plane(1), plane(5), plane(8))
    let want = (0..<count).map { top[$0] + below[$0] * (1 - alpha[$0]) }
    let target = UnsafeMutableRawPointer.allocate(byteCount: 4 * (count + 1), alignment: 64)
    defer { target.deallocate() }
    let floats = target.bindMemory(to: Float.self, capacity: count + 1)
    for stream: Int32 in [0, 1] {
      floats.update(repeating: .nan, count: count + 1)
      bp_over(floats + offset, top, below, alpha, count, stream)
      #expect(Array(UnsafeBufferPointer(start: floats + offset, count: count)) == want)
    }
  }
}
