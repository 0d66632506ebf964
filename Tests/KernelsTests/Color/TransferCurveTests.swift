import CVector
import Glibc
import Testing

@testable import BipackKernels

/// The curves as their papers write them, in double precision.
private enum Formula {
  static func log10Curve(
    _ x: Double, _ a: Double, _ b: Double, _ c: Double, _ d: Double
  ) -> Double { c * log10(max(a * x + b, 0x1p-126)) + d }

  static let encode: [String: @Sendable (Double) -> Double] = [
    "linear": { $0 },
    "sRGB": { $0 > 0.0031308 ? 1.055 * pow($0, 1 / 2.4) - 0.055 : 12.92 * $0 },
    "rec709": { $0 > 0.018 ? 1.099 * pow($0, 0.45) - 0.099 : 4.5 * $0 },
    "Gamma1.8": { copysign(pow(abs($0), 1 / 1.8), $0) },
    "Gamma2.2": { copysign(pow(abs($0), 1 / 2.2), $0) },
    "Gamma2.4": { copysign(pow(abs($0), 1 / 2.4), $0) },
    "Gamma2.6": { copysign(pow(abs($0), 1 / 2.6), $0) },
    "BT1886": { copysign(pow(abs($0), 1 / 2.4), $0) },
    "Cineon": {
      let b = pow(10, (95.0 - 685) / 300)
      return (log10(max($0 * (1 - b) + b, 0x1p-126)) * 300 + 685) / 1023
    },
    "Panalog": {
      let b = pow(10, (64.0 - 681) / 444)
      return (log10(max($0 * (1 - b) + b, 0x1p-126)) * 444 + 681) / 1023
    },
    "REDLog": {
      let b = pow(10, (0.0 - 1023) / 511)
      return (log10(max($0 * (1 - b) + b, 0x1p-126)) * 511 + 1023) / 1023
    },
    "ViperLog": { (log10(max($0, 0x1p-126)) * 500 + 1023) / 1023 },
    "PLogLin": { (445 + log10(max($0 / 0.18, 0x1p-126)) * 0.6 / 0.002) / 1023 },
    "AlexaV3LogC": {
      $0 > 0.010591
        ? log10Curve($0, 5.555556, 0.052272, 0.247190, 0.385537) : 5.367655 * $0 + 0.092809
    },
    "LogC4": {
      let (a, b, c) = ((pow(2, 18) - 16) / 117.45, (1023.0 - 95) / 1023, 95.0 / 1023)
      let s = (7 * log(2) * pow(2, 7 - 14 * c / b)) / (a * b)
      let t = (pow(2, 14 * (-c / b) + 6) - 64) / a
      return $0 >= t ? (log2(a * $0 + 64) - 6) / 14 * b + c : ($0 - t) / s
    },
    "SLog3": {
      $0 >= 0.01125
        ? (420 + log10(($0 + 0.01) / (0.18 + 0.01)) * 261.5) / 1023
        : ($0 * (171.2102946929 - 95) / 0.01125 + 95) / 1023
    },
    "Log3G10": {
      let x = $0 + 0.01
      return x < 0 ? x * 15.1927 : 0.224282 * log10(x * 155.975327 + 1)
    },
    "VLog": { $0 < 0.01 ? 5.6 * $0 + 0.125 : 0.241514 * log10($0 + 0.00873) + 0.598206 },
    "DaVinciIntermediate": {
      $0 > 0.00262409 ? (log2($0 + 0.0075) + 7) * 0.07329248 : $0 * 10.44426855
    },
    "BMDFilmGen5": {
      $0 < 0.005
        ? 8.283605932402494 * $0 + 0.09246575342465753
        : 0.08692876065491224 * log($0 + 0.005494072432257808) + 0.5300133392291939
    },
    "ACEScct": {
      $0 <= 0.0078125 ? 10.5402377416545 * $0 + 0.0729055341958355 : (log2($0) + 9.72) / 17.52
    },
  ]
}

extension TransferCurve {
  /// Where the argument of a logarithm without a toe reaches 0.
  fileprivate var floor: Double {
    guard case .log(let log) = shape, log.toe == nil else { return -.infinity }
    return -log.linOffset / log.linSlope
  }
}

@Suite("Transfer curves")
struct TransferCurveTests {
  /// Dark, ordinary and bright light, below zero, and both sides of every break.
  static let light: [Float] =
    Reference.ramp(-0.5, 1.5, 20_001) + Reference.ramp(-0.02, 0.02, 20_001)
    + Reference.ramp(0, 60, 20_001) + [0, 1, 0.18, 1000, 65504, -1, -10]

  @Test("every curve has the values of its formula", arguments: TransferCurve.all)
  func formula(curve: TransferCurve) throws {
    let formula = try #require(Formula.encode[curve.name])
    // Just above the floor of a pure logarithm its argument is a small difference of two floats.
    let floor = curve.floor
    for x in Self.light where abs(Double(x) - floor) > 1e-3 {
      let got = Double(curve.encode(x))
      let want = formula(Double(x))
      // The papers' constants are rounded, so a toe may meet its curve with a step of 1e-6.
      #expect(abs(got - want) <= 2e-6 * max(1, abs(want)), "\(curve.name)(\(x))")
      if abs(got - want) > 2e-6 * max(1, abs(want)) { return }
    }
  }

