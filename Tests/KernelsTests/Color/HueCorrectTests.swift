import BipackPixels
import Testing

@testable import BipackKernels

/// The vector loop of HueCorrect against one pixel at a time.
@Suite struct HueCorrectTests {
  @Test(arguments: [LuminanceMath.rec709, .maximum], [0, 0.7])
  func sameBitsAsOneByOne(math: LuminanceMath, mix: Double) {
    let length = 6 * HueCorrectKernel.steps + 1
    let tables: [[Float]] = HueCorrectKernel.Curve.allCases.map { curve in
      if curve.rawValue % 3 == 2 { return [Float(curve.rawValue) * 0.3] }
      return (0..<length).map { Float(($0 * (curve.rawValue + 3)) % 700) / 400 - 0.2 }
    }
    var planes: [[Float]] = [[], [], []]
    let steps: [Float] = [-0.5, 0, -0.0, 0.1, 0.3, 0.5, 0.77, 1, 4, .infinity, .nan]
    for r in steps {
      for g in steps {
        for b in steps { for (i, v) in [r, g, b].enumerated() { planes[i].append(v) } }
      }
    }
    let count = planes[0].count
    var results = [Float](repeating: 0, count: 3 * count)
    let kernel = HueCorrectKernel(tables: tables, math: math, mixLuminance: mix)
    let source = planes[0] + planes[1] + planes[2]
    source.withUnsafeBufferPointer { source in
      results.withUnsafeMutableBufferPointer { target in
        guard let from = source.baseAddress, let to = target.baseAddress else { return }
        let inputs = [from, from + count, from + 2 * count]
        let outputs = [to, to + count, to + 2 * count]
        inputs.withUnsafeBufferPointer { inputs in
          outputs.withUnsafeBufferPointer { outputs in
            guard let inputs = inputs.baseAddress, let outputs = outputs.baseAddress else { return }
            kernel.apply(
              Strip(
                inputs: inputs, inputCount: 3, outputs: outputs, outputCount: 3, x: 0, y: 0,
                width: count, rows: 1))
          }
        }
      }
    }
    let reference = Scalar(tables: tables, weights: math.weights, mix: Float(mix))
    for i in 0..<count {
      let color = RGB(planes[0][i], planes[1][i], planes[2][i])
      let want = reference.corrected(color)
      for (got, want) in zip([0, 1, 2].map { results[$0 * count + i] }, [want.r, want.g, want.b]) {
        let isSame = got.bitPattern == want.bitPattern || (got.isNaN && want.isNaN)
        #expect(isSame, "\(color): \(got), not \(want)")
      }
    }
  }

  /// The formulas, a pixel at a time.
  private struct Scalar {
    typealias Curve = HueCorrectKernel.Curve
    let tables: [[Float]]
    let weights: (r: Float, g: Float, b: Float)?
    let mix: Float

    init(tables: [[Float]], weights: (r: Float, g: Float, b: Float)?, mix: Float) {
      self.tables = tables.map { $0.map { $0 > 0 ? $0 : 0 } }
      self.weights = weights
      self.mix = mix
    }

    private func luminance(_ c: RGB) -> Float {
      guard let weights else { return c.most }
      return c.r * weights.r + c.g * weights.g + c.b * weights.b
    }

    private func value(_ curve: Curve, _ place: Float) -> Float {
      let table = tables[curve.rawValue]
      if table.count == 1 { return table[0] }
      let index = Int(place)
      let fraction = place - Float(index)
      return table[index] * (1 - fraction) + table[min(index + 1, table.count - 1)] * fraction
    }

    private func place(_ c: RGB) -> Float {
      let steps = HueCorrectKernel.steps
      let (high, delta) = (c.most, c.range)
      guard delta > 0 else { return Float(steps) }
      var hue =
        c.r == high
        ? (c.g - c.b) / delta : c.g == high ? 2 + (c.b - c.r) / delta : 4 + (c.r - c.g) / delta
      if hue < 0 { hue += 6 }
      hue += 1
      if hue > 6 { hue -= 6 }
      let place = hue * Float(steps)
      return place >= 0 && place <= Float(6 * steps) ? place : 0
    }

    func corrected(_ input: RGB) -> RGB {
      var c = input
      let saturation = c.most == 0 ? 0 : c.range / c.most
      let place = place(c)
      func suppressed(_ x: Float, _ y: Float, _ z: Float, _ curve: Curve) -> Float {
        let limit = Min.value(y, z)
        return x > limit ? limit + value(curve, place) * (x - limit) : x
      }
      c.r = suppressed(c.r, c.g, c.b, .rSup)
      c.g = suppressed(c.g, c.r, c.b, .gSup)
      c.b = suppressed(c.b, c.r, c.g, .bSup)
      let threshold = value(.satThrsh, place)
      let lum = value(.lum, place)
      if saturation > threshold || threshold == 0 {
        let share = threshold == 0 ? 1 : (saturation - threshold) / saturation
        func gained(_ x: Float, _ curve: Curve) -> Float {
          x * ((1 - share) + share * value(curve, place) * lum)
        }
        c = RGB(gained(c.r, .red), gained(c.g, .green), gained(c.b, .blue))
      }
      let sat = value(.sat, place)
      if sat != 1 {
        let grey = luminance(c)
        c = c.map { (1 - sat) * grey + sat * $0 }
      }
      if mix > 0 {
        let (before, after) = (luminance(input), luminance(c))
        let factor = 1 + mix * (before / after - 1)
        c = after <= 0 ? RGB(before, before, before) : c.map { $0 * factor }
      }
      return c
    }
  }
}
