import BipackPixels

/// Numbers for light in which grain is as strong in the dark as in the light: each is the integral of 1 / deviation from 0 to
/// there, light 1 becoming 1.
package struct GrainCoding: Sendable {
  /// Where pieces of the curves meet: light, and the integral there.
  private let lights: [Double]
  private let codes: [Double]
  private let deviation: @Sendable (Double) -> Double
  /// What becomes of a deviation of 1.
  package let unit: Double

  /// `deviation` by light, the same for all colours, so that grey stays grey.
  package init(brightest: Double, _ deviation: @escaping @Sendable (Double) -> Double) {
    // Grain that is nowhere is not taken out anywhere.
    let strongest = max(deviation(0), deviation(brightest), 1e-9)
    let safe: @Sendable (Double) -> Double = { max(deviation($0), 1e-3 * strongest) }
    let end = max(1, brightest)
    let lights = [0] + (0..<40).map { end * PortableMath.pow(1.3, Double($0 - 39)) }
    var codes = [0.0]
    for (a, b) in zip(lights, lights.dropFirst()) {
      codes.append(codes[codes.count - 1] + Self.integral(safe, a, b))
    }
    self.deviation = safe
    let one = Self.code(1, lights, codes, safe)
    unit = 1 / one
    (self.lights, self.codes) = (lights, codes)
  }

  /// Gauss' rule with four places.
  private static func integral(_ deviation: (Double) -> Double, _ a: Double, _ b: Double) -> Double
  {
    let (middle, half) = ((a + b) / 2, (b - a) / 2)
    let places = [
      (0.339_981_043_584_856_3, 0.652_145_154_862_546_1),
      (0.861_136_311_594_052_6, 0.347_854_845_137_453_9),
    ]
    return half
      * places.reduce(0) { sum, place in
        sum + place.1 / deviation(middle - half * place.0) + place.1
          / deviation(middle + half * place.0)
      }
  }

  private static func code(
    _ light: Double, _ lights: [Double], _ codes: [Double], _ deviation: (Double) -> Double
  ) -> Double {
    let last = lights.count - 1
    if light <= 0 { return light / deviation(0) }
    if light >= lights[last] {
      return codes[last] + (light - lights[last]) / deviation(lights[last])
    }
    let piece = (lights.firstIndex { $0 > light } ?? last) - 1
    return codes[piece] + integral(deviation, lights[piece], light)
  }

  /// From light.
  package var encoding: CurveKernel {
    CurveKernel(breaks: lights) { unit * Self.code($0, lights, codes, deviation) }
  }

  /// To light.
  package var decoding: CurveKernel { CurveKernel(breaks: codes.map { $0 * unit }, decoded) }

  private func decoded(_ value: Double) -> Double {
    let code = value / unit
    let last = codes.count - 1
    if code <= 0 { return code * deviation(0) }
    if code >= codes[last] { return lights[last] + (code - codes[last]) * deviation(lights[last]) }
    let piece = (codes.firstIndex { $0 > code } ?? last) - 1
    var light =
      lights[piece]
      + (lights[piece + 1] - lights[piece]) * (code - codes[piece])
      / (codes[piece + 1] - codes[piece])
    for _ in 0..<6 {
      let off = Self.code(light, lights, codes, deviation) - code
      light = min(max(light - off * deviation(light), lights[piece]), lights[piece + 1])
    }
    return light
  }
}
