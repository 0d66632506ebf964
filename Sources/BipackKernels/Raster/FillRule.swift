/// Which parts of an outline are inside: by its winding, how often it goes around them, one way counted up
/// and the other down.
package enum FillRule: Sendable, Hashable {
  /// Whatever it goes around.
  case nonZero
  /// What it goes around an odd number of times.
  case evenOdd
  /// What it goes around clockwise, as seen with y down.
  case positive
  /// What it goes around counter-clockwise.
  case negative

  func contains(_ winding: Int) -> Bool {
    switch self {
    case .nonZero: winding != 0
    case .evenOdd: winding & 1 != 0
    case .positive: winding > 0
    case .negative: winding < 0
    }
  }
}
