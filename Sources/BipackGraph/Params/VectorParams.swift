/// Numbers for red, green, blue and alpha. In the document one number for all four, or four, or
/// three: then alpha is their value when they are equal, else 1.
public struct ColorValue: ParamValue, Hashable, ExpressibleByFloatLiteral,
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

  public static var kind: ParamKind { .numbers(4, scalar: true, names: ["r", "g", "b", "a"]) }

  public init?(_ data: ParamData) {
    if case .number(let value) = data {
      self.init(value)
      return
    }
    guard let v = data.numbers, v.count == 3 || v.count == 4 else { return nil }
    self.init(v[0], v[1], v[2], v.count == 4 ? v[3] : v[0] == v[1] && v[1] == v[2] ? v[0] : 1)
  }

  public var data: ParamData { .array([r, g, b, a].map(ParamData.number)) }
}

/// A point, an offset, or a size in x and y. In the document `[x, y]`, or one number for both.
public struct Vec2: ParamValue, Hashable, ExpressibleByFloatLiteral, ExpressibleByIntegerLiteral {
  public var x: Double
  public var y: Double

  public init(_ x: Double, _ y: Double) {
    self.x = x
    self.y = y
  }

  public init(floatLiteral value: Double) { self.init(value, value) }
  public init(integerLiteral value: Int) { self.init(Double(value), Double(value)) }

  public static var kind: ParamKind { .numbers(2, scalar: true, names: ["x", "y"]) }
  public init?(_ data: ParamData) {
    if case .number(let value) = data {
      self.init(value, value)
      return
    }
    guard let v = data.numbers, v.count == 2 else { return nil }
    self.init(v[0], v[1])
  }
  public var data: ParamData { .array([.number(x), .number(y)]) }
}

/// A rectangle of the picture, y down: `[left, top, right, bottom]`, right and bottom exclusive.
public struct Box: ParamValue, Hashable {
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

  public static var kind: ParamKind {
    .numbers(4, scalar: false, names: ["left", "top", "right", "bottom"])
  }
  public init?(_ data: ParamData) {
    guard let v = data.numbers, v.count == 4 else { return nil }
    self.init(v[0], v[1], v[2], v[3])
  }
  public var data: ParamData { .array([x0, y0, x1, y1].map(ParamData.number)) }
}

/// Any count of numbers.
public struct NumberList: ParamValue, Hashable, ExpressibleByArrayLiteral {
  public var values: [Double]

  public init(_ values: [Double]) { self.values = values }
  public init(arrayLiteral elements: Double...) { values = elements }

  public static var kind: ParamKind { .list }
  public init?(_ data: ParamData) {
    guard let v = data.numbers else { return nil }
    values = v
  }
  public var data: ParamData { .array(values.map(ParamData.number)) }
}

/// Any count of texts. In the document an array of them, or one text.
public struct TextList: ParamValue, Hashable, ExpressibleByArrayLiteral {
  public var values: [String]

  public init(_ values: [String]) { self.values = values }
  public init(arrayLiteral elements: String...) { values = elements }

  public static var kind: ParamKind { .texts }
  public init?(_ data: ParamData) {
    guard case .array(let elements) = data else { return nil }
    values = []
    for element in elements {
      guard case .string(let text) = element else { return nil }
      values.append(text)
    }
  }
  public var data: ParamData { .array(values.map(ParamData.string)) }
}

extension ParamData {
  /// The elements when it is an array of numbers.
  public var numbers: [Double]? {
    guard case .array(let elements) = self else { return nil }
    var result: [Double] = []
    for element in elements {
      guard case .number(let value) = element else { return nil }
      result.append(value)
    }
    return result
  }
}
