/// Seeded noise and random numbers from integer hashes: the same everywhere, no state.
enum HashNoise {
  static func mix(_ value: UInt64) -> UInt64 {
    var k = value &+ 0x9e37_79b9_7f4a_7c15
    k = (k ^ (k >> 30)) &* 0xbf58_476d_1ce4_e5b9
    k = (k ^ (k >> 27)) &* 0x94d0_49bb_1331_11eb
    return k ^ (k >> 31)
  }

  /// A number from 0 up to 1, never 1, for these seeds.
  static func random(_ seeds: some Collection<Double>) -> Double {
    var hash = UInt64(seeds.count)
    for seed in seeds { hash = mix(hash ^ (seed == 0 ? 0 : seed).bitPattern) }
    return Double(hash >> 11) / 9_007_199_254_740_992
  }

  /// Gradient noise (Perlin 2002) in -1...1, 0 at whole coordinates, smooth between.
  static func noise(_ x: Double, _ y: Double, _ z: Double) -> Double {
    guard x.isFinite, y.isFinite, z.isFinite else { return .nan }
    func cell(_ v: Double) -> (Int64, Double) {
      let wrapped = abs(v) < 1e9 ? v : v.truncatingRemainder(dividingBy: 1e9)
      let floor = wrapped.rounded(.down)
      return (Int64(floor), wrapped - floor)
    }
    let ((i, u), (j, v), (k, w)) = (cell(x), cell(y), cell(z))
    func corner(_ a: Int64, _ b: Int64, _ c: Int64) -> Double {
      var hash = mix(UInt64(bitPattern: i &+ a))
      hash = mix(hash ^ UInt64(bitPattern: j &+ b))
      hash = mix(hash ^ UInt64(bitPattern: k &+ c))
      let (p, q, r) = (u - Double(a), v - Double(b), w - Double(c))
      // The twelve edge directions of a cube, four of them twice.
      switch hash >> 60 {
      case 0, 12: return p + q
      case 1, 13: return q - p
      case 2: return p - q
      case 3: return -p - q
      case 4: return p + r
      case 5: return r - p
      case 6: return p - r
      case 7: return -p - r
      case 8: return q + r
      case 9, 14: return r - q
      case 10: return q - r
      default: return -q - r
      }
    }
    func fade(_ t: Double) -> Double { t * t * t * (t * (t * 6 - 15) + 10) }
    func blend(_ a: Double, _ b: Double, _ t: Double) -> Double { a + (b - a) * t }
    let (fu, fv, fw) = (fade(u), fade(v), fade(w))
    let near = blend(
      blend(corner(0, 0, 0), corner(1, 0, 0), fu), blend(corner(0, 1, 0), corner(1, 1, 0), fu), fv)
    let far = blend(
      blend(corner(0, 0, 1), corner(1, 0, 1), fu), blend(corner(0, 1, 1), corner(1, 1, 1), fu), fv)
    return blend(near, far, fw)
  }
}
