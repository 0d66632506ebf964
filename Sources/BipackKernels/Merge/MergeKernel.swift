// swift-format-ignore-file: AlwaysUseLowerCamelCase
// A and B are pictures, a and b their alphas: the letters of every book on compositing.

import BipackPixels
import CVector

/// The loop of one merge operation over one channel, specialised when it is chosen: what runs per
/// strip is one call, what runs per pixel is the formula alone.
package struct MergeKernel: PointKernel {
  /// The planes the loop reads, in this order.
  package enum Planes: Sendable {
    /// A, B
    case colors
    /// A, B, a
    case alphaOfA
    /// A, B, b
    case alphaOfB
    /// A, B, a, b
    case alphas
    /// A's red, green, blue, B's red, green, blue, a, b; writes red, green, blue.
    case pixels
  }

  package let planes: Planes
  private let run: @Sendable (borrowing Strip) -> Void

  package func apply(_ strip: borrowing Strip) { run(strip) }

  /// The loop for `operation`. With `masked` (alpha masking), the PDF and SVG rule: the formula is
  /// applied to the unpremultiplied colours where both images are, each image alone stays as it is.
  package init(_ operation: MergeOperation, masked: Bool = false) {
    let masked = masked && operation.isMaskable
    switch operation {
    case .over: self.init(.alphaOfA, Self.over)
    case .under: self.init(Under.self)
    case .in: self.init(In.self)
    case .out: self.init(Out.self)
    case .mask: self.init(Mask.self)
    case .stencil: self.init(Stencil.self)
    case .atop: self.init(Atop.self)
    case .xor: self.init(Xor.self)
    case .matte: self.init(Matte.self)
    case .conjointOver: self.init(ConjointOver.self)
    case .disjointOver: self.init(DisjointOver.self)
    case .copy: self.init(Copy.self, masked)
    case .plus: self.init(Plus.self, masked)
    case .minus: self.init(Minus.self, masked)
    case .from: self.init(From.self, masked)
    case .multiply: self.init(Multiply.self, masked)
    case .divide: self.init(Divide.self, masked)
    case .difference: self.init(Difference.self, masked)
    case .exclusion: self.init(Exclusion.self, masked)
    case .average: self.init(Average.self, masked)
    case .geometric: self.init(Geometric.self, masked)
    case .hypot: self.init(Hypot.self, masked)
    case .max: self.init(Max.self, masked)
    case .min: self.init(Min.self, masked)
    case .grainExtract: self.init(GrainExtract.self, masked)
    case .grainMerge: self.init(GrainMerge.self, masked)
    case .screen: self.init(Screen.self, masked)
    case .hardLight: self.init(HardLight.self, masked)
    case .overlay: self.init(Overlay.self, masked)
    case .softLight: self.init(SoftLight.self, masked)
    case .softLightNuke: self.init(SoftLightNuke.self, masked)
    case .colorDodge: self.init(ColorDodge.self, masked)
    case .colorBurn: self.init(ColorBurn.self, masked)
    case .pinlight: self.init(PinLight.self, masked)
    case .reflect: self.init(Reflect.self, masked)
    case .freeze: self.init(Freeze.self, masked)
    case .hue: self.init(HueBlend.self)
    case .saturation: self.init(SaturationBlend.self)
    case .color: self.init(ColorBlend.self)
    case .luminosity: self.init(LuminosityBlend.self)
    }
  }

  /// a + b - ab, from the planes a and b.
  package static let joinedAlpha = MergeKernel(JoinedAlpha.self, false)

  private init(_ planes: Planes, _ run: @escaping @Sendable (borrowing Strip) -> Void) {
    self.planes = planes
    self.run = run
  }

  /// The most used of all operations, and bound by memory alone.
  private static func over(_ strip: borrowing Strip) {
    bp_over(
      strip.outputPointer(0), strip.inputPointer(0), strip.inputPointer(1), strip.inputPointer(2),
      strip.count, strip.isStreaming ? 1 : 0)
  }

  @inline(__always)
  private init<Formula: ColorFormula>(_: Formula.Type, _ masked: Bool) {
    if masked {
      self.init(.alphas) { Loops<MaskedBy<Formula>>.alphas($0) }
    } else {
      self.init(.colors) { Loops<Formula>.colors($0) }
    }
  }

  @inline(__always)
  private init<Formula: AlphaOfAFormula>(_: Formula.Type) {
    self.init(.alphaOfA) { Loops<Formula>.alphaOfA($0) }
  }

  @inline(__always)
  private init<Formula: AlphaOfBFormula>(_: Formula.Type) {
    self.init(.alphaOfB) { Loops<Formula>.alphaOfB($0) }
  }

  @inline(__always)
  private init<Formula: AlphasFormula>(_: Formula.Type) {
    self.init(.alphas) { Loops<Formula>.alphas($0) }
  }

  @inline(__always)
  private init<Formula: PixelFormula>(_: Formula.Type) {
    self.init(.pixels) { Loops<Formula>.pixels($0) }
  }
}

/// A colour formula under alpha masking (ISO 32000-1, 11.3.6):
/// (1 - b) A + (1 - a) B + a b F(A / a, B / b).
private enum MaskedBy<Formula: ColorFormula>: AlphasFormula {
  @inline(__always)
  static func value(_ A: Float, _ B: Float, _ a: Float, _ b: Float) -> Float {
    let both = a * b
    let blended = Formula.value(A / (a == 0 ? 1 : a), B / (b == 0 ? 1 : b))
    let alone = A * (1 - b) + B * (1 - a)
    return both == 0 ? alone : alone + both * blended
  }
}

private enum Loops<Formula> {
  static func colors(_ strip: borrowing Strip) where Formula: ColorFormula {
    let (A, B) = (strip.input(0), strip.input(1))
    var out = strip.output(0)
    for i in 0..<strip.count { out[i] = Formula.value(A[i], B[i]) }
  }

  static func alphaOfA(_ strip: borrowing Strip) where Formula: AlphaOfAFormula {
    let (A, B, a) = (strip.input(0), strip.input(1), strip.input(2))
    var out = strip.output(0)
    for i in 0..<strip.count { out[i] = Formula.value(A[i], B[i], a[i]) }
  }

  static func alphaOfB(_ strip: borrowing Strip) where Formula: AlphaOfBFormula {
    let (A, B, b) = (strip.input(0), strip.input(1), strip.input(2))
    var out = strip.output(0)
    for i in 0..<strip.count { out[i] = Formula.value(A[i], B[i], b[i]) }
  }

  static func alphas(_ strip: borrowing Strip) where Formula: AlphasFormula {
    let (A, B) = (strip.input(0), strip.input(1))
    let (a, b) = (strip.input(2), strip.input(3))
    var out = strip.output(0)
    for i in 0..<strip.count { out[i] = Formula.value(A[i], B[i], a[i], b[i]) }
  }

  static func pixels(_ strip: borrowing Strip) where Formula: PixelFormula {
    let (ar, ag, ab) = (strip.input(0), strip.input(1), strip.input(2))
    let (br, bg, bb) = (strip.input(3), strip.input(4), strip.input(5))
    let (a, b) = (strip.input(6), strip.input(7))
    var r = strip.output(0)
    var g = strip.output(1)
    var bl = strip.output(2)
    for i in 0..<strip.count {
      let A = RGB(ar[i], ag[i], ab[i])
      let B = RGB(br[i], bg[i], bb[i])
      let result = Formula.blended(A, B, a[i], b[i])
      r[i] = result.r
      g[i] = result.g
      bl[i] = result.b
    }
  }
}
