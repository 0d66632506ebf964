import BipackPixels
import CVector

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// A colour transfer curve: scene-linear light to the numbers a file or device holds, and back.
///
/// Three shapes serve all of them: a pure power, a power with a straight toe (sRGB, Rec.709) and a
/// logarithm with or without a straight toe (Cineon and the camera logs). Constants are those of
/// the standards and of the camera makers' papers, and the names are Nuke's first.
///
/// Nothing is clamped. Below 0 a straight toe runs on as a straight line (as Nuke's sRGB and rec709
/// and OCIO's "linear" style do), a power has odd symmetry (OCIO's "mirror"), and a pure logarithm
/// bottoms out at the smallest normal float (as OCIO's does) instead of giving NaN. NaN stays NaN.
/// Encoding and decoding agree with the formula in double precision to 2e-6 relative.
public struct TransferCurve: Hashable, Sendable {
  package enum Shape: Hashable, Sendable {
    case linear
    case power(gamma: Double, negative: TransferMath.NegativeBase)
    case toe(Toe)
    case log(Log)
  }

  /// encoded = (1 + offset) * linear^(1 / gamma) - offset above the break, slope * linear below.
  package struct Toe: Hashable, Sendable {
    package var gamma: Double
    package var offset: Double
    package var slope: Double
    package var linearBreak: Double
    package var encodedBreak: Double
    /// Odd symmetry about 0 instead of the toe running on.
    package var mirror = false
  }

  /// encoded = logSlope * log2(linSlope * linear + linOffset) + logOffset above the break,
  /// toeSlope * linear + toeOffset below.
  package struct Log: Hashable, Sendable {
    package var logSlope: Double
    package var logOffset: Double
    package var linSlope: Double
    package var linOffset: Double
    package var toe: Straight?

    package struct Straight: Hashable, Sendable {
      package var slope: Double
      package var offset: Double
      package var linearBreak: Double

      package init(slope: Double, offset: Double, linearBreak: Double) {
        self.slope = slope
        self.offset = offset
        self.linearBreak = linearBreak
      }
    }

    /// A logarithm to base 10, as most papers write it.
    package init(
      log10Slope: Double, logOffset: Double, linSlope: Double, linOffset: Double,
      toe: Straight? = nil
    ) {
      self.init(
        log2Slope: log10Slope * 0.301_029_995_663_981_2, logOffset: logOffset,
        linSlope: linSlope, linOffset: linOffset, toe: toe)
    }

    package init(
      log2Slope: Double, logOffset: Double, linSlope: Double, linOffset: Double,
      toe: Straight? = nil
    ) {
      logSlope = log2Slope
      self.logOffset = logOffset
      self.linSlope = linSlope
      self.linOffset = linOffset
      self.toe = toe
    }

    /// Where the toe ends, encoded.
    var encodedBreak: Double? {
      toe.map { logSlope * log2(linSlope * $0.linearBreak + linOffset) + logOffset }
    }
  }

  /// Nuke's name for the curve, where Nuke has it.
  public let name: String
  package let shape: Shape

  package init(name: String, shape: Shape) {
    self.name = name
    self.shape = shape
  }

  /// Whether encoding and decoding change nothing.
  public var isIdentity: Bool {
    switch shape {
    case .linear: true
    case .power(let gamma, let negative): gamma == 1 && negative != .clamp
    case .toe, .log: false
    }
  }

  /// Linear light to encoded values; `output` must be as long as `input`.
  public func encode(_ input: Span<Float>, into output: inout MutableSpan<Float>) {
    TransferMath.apply(input, &output) { encode($0, to: $1, count: $2) }
  }

  /// Encoded values to linear light; `output` must be as long as `input`.
  public func decode(_ input: Span<Float>, into output: inout MutableSpan<Float>) {
    TransferMath.apply(input, &output) { decode($0, to: $1, count: $2) }
  }

  /// One value encoded, exactly as in an array.
  public func encode(_ value: Float) -> Float {
    var value = value
    // SAFETY: one element, in place.
    unsafe withUnsafeMutablePointer(to: &value) { unsafe encode($0, to: $0, count: 1) }
    return value
  }

