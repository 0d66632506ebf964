import BipackGraph

// A frame of the document's own range has none beyond it, so that a shot needs no policy for its ends. A document of a
// single frame names no range.

extension ClosedRange<Int> {
  /// The frame `steps` after one, if the shot has it.
  fileprivate func neighbour(_ steps: Int, of frame: Double) -> Double? {
    let (first, last) = (Double(lowerBound), Double(upperBound))
    let other = frame + Double(steps)
    let isWithin = first < last && frame >= first && frame <= last
    return isWithin && (other < first || other > last) ? nil : other
  }
}

extension FrameContext {
  /// The frame `steps` after this one, if the shot has it.
  func neighbour(_ steps: Int) -> Double? { frames.neighbour(steps, of: frame) }

  /// The frames up to `range` before and after this one, in order.
  func around(_ range: Int) -> [Double] {
    (-max(0, range)...max(0, range)).compactMap { $0 == 0 ? nil : neighbour($0) }
  }
}

extension NodeContext {
  /// The frame `steps` after this one, if the shot has it.
  func neighbour(_ steps: Int) -> Double? { frames.neighbour(steps, of: frame) }
}
