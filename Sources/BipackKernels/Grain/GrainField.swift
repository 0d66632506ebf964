import BipackPixels
import CVector

/// Grain for any pixel of any frame, without the pixels around it: random numbers belong to pixels, frames and seeds, and
/// a filter gives them their size.
package struct GrainField: Sendable {
  private let filter: GrainFilter
  private let keys: (UInt64, UInt64)

  /// Two frames or two seeds have nothing in common.
  package init(_ filter: GrainFilter, frame: Double, seed: Int) {
    self.filter = filter
    let frame = Self.mix((frame == 0 ? 0 : frame).bitPattern)
    keys.0 = Self.mix(frame ^ Self.mix(UInt64(bitPattern: Int64(seed))))
    keys.1 = Self.mix(keys.0)
  }

  /// Floats of memory that `fill` takes.
  package func scratch(_ rect: Rect) -> Int { 3 * rect.expanded(filter.reach).area }

  /// Fills a plane for each of red, green and blue that is wanted with numbers of mean 0 and deviation 1.
  package func fill(_ targets: [PlaneView?], _ rect: Rect, pool: BlockPool) {
    let seen = rect.expanded(filter.reach)
    let white = (0..<3).map { _ in pool.scratch(count: seen.area) }
    for row in 0..<seen.height {
      let key = Self.mix(
        keys.0 &+ UInt64(bitPattern: Int64(seen.y0 + row)) &* 0x9e37_79b9_7f4a_7c15)
      let start = row * seen.width
      bp_grain_white(
        white[0].base + start, white[1].base + start, white[2].base + start, seen.width,
        Int32(truncatingIfNeeded: seen.x0), UInt32(truncatingIfNeeded: key),
        UInt32(truncatingIfNeeded: key >> 32))
    }
    let planes = white.map { UnsafePointer<Float>?($0.base) }
    for (channel, target) in targets.enumerated() {
      guard let target else { continue }
      withFilters(channel) { filters in
        bp_grain_filter(
          target.base, target.stride, planes, seen.width, rect.width, rect.height, filters,
          filter.side)
      }
    }
    withExtendedLifetime(white) {}
  }

  private func withFilters(_ channel: Int, _ body: ([UnsafePointer<Float>?]) -> Void) {
    func next(_ plane: Int, _ pointers: [UnsafePointer<Float>?]) {
      if plane == 3 { return body(pointers) }
      guard let values = filter.filters[3 * channel + plane] else {
        return next(plane + 1, pointers + [nil])
      }
      values.withUnsafeBufferPointer { next(plane + 1, pointers + [$0.baseAddress]) }
    }
    next(0, [])
  }

  /// Steele, Lea & Flood, *Fast splittable pseudorandom number generators*, 2014.
  private static func mix(_ value: UInt64) -> UInt64 {
    var k = value &+ 0x9e37_79b9_7f4a_7c15
    k = (k ^ (k >> 30)) &* 0xbf58_476d_1ce4_e5b9
    k = (k ^ (k >> 27)) &* 0x94d0_49bb_1331_11eb
    return k ^ (k >> 31)
  }
}

/// How strong grain is by brightness, ready to be looked up.
package struct GrainStrength: Sendable {
  private let values: [Float]
  private let scale: Float

  /// `deviation` from 0 to `brightest`; beyond it is that of the end.
  package init(brightest: Double, _ deviation: (Double) -> Double) {
    let count = 1024
    let end = max(brightest, 1e-6).squareRoot()
    scale = Float(Double(count - 1) / end)
    values = (0..<count).map { step in
      let root = end * Double(step) / Double(count - 1)
      return Float(deviation(root * root))
    }
  }

  /// Adds grain to a row: as strong as the colour says where alpha is 1, and as much as alpha covers.
  package func add(
    _ noise: UnsafePointer<Float>, to color: UnsafePointer<Float>, alpha: UnsafePointer<Float>?,
    into out: UnsafeMutablePointer<Float>, count: Int
  ) {
    values.withUnsafeBufferPointer { values in
      bp_grain_add(
        out, color, alpha, noise, count,
        bp_grain_strength(
          values: values.baseAddress, count: Int32(values.count), scale: scale))
    }
  }
}