  /// One value decoded, exactly as in an array.
  public func decode(_ value: Float) -> Float {
    var value = value
    // SAFETY: one element, in place.
    unsafe withUnsafeMutablePointer(to: &value) { unsafe decode($0, to: $0, count: 1) }
    return value
  }

  /// As the span form, on memory; `output` may be `input` itself.
  package func encode(
    _ input: UnsafePointer<Float>, to output: UnsafeMutablePointer<Float>, count: Int
  ) {
    switch shape {
    case .linear: copy(input, output, count)
    case .power(let gamma, let negative):
      TransferMath.pow(input, Float(1 / gamma), negative: negative, to: output, count: count)
    case .toe(let toe): bp_toe_encode(input, toe.c, output, count)
    case .log(let log): bp_log_encode(input, log.c, output, count)
    }
  }

  /// As the span form, on memory; `output` may be `input` itself.
  package func decode(
    _ input: UnsafePointer<Float>, to output: UnsafeMutablePointer<Float>, count: Int
  ) {
    switch shape {
    case .linear: copy(input, output, count)
    case .power(let gamma, let negative):
      TransferMath.pow(input, Float(gamma), negative: negative, to: output, count: count)
    case .toe(let toe): bp_toe_decode(input, toe.c, output, count)
    case .log(let log): bp_log_decode(input, log.c, output, count)
    }
  }

  private func copy(
    _ input: UnsafePointer<Float>, _ output: UnsafeMutablePointer<Float>, _ count: Int
  ) {
    if input != UnsafePointer(output) { output.update(from: input, count: count) }
  }

  /// What the curve is, for the hash of a node that uses it.
  public func combine(into hasher: inout StableHasher) {
    switch shape {
    case .linear: hasher.combine(0)
    case .power(let gamma, let negative):
      hasher.combine(1)
      hasher.combine(gamma)
      hasher.combine(negative.rawValue)
    case .toe(let toe):
      hasher.combine(2)
      for value in [toe.gamma, toe.offset, toe.slope, toe.linearBreak, toe.encodedBreak] {
        hasher.combine(value)
      }
      hasher.combine(toe.mirror)
    case .log(let log):
      hasher.combine(3)
      for value in [log.logSlope, log.logOffset, log.linSlope, log.linOffset] {
        hasher.combine(value)
      }
      hasher.combine(log.toe != nil)
      for value in [log.toe?.slope, log.toe?.offset, log.toe?.linearBreak] {
        hasher.combine(value ?? 0)
      }
    }
  }
}

extension TransferCurve.Toe {
  var c: bp_toe_curve {
    bp_toe_curve(
      gamma: Float(gamma), inverse_gamma: Float(1 / gamma), scale: Float(1 + offset),
      offset: Float(offset), slope: Float(slope), linear_break: Float(linearBreak),
      encoded_break: Float(encodedBreak), mirror: mirror ? 1 : 0)
  }

  /// The toe that meets the power with equal value and slope: how OCIO's ExponentWithLinear and
  /// ICC define the curve from `gamma` and `offset` alone.
  ///
  /// The standards round its constants (sRGB: 12.92 for 12.9232). From 0 to 1 that moves encoded
  /// values of sRGB by at most 1e-5, of Rec.709 by at most 6e-4.
  package static func smooth(gamma: Double, offset: Double, mirror: Bool = false) -> Self {
    let encodedBreak = offset / (gamma - 1)
    let decoded = pow(offset * gamma / ((gamma - 1) * (1 + offset)), gamma)
    return Self(
      gamma: gamma, offset: offset, slope: encodedBreak / decoded, linearBreak: decoded,
      encodedBreak: encodedBreak, mirror: mirror)
  }
}

extension TransferCurve.Log {
  var c: bp_log_curve {
    bp_log_curve(
      log_slope: Float(logSlope), log_offset: Float(logOffset), lin_slope: Float(linSlope),
      lin_offset: Float(linOffset), toe_slope: Float(toe?.slope ?? 1),
      toe_offset: Float(toe?.offset ?? 0),
      linear_break: toe.map { Float($0.linearBreak) } ?? -.infinity,
      encoded_break: encodedBreak.map { Float($0) } ?? -.infinity)
  }
}
