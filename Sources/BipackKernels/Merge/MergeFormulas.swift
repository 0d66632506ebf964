// swift-format-ignore-file: AlwaysUseLowerCamelCase
// A and B are pictures, a and b their alphas: the letters of every book on compositing.

// The merge formulas, one line each: A and B premultiplied, a and b their alphas, everything in
// unit range but never clamped unless the formula itself says so.
//
// Sources: Porter and Duff 1984; the Merge page of Nuke's reference; the W3C's "Compositing and
// Blending" for the light and colour modes. Where Nuke's page has only words ("darken B towards A")
// the formula is the one Natron uses. Comparisons are written so that a NaN falls through to an
// arithmetic branch and stays a NaN, or disappears; it never spreads.

/// A formula that looks at the two colours only.
protocol ColorFormula: SendableMetatype {
  static func value(_ A: Float, _ B: Float) -> Float
}

/// A formula that weighs with A's alpha.
protocol AlphaOfAFormula: SendableMetatype {
  static func value(_ A: Float, _ B: Float, _ a: Float) -> Float
}

/// A formula that weighs with B's alpha.
protocol AlphaOfBFormula: SendableMetatype {
  static func value(_ A: Float, _ B: Float, _ b: Float) -> Float
}

/// A formula that weighs with both alphas.
protocol AlphasFormula: SendableMetatype {
  static func value(_ A: Float, _ B: Float, _ a: Float, _ b: Float) -> Float
}

// MARK: Porter-Duff

enum Under: AlphaOfBFormula {
  static func value(_ A: Float, _ B: Float, _ b: Float) -> Float { A * (1 - b) + B }
}

enum In: AlphaOfBFormula {
  static func value(_ A: Float, _ B: Float, _ b: Float) -> Float { A * b }
}

enum Out: AlphaOfBFormula {
  static func value(_ A: Float, _ B: Float, _ b: Float) -> Float { A * (1 - b) }
}

enum Mask: AlphaOfAFormula {
  static func value(_ A: Float, _ B: Float, _ a: Float) -> Float { B * a }
}

enum Stencil: AlphaOfAFormula {
  static func value(_ A: Float, _ B: Float, _ a: Float) -> Float { B * (1 - a) }
}

enum Atop: AlphasFormula {
  static func value(_ A: Float, _ B: Float, _ a: Float, _ b: Float) -> Float {
    A * b + B * (1 - a)
  }
}

enum Xor: AlphasFormula {
  static func value(_ A: Float, _ B: Float, _ a: Float, _ b: Float) -> Float {
    A * (1 - b) + B * (1 - a)
  }
}

/// Over for an A that is not premultiplied.
enum Matte: AlphaOfAFormula {
  static func value(_ A: Float, _ B: Float, _ a: Float) -> Float { A * a + B * (1 - a) }
}

/// Over for two mattes of the same thing: where A covers more than B, B is hidden entirely.
enum ConjointOver: AlphasFormula {
  static func value(_ A: Float, _ B: Float, _ a: Float, _ b: Float) -> Float {
    let share = 1 - a / (b <= 0 ? 1 : b)
    let result = A + B * (b <= 0 ? 1 : share)
    return a > b ? A : result
  }
}

/// Over for two mattes cut from one: they share no part of the pixel while a + b < 1.
enum DisjointOver: AlphasFormula {
  static func value(_ A: Float, _ B: Float, _ a: Float, _ b: Float) -> Float {
    let weight = (1 - a) / (b <= 0 ? 1 : b)
    let result = A + B * (a + b < 1 ? 1 : weight)
    return a >= 1 ? A : result
  }
}

/// The alpha of two things that cover each other at random.
enum JoinedAlpha: ColorFormula {
  static func value(_ A: Float, _ B: Float) -> Float { A + B - A * B }
}

// MARK: Arithmetic

enum Copy: ColorFormula {
  static func value(_ A: Float, _ B: Float) -> Float { A }
}

enum Plus: ColorFormula {
  static func value(_ A: Float, _ B: Float) -> Float { A + B }
}

enum Minus: ColorFormula {
  static func value(_ A: Float, _ B: Float) -> Float { A - B }
}

enum From: ColorFormula {
  static func value(_ A: Float, _ B: Float) -> Float { B - A }
}

/// Two negatives must not make a positive.
enum Multiply: ColorFormula {
  static func value(_ A: Float, _ B: Float) -> Float { A < 0 && B < 0 ? A : A * B }
}

