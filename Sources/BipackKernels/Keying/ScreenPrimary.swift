/// Which channel of a screen is its primary: the greatest; green of two that are equal.
struct ScreenPrimary {
  private let isRed: Bool
  private let isBlue: Bool

  @inline(__always)
  init(_ r: Float, _ g: Float, _ b: Float) {
    isRed = r > g && r > b
    isBlue = !isRed && b > g
  }

  /// A colour's primary, and its other two channels.
  @inline(__always)
  func parts(_ r: Float, _ g: Float, _ b: Float) -> (primary: Float, Float, Float) {
    (isRed ? r : isBlue ? b : g, isRed ? g : r, isBlue ? g : b)
  }

  /// How far a colour's primary lies above the mean of the others.
  @inline(__always)
  func excess(_ r: Float, _ g: Float, _ b: Float) -> Float {
    (3 * parts(r, g, b).primary - (r + g + b)) / 2
  }
}
