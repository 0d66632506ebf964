import CVector
import Testing

/// The large median against sorting every window.
@Suite struct MedianLoopTests {
  enum Values: CaseIterable { case random, few, ramp, extreme }

  @Test(
    arguments: [(3, 3), (15, 15), (2, 40), (40, 0), (64, 65)], Values.allCases)
  func sorted(radius: (x: Int, y: Int), values: Values) {
    check(width: 37, height: 21, radius, values)
  }

  /// Its counts exceed 16 bits.
  @Test(arguments: Values.allCases)
  func widest(values: Values) { check(width: 5, height: 2, (128, 128), values) }

  /// More values than bins of the usual size hold, at places that are still bytes.
  @Test(arguments: Values.allCases)
  func large(values: Values) { check(width: 190, height: 170, (3, 2), values) }

  private func check(width: Int, height: Int, _ radius: (x: Int, y: Int), _ values: Values) {
    let (wide, tall) = (width + 2 * radius.x, height + 2 * radius.y)
    var seed: UInt32 = 7
    let source: [Int32] = (0..<wide * tall).map { i in
      seed = seed &* 1_664_525 &+ 1_013_904_223
      return switch values {
      case .random: Int32(bitPattern: seed)
      case .few: Int32(seed >> 30)
      case .ramp: Int32(3 * (i % wide) - 2 * (i / wide))
      case .extreme: seed >> 31 == 0 ? .min : .max
      }
    }
    let bytes = bp_median_work(width, height, radius.x, radius.y)
    var work = [UInt64](repeating: 0xaaaa_aaaa_aaaa_aaaa, count: bytes / 8 + 1)
    var result = [Int32](repeating: 0, count: width * height)
    bp_median_large(
      &result, width, source, wide, width, height, radius.x, radius.y, &work,
      bp_stop(asked: { _ in 0 }, who: nil))
    for y in 0..<height {
      for x in 0..<width {
        var box: [Int32] = []
        for j in 0...2 * radius.y {
          let start = (y + j) * wide + x
          box += source[start...start + 2 * radius.x]
        }
        box.sort()
        if result[y * width + x] != box[box.count / 2] {
          Issue.record("\(x), \(y): \(result[y * width + x]), not \(box[box.count / 2])")
          return
        }
      }
    }
  }
}
