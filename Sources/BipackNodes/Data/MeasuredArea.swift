import BipackGraph
import BipackPixels

extension Box {
  /// The pixels of an area to be measured: the box in whole pixels, or all of `whole` where it is four
  /// zeros. Empty when it is turned inside out.
  func area(of whole: Rect) -> Rect {
    if self == Box(0, 0, 0, 0) { return whole }
    func pixel(_ v: Double) -> Int { Int(min(max(v, -1e9), 1e9).rounded()) }
    let rect = Rect(x0: pixel(x0), y0: pixel(y0), x1: pixel(x1), y1: pixel(y1))
    return rect.isEmpty ? .empty : rect
  }
}

extension NodeContext {
  /// Throws where the picture to be measured comes to nothing at this frame.
  func checkHasPicture() throws(NodeError) {
    if inputs.first.flatMap({ $0 }) == nil { throw .nothingToMeasure }
  }
}

extension NodeError {
  static let nothingToMeasure = NodeError("there is no picture to measure at this frame")
}
