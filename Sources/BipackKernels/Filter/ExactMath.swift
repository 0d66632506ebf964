/// Elementary functions for filter weights and matrices, in double, from additions, multiplications
/// and divisions only.
///
/// The system's `exp` and `sin` differ between libraries in the last bit, and a weight that differs
/// makes a picture that differs. These are within 2 ulp and give the same bits everywhere.
package enum ExactMath {
  /// e to the power `x`; 0 below -700.
  package static func exp(_ x: Double) -> Double {
    guard x > -700 else { return x.isNaN ? x : 0 }
    guard x < 700 else { return .infinity }
    let k = (x * 1.4426950408889634).rounded()
    // ln 2 in two parts, the first exact in 33 bits, so that k times it is exact.
    let r = (x - k * 0.693147180559890330187) - k * 5.49792301870720995e-14
    var sum = 1.0
    for n in stride(from: 15.0, through: 1.0, by: -1) { sum = 1 + sum * r / n }
    return Double(sign: .plus, exponent: Int(k), significand: sum)
  }

  /// Sine and cosine of an angle in degrees; exact at multiples of 90.
  package static func sinCos(degrees: Double) -> (sin: Double, cos: Double) {
    guard degrees.isFinite else { return (.nan, .nan) }
    let whole = degrees.truncatingRemainder(dividingBy: 360)
    let quarter = (whole / 90).rounded()
    let r = (whole - quarter * 90) * (Double.pi / 180)
    let (s, c) = series(r)
    switch (Int(quarter) % 4 + 4) % 4 {
    case 0: return (s, c)
    case 1: return (c, -s)
    case 2: return (-s, -c)
    default: return (-c, s)
    }
  }

  /// sin(pi x) / (pi x); exactly 1 at 0 and 0 at the other whole numbers.
  package static func sinc(_ x: Double) -> Double {
    if x == 0 { return 1 }
    return sinCos(degrees: x * 180).sin / (Double.pi * x)
  }

  /// Both for |r| <= pi / 4, by their Taylor series.
  private static func series(_ r: Double) -> (Double, Double) {
    let q = r * r
    var (s, c) = (1.0, 1.0)
    for n in stride(from: 18.0, through: 2.0, by: -2) {
      s = 1 - s * q / (n * (n + 1))
      c = 1 - c * q / (n * (n - 1))
    }
    return (s * r, c)
  }
}
