import BipackPixels
import CVector

/// Powers, exponentials and logarithms for pixels: the same bits on every machine, in wide SIMD.
///
/// The system's `pow` differs between libraries and does not vectorise; use these in every kernel.
/// Greatest errors: `exp2` and `log2` 1.2 ulp; `pow` 1.8 ulp for exponents within -4...4, growing
/// slowly beyond (4 at 16), exact for 0, 1 and 2. Zeros, denormals, infinities and NaN behave as
/// C's do. A lone call gives exactly what the array form gives.
public enum TransferMath {
  /// What a power makes of a negative base.
  public enum NegativeBase: String, CaseIterable, Sendable {
    /// As C's `pow`: NaN, unless the exponent is an integer.
    case mathematical
    /// Taken as 0 (OCIO's "clamp").
    case clamp
    /// -(|x|^y): the curve with odd symmetry (OCIO's "mirror").
    case mirror
    /// The base itself, unchanged (OCIO's "pass_thru", and Nuke's Gamma and Grade).
    case pass

    var c: bp_negative {
      switch self {
      case .mathematical: BP_NEGATIVE_C
      case .clamp: BP_NEGATIVE_CLAMP
      case .mirror: BP_NEGATIVE_MIRROR
      case .pass: BP_NEGATIVE_PASS
      }
    }
  }

  /// 2 to the power `x`.
  public static func exp2(_ x: Float) -> Float { bp_exp2_1(x) }

  /// The logarithm to base 2: minus infinity of 0, NaN of negative numbers.
  public static func log2(_ x: Float) -> Float { bp_log2_1(x) }

  /// `x` to the power `y`, as C's `pow`.
  public static func pow(_ x: Float, _ y: Float) -> Float { bp_pow_1(x, y) }

  /// Raises every element to one power; `output` must be as long as `input`.
  public static func pow(
    _ input: Span<Float>, _ exponent: Float, negative: NegativeBase,
    into output: inout MutableSpan<Float>
  ) {
    apply(input, &output) { pow($0, exponent, negative: negative, to: $1, count: $2) }
  }

  /// 2 to the power of every element.
  public static func exp2(_ input: Span<Float>, into output: inout MutableSpan<Float>) {
    apply(input, &output) { exp2($0, to: $1, count: $2) }
  }

  /// The logarithm to base 2 of every element.
  public static func log2(_ input: Span<Float>, into output: inout MutableSpan<Float>) {
    apply(input, &output) { log2($0, to: $1, count: $2) }
  }

  /// As the span form, on memory; `output` may be `input` itself.
  package static func pow(
    _ input: UnsafePointer<Float>, _ exponent: Float, negative: NegativeBase,
    to output: UnsafeMutablePointer<Float>, count: Int
  ) {
    bp_pow_by(input, exponent, negative.c, output, count)
  }

  /// Each base to its own exponent, as C's `pow`; `output` may be either input.
  package static func pow(
    _ bases: UnsafePointer<Float>, _ exponents: UnsafePointer<Float>,
    to output: UnsafeMutablePointer<Float>, count: Int
  ) {
    bp_pow(bases, exponents, output, count)
  }

  /// As the span form, on memory; `output` may be `input` itself.
  package static func exp2(
    _ input: UnsafePointer<Float>, to output: UnsafeMutablePointer<Float>, count: Int
  ) {
    bp_exp2(input, output, count)
  }

  /// As the span form, on memory; `output` may be `input` itself.
  package static func log2(
    _ input: UnsafePointer<Float>, to output: UnsafeMutablePointer<Float>, count: Int
  ) {
    bp_log2(input, output, count)
  }

  /// rgb = matrix rgb + offset, in place on three planes; `matrix` is three rows of three.
  package static func matrix(
    _ red: UnsafeMutablePointer<Float>, _ green: UnsafeMutablePointer<Float>,
    _ blue: UnsafeMutablePointer<Float>, matrix: [Float], offset: [Float], count: Int
  ) {
    precondition(matrix.count == 9 && offset.count == 3, "a 3x3 matrix and three offsets")
    bp_matrix(red, green, blue, matrix, offset, count)
  }

  /// Calls a loop on the memory of two spans of one length.
  static func apply(
    _ input: Span<Float>, _ output: inout MutableSpan<Float>,
    _ loop: (UnsafePointer<Float>, UnsafeMutablePointer<Float>, Int) -> Void
  ) {
    precondition(input.count == output.count, "input and output differ in length")
    // SAFETY: both pointers are used only inside the closures, for exactly the spans' length.
    unsafe input.withUnsafeBufferPointer { source in
      unsafe output.withUnsafeMutableBufferPointer { target in
        guard let from = source.baseAddress, let to = target.baseAddress else { return }
        unsafe loop(from, to, source.count)
      }
    }
  }
}
