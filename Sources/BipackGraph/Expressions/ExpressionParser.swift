import BipackPixels

/// Reads an expression by operator precedence (Pratt 1973) straight into a `Program`.
///
///     gainAll * (1 + 0.1 * noise(t * 3)) + (frame < 1010 ? 0 : blur.size.x(frame - 1))
///
/// Operators from loosest to tightest: `? :`, `||`, `&&`, `== !=`, `< <= > >=`, `+ -`, `* / %`, unary
/// `- + !`, `^`. Names with dots are parameters of nodes and values of data nodes; followed by `(frame)`
/// they are taken at that frame.
package struct ExpressionParser {
  /// What a dotted name means, or why it means nothing.
  package typealias Lookup = (_ path: [String], _ offset: Int) throws(ExpressionError) -> Symbol

  private let bytes: [UInt8]
  private let lookup: Lookup
  private let limits: Limits
  private var position = 0
  private var token = Token.end
  private var tokenStart = 0
  private var ops: [Program.Op] = []
  private var depth = 0

  private enum Token: Hashable {
    case number(Double)
    case path([String])
    case symbol(String)
    case end

    var text: String {
      switch self {
      case .number(let value): Wording.number(value)
      case .path(let parts): parts.joined(separator: ".")
      case .symbol(let text): text
      case .end: "the end"
      }
    }
  }

  /// Compiles `text`.
  package static func compile(_ text: String, limits: Limits, lookup: Lookup)
    throws(ExpressionError) -> Program
  {
    try withoutActuallyEscaping(lookup) { lookup throws(ExpressionError) -> Program in
      var parser = ExpressionParser(text, limits, lookup)
      return try parser.program(text)
    }
  }

  private init(_ text: String, _ limits: Limits, _ lookup: @escaping Lookup) {
    bytes = Array(text.utf8)
    self.limits = limits
    self.lookup = lookup
  }

  private mutating func program(_ text: String) throws(ExpressionError) -> Program {
    if bytes.count > limits.expressionLength {
      throw ExpressionError(0, Messages.expressionTooLong(bytes.count, limits.expressionLength))
    }
    try advance()
    if token == .end { throw ExpressionError(0, Messages.expressionEmpty) }
    try ternary()
    if token != .end { throw unexpected(Messages.expectedOperator) }
    return Program(ops: ops, text: text)
  }

  // MARK: Grammar

  private mutating func nested(_ body: (inout Self) throws(ExpressionError) -> Void)
    throws(ExpressionError)
  {
    depth += 1
    if depth > limits.expressionDepth {
      throw ExpressionError(tokenStart, Messages.expressionTooDeep(limits.expressionDepth))
    }
    try body(&self)
    depth -= 1
  }

  private mutating func ternary() throws(ExpressionError) {
    try nested { parser throws(ExpressionError) in
      try parser.binary(0)
      guard parser.token == .symbol("?") else { return }
      try parser.advance()
      try parser.ternary()
      try parser.expect(":")
      try parser.ternary()
      parser.ops.append(.call(.select, 3))
    }
  }

  private mutating func binary(_ minimum: Int) throws(ExpressionError) {
    try unary()
    while case .symbol(let name) = token, let op = Function.operators[name],
      op.precedence >= minimum
    {
      try advance()
      if op.isRightAssociative {
        try nested { parser throws(ExpressionError) in try parser.binary(op.precedence) }
      } else {
        try binary(op.precedence + 1)
      }
      ops.append(.call(op.function, 2))
    }
  }

  private mutating func unary() throws(ExpressionError) {
    guard case .symbol(let name) = token, name == "-" || name == "+" || name == "!" else {
      return try primary()
    }
    try advance()
    try nested { parser throws(ExpressionError) in try parser.binary(Function.unaryPrecedence) }
    if name == "-" { ops.append(.call(.negate, 1)) }
    if name == "!" { ops.append(.call(.not, 1)) }
  }

  private mutating func primary() throws(ExpressionError) {
    switch token {
    case .number(let value):
      ops.append(.constant(value))
      try advance()
    case .symbol("("):
      try advance()
      try ternary()
      try expect(")")
    case .path(let path):
      let start = tokenStart
      try advance()
      try name(path, start)
    default: throw unexpected(Messages.expectedOperand)
    }
  }

  private mutating func name(_ path: [String], _ start: Int) throws(ExpressionError) {
    let isCall = token == .symbol("(")
    if path.count == 1, let function = Function.table[path[0]] {
      guard isCall else {
        throw ExpressionError(start, Messages.functionWithoutCall(path[0], function.help))
      }
      try call(function, start)
      return
    }
    if isCall, path.count == 1, Self.constants[path[0]] == nil {
      let known = try? lookup(path, start)
      if known == nil {
        let names = Array(Function.table.keys)
        throw ExpressionError(
          start, Messages.unknownFunction(path[0]), suggestion: Spelling.nearest(path[0], names))
      }
    }
    let symbol: Symbol
    if path.count == 1, let constant = Self.constants[path[0]] {
      symbol = .constant(constant)
    } else {
      symbol = try lookup(path, start)
    }
    if isCall {
      let op: Program.Op
      switch symbol {
      case .param(let ref): op = .paramAtFrame(ref)
      case .link(let link, let component): op = .linkAtFrame(link, component: component)
      case .constant, .frame, .seconds:
        throw ExpressionError(start, Messages.notAtOtherFrames(path.joined(separator: ".")))
      }
      try advance()
      try ternary()
      try expect(")")
      ops.append(op)
      return
    }
    switch symbol {
    case .constant(let value): ops.append(.constant(value))
    case .frame: ops.append(.frame)
    case .seconds: ops.append(.seconds)
    case .param(let ref): ops.append(.param(ref))
    case .link(let link, let component): ops.append(.link(link, component: component))
    }
  }

  private mutating func call(_ function: Function, _ start: Int) throws(ExpressionError) {
    try advance()
    var count = 0
    if token != .symbol(")") {
      repeat {
        if count > 0 { try advance() }
        try ternary()
        count += 1
      } while token == .symbol(",")
    }
    try expect(")")
    guard function.arity.contains(count) else {
      throw ExpressionError(start, Messages.wrongArity(function, count))
    }
    ops.append(.call(function, count))
  }

  private mutating func expect(_ symbol: String) throws(ExpressionError) {
    guard token == .symbol(symbol) else { throw unexpected("'\(symbol)'") }
    try advance()
  }

  private func unexpected(_ expected: String) -> ExpressionError {
    ExpressionError(tokenStart, Messages.expressionUnexpected(token.text, expected: expected))
  }

  static let constants: [String: Double] = ["pi": PortableMath.pi, "e": PortableMath.e]
  /// Names a variable or an exposed parameter cannot have.
  package static let reservedNames: Set<String> = Set(Function.table.keys).union(constants.keys)
    .union(["frame", "t", "first", "last", "fps", "width", "height"])

  // MARK: Tokens

  private mutating func advance() throws(ExpressionError) {
    while position < bytes.count, [0x20, 0x09, 0x0a, 0x0d].contains(bytes[position]) {
      position += 1
    }
    tokenStart = position
    guard position < bytes.count else {
      token = .end
      return
    }
    let byte = bytes[position]
    let next = position + 1 < bytes.count ? bytes[position + 1] : 0
    if isDigit(byte) || (byte == UInt8(ascii: ".") && isDigit(next)) {
      token = .number(try number())
    } else if isLetter(byte) {
      token = .path(path())
    } else {
      token = .symbol(try symbol(byte, next))
    }
  }

  private mutating func number() throws(ExpressionError) -> Double {
    let start = position
    func digits() { while position < bytes.count, isDigit(bytes[position]) { position += 1 } }
    digits()
    if position < bytes.count, bytes[position] == UInt8(ascii: ".") {
      position += 1
      digits()
    }
    if position < bytes.count, bytes[position] | 0x20 == UInt8(ascii: "e") {
      let mark = position
      position += 1
      if position < bytes.count, [UInt8(ascii: "+"), UInt8(ascii: "-")].contains(bytes[position]) {
        position += 1
      }
      if position < bytes.count, isDigit(bytes[position]) { digits() } else { position = mark }
    }
    let text = String(decoding: bytes[start..<position], as: UTF8.self)
    guard let value = Double(text), value.isFinite else {
      throw ExpressionError(start, Messages.numberTooLarge(text))
    }
    return value
  }

  /// A name, and further names or digits after dots.
  private mutating func path() -> [String] {
    var parts: [String] = []
    while true {
      let start = position
      while position < bytes.count, isLetter(bytes[position]) || isDigit(bytes[position]) {
        position += 1
      }
      parts.append(String(decoding: bytes[start..<position], as: UTF8.self))
      guard position + 1 < bytes.count, bytes[position] == UInt8(ascii: "."),
        isLetter(bytes[position + 1]) || isDigit(bytes[position + 1])
      else { return parts }
      position += 1
    }
  }

  private mutating func symbol(_ byte: UInt8, _ next: UInt8) throws(ExpressionError) -> String {
    let pair = String(decoding: [byte, next], as: UTF8.self)
    if ["==", "!=", "<=", ">=", "&&", "||", "**"].contains(pair) {
      position += 2
      return pair == "**" ? "^" : pair
    }
    let single = String(decoding: [byte], as: UTF8.self)
    guard byte < 0x80, "+-*/%^()<>!?:,".contains(single) else {
      let rest = String(decoding: bytes[position...], as: UTF8.self)
      throw ExpressionError(
        position, Messages.expressionCharacter(rest.first.map(String.init) ?? ""))
    }
    position += 1
    return single
  }

  private func isDigit(_ byte: UInt8) -> Bool { (0x30...0x39).contains(byte) }
  private func isLetter(_ byte: UInt8) -> Bool {
    (0x41...0x5a).contains(byte) || (0x61...0x7a).contains(byte) || byte == UInt8(ascii: "_")
  }
}
