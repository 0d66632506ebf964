/// Numbers for red, green, blue and alpha. In the document one number for all four, or four, or
/// three: then alpha is their value when they are equal, else 1.
public struct ColorValue: Value, Hashable, ExpressibleByFloatLiteral,
  ExpressibleByIntegerLiteral
{
  public var r: Double
  public var g: Double
  public var b: Double
  public var a: Double

  public init(_ r: Double, _ g: Double, _ b: Double, _ a: Double) {
    self.r = r
    self.g = g
    self.b = b
    self.a = a
  }

  public init(_ all: Double) { self.init(all, all, all, all) }
  public init(floatLiteral value: Double) { self.init(value) }
  public init(integerLiteral value: Int) { self.init(Double(value)) }

  /// The component for a channel's slot: 0 red ... 3 alpha.
  public subscript(slot: Int) -> Double {
    switch slot {
    case 0: r
    case 1: g
    case 2: b
    default: a
    }
  }

  public static var kind: ValueKind { .numbers(4, scalar: true, names: ["r", "g", "b", "a"]) }

  public init?(_ data: ValueData) {
    if case .number(let value) = data {
      self.init(value)
      return
    }
    guard let v = data.numbers, v.count == 3 || v.count == 4 else { return nil }
    self.init(v[0], v[1], v[2], v.count == 4 ? v[3] : v[0] == v[1] && v[1] == v[2] ? v[0] : 1)
  }

  public var data: ValueData { .array([r, g, b, a].map(ValueData.number)) }
}

/// A point, an offset, or a size in x and y. In the document `[x, y]`, or one number for both.
public struct Vec2: Value, Hashable, ExpressibleByFloatLiteral, ExpressibleByIntegerLiteral {
  public var x: Double
  public var y: Double

  public init(_ x: Double, _ y: Double) {
    self.x = x
    self.y = y
  }

  public init(floatLiteral value: Double) { self.init(value, value) }
  public init(integerLiteral value: Int) { self.init(Double(value), Double(value)) }

  public static var kind: ValueKind { .numbers(2, scalar: true, names: ["x", "y"]) }
  public init?(_ data: ValueData) {
    if case .number(let value) = data {
      self.init(value, value)
      return
    }
    guard let v = data.numbers, v.count == 2 else { return nil }
    self.init(v[0], v[1])
  }
  public var data: ValueData { .array([.number(x), .number(y)]) }
}

/// A place or an angle in space: `[x, y, z]`.
public struct Vec3: Value, Hashable {
  public var x: Double
  public var y: Double
  public var z: Double

  public init(_ x: Double, _ y: Double, _ z: Double) {
    self.x = x
    self.y = y
    self.z = z
  }

  public static var kind: ValueKind { .numbers(3, scalar: false, names: ["x", "y", "z"]) }
  public init?(_ data: ValueData) {
    guard let v = data.numbers, v.count == 3 else { return nil }
    self.init(v[0], v[1], v[2])
  }
  public var data: ValueData { .array([x, y, z].map(ValueData.number)) }
}

/// A rectangle of the picture, y down: `[left, top, right, bottom]`, right and bottom exclusive.
public struct Box: Value, Hashable {
  public var x0: Double
  public var y0: Double
  public var x1: Double
  public var y1: Double

  public init(_ x0: Double, _ y0: Double, _ x1: Double, _ y1: Double) {
    self.x0 = x0
    self.y0 = y0
    self.x1 = x1
    self.y1 = y1
  }

  public static var kind: ValueKind {
    .numbers(4, scalar: false, names: ["left", "top", "right", "bottom"])
  }
  public init?(_ data: ValueData) {
    guard let v = data.numbers, v.count == 4 else { return nil }
    self.init(v[0], v[1], v[2], v[3])
  }
  public var data: ValueData { .array([x0, y0, x1, y1].map(ValueData.number)) }
}

extension ValueKind {
  /// So many numbers; with `scalar`, one number stands for all of them.
  public static func numbers(_ count: Int, scalar: Bool, names: [String]) -> ValueKind {
    ValueKind(VectorType(count: count, isScalar: scalar, names: names))
  }

  /// So many numbers, called by their places.
  public static func vector(_ count: Int) -> ValueKind { .numbers(count, scalar: false, names: []) }
}

private struct VectorType: ValueType {
  let count: Int
  let isScalar: Bool
  let names: [String]

  let animation = ValueAnimation.numbers
  let isRanged = true
  private var isColor: Bool { count == 4 && isScalar }

  var name: String { isColor ? "color" : count == 2 ? "point" : "\(count) numbers" }
  var title: String {
    names == ["r", "g", "b", "a"] ? "colour" : "\(count) numbers" + (isScalar ? " or one" : "")
  }
  var components: ValueComponents { .count(count, names: names) }

  func shape(_ bounds: String) -> String {
    if isColor { return "a number or an array of 3 or 4 numbers" + bounds }
    return (isScalar ? "a number or " : "") + "an array of \(count) numbers" + bounds
  }

  func schema(_ number: JSONValue) -> [JSONValue] {
    let array: JSONValue = [
      "type": "array",
      "items": ["anyOf": [number, JSONValue(def: "animatedNumber"), JSONValue(def: "perView")]],
      "minItems": JSONValue(number: Double(isColor ? 3 : count)),
      "maxItems": JSONValue(number: Double(count)),
    ]
    return (isScalar ? [number] : []) + [array]
  }

  func problem(_ data: ValueData) -> ValueProblem? {
    if let wrong = problem(data, elements: "a number", \.isNumber) { return wrong }
    guard case .array(let parts) = data, fitted(data) == nil else { return nil }
    return ValueProblem([], Messages.wrongLength(parts.count), expected: shape(""))
  }

  /// Three numbers are a colour without alpha.
  func fitted(_ data: ValueData) -> ValueData? {
    switch data {
    case .number: isScalar ? data : nil
    case .array(let parts):
      parts.allSatisfy(\.isNumber) && (parts.count == count || isColor && parts.count == 3)
        ? data : nil
    default: nil
    }
  }

  func filled(with number: Double) -> ValueData? {
    .array(Array(repeating: .number(number), count: count))
  }

  func written(_ data: ValueData) -> JSONValue {
    if isScalar, let numbers = data.numbers, let first = numbers.first,
      numbers.allSatisfy({ $0 == first })
    {
      return JSONValue(number: first)
    }
    return JSONValue(data: data)
  }
}