  @Test("decoding undoes encoding", arguments: TransferCurve.all)
  func roundTrip(curve: TransferCurve) {
    // A logarithm without a toe has a floor: below it nothing comes back.
    for x in Self.light where Double(x) > curve.floor + 1e-3 {
      let back = Double(curve.decode(curve.encode(x)))
      let limit = 4e-6 * max(1, abs(Double(x)))
      if abs(back - Double(x)) > limit {
        Issue.record("\(curve.name): \(x) came back as \(back)")
        return
      }
    }
  }

  @Test("published code values")
  func published() {
    func near(_ a: Float, _ b: Float, _ limit: Float = 1e-6) -> Bool { abs(a - b) <= limit }
    #expect(near(TransferCurve.sRGB.encode(0.18), 0.461_356_13))
    #expect(near(TransferCurve.sRGB.decode(0.5), 0.214_041_14))
    #expect(near(TransferCurve.rec709.encode(0.18), 0.409_007_73))
    #expect(near(TransferCurve.cineon.encode(1), 685.0 / 1023))
    #expect(near(TransferCurve.cineon.encode(0), 95.0 / 1023))
    #expect(near(TransferCurve.alexaV3LogC.encode(0.18), 0.391_007, 2e-6))
    #expect(near(TransferCurve.logC4.encode(0.18), 0.278_395_8, 2e-6))
    #expect(near(TransferCurve.sLog3.encode(0.18), 420.0 / 1023))
    #expect(near(TransferCurve.log3G10.encode(0.18), 1.0 / 3, 2e-6))
    #expect(near(TransferCurve.vLog.encode(0.18), 0.423_311, 2e-6))
    #expect(near(TransferCurve.acesCCT.encode(0.18), 0.413_588_4, 2e-6))
    #expect(near(TransferCurve.davinciIntermediate.encode(0.18), 0.336_043, 2e-6))
    #expect(near(TransferCurve.bmdFilmGen5.encode(0.18), 0.383_561, 2e-6))
  }

  @Test("wide and baseline loops have the same bits", arguments: TransferCurve.all)
  func clones(curve: TransferCurve) {
    let input = Reference.everyKind(100_000) + Self.light
    typealias Loop = (UnsafePointer<Float>, UnsafeMutablePointer<Float>, Int) -> Void
    func run(_ loop: Loop) -> [UInt32] {
      var out = [Float](repeating: 0, count: input.count)
      out.withUnsafeMutableBufferPointer { buffer in
        input.withUnsafeBufferPointer { from in
          if let to = buffer.baseAddress, let from = from.baseAddress {
            loop(from, to, input.count)
          }
        }
      }
      return out.map(\.bitPattern)
    }
    switch curve.shape {
    case .linear, .power: break
    case .toe(let toe):
      #expect(
        run { bp_toe_encode($0, toe.c, $1, $2) }
          == run { bp_toe_encode_baseline($0, toe.c, $1, $2) })
      #expect(
        run { bp_toe_decode($0, toe.c, $1, $2) }
          == run { bp_toe_decode_baseline($0, toe.c, $1, $2) })
    case .log(let log):
      #expect(
        run { bp_log_encode($0, log.c, $1, $2) }
          == run { bp_log_encode_baseline($0, log.c, $1, $2) })
      #expect(
        run { bp_log_decode($0, log.c, $1, $2) }
          == run { bp_log_decode_baseline($0, log.c, $1, $2) })
    }
  }

  @Test(
    "NaN stays NaN, infinity stays infinite, nothing else becomes NaN", arguments: TransferCurve.all
  )
  func special(curve: TransferCurve) {
    #expect(curve.encode(.nan).isNaN && curve.decode(.nan).isNaN)
    #expect(curve.encode(.infinity) == .infinity)
    #expect(curve.decode(.infinity) == .infinity)
    #expect(!curve.encode(-.infinity).isNaN && !curve.decode(-.infinity).isNaN)
    for x in Reference.everyKind(20_000) where !x.isNaN {
      #expect(!curve.encode(x).isNaN && !curve.decode(x).isNaN, "\(curve.name) at \(x)")
    }
  }

  @Test("names are unique and found in any case")
  func names() {
    #expect(Set(TransferCurve.all.map(\.name)).count == TransferCurve.all.count)
    #expect(TransferCurve.named("SRGB") == .sRGB)
    #expect(TransferCurve.named("alexav3logc") == .alexaV3LogC)
    #expect(TransferCurve.named("no such curve") == nil)
  }

  @Test("how far the smooth toes lie from the standards' rounded constants")
  func smooth() {
    for (standard, gamma, offset, limit) in [
      (TransferCurve.sRGB, 2.4, 0.055, Float(1e-5)), (.rec709, 1 / 0.45, 0.099, 6e-4),
    ] {
      let smooth = TransferCurve(
        name: "smooth", shape: .toe(.smooth(gamma: gamma, offset: offset)))
      let furthest = Reference.ramp(0, 1, 10_001).reduce(Float(0)) {
        max($0, abs(smooth.encode($1) - standard.encode($1)))
      }
      #expect(furthest < limit, "\(standard.name)")
    }
  }
}
