import BipackGraph

extension NumberList {
  /// Whether a first and a last frame hold `frame` between them; none hold all.
  func lives(at frame: Double, _ name: String) throws(NodeError) -> Bool {
    if values.isEmpty { return true }
    guard values.count == 2, values[0] <= values[1] else {
      throw NodeError("\(name).range: expected the first and the last frame, [1001, 1100]")
    }
    return frame >= values[0] && frame <= values[1]
  }
}
