import BipackPixels
import CVector
import Testing

@testable import BipackKernels

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

  /// A channel does not depend on which others are rendered with it: growing, shrinking a little and
  /// a lot, unevenly and in perspective.
  @Test(
    arguments: [ResampleFilter.linear, .keys, .lanczos6, .box, .gaussian],
    [
      [0.8, 0.1, 3, -0.1, 0.9, 2, 0, 0, 1], [1.3, 0.2, 0, 0.1, 1.1, 1, 0, 0, 1],
      [2.4, 0.3, 0, 0.2, 1.2, 1, 0.002, 0.001, 1], [5, 0.5, -4, 0.2, 3, -2, 0, 0, 1],
      [0.9, 0, 2, 0.05, 0.7, 1, 0.01, 0.004, 1],
    ])
  func channelsAlone(filter: ResampleFilter, map: [Double]) throws {
    let pool = BlockPool()
    let spec = ImageSpec(format: Format(width: 90, height: 70))
    var seed: UInt32 = 11
    var pixels: [Channel: [Float]] = [:]
    for channel in Channel.rgba {
      pixels[channel] = (0..<90 * 70).map { _ in
        seed = seed &* 1_664_525 &+ 1_013_904_223
        return Float(seed >> 8) / Float(1 << 24) - 0.4
      }
    }
    let image = Image(spec: spec, pool: pool, pixels: pixels)
    let warp = Warp(inverses: [Matrix3(map)], filter: filter, clamp: false, edge: .black)
    let rect = Rect(x: 0, y: 0, width: 61, height: 40)
    func rendered(_ channels: [Channel]) -> [[Float]] {
      let scratch = channels.map { _ in pool.scratch(count: rect.area) }
      warp.render(
        channels, of: image, rect: rect,
        into: scratch.map { PlaneView(rect, of: $0) }, pool: pool)
      return scratch.map { Array(UnsafeBufferPointer(start: $0.base, count: rect.area)) }
    }
    let together = rendered(Channel.rgba)
    for (channel, plane) in zip(Channel.rgba, together) {
      let alone = rendered([channel])[0]
      #expect(alone.map(\.bitPattern) == plane.map(\.bitPattern))
      #expect(plane.contains { $0 != 0 })
    }
  }
}
