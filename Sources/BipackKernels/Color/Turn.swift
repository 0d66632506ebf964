/// Sine and cosine for prepared constants: the system's differ between libraries in the last bit,
/// and pictures must not.
package enum Turn {
  /// The sine and cosine of an angle in degrees, exact for multiples of 90, otherwise right to 1e-15.
  package static func degrees(_ angle: Double) -> (sin: Double, cos: Double) {
    guard angle.isFinite else { return (.nan, .nan) }
    let quarters = (angle / 90).rounded()
    let rest = (angle - quarters * 90) * (Double.pi / 180)
    let square = rest * rest
    var (sine, cosine) = (1.0, 1.0)
    for k in stride(from: 20, through: 2, by: -2) {
      let n = Double(k)
      cosine = 1 - square / (n * (n - 1)) * cosine
      sine = 1 - square / (n * (n + 1)) * sine
    }
    sine *= rest
    switch Int(quarters.truncatingRemainder(dividingBy: 4) + 4) & 3 {
    case 0: return (sine, cosine)
    case 1: return (cosine, -sine)
    case 2: return (-sine, -cosine)
    default: return (-cosine, sine)
    }
  }
}
