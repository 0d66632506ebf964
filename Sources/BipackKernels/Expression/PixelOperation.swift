import CVector

/// One step of an expression: a loop over a few hundred pixels.
///
/// Truth is 1, falsehood 0; anything but 0 counts as true. Comparisons with NaN are false.
enum PixelOperation: Hashable {
  // One operand.
  case negate, not, magnitude, ceil, floor, truncate, round, squareRoot, sign, isNaN
  case sin, cos, tan, asin, acos, sinh, cosh, tanh
  case exp, exp2, log, log2, log10
  case exponent, mantissa
  case toSRGB, fromSRGB, toRec709, fromRec709
  // Two operands.
  case add, subtract, multiply, divide, remainder, power, atan2, hypot
  case minimum, maximum, ldexp
  case equal, notEqual, less, lessOrEqual, and, or
  // Three operands.
  case select, lerp, clamp, smoothstep, random
  /// x, y, z; the rest are constants.
  case noise(octaves: Int, lacunarity: Float, gain: Float, absolute: Bool)

  var operands: Int {
    switch self {
    case .negate, .not, .magnitude, .ceil, .floor, .truncate, .round, .squareRoot, .sign, .isNaN,
      .sin, .cos, .tan, .asin, .acos, .sinh, .cosh, .tanh, .exp, .exp2, .log, .log2, .log10,
      .exponent, .mantissa, .toSRGB, .fromSRGB, .toRec709, .fromRec709:
      1
    case .add, .subtract, .multiply, .divide, .remainder, .power, .atan2, .hypot, .minimum,
      .maximum, .ldexp, .equal, .notEqual, .less, .lessOrEqual, .and, .or:
      2
    case .select, .lerp, .clamp, .smoothstep, .random, .noise: 3
    }
  }

  typealias Read = UnsafePointer<Float>
  typealias Write = UnsafeMutablePointer<Float>

  // SAFETY: every pointer is good for `count` floats; `out` may be an operand itself, since all
  // loops go element by element (noise has a register of its own).
  func run(_ x: Read, _ y: Read, _ z: Read, _ out: Write, _ count: Int) {
    switch self {
    case .negate: for i in 0..<count { out[i] = -x[i] }
    case .not: for i in 0..<count { out[i] = x[i] == 0 ? 1 : 0 }
    case .magnitude: for i in 0..<count { out[i] = x[i].magnitude }
    case .ceil: for i in 0..<count { out[i] = x[i].rounded(.up) }
    case .floor: for i in 0..<count { out[i] = x[i].rounded(.down) }
    case .truncate: for i in 0..<count { out[i] = x[i].rounded(.towardZero) }
    case .round: for i in 0..<count { out[i] = (x[i] + 0.5).rounded(.down) }
    case .squareRoot: for i in 0..<count { out[i] = x[i].squareRoot() }
    case .sign: for i in 0..<count { out[i] = x[i] > 0 ? 1 : (x[i] < 0 ? -1 : x[i]) }
    case .isNaN: for i in 0..<count { out[i] = x[i].isNaN ? 1 : 0 }
    case .sin: bp_sin(x, out, count)
    case .cos: bp_cos(x, out, count)
    case .tan: bp_tan(x, out, count)
    case .asin: bp_asin(x, out, count)
    case .acos: bp_acos(x, out, count)
    case .sinh: bp_sinh(x, out, count)
    case .cosh: bp_cosh(x, out, count)
    case .tanh: bp_tanh(x, out, count)
    case .exp: bp_exp(x, out, count)
    case .exp2: TransferMath.exp2(x, to: out, count: count)
    case .log: bp_log(x, 1, out, count)
    case .log2: TransferMath.log2(x, to: out, count: count)
    case .log10: bp_log(x, 0.434_294_481_903_251_8, out, count)
    case .exponent:
      for i in 0..<count {
        let value = x[i]
        out[i] = value == 0 || !value.isFinite ? 0 : Float(value.exponent + 1)
      }
    case .mantissa:
      for i in 0..<count {
        let value = x[i]
        out[i] =
          value == 0 || !value.isFinite ? value : value.significand * (value < 0 ? -0.5 : 0.5)
      }
    case .toSRGB: TransferCurve.sRGB.encode(x, to: out, count: count)
    case .fromSRGB: TransferCurve.sRGB.decode(x, to: out, count: count)
    case .toRec709: TransferCurve.rec709.encode(x, to: out, count: count)
    case .fromRec709: TransferCurve.rec709.decode(x, to: out, count: count)
    default: runMany(x, y, z, out, count)
    }
  }

