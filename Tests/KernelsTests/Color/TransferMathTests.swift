import CVector
import Glibc
import Testing

@testable import BipackKernels

/// One answer in C for an array of inputs.
private func run(
  _ input: [Float], _ loop: (UnsafePointer<Float>, UnsafeMutablePointer<Float>, Int) -> Void
) -> [Float] {
  [Float](unsafeUninitializedCapacity: input.count) { buffer, count in
    input.withUnsafeBufferPointer { from in
      if let to = buffer.baseAddress, let from = from.baseAddress { loop(from, to, input.count) }
    }
    count = input.count
  }
}

/// Equal bits, or both NaN.
private func same(_ a: Float, _ b: Float) -> Bool {
  a.bitPattern == b.bitPattern || (a.isNaN && b.isNaN)
}

private func expectSame(
  _ got: [Float], _ want: [Float], _ input: [Float], _ what: String,
  at location: SourceLocation = #_sourceLocation
) {
  let wrong = input.indices.filter { !same(got[$0], want[$0]) }
  if let i = wrong.first {
    Issue.record(
      "\(what): \(wrong.count) differ, first at \(input[i]): \(got[i]), not \(want[i])",
      sourceLocation: location)
  }
}

@Suite("Powers and logarithms")
struct TransferMathTests {
  let inputs = Reference.everyKind(300_000)

  @Test("exp2 and log2 have the reference's bits in every clone")
  func bits() {
    expectSame(run(inputs) { bp_exp2($0, $1, $2) }, inputs.map(Reference.exp2), inputs, "exp2")
    expectSame(
      run(inputs) { bp_exp2_baseline($0, $1, $2) }, inputs.map(Reference.exp2), inputs, "exp2 base")
    expectSame(run(inputs) { bp_log2($0, $1, $2) }, inputs.map(Reference.log2), inputs, "log2")
    expectSame(
      run(inputs) { bp_log2_baseline($0, $1, $2) }, inputs.map(Reference.log2), inputs, "log2 base")
    expectSame(inputs.map(TransferMath.exp2), inputs.map(Reference.exp2), inputs, "lone exp2")
    expectSame(inputs.map(TransferMath.log2), inputs.map(Reference.log2), inputs, "lone log2")
  }

  @Test("exp2 and log2 are within 1.2 ulp")
  func accuracy() {
    var worst = (exp: 0.0, log: 0.0)
    for x in inputs + Reference.ramp(-150, 130, 200_000) + Reference.ramp(0, 4, 200_000) {
      worst.exp = max(worst.exp, Reference.ulps(TransferMath.exp2(x), Glibc.exp2(Double(x))))
      worst.log = max(worst.log, Reference.ulps(TransferMath.log2(x), Glibc.log2(Double(x))))
    }
    #expect(worst.exp <= 1.2)
    #expect(worst.log <= 1.2)
  }

  @Test("pow has the reference's bits in every clone")
  func powBits() {
    let exponents = Array(inputs.reversed())
    let want = zip(inputs, exponents).map(Reference.pow)
    let wide = run(inputs) { x, out, n in
      exponents.withUnsafeBufferPointer { y in
        if let y = y.baseAddress { bp_pow(x, y, out, n) }
      }
    }
    let base = run(inputs) { x, out, n in
      exponents.withUnsafeBufferPointer { y in
        if let y = y.baseAddress { bp_pow_baseline(x, y, out, n) }
      }
    }
    expectSame(wide, want, inputs, "pow")
    expectSame(base, want, inputs, "pow base")
    expectSame(zip(inputs, exponents).map(TransferMath.pow), want, inputs, "lone pow")
    for y: Float in Reference.special + [2.4, 1 / 2.4, 0.45, 2.2, -0.7, 7] {
      let want = inputs.map { Reference.pow($0, y) }
      expectSame(run(inputs) { bp_pow_by($0, y, BP_NEGATIVE_C, $1, $2) }, want, inputs, "^\(y)")
      expectSame(
        run(inputs) { bp_pow_by_baseline($0, y, BP_NEGATIVE_C, $1, $2) }, want, inputs,
        "^\(y) base")
    }
  }

