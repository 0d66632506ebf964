import BipackPixels

extension Loops {
  /// The last index first: what comes out must not depend on it.
  static let backwards = Loops { count, body in
    for i in (0..<count).reversed() { body(i) }
  }
}
