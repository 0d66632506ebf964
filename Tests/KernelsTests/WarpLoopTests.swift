import CVector
import Testing

/// Four planes at once give what each gives alone.
@Suite struct WarpLoopTests {
  @Test(arguments: [1, 3, 4, 17], [4, 6])
  func fourPlanes(count: Int, taps: Int) {
    let (width, height) = (23, 11)
    var seed: UInt32 = 9
    func random() -> Float {
      seed = seed &* 1_664_525 &+ 1_013_904_223
      return Float(seed >> 8) / Float(1 << 24) - 0.4
    }
    // The planes' loop may read a little past the last pixel.
    let planes: [[Float]] = (0..<4).map { _ in (0..<width * height + 16).map { _ in random() } }
    let x0 = (0..<count).map { _ in Int32((random() + 0.4) * Float(width - taps)) }
    let y0 = (0..<count).map { _ in Int32((random() + 0.4) * Float(height - taps)) }
    let wx = (0..<count * taps + 8).map { _ in random() }
    let wy = (0..<count * taps + 8).map { _ in random() }
    let front: [UInt8] = (0..<count).map { $0 % 5 == 3 ? 0 : 1 }
    var apart = [[Float]](repeating: [Float](repeating: -1, count: count), count: 4)
    for c in 0..<4 {
      bp_warp_row(&apart[c], planes[c], width, x0, y0, wx, wy, front, count, Int32(taps), 0)
    }
    var pixels = [Float](repeating: 0, count: 4 * width * height + 16)
    var together = [Float](repeating: -1, count: 4 * count)
    let source = planes[0] + planes[1] + planes[2] + planes[3]
    source.withUnsafeBufferPointer { source in
      guard let base = source.baseAddress else { return }
      let each: [UnsafePointer<Float>?] = (0..<4).map { base + $0 * (width * height + 16) }
      bp_interleave(&pixels, each, width * height)
    }
    together.withUnsafeMutableBufferPointer { target in
      guard let base = target.baseAddress else { return }
      let each: [UnsafeMutablePointer<Float>?] = (0..<4).map { base + $0 * count }
      bp_warp_row4(each, pixels, width, x0, y0, wx, wy, front, count, Int32(taps))
    }
    for c in 0..<4 { #expect(Array(together[c * count..<(c + 1) * count]) == apart[c]) }
  }
}