/// 0 where both are negative, and 0 instead of a division by 0.
enum Divide: ColorFormula {
  static func value(_ A: Float, _ B: Float) -> Float {
    let quotient = A / (B == 0 ? 1 : B)
    return (A < 0 && B < 0) || B == 0 ? 0 : quotient
  }
}

enum Difference: ColorFormula {
  static func value(_ A: Float, _ B: Float) -> Float { (A - B).magnitude }
}

enum Exclusion: ColorFormula {
  static func value(_ A: Float, _ B: Float) -> Float { A + B - 2 * A * B }
}

enum Average: ColorFormula {
  static func value(_ A: Float, _ B: Float) -> Float { (A + B) * 0.5 }
}

/// Twice the harmonic mean's half: 2AB / (A + B).
enum Geometric: ColorFormula {
  static func value(_ A: Float, _ B: Float) -> Float {
    let sum = A + B
    let result = 2 * A * B / (sum == 0 ? 1 : sum)
    return sum == 0 ? 0 : result
  }
}

enum Hypot: ColorFormula {
  static func value(_ A: Float, _ B: Float) -> Float { (A * A + B * B).squareRoot() }
}

enum Max: ColorFormula {
  static func value(_ A: Float, _ B: Float) -> Float { A > B ? A : B }
}

enum Min: ColorFormula {
  static func value(_ A: Float, _ B: Float) -> Float { A < B ? A : B }
}

enum GrainExtract: ColorFormula {
  static func value(_ A: Float, _ B: Float) -> Float { B - A + 0.5 }
}

enum GrainMerge: ColorFormula {
  static func value(_ A: Float, _ B: Float) -> Float { B + A - 0.5 }
}

// MARK: Light

/// Above 1 on both sides the brighter wins; A + B - AB would fall again there.
enum Screen: ColorFormula {
  static func value(_ A: Float, _ B: Float) -> Float {
    A <= 1 || B <= 1 ? A + B - A * B : Max.value(A, B)
  }
}

enum HardLight: ColorFormula {
  static func value(_ A: Float, _ B: Float) -> Float {
    let doubled = 2 * A
    return doubled < 1 ? Multiply.value(doubled, B) : Screen.value(doubled - 1, B)
  }
}

enum Overlay: ColorFormula {
  static func value(_ A: Float, _ B: Float) -> Float { HardLight.value(B, A) }
}

/// The W3C's form, as Natron and most paint programs have it. A negative B keeps to the branch
/// without the square root.
enum SoftLight: ColorFormula {
  static func value(_ A: Float, _ B: Float) -> Float {
    let low = B - (1 - 2 * A) * B * (1 - B)
    let root = (B < 0 ? 0 : B).squareRoot()
    let curve = 4 * B <= 1 ? ((16 * B - 12) * B + 4) * B : root
    let high = B + (2 * A - 1) * (curve - B)
    return 2 * A <= 1 ? low : high
  }
}

/// The formula of Nuke's manual.
enum SoftLightNuke: ColorFormula {
  static func value(_ A: Float, _ B: Float) -> Float {
    let product = A * B
    return product < 1 ? B * (2 * A + B * (1 - product)) : 2 * product
  }
}

enum ColorDodge: ColorFormula {
  static func value(_ A: Float, _ B: Float) -> Float {
    let quotient = B / (A >= 1 ? 1 : 1 - A)
    return A >= 1 ? A : quotient > 1 ? 1 : quotient
  }
}

enum ColorBurn: ColorFormula {
  static func value(_ A: Float, _ B: Float) -> Float {
    let quotient = (1 - B) / (A <= 0 ? 1 : A)
    return A <= 0 ? A : 1 - (quotient > 1 ? 1 : quotient)
  }
}

enum PinLight: ColorFormula {
  static func value(_ A: Float, _ B: Float) -> Float {
    A >= 0.5 ? Max.value(B, 2 * (A - 0.5)) : Min.value(B, 2 * A)
  }
}

enum Reflect: ColorFormula {
  static func value(_ A: Float, _ B: Float) -> Float {
    let quotient = A * A / (B >= 1 ? 1 : 1 - B)
    return B >= 1 || quotient > 1 ? 1 : quotient
  }
}

enum Freeze: ColorFormula {
  static func value(_ A: Float, _ B: Float) -> Float {
    let root = (A > 1 ? 0 : 1 - A).squareRoot()
    let result = 1 - root / (B <= 0 ? 1 : B)
    return B <= 0 || result < 0 ? 0 : result
  }
}
