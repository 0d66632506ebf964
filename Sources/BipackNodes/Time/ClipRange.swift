import BipackGraph

/// The first and last frame of a clip from two parameters whose default is 0: equal ones mean the
/// document's range, and a last frame left at 0 after a positive first one means the document's end.
func clipRange(_ first: Double, _ last: Double, _ context: FrameContext) -> (Double, Double) {
  let end = Double(context.frames.upperBound)
  if first == last { return (Double(context.frames.lowerBound), end) }
  if last == 0, first > 0 { return (first, max(first, end)) }
  return (min(first, last), max(first, last))
}
