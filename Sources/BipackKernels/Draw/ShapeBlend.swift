/// How a shape of one value meets what lies below: B below, v the value, m how much of the pixel the shape covers.
public enum ShapeBlend: String, CaseIterable, Sendable {
  /// B (1 - m) + v m.
  case over
  /// The greater of B and v m.
  case union
  /// B (1 - m): the shape is cut out.
  case subtract
  /// B m: only what is inside stays.
  case intersect
  /// B + v, inside.
  case plus
  /// B - v, inside.
  case minus
  /// B v, inside.
  case multiply
  /// B + v - B v, inside.
  case screen
  /// The greater of B and v, inside.
  case max
  /// The smaller of B and v, inside.
  case min
  /// How far B is from v, inside.
  case difference

  /// Whether it leaves what is outside the shape as it is.
  package var isLocal: Bool { self != .intersect }

  /// Blends a row.
  package func apply(
    _ mask: UnsafePointer<Float>, _ v: Float, onto out: UnsafeMutablePointer<Float>, count: Int
  ) {
    switch self {
    case .over: for i in 0..<count { out[i] = out[i] * (1 - mask[i]) + v * mask[i] }
    case .union: for i in 0..<count { out[i] = out[i] < v * mask[i] ? v * mask[i] : out[i] }
    case .subtract: for i in 0..<count { out[i] = out[i] * (1 - mask[i]) }
    case .intersect: for i in 0..<count { out[i] = out[i] * mask[i] }
    case .plus: for i in 0..<count { out[i] = out[i] + v * mask[i] }
    case .minus: for i in 0..<count { out[i] = out[i] - v * mask[i] }
    case .multiply: for i in 0..<count { out[i] = out[i] + mask[i] * (out[i] * v - out[i]) }
    case .screen: for i in 0..<count { out[i] = out[i] + mask[i] * (v - out[i] * v) }
    case .max:
      for i in 0..<count { out[i] = out[i] + mask[i] * ((out[i] < v ? v : out[i]) - out[i]) }
    case .min:
      for i in 0..<count { out[i] = out[i] + mask[i] * ((out[i] > v ? v : out[i]) - out[i]) }
    case .difference:
      for i in 0..<count { out[i] = out[i] + mask[i] * ((out[i] - v).magnitude - out[i]) }
    }
  }
}
