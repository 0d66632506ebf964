import BipackKernels
import COCIO

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// A colour conversion that is nothing but matrices, plain curves and tetrahedral tables, run by our
/// own kernels.
///
/// They are exact to a few ulp where OCIO's fast logarithms are good to 2e-5, several times faster,
/// and give the same bits on every machine. Constants and the treatment of negatives are OCIO's, so
/// that the same config means the same in any program.
struct ColorSteps: Sendable {
  enum Step: Sendable {
    case matrix([Float], offset: [Float])
    case encode(TransferCurve)
    case decode(TransferCurve)
    case clampNegatives
    case table(ColorTable)
  }

  let steps: [Step]

  /// The steps of an OCIO processor; nil when it holds a curve in a table, a CDL or anything else
  /// that is not one of ours.
  init?(_ processor: OpaquePointer) {
    var raw = [cocio_step](repeating: cocio_step(), count: 16)
    let count = Int(cocio_steps(processor, &raw, Int32(raw.count)))
    guard count >= 0 else { return nil }
    var steps: [Step] = []
    for (index, step) in raw[..<count].enumerated() {
      if step.kind == COCIO_STEP_TABLE {
        guard let table = Self.table(processor, index, Int(step.table_size)) else { return nil }
        steps.append(.table(table))
      } else {
        guard let own = Self.own(step) else { return nil }
        steps += own
      }
    }
    self.steps = steps
  }

  /// Runs all steps on the three planes of `source`, into three others; in place when nil. A table
  /// reads the source itself: memory is then waited for while the colours before are looked up.
  func apply(
    _ source: ColorTable.Planes?, _ red: UnsafeMutablePointer<Float>,
    _ green: UnsafeMutablePointer<Float>, _ blue: UnsafeMutablePointer<Float>, count: Int
  ) {
    var rest = steps[...]
    if let source {
      if case .table(let table)? = rest.first {
        table.apply(source, red, green, blue, count: count)
        rest.removeFirst()
      } else {
        red.update(from: source.0, count: count)
        green.update(from: source.1, count: count)
        blue.update(from: source.2, count: count)
      }
    }
    for step in rest {
      switch step {
      case .matrix(let matrix, let offset):
        TransferMath.matrix(red, green, blue, matrix: matrix, offset: offset, count: count)
      case .encode(let curve):
        for plane in [red, green, blue] { curve.encode(plane, to: plane, count: count) }
      case .decode(let curve):
        for plane in [red, green, blue] { curve.decode(plane, to: plane, count: count) }
      case .table(let table): table.apply(nil, red, green, blue, count: count)
      case .clampNegatives:
        for plane in [red, green, blue] {
          for i in 0..<count { plane[i] = plane[i] < 0 ? 0 : plane[i] }
        }
      }
    }
  }

  private static func table(_ processor: OpaquePointer, _ index: Int, _ size: Int) -> ColorTable? {
    guard size < 512 else { return nil }
    var values = [Float](repeating: 0, count: 4 * size * size * size)
    guard cocio_step_table(processor, Int32(index), &values) == 0 else { return nil }
    return ColorTable(size: size, values: values)
  }

  private static func own(_ step: cocio_step) -> [Step]? {
    switch step.kind {
    case COCIO_STEP_MATRIX: [matrix(step)]
    case COCIO_STEP_POWER: power(step)
    case COCIO_STEP_TOE: toe(step)
    case COCIO_STEP_LOG: log(step)
    default: nil
    }
  }

  private static func matrix(_ step: cocio_step) -> Step {
    let m = step.matrix
    let o = step.offset
    let matrix = [m.0, m.1, m.2, m.3, m.4, m.5, m.6, m.7, m.8].map { Float($0) }
    return .matrix(matrix, offset: [o.0, o.1, o.2].map { Float($0) })
  }

  /// OCIO's exponent decodes in its forward direction.
  private static func power(_ step: cocio_step) -> [Step]? {
    let negative: TransferMath.NegativeBase
    switch step.negative {
    case COCIO_NEGATIVE_CLAMP: negative = .clamp
    case COCIO_NEGATIVE_MIRROR: negative = .mirror
    case COCIO_NEGATIVE_PASS: negative = .pass
    default: return nil
    }
    if step.gamma == 1 { return negative == .clamp ? [.clampNegatives] : [] }
    let curve = TransferCurve(
      name: "power", shape: .power(gamma: step.gamma, negative: negative))
    return [step.inverse != 0 ? .encode(curve) : .decode(curve)]
  }

  private static func toe(_ step: cocio_step) -> [Step]? {
    guard step.negative == COCIO_NEGATIVE_MIRROR || step.negative == COCIO_NEGATIVE_LINEAR else {
      return nil
    }
    let toe = TransferCurve.Toe.smooth(
      gamma: step.gamma, offset: step.toe_offset, mirror: step.negative == COCIO_NEGATIVE_MIRROR)
    let curve = TransferCurve(name: "toe", shape: .toe(toe))
    return [step.inverse != 0 ? .encode(curve) : .decode(curve)]
  }

  /// OCIO's logarithms encode in their forward direction. A toe whose slope is not given continues
  /// the curve's own.
  private static func log(_ step: cocio_step) -> [Step]? {
    let base = Glibc.log(step.base)
    guard base > 0, step.log_slope != 0, step.lin_slope != 0 else { return nil }
    var curve = TransferCurve.Log(
      log2Slope: step.log_slope * Glibc.log(2) / base, logOffset: step.log_offset,
      linSlope: step.lin_slope, linOffset: step.lin_offset)
    if step.has_break != 0 {
      let argument = step.lin_slope * step.linear_break + step.lin_offset
      guard argument > 0 else { return nil }
      let encoded = step.log_slope * Glibc.log(argument) / base + step.log_offset
      let slope =
        step.has_linear_slope != 0
        ? step.linear_slope : step.log_slope * step.lin_slope / (argument * base)
      curve.toe = .init(
        slope: slope, offset: encoded - slope * step.linear_break, linearBreak: step.linear_break)
    }
    let transfer = TransferCurve(name: "log", shape: .log(curve))
    return [step.inverse != 0 ? .decode(transfer) : .encode(transfer)]
  }
}
