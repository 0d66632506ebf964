import Glibc

/// The algorithm of vmath.h once more, one number at a time in plain Swift. The C loops, in every
/// clone, must give its bits.
enum Reference {
  private static let rounder: Float = 0x1.8p23

  private static func scale(_ n: Int32, _ r: Float) -> Float {
    var p: Float = 0x1.44175ep-13
    for c: Float in [
      0x1.5ef5dp-10, 0x1.3b2a54p-7, 0x1.c6af9cp-5, 0x1.ebfbep-3, 0x1.62e43p-1, 1,
    ] {
      p = p * r
      p = p + c
    }
    let half = n >> 1
    let a = Float(bitPattern: UInt32(half + 127) << 23)
    let b = Float(bitPattern: UInt32(n - half + 127) << 23)
    return p * a * b
  }

  static func exp2(_ x: Float) -> Float {
    if x.isNaN { return x }
    let t = Swift.min(Swift.max(x, -160), 160)
    let n = (t + rounder) - rounder
    return scale(Int32(n), t - n)
  }

  private static func parts(_ x: Float) -> (e: Float, r: Float, q: Float) {
    let tiny = x < 0x1p-126
    let u = (tiny ? x * 0x1p24 : x).bitPattern
    let k = Int32(bitPattern: u &- 0x3f35_04f3) >> 23
    let r = Float(bitPattern: u &- UInt32(bitPattern: k) << 23) - 1
    var p: Float = -0x1.dce31ep-4
    for c: Float in [
      0x1.856258p-3, -0x1.85639ep-3, 0x1.a15e28p-3, -0x1.eacb76p-3, 0x1.278ce8p-2, -0x1.715a9cp-2,
      0x1.ec7034p-2, -0x1.71547p-1, 0x1.c551dap-2,
    ] {
      p = p * r
      p = p + c
    }
    return (Float(k) - (tiny ? 24 : 0), r, p * r)
  }

  static func log2(_ x: Float) -> Float {
    if x.isNaN || x == .infinity { return x }
    if x == 0 { return -.infinity }
    if x < 0 { return .nan }
    let (e, r, q) = parts(x)
    return e + (r + q)
  }

  static func pow(_ x: Float, _ y: Float) -> Float {
    if x == 1 || y == 0 { return 1 }
    if x.isNaN { return x }
    if y.isNaN { return y }
    let size = power(abs(x), y)
    guard x.sign == .minus else { return size }
    let isInteger = y.isInfinite || y == y.rounded(.towardZero)
    let isOdd = abs(y) < 0x1p24 && isInteger && Int(y) % 2 != 0
    if isOdd { return -size }
    return isInteger || x == 0 || x.isInfinite ? size : .nan
  }

  private static func power(_ x: Float, _ y: Float) -> Float {
    if x == 1 { return 1 }
    if y == 1 { return x }
    if y == 2 { return x * x }
    if x == 0 { return y < 0 ? .infinity : 0 }
    if x == .infinity { return y < 0 ? 0 : .infinity }
    let (e, r, q) = parts(x)
    let t = y * (e + (r + q))
    if t > 140 { return .infinity }
    if t < -160 { return 0 }
    let y1 = Float(bitPattern: y.bitPattern & 0xffff_f000)
    let y0 = y - y1
    let r1 = Float(bitPattern: r.bitPattern & 0xffff_f000)
    let r0 = r - r1
    let whole = y1 * e
    let n = (whole + rounder) - rounder
    let rest = whole - n
    let small = y0 * (e + r) + (y1 * r0 + y * q)
    let main = y1 * r1 + rest
    let m = ((main + small) + rounder) - rounder
    return scale(Int32(n + m), (main - m) + small)
  }

  /// The distance from the true value in units of the last place of a float of its size.
  static func ulps(_ got: Float, _ truth: Double) -> Double {
    if truth.isNaN { return got.isNaN ? 0 : .infinity }
    let nearest = Float(truth)
    if nearest.isInfinite || got.isInfinite { return got == nearest ? 0 : .infinity }
    return abs(Double(got) - truth) / Double(Swift.max(abs(nearest), 0x1p-126).ulp)
  }

  /// Floats of every kind, the same in every run: all exponents and signs, and the special ones.
  static func everyKind(_ count: Int) -> [Float] {
    var state: UInt32 = 0x2545_f491
    let random = (0..<count).map { _ in
      state ^= state << 13
      state ^= state >> 17
      state ^= state << 5
      return Float(bitPattern: state)
    }
    return special + random
  }

  static let special: [Float] = [
    0, -0.0, 1, -1, 2, -2, 3, -3, 0.5, -0.5, 2.5, .infinity, -.infinity, .nan, 0x1p-133, -0x1p-133,
    0x1p-126, 0x1p-149, 1e38, -1e38, 0x1p24, -0x1p24, 3e9, 128, -126, -149, -150, 127.99999,
  ]

  /// Ordinary pixel values, `low` to `high` in even steps.
  static func ramp(_ low: Double, _ high: Double, _ count: Int) -> [Float] {
    (0..<count).map { Float(low + (high - low) * Double($0) / Double(count - 1)) }
  }
}
