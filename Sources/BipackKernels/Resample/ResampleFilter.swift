/// How a picture is read between its pixels.
///
/// The cubics are Mitchell and Netravali's family (B, C); `cubic` is its member (0, 0), a smooth step
/// between two pixels, as in Nuke and Natron. The number of a Lanczos or sinc filter is its width in
/// pixels: `lanczos6` is what others call Lanczos 3. `box`, `gaussian` and `blackman-harris` have the shapes
/// and widths of OpenImageIO's.
public enum ResampleFilter: String, CaseIterable, Sendable {
  /// The nearest pixel.
  case impulse
  /// Bilinear.
  case linear
  /// (B, C) = (0, 0).
  case cubic
  /// (0, 1/2): Catmull-Rom.
  case keys
  /// (0, 3/4).
  case simon
  /// (0, 1).
  case rifman
  /// (1/3, 1/3).
  case mitchell
  /// (1, 0): the cubic B-spline.
  case parzen
  /// (3/2, -1/4).
  case notch
  /// sinc(x) sinc(x/2), |x| < 2.
  case lanczos4
  /// sinc(x) sinc(x/3), |x| < 3.
  case lanczos6
  /// sinc(x), |x| < 2.
  case sinc4
  /// The mean of a pixel's width, -1/2 < x <= 1/2.
  case box
  /// exp(-2 (x / 1.5)²), |x| < 1.5.
  case gaussian
  /// The window of Harris (1978), four terms, |x| < 1.5.
  case blackmanHarris = "blackman-harris"

  /// B and C of the cubics.
  package var cubic: (b: Double, c: Double)? {
    switch self {
    case .cubic: (0, 0)
    case .keys: (0, 0.5)
    case .simon: (0, 0.75)
    case .rifman: (0, 1)
    case .mitchell: (1.0 / 3, 1.0 / 3)
    case .parzen: (1, 0)
    case .notch: (1.5, -0.25)
    default: nil
    }
  }

  /// Where the kernel ends, in pixels from its centre.
  package var support: Double {
    switch self {
    case .impulse, .box: 0.5
    case .linear, .cubic: 1
    case .gaussian, .blackmanHarris: 1.5
    case .lanczos6: 3
    default: 2
    }
  }

  /// Whether the kernel does not reach 0 at its ends: which pixels count is then decided for each pixel,
  /// never looked up.
  package var hasHardEnds: Bool { [.box, .gaussian, .blackmanHarris].contains(self) }

  /// The kernel at `x` pixels from its centre.
  package func value(_ x: Double) -> Double { abs(x) >= support ? 0 : shape(abs(x)) }

  /// The kernel as it goes on where it is cut off.
  package func shape(_ t: Double) -> Double {
    if let (b, c) = cubic { return Self.cubicValue(t, b, c) }
    switch self {
    case .impulse, .box: return 1
    case .gaussian: return ExactMath.exp(-2 * (t / 1.5) * (t / 1.5))
    case .blackmanHarris: return Self.harris(t / 1.5)
    case .linear: return 1 - t
    case .lanczos4: return ExactMath.sinc(t) * ExactMath.sinc(t / 2)
    case .lanczos6: return ExactMath.sinc(t) * ExactMath.sinc(t / 3)
    default: return ExactMath.sinc(t)
    }
  }

  /// From 1 at 0 to 0.00006 at 1.
  private static func harris(_ t: Double) -> Double {
    func cosine(_ turns: Double) -> Double { ExactMath.sinCos(degrees: turns * 180).cos }
    return 0.35875 + 0.48829 * cosine(t) + 0.14128 * cosine(2 * t) + 0.01168 * cosine(3 * t)
  }

  private static func cubicValue(_ t: Double, _ b: Double, _ c: Double) -> Double {
    if t < 1 {
      return (((12 - 9 * b - 6 * c) * t + (-18 + 12 * b + 6 * c)) * t * t + (6 - 2 * b)) / 6
    }
    let q = ((-b - 6 * c) * t + (6 * b + 30 * c)) * t
    return ((q + (-12 * b - 48 * c)) * t + (8 * b + 24 * c)) / 6
  }
}
