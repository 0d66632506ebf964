/// Elementary functions in double precision that give the same bits on every machine.
///
/// The C library's differ between systems in the last bits, and a hash of parameters must not. These
/// use only IEEE operations in a fixed order: reduce the argument exactly, then sum the Taylor
/// series, whose coefficients anyone can check. The error is a few units in the last place
/// (`pow`: 1e-13 relative); the tests compare with the C library.
package enum PortableMath {
  package static let pi = 3.14159265358979323846
  package static let e = 2.71828182845904523536
  private static let ln2 = 0.693147180559945309417
  /// ln 2 in two parts: multiples of the first by whole numbers below 2^20 are exact.
  private static let ln2High = 6.93147180369123816490e-01
  private static let ln2Low = 1.90821492927058770002e-10
  /// A quarter turn in two parts, likewise.
  private static let quarterHigh = 1.57079632673412561417e+00
  private static let quarterLow = 6.07710050650619224932e-11

  package static func exp(_ x: Double) -> Double {
    if x.isNaN { return x }
    if x > 709.79 { return .infinity }
    if x < -745.2 { return 0 }
    let k = (x / ln2).rounded()
    return scale(taylorExp((x - k * ln2High) - k * ln2Low), k)
  }

  package static func exp2(_ x: Double) -> Double {
    if x.isNaN { return x }
    if x >= 1024 { return .infinity }
    if x < -1080 { return 0 }
    let k = x.rounded()
    return scale(taylorExp((x - k) * ln2), k)
  }

  /// e^r for |r| <= ln 2 / 2: 1 + r + r^2/2! + ... + r^14/14!.
  private static func taylorExp(_ r: Double) -> Double {
    var sum = 1.0
    for n in stride(from: 14.0, through: 1, by: -1) { sum = 1 + sum * r / n }
    return sum
  }

  /// value * 2^k in two exact steps, so that results near the smallest numbers come out right.
  private static func scale(_ value: Double, _ k: Double) -> Double {
    let half = Int(k) / 2
    return value * power2(half) * power2(Int(k) - half)
  }

  private static func power2(_ k: Int) -> Double {
    Double(sign: .plus, exponent: k, significand: 1)
  }

  package static func log(_ x: Double) -> Double {
    guard let (k, m) = split(x) else { return special(x) }
    return k * ln2High + (k * ln2Low + logNearOne(m))
  }

  package static func log2(_ x: Double) -> Double {
    guard let (k, m) = split(x) else { return special(x) }
    return k + logNearOne(m) / ln2
  }

  package static func log10(_ x: Double) -> Double {
    let value = log(x) * 0.434294481903251827651
    let whole = value.rounded()
    // Powers of ten come out exact, as everyone expects.
    return whole.isFinite && abs(whole) < 23 && power(10, Int(whole)) == x ? whole : value
  }

  private static func special(_ x: Double) -> Double {
    x.isNaN || x < 0 ? .nan : x == 0 ? -.infinity : .infinity
  }

  /// x = 2^k * m with m between sqrt(1/2) and sqrt(2); nil for what has no finite logarithm.
  private static func split(_ x: Double) -> (k: Double, m: Double)? {
    guard x > 0, x.isFinite else { return nil }
    var (k, m) = (Double(x.exponent), x.significand)
    if m > 1.4142135623730951 {
      m /= 2
      k += 1
    }
    return (k, m)
  }

  /// log m = 2 (s + s^3/3 + s^5/5 + ...) with s = (m - 1) / (m + 1), |s| <= 0.172.
  private static func logNearOne(_ m: Double) -> Double {
    let s = (m - 1) / (m + 1)
    let z = s * s
    var sum = 0.0
    for n in stride(from: 23.0, through: 3, by: -2) { sum = (sum + 1 / n) * z }
    return 2 * (s + s * sum)
  }

  package static func pow(_ x: Double, _ y: Double) -> Double {
    if y == 0 || x == 1 { return 1 }
    if y == 0.5 { return x.squareRoot() }
    if let whole = Int(exactly: y), abs(whole) <= 1024 { return power(x, whole) }
    if x == 0 { return y > 0 ? 0 : .infinity }
    if x < 0 {
      guard y == y.rounded() else { return .nan }
      let odd = y.truncatingRemainder(dividingBy: 2) != 0
      let size = exp(y * log(-x))
      return odd ? -size : size
    }
    return exp(y * log(x))
  }

  private static func power(_ x: Double, _ n: Int) -> Double {
    var (result, square, rest) = (1.0, x, abs(n))
    while rest > 0 {
      if rest & 1 == 1 { result *= square }
      square *= square
      rest >>= 1
    }
    return n < 0 ? 1 / result : result
  }

  package static func sin(_ x: Double) -> Double {
    guard let (quarter, r) = quarters(x) else { return .nan }
    switch quarter {
    case 0: return sinSmall(r)
    case 1: return cosSmall(r)
    case 2: return -sinSmall(r)
    default: return -cosSmall(r)
    }
  }

  package static func cos(_ x: Double) -> Double {
    guard let (quarter, r) = quarters(x) else { return .nan }
    switch quarter {
    case 0: return cosSmall(r)
    case 1: return -sinSmall(r)
    case 2: return -cosSmall(r)
    default: return sinSmall(r)
    }
  }

  package static func tan(_ x: Double) -> Double { sin(x) / cos(x) }

  /// x = n quarter turns + r, |r| <= pi/4. Beyond a million, whole turns of the double nearest 2 pi
  /// are dropped first: still the same everywhere, but no longer the true angle.
  private static func quarters(_ x: Double) -> (quarter: Int, r: Double)? {
    guard x.isFinite else { return nil }
    let x = abs(x) < 1e6 ? x : x.truncatingRemainder(dividingBy: 2 * pi)
    let n = (x / (pi / 2)).rounded()
    return (Int(n) & 3, (x - n * quarterHigh) - n * quarterLow)
  }

  private static func sinSmall(_ r: Double) -> Double {
    let z = r * r
    var sum = 1.0
    for n in stride(from: 18.0, through: 2, by: -2) { sum = 1 - sum * z / (n * (n + 1)) }
    return r * sum
  }

  private static func cosSmall(_ r: Double) -> Double {
    let z = r * r
    var sum = 1.0
    for n in stride(from: 17.0, through: 1, by: -2) { sum = 1 - sum * z / (n * (n + 1)) }
    return sum
  }

  package static func atan(_ x: Double) -> Double {
    if x.isNaN { return x }
    if x < 0 { return -atan(-x) }
    if x > 1 { return pi / 2 - atanUnit(1 / x) }
    return atanUnit(x)
  }

  /// atan x for 0...1: turned back by the nearest of 0, 1/4 ... 1 (atan x - atan c =
  /// atan((x - c) / (1 + x c))), then the series z - z^3/3 + z^5/5 - ..., |z| <= 0.125.
  private static func atanUnit(_ x: Double) -> Double {
    let turns = [
      0, 0.244978663126864154172, 0.463647609000806116214, 0.643501108793284386803,
      0.785398163397448309616,
    ]
    let step = Int((x * 4).rounded())
    let c = Double(step) / 4
    let z = (x - c) / (1 + x * c)
    let square = z * z
    var sum = 0.0
    for n in stride(from: 19.0, through: 3, by: -2) { sum = (1 / n - sum) * square }
    return turns[step] + (z - z * sum)
  }

  package static func atan2(_ y: Double, _ x: Double) -> Double {
    if x.isNaN || y.isNaN { return .nan }
    if x == 0 && y == 0 { return 0 }
    if x == 0 { return y > 0 ? pi / 2 : -pi / 2 }
    let angle = atan(y / x)
    return x > 0 ? angle : y >= 0 ? angle + pi : angle - pi
  }

  package static func asin(_ x: Double) -> Double {
    abs(x) <= 1 ? atan2(x, ((1 - x) * (1 + x)).squareRoot()) : .nan
  }

  package static func acos(_ x: Double) -> Double {
    abs(x) <= 1 ? atan2(((1 - x) * (1 + x)).squareRoot(), x) : .nan
  }

  package static func hypot(_ x: Double, _ y: Double) -> Double {
    let (a, b) = (abs(x), abs(y))
    let (large, small) = a > b ? (a, b) : (b, a)
    guard large > 0, large.isFinite else { return large }
    let ratio = small / large
    return large * (1 + ratio * ratio).squareRoot()
  }
}
