import BipackPixels
import CVector

/// A smooth curve applied to every element, evaluated piece by piece instead of through a table:
/// exact to single precision everywhere, however unevenly the points lie.
package struct CurveKernel: PointKernel {
  private let start: [Float]
  private let origin: [Float]
  private let coefficients: [Float]

  /// - Parameters:
  ///   - breaks: where cubic pieces meet, ascending, at least one.
  ///   - curve: a function that is one cubic between two breaks and straight outside them.
  package init(breaks: [Double], _ curve: (Double) -> Double) {
    var start: [Float] = [-.infinity]
    var origin: [Float] = []
    var coefficients: [Float] = []
    func add(_ place: Double, _ piece: [Double]) {
      origin.append(Float(place))
      coefficients += piece.map { Float($0) }
    }
    let (first, last) = (breaks[0], breaks[breaks.count - 1])
    add(first, [curve(first), curve(first) - curve(first - 1), 0, 0])
    for (low, high) in zip(breaks, breaks.dropFirst()) {
      start.append(Float(low))
      add(low, Self.cubic(curve, low, high))
    }
    start.append(Float(last))
    add(last, [curve(last), curve(last + 1) - curve(last), 0, 0])
    self.start = start
    self.origin = origin
    self.coefficients = coefficients
  }

  /// The cubic through four values of a piece, in powers of x - low.
  private static func cubic(_ curve: (Double) -> Double, _ low: Double, _ high: Double) -> [Double]
  {
    let h = (high - low) / 3
    let (y0, y1, y2, y3) = (curve(low), curve(low + h), curve(low + 2 * h), curve(high))
    return [
      y0, (-11 * y0 + 18 * y1 - 9 * y2 + 2 * y3) / (6 * h),
      (2 * y0 - 5 * y1 + 4 * y2 - y3) / (2 * h * h), (-y0 + 3 * y1 - 3 * y2 + y3) / (6 * h * h * h),
    ]
  }

  package func apply(_ strip: borrowing Strip) {
    bp_curve(
      strip.inputPointer(0), strip.outputPointer(0), strip.count, start, origin, coefficients,
      start.count)
  }
}
