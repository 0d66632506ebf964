public import BipackGraph
import BipackPixels

/// What shapes are cut to.
public enum RotoClip: String, ParamChoice {
  case none
  case format
  case bbox
  case union
  case intersection

  /// The part of the picture that is drawn in.
  func area(_ window: Rect, _ dataWindow: Rect) -> Rect {
    switch self {
    // Beyond this no picture reaches.
    case .none: window.union(dataWindow).expanded(largestSide / 4)
    case .format: window
    case .bbox: dataWindow
    case .union: window.union(dataWindow)
    case .intersection: window.intersection(dataWindow)
    }
  }
}