  private func runMany(_ x: Read, _ y: Read, _ z: Read, _ out: Write, _ count: Int) {
    switch self {
    case .add: for i in 0..<count { out[i] = x[i] + y[i] }
    case .subtract: for i in 0..<count { out[i] = x[i] - y[i] }
    case .multiply: for i in 0..<count { out[i] = x[i] * y[i] }
    case .divide: for i in 0..<count { out[i] = x[i] / y[i] }
    case .remainder: for i in 0..<count { out[i] = x[i].truncatingRemainder(dividingBy: y[i]) }
    case .power: TransferMath.pow(x, y, to: out, count: count)
    case .atan2: bp_atan2(x, y, out, count)
    case .hypot: for i in 0..<count { out[i] = (x[i] * x[i] + y[i] * y[i]).squareRoot() }
    case .minimum: for i in 0..<count { out[i] = y[i] < x[i] ? y[i] : x[i] }
    case .maximum: for i in 0..<count { out[i] = y[i] > x[i] ? y[i] : x[i] }
    case .ldexp:
      for i in 0..<count {
        let steps = y[i] > 400 ? 400 : (y[i] < -400 ? -400 : (y[i].isNaN ? 0 : y[i]))
        let half = (steps * 0.5).rounded(.towardZero)
        out[i] =
          x[i] * TransferMath.exp2(half.rounded())
          * TransferMath.exp2(steps.rounded(.towardZero) - half.rounded())
      }
    case .equal: for i in 0..<count { out[i] = x[i] == y[i] ? 1 : 0 }
    case .notEqual: for i in 0..<count { out[i] = x[i] != y[i] ? 1 : 0 }
    case .less: for i in 0..<count { out[i] = x[i] < y[i] ? 1 : 0 }
    case .lessOrEqual: for i in 0..<count { out[i] = x[i] <= y[i] ? 1 : 0 }
    case .and: for i in 0..<count { out[i] = x[i] != 0 && y[i] != 0 ? 1 : 0 }
    case .or: for i in 0..<count { out[i] = x[i] != 0 || y[i] != 0 ? 1 : 0 }
    case .select: for i in 0..<count { out[i] = x[i] != 0 ? y[i] : z[i] }
    case .lerp: for i in 0..<count { out[i] = x[i] + (y[i] - x[i]) * z[i] }
    case .clamp:
      for i in 0..<count {
        let raised = x[i] < y[i] ? y[i] : x[i]
        out[i] = raised > z[i] ? z[i] : raised
      }
    case .smoothstep:
      for i in 0..<count {
        let range = y[i] - x[i]
        let t = range == 0 ? (z[i] < x[i] ? 0 : 1) : (z[i] - x[i]) / range
        let raised = t < 0 ? 0 : t
        let s = raised > 1 ? 1 : raised
        out[i] = s * s * (3 - 2 * s)
      }
    case .random: bp_random(x, y, z, out, count)
    case .noise(let octaves, let lacunarity, let gain, let absolute):
      for i in 0..<count { out[i] = 0 }
      var (frequency, amplitude): (Float, Float) = (1, 1)
      for octave in 0..<octaves {
        bp_noise_points(
          x, y, z, frequency, amplitude, UInt32(octave) &* 0x85eb_ca77, absolute ? 1 : 0, out,
          count)
        frequency *= lacunarity
        amplitude *= gain
      }
    default: break
    }
  }
}
