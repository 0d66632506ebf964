import BipackPixels

/// A function or operator of the expression language.
package struct Function: Sendable {
  package let name: String
  package let arity: ClosedRange<Int>
  /// How it is written and what it gives, for the reference.
  package let help: String
  let apply: @Sendable (ArraySlice<Double>) -> Double

  /// Functions by name. Closed: a document cannot add to them.
  package static let table: [String: Function] = Dictionary(
    uniqueKeysWithValues: all.map { ($0.name, $0) })

  /// In the order of the reference.
  package static let all: [Function] = [
    one("abs", "abs(x): x without its sign.") { abs($0) },
    one("sign", "sign(x): -1, 0 or 1.") { $0 > 0 ? 1 : $0 < 0 ? -1 : $0 },
    one("floor", "floor(x): the whole number below.") { $0.rounded(.down) },
    one("ceil", "ceil(x): the whole number above.") { $0.rounded(.up) },
    one("round", "round(x): the nearest whole number, halves away from 0.") { $0.rounded() },
    one("trunc", "trunc(x): the whole number towards 0.") { $0.rounded(.towardZero) },
    two("mod", "mod(x, y): the rest of x / y, with the sign of y.") { x, y in
      let rest = x.truncatingRemainder(dividingBy: y)
      return rest != 0 && (rest < 0) != (y < 0) ? rest + y : rest
    },
    Function(name: "min", arity: 1...16, help: "min(a, b, ...): the smallest.") { values in
      values.dropFirst().reduce(values[values.startIndex]) {
        $0.isNaN || $1.isNaN ? .nan : $1 < $0 ? $1 : $0
      }
    },
    Function(name: "max", arity: 1...16, help: "max(a, b, ...): the largest.") { values in
      values.dropFirst().reduce(values[values.startIndex]) {
        $0.isNaN || $1.isNaN ? .nan : $1 > $0 ? $1 : $0
      }
    },
    Function(
      name: "clamp", arity: 1...3,
      help: "clamp(x), clamp(x, low, high): x kept in 0..1 or low..high."
    ) { values in
      let x = values[values.startIndex]
      let low = values.count > 1 ? values[values.startIndex + 1] : 0
      let high = values.count > 2 ? values[values.startIndex + 2] : 1
      return x < low ? low : x > high ? high : x
    },
    three("lerp", "lerp(a, b, t): from a at t = 0 to b at t = 1.") { $0 + ($1 - $0) * $2 },
    three("mix", "mix(a, b, t): the same as lerp.") { $0 + ($1 - $0) * $2 },
    two("step", "step(edge, x): 0 below the edge, 1 from it on.") { $1 < $0 ? 0 : 1 },
    three("smoothstep", "smoothstep(a, b, x): a smooth rise from 0 at a to 1 at b.") { a, b, x in
      if a == b { return x < a ? 0 : 1 }
      let t = (x - a) / (b - a)
      return t <= 0 ? 0 : t >= 1 ? 1 : t * t * (3 - 2 * t)
    },
    Function(
      name: "fit", arity: 5...5, help: "fit(x, a, b, c, d): x moved from the range a..b to c..d."
    ) { values in
      let v = Array(values)
      if v[1] == v[2] { return v[0] < v[1] ? v[3] : v[4] }
      return v[3] + (v[4] - v[3]) * ((v[0] - v[1]) / (v[2] - v[1]))
    },
    one("sqrt", "sqrt(x): the square root.") { $0.squareRoot() },
    two("pow", "pow(x, y): x to the power y, as x ^ y.") { PortableMath.pow($0, $1) },
    one("exp", "exp(x): e to the power x.") { PortableMath.exp($0) },
    one("exp2", "exp2(x): 2 to the power x.") { PortableMath.exp2($0) },
    one("log", "log(x): the natural logarithm.") { PortableMath.log($0) },
    one("log2", "log2(x): the logarithm to base 2.") { PortableMath.log2($0) },
    one("log10", "log10(x): the logarithm to base 10.") { PortableMath.log10($0) },
    two("hypot", "hypot(x, y): the length of (x, y).") { PortableMath.hypot($0, $1) },
    one("sin", "sin(x): sine of an angle in radians.") { PortableMath.sin($0) },
    one("cos", "cos(x): cosine of an angle in radians.") { PortableMath.cos($0) },
    one("tan", "tan(x): tangent of an angle in radians.") { PortableMath.tan($0) },
    one("asin", "asin(x): the angle whose sine is x.") { PortableMath.asin($0) },
    one("acos", "acos(x): the angle whose cosine is x.") { PortableMath.acos($0) },
    one("atan", "atan(x): the angle whose tangent is x.") { PortableMath.atan($0) },
    two("atan2", "atan2(y, x): the angle of the point (x, y).") { PortableMath.atan2($0, $1) },
    one("radians", "radians(x): degrees to radians.") { $0 * (PortableMath.pi / 180) },
    one("degrees", "degrees(x): radians to degrees.") { $0 * (180 / PortableMath.pi) },
    Function(
      name: "noise", arity: 1...3,
      help: "noise(x, y, z): smooth noise in -1..1, 0 at whole numbers; y and z default to 0."
    ) { values in
      let v = Array(values) + [0, 0]
      return HashNoise.noise(v[0], v[1], v[2])
    },
    Function(
      name: "random", arity: 1...4,
      help: "random(seed, ...): a number from 0 up to 1 that belongs to these seeds."
    ) { HashNoise.random($0) },
  ]

  private static func one(
    _ name: String, _ help: String, _ body: @escaping @Sendable (Double) -> Double
  ) -> Function {
    Function(name: name, arity: 1...1, help: help) { body($0[$0.startIndex]) }
  }

  private static func two(
    _ name: String, _ help: String, _ body: @escaping @Sendable (Double, Double) -> Double
  ) -> Function {
    Function(name: name, arity: 2...2, help: help) {
      body($0[$0.startIndex], $0[$0.startIndex + 1])
    }
  }

  private static func three(
    _ name: String, _ help: String, _ body: @escaping @Sendable (Double, Double, Double) -> Double
  ) -> Function {
    Function(name: name, arity: 3...3, help: help) {
      body($0[$0.startIndex], $0[$0.startIndex + 1], $0[$0.startIndex + 2])
    }
  }

  // MARK: Operators

  /// An operator between two operands: how tightly it binds, and what it does.
  struct Operator: Sendable {
    let precedence: Int
    let isRightAssociative: Bool
    let function: Function
  }

  static let operators: [String: Operator] = {
    func op(
      _ name: String, _ precedence: Int, right: Bool = false,
      _ body: @escaping @Sendable (Double, Double) -> Double
    ) -> (String, Operator) {
      (
        name,
        Operator(
          precedence: precedence, isRightAssociative: right, function: two(name, "", body))
      )
    }
    return Dictionary(uniqueKeysWithValues: [
      op("||", 1) { $0 != 0 || $1 != 0 ? 1 : 0 },
      op("&&", 2) { $0 != 0 && $1 != 0 ? 1 : 0 },
      op("==", 3) { $0 == $1 ? 1 : 0 },
      op("!=", 3) { $0 != $1 ? 1 : 0 },
      op("<", 4) { $0 < $1 ? 1 : 0 },
      op("<=", 4) { $0 <= $1 ? 1 : 0 },
      op(">", 4) { $0 > $1 ? 1 : 0 },
      op(">=", 4) { $0 >= $1 ? 1 : 0 },
      op("+", 5) { $0 + $1 },
      op("-", 5) { $0 - $1 },
      op("*", 6) { $0 * $1 },
      op("/", 6) { $0 / $1 },
      op("%", 6) { $0.truncatingRemainder(dividingBy: $1) },
      op("^", 8, right: true) { PortableMath.pow($0, $1) },
    ])
  }()

  static let unaryPrecedence = 7
  static let negate = one("-", "") { -$0 }
  static let not = one("!", "") { $0 == 0 ? 1 : 0 }
  /// `condition ? a : b`; both sides have been computed, which is harmless: nothing has effects.
  static let select = three("?:", "") { $0 != 0 ? $1 : $2 }
}
