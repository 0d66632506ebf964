public import BipackGraph
import BipackPixels

/// A point to turn about: given in pixels, or the middle of the format.
public enum Center: Value, Hashable {
  case middle
  case at(Double, Double)

  public static var kind: ValueKind { .numbers(2, scalar: false, names: ["x", "y"]) }

  public init?(_ data: ValueData) {
    guard let values = data.numbers else { return nil }
    switch values.count {
    case 0: self = .middle
    case 2: self = .at(values[0], values[1])
    default: return nil
    }
  }

  /// No numbers stand for the middle.
  public var data: ValueData {
    switch self {
    case .middle: .array([])
    case .at(let x, let y): .array([.number(x), .number(y)])
    }
  }

  func point(in format: Format) -> Vec2 {
    switch self {
    case .middle:
      Vec2(
        Double(format.window.x0 + format.window.x1) / 2,
        Double(format.window.y0 + format.window.y1) / 2)
    case .at(let x, let y): Vec2(x, y)
    }
  }
}