  /// Blocks of ordinary values take a shorter way.
  @Test(
    "one exponent for many values gives the same bits",
    arguments: [0.45, 1 / 2.4, 2.4, 2.2, -0.7, 7, 1, 2, 0, 60, 61, 1e-3, 1e-4] as [Float])
  func powerBits(y: Float) {
    let reach = min(120 / abs(y), 120)
    let input =
      Reference.ramp(-0.5, 4, 5000) + [0, -0.0, 1, 1]
      + Reference.ramp(Double(-reach), Double(reach), 5000).map(TransferMath.exp2)
    let power = input.map { Reference.pow(abs($0), y) }
    let mirrored = zip(input, power).map { $0 < 0 ? -$1 : $1 }
    let passed = zip(input, power).map { $0 < 0 ? $0 : $1 }
    expectSame(run(input) { bp_pow_by($0, y, BP_NEGATIVE_MIRROR, $1, $2) }, mirrored, input, "^")
    expectSame(run(input) { bp_pow_by($0, y, BP_NEGATIVE_PASS, $1, $2) }, passed, input, "^")
    expectSame(
      run(input) { bp_pow_by_baseline($0, y, BP_NEGATIVE_PASS, $1, $2) }, passed, input, "^ base")
  }

  @Test(
    "pow is as near as documented",
    arguments: [
      (0.45, 1.8), (1 / 2.4, 1.8), (2.4, 1.8), (2.2, 1.8), (-1, 1.8), (4, 1.8), (8, 2.2), (16, 4),
      (100, 40), (1, 0), (2, 0.5), (0, 0),
    ] as [(Float, Double)])
  func powAccuracy(y: Float, limit: Double) {
    var worst = 0.0
    for x in Reference.ramp(0, 4, 300_000) + inputs where x >= 0 {
      worst = max(
        worst, Reference.ulps(TransferMath.pow(x, y), Glibc.pow(Double(x), Double(y))))
    }
    #expect(worst <= limit)
  }

  @Test("pow treats zeros, infinities and negatives as C does")
  func special() {
    for x in Reference.special {
      for y in Reference.special {
        let want = Float(Glibc.pow(Double(x), Double(y)))
        let got = TransferMath.pow(x, y)
        let near =
          want.isNaN || want.isInfinite || want == 0 || abs(y) > 1000 ? 0 : 1e-5 * abs(want)
        let fits = same(got, want) || abs(got - want) <= near || (abs(y) > 1e6 && want.isFinite)
        #expect(fits, "\(x)^\(y) = \(got), not \(want)")
      }
    }
  }

  @Test("negative bases", arguments: TransferMath.NegativeBase.allCases)
  func negatives(style: TransferMath.NegativeBase) {
    let input: [Float] = [-4, -0.25, 0, 0.25, 4, .nan]
    let got = run(input) { TransferMath.pow($0, 0.5, negative: style, to: $1, count: $2) }
    let below: [Float] =
      switch style {
      case .mathematical: [.nan, .nan]
      case .clamp: [0, 0]
      case .mirror: [-2, -0.5]
      case .pass: [-4, -0.25]
      }
    expectSame(got, below + [0, 0.5, 2, .nan], input, "\(style)")
  }

  @Test("an array may be changed in place, and spans give the same")
  func inPlace() {
    let input = Reference.ramp(-1, 3, 1000)
    let want = run(input) { TransferMath.pow($0, 2.4, negative: .mirror, to: $1, count: $2) }
    var place = input
    place.withUnsafeMutableBufferPointer { buffer in
      if let base = buffer.baseAddress {
        TransferMath.pow(base, 2.4, negative: .mirror, to: base, count: buffer.count)
      }
    }
    #expect(place == want)
    var spans = [Float](repeating: 0, count: input.count)
    var target = spans.mutableSpan
    TransferMath.pow(input.span, 2.4, negative: .mirror, into: &target)
    #expect(spans == want)
  }
}
