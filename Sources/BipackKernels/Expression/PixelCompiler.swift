import BipackPixels

/// What is wrong with an expression, and where.
package struct PixelExpressionError: Error, Hashable, Sendable {
  /// Counted from 1, in characters.
  package var column: Int
  package var message: String
  /// The name that means nothing, if that is what is wrong.
  package var unknown: String? = nil
}

/// Compiles expressions to a `PixelProgram`.
///
/// The language is that of Nuke's Expression node, a subset of C's expressions: numbers, names,
/// `+ - * / % ** ^` (both of the last are powers), `< <= > >= == !=`, `! && ||`, `? :`, functions
/// and parentheses. Both branches of a condition are computed and one is taken. A plane may be read at
/// another pixel, `r(x + 1, y - 2)`, and at another frame, `r(x, y, frame - 1)`; how far away is known
/// once the text is compiled.
package struct PixelCompiler {
  /// What a name stands for.
  package enum Symbol {
    case constant(Float)
    case plane(Int)
    case position(PixelProgram.Position)
  }

  private var values: [PixelProgram.Value] = []
  private var numbers: [PixelProgram.Value: Int] = [:]
  private var temporaries: [String: Int] = [:]
  private var results: [Int] = []
  /// Where a plane is read: whole pixels from the pixel made, and the frame if one is named.
  package struct Access: Hashable, Sendable {
    package var x: Int
    package var y: Int
    package var frame: Double?
  }

  private let lookUp: (String) -> Symbol?
  private let read: (String, Access) -> Symbol?

  /// How far away a plane may be read.
  package static let farthest = 4096

  /// - Parameters:
  ///   - lookUp: gives what a name stands for; nil for an unknown one.
  ///   - read: gives the plane of a name at another pixel or frame; nil for an unknown one.
  package init(
    read: @escaping (String, Access) -> Symbol? = { _, _ in nil },
    lookUp: @escaping (String) -> Symbol?
  ) {
    self.lookUp = lookUp
    self.read = read
  }

  /// Names the value of `text` for the expressions that follow.
  package mutating func define(_ name: String, _ text: String) throws(PixelExpressionError) {
    temporaries[name] = try compile(text)
  }

  /// Makes the value of `text` the next output.
  package mutating func output(_ text: String) throws(PixelExpressionError) {
    results.append(try compile(text))
  }

  package consuming func program(format: Rect) -> PixelProgram {
    PixelProgram(values: values, results: results, format: format)
  }

  private mutating func compile(_ text: String) throws(PixelExpressionError) -> Int {
    var tokens = try PixelTokens(text)
    let value = try conditional(&tokens, 0)
    guard tokens.kind == .end else {
      throw tokens.error("expected an operator or the end, found \(tokens.description)")
    }
    return value
  }

  // MARK: Values

  private mutating func value(_ value: PixelProgram.Value) -> Int {
    if let known = numbers[value] { return known }
    values.append(value)
    numbers[value] = values.count - 1
    return values.count - 1
  }

  private mutating func constant(_ number: Float) -> Int {
    // Both NaN and the zeros are found again by their bits.
    if number.isNaN || (number == 0 && number.sign == .minus) {
      values.append(.constant(number))
      return values.count - 1
    }
    return value(.constant(number))
  }

  /// Adds a step, or does it now when all its operands are constants.
  private mutating func step(_ operation: PixelOperation, _ operands: Int...) -> Int {
    var folded: [Float] = []
    for operand in operands {
      guard case .constant(let number) = values[operand] else { break }
      folded.append(number)
    }
    guard folded.count == operands.count else {
      return value(.step(operation, PixelProgram.Operands(operands)))
    }
    while folded.count < 3 { folded.append(0) }
    var result: Float = 0
    folded.withUnsafeBufferPointer { numbers in
      guard let base = numbers.baseAddress else { return }
      operation.run(base, base + 1, base + 2, &result, 1)
    }
    return constant(result)
  }

  // MARK: Grammar, loosest binding first

  private static let deepest = 100

  private mutating func conditional(_ tokens: inout PixelTokens, _ depth: Int)
    throws(PixelExpressionError) -> Int
  {
    guard depth < Self.deepest else {
      throw tokens.error("the expression is nested more than \(Self.deepest) levels deep")
    }
    let condition = try binary(&tokens, depth, 0)
    guard tokens.take("?") else { return condition }
    let yes = try conditional(&tokens, depth + 1)
    guard tokens.take(":") else {
      throw tokens.error("expected ':' of the condition, found \(tokens.description)")
    }
    let no = try conditional(&tokens, depth + 1)
    return step(.select, condition, yes, no)
  }

  private static let levels: [[String]] = [
    ["||"], ["&&"], ["==", "!="], ["<=", ">=", "<", ">"], ["+", "-"], ["*", "/", "%"],
  ]

  private mutating func binary(_ tokens: inout PixelTokens, _ depth: Int, _ level: Int)
    throws(PixelExpressionError) -> Int
  {
    guard level < Self.levels.count else { return try unary(&tokens, depth) }
    var left = try binary(&tokens, depth, level + 1)
    while let symbol = Self.levels[level].first(where: { tokens.take($0) }) {
      let right = try binary(&tokens, depth, level + 1)
      left =
        switch symbol {
        case "||": step(.or, left, right)
        case "&&": step(.and, left, right)
        case "==": step(.equal, left, right)
        case "!=": step(.notEqual, left, right)
        case "<": step(.less, left, right)
        case "<=": step(.lessOrEqual, left, right)
        case ">": step(.less, right, left)
        case ">=": step(.lessOrEqual, right, left)
        case "+": step(.add, left, right)
        case "-": step(.subtract, left, right)
        case "*": step(.multiply, left, right)
        case "/": step(.divide, left, right)
        default: step(.remainder, left, right)
        }
    }
    return left
  }

  private mutating func unary(_ tokens: inout PixelTokens, _ depth: Int)
    throws(PixelExpressionError) -> Int
  {
    guard depth < Self.deepest else {
      throw tokens.error("the expression is nested more than \(Self.deepest) levels deep")
    }
    if tokens.take("-") { return step(.negate, try unary(&tokens, depth + 1)) }
    if tokens.take("+") { return try unary(&tokens, depth + 1) }
    if tokens.take("!") { return step(.not, try unary(&tokens, depth + 1)) }
    let base = try primary(&tokens, depth)
    guard tokens.take("**") || tokens.take("^") else { return base }
    return step(.power, base, try unary(&tokens, depth + 1))
  }

  private mutating func primary(_ tokens: inout PixelTokens, _ depth: Int)
    throws(PixelExpressionError) -> Int
  {
    switch tokens.kind {
    case .number(let number):
      try tokens.advance()
      return constant(number)
    case .name(let name):
      let start = tokens
      try tokens.advance()
      if tokens.take("(") { return try call(name, start, &tokens, depth) }
      if let temporary = temporaries[name] { return temporary }
      if let symbol = lookUp(name) { return value(of: symbol) }
      if name == "pi" { return constant(.pi) }
      throw start.error("there is nothing called '\(name)' here", unknown: name)
    case .symbol("("):
      try tokens.advance()
      let inner = try conditional(&tokens, depth + 1)
      guard tokens.take(")") else {
        throw tokens.error("expected ')', found \(tokens.description)")
      }
      return inner
    default:
      throw tokens.error("expected a number, a name or '(', found \(tokens.description)")
    }
  }

  private mutating func value(of symbol: Symbol) -> Int {
    switch symbol {
    case .constant(let number): constant(number)
    case .plane(let index): value(.plane(index))
    case .position(let position): value(.position(position))
    }
  }

  // MARK: Other pixels and frames

  /// What is added to a position, if that is all `index` does; `position` itself is 0.
  private func shift(_ index: Int, _ position: PixelProgram.Position) -> Float? {
    switch values[index] {
    case .position(position): return 0
    case .step(.add, let operands):
      for (a, b) in [(operands[0], operands[1]), (operands[1], operands[0])] {
        if case .constant(let number) = values[b], let rest = shift(a, position) {
          return rest + number
        }
      }
      return nil
    case .step(.subtract, let operands):
      guard case .constant(let number) = values[operands[1]],
        let rest = shift(operands[0], position)
      else { return nil }
      return rest - number
    default: return nil
    }
  }

  /// Whether something that is no function is called: cheap to know, and seldom so.
  package static func readsElsewhere(_ text: String) -> Bool {
    var name: [UInt8] = []
    var isOver = false
    var isQuoted = false
    for byte in text.utf8 {
      if byte == UInt8(ascii: "'") { isQuoted.toggle() }
      if isQuoted || byte == UInt8(ascii: "'") {
        if isOver { name = [] }
        name.append(byte)
        isOver = false
      } else if byte == UInt8(ascii: "(") {
        if !name.isEmpty, functions[String(decoding: name, as: UTF8.self)] == nil { return true }
        name = []
      } else if byte == 0x20 || byte == 0x09 || byte == 0x0a || byte == 0x0d {
        isOver = true
      } else {
        let isLetter =
          (0x41...0x5a).contains(byte & 0xdf) || byte == UInt8(ascii: "_") || byte >= 0x80
        let isInner = isLetter || (0x30...0x39).contains(byte) || byte == UInt8(ascii: ".")
        if isOver || !isInner { name = [] }
        if isInner, isLetter || !name.isEmpty { name.append(byte) }
        isOver = false
      }
    }
    return false
  }

  private func access(_ name: String, _ arguments: [Int], _ start: PixelTokens)
    throws(PixelExpressionError) -> Access
  {
    func step(_ index: Int, _ position: PixelProgram.Position) throws(PixelExpressionError) -> Int {
      guard let shift = shift(index, position), shift == shift.rounded(),
        shift.magnitude <= Float(Self.farthest)
      else {
        throw start.error(
          "'\(name)' is read at whole steps from the pixel, at most \(Self.farthest): "
            + "'\(name)(x + 1, y - 2)'")
      }
      return Int(shift)
    }
    var access = Access(x: try step(arguments[0], .x), y: try step(arguments[1], .y), frame: nil)
    if arguments.count == 3 {
      guard case .constant(let frame) = values[arguments[2]], frame.magnitude < 1e7 else {
        throw start.error(
          "the frame '\(name)' is read at is made of numbers and 'frame': '\(name)(x, y, frame - 1)'"
        )
      }
      access.frame = Double(frame)
    }
    return access
  }

  // MARK: Functions

  private mutating func call(
    _ name: String, _ start: PixelTokens, _ tokens: inout PixelTokens, _ depth: Int
  ) throws(PixelExpressionError) -> Int {
    var arguments: [Int] = []
    if !tokens.take(")") {
      repeat { arguments.append(try conditional(&tokens, depth + 1)) } while tokens.take(",")
      guard tokens.take(")") else {
        throw tokens.error("expected ',' or ')', found \(tokens.description)")
      }
    }
    guard let range = Self.functions[name] else {
      if arguments.count == 2 || arguments.count == 3,
        let symbol = read(name, try access(name, arguments, start))
      {
        return value(of: symbol)
      }
      if lookUp(name) != nil {
        throw start.error(
          "'\(name)' is read at another pixel as '\(name)(x + 1, y)', at another frame as "
            + "'\(name)(x, y, frame - 1)'")
      }
      throw start.error(
        "there is no function '\(name)'; there are \(Self.functions.keys.sorted().joined(separator: ", "))"
      )
    }
    guard range.contains(arguments.count) else {
      let wanted =
        range.count == 1
        ? "\(range.lowerBound)"
        : range.upperBound > 16
          ? "at least \(range.lowerBound)" : "\(range.lowerBound) to \(range.upperBound)"
      throw start.error("'\(name)' takes \(wanted) arguments, not \(arguments.count)")
    }
    return try apply(name, arguments, start)
  }

  /// Every function and how many arguments it takes.
  private static let functions: [String: ClosedRange<Int>] = [
    "abs": 1...1, "acos": 1...1, "asin": 1...1, "atan": 1...2, "atan2": 2...2, "ceil": 1...1,
    "clamp": 1...3, "cos": 1...1, "cosh": 1...1, "degrees": 1...1, "exp": 1...1, "exp2": 1...1,
    "exponent": 1...1, "fBm": 6...6, "floor": 1...1, "fmod": 2...2, "from_byte": 1...1,
    "from_rec709f": 1...1, "from_sRGB": 1...1, "hypot": 2...2, "if": 3...3, "int": 1...1,
    "isnan": 1...1, "ldexp": 2...2, "lerp": 3...3, "log": 1...1, "log10": 1...1, "log2": 1...1,
    "mantissa": 1...1, "max": 1...1024, "min": 1...1024, "mix": 3...3, "noise": 1...3,
    "pow": 2...2, "pow2": 1...1, "radians": 1...1, "random": 0...3, "rint": 1...1, "round": 1...1,
    "sign": 1...1, "sin": 1...1, "sinh": 1...1, "smoothstep": 3...3, "sqrt": 1...1, "step": 2...2,
    "tan": 1...1, "tanh": 1...1, "to_byte": 1...1, "to_rec709f": 1...1, "to_sRGB": 1...1,
    "trunc": 1...1, "turbulence": 6...6,
  ]

  private static let single: [String: PixelOperation] = [
    "abs": .magnitude, "acos": .acos, "asin": .asin, "ceil": .ceil, "cos": .cos, "cosh": .cosh,
    "exp": .exp, "exp2": .exp2, "exponent": .exponent, "floor": .floor, "int": .truncate,
    "isnan": .isNaN, "log": .log, "log10": .log10, "log2": .log2, "mantissa": .mantissa,
    "rint": .round, "round": .round, "sign": .sign, "sin": .sin, "sinh": .sinh,
    "sqrt": .squareRoot, "tan": .tan, "tanh": .tanh, "trunc": .truncate, "to_rec709f": .toRec709,
    "from_rec709f": .fromRec709,
  ]

  private mutating func apply(_ name: String, _ arguments: [Int], _ start: PixelTokens)
    throws(PixelExpressionError) -> Int
  {
    let x = arguments.first ?? constant(0)
    func at(_ index: Int, _ fallback: Int) -> Int {
      index < arguments.count ? arguments[index] : fallback
    }
    if let operation = Self.single[name] { return step(operation, x) }
    switch name {
    case "atan", "atan2": return step(.atan2, x, at(1, constant(1)))
    case "clamp":
      let low = arguments.count > 1 ? arguments[1] : constant(0)
      return step(.clamp, x, low, at(2, constant(1)))
    case "degrees": return step(.multiply, x, constant(180 / .pi))
    case "radians": return step(.multiply, x, constant(.pi / 180))
    case "fmod": return step(.remainder, x, arguments[1])
    case "from_byte": return step(.fromSRGB, step(.divide, x, constant(255)))
    case "to_byte": return step(.multiply, step(.toSRGB, x), constant(255))
    case "from_sRGB": return step(.fromSRGB, x)
    case "to_sRGB": return step(.toSRGB, x)
    case "hypot": return step(.hypot, x, arguments[1])
    case "if": return step(.select, x, arguments[1], arguments[2])
    case "ldexp": return step(.ldexp, x, arguments[1])
    case "lerp", "mix": return step(.lerp, x, arguments[1], arguments[2])
    case "max": return fold(.maximum, arguments)
    case "min": return fold(.minimum, arguments)
    case "pow": return step(.power, x, arguments[1])
    case "pow2": return step(.multiply, x, x)
    case "random":
      let zero = constant(0)
      return step(.random, x, at(1, zero), at(2, zero))
    case "smoothstep": return step(.smoothstep, x, arguments[1], arguments[2])
    case "step": return step(.lessOrEqual, x, arguments[1])
    case "noise":
      let zero = constant(0)
      return step(
        .noise(octaves: 1, lacunarity: 2, gain: 0.5, absolute: false), x, at(1, zero), at(2, zero))
    default:
      let operation = try fractal(arguments, absolute: name == "turbulence", start)
      return step(operation, x, arguments[1], arguments[2])
    }
  }

  private mutating func fold(_ operation: PixelOperation, _ arguments: [Int]) -> Int {
    arguments.dropFirst().reduce(arguments[0]) { step(operation, $0, $1) }
  }

  private func fractal(_ arguments: [Int], absolute: Bool, _ start: PixelTokens)
    throws(PixelExpressionError) -> PixelOperation
  {
    var settings: [Float] = []
    for argument in arguments[3...] {
      guard case .constant(let number) = values[argument], number.isFinite else {
        throw start.error("octaves, lacunarity and gain must be constants")
      }
      settings.append(number)
    }
    guard settings[0] >= 0, settings[0] <= 32 else {
      throw start.error("octaves must be between 0 and 32")
    }
    return .noise(
      octaves: Int(settings[0]), lacunarity: settings[1], gain: settings[2], absolute: absolute)
  }
}
