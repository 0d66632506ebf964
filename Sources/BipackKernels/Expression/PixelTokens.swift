/// An expression cut into numbers, names and symbols, one at a time.
struct PixelTokens {
  enum Kind: Equatable {
    case number(Float)
    case name(String)
    case symbol(String)
    case end
  }

  private let bytes: [UInt8]
  private var next = 0
  private(set) var start = 0
  private(set) var kind = Kind.end

  private static let longest = 10_000

  init(_ text: String) throws(PixelExpressionError) {
    bytes = Array(text.utf8)
    guard bytes.count <= Self.longest else {
      throw PixelExpressionError(
        column: 1, message: "the expression is longer than \(Self.longest) characters")
    }
    try advance()
  }

  var description: String {
    switch kind {
    case .number, .name, .symbol: "'\(start < next ? text(start..<next) : character)'"
    case .end: "the end"
    }
  }

  /// The whole character at `next`, whatever it is.
  private var character: String { text(next..<bytes.count).first.map(String.init) ?? "" }

  func error(_ message: String, unknown: String? = nil) -> PixelExpressionError {
    PixelExpressionError(column: text(0..<start).count + 1, message: message, unknown: unknown)
  }

  /// Moves on if the token is this symbol. A character that is no token is an error only when it is
  /// reached by `advance`; here it ends the expression.
  mutating func take(_ symbol: String) -> Bool {
    guard kind == .symbol(symbol) else { return false }
    do { try advance() } catch { kind = .symbol("?!") }
    return true
  }

  mutating func advance() throws(PixelExpressionError) {
    while next < bytes.count, [0x20, 0x09, 0x0a, 0x0d].contains(bytes[next]) { next += 1 }
    start = next
    guard next < bytes.count else {
      kind = .end
      return
    }
    let byte = bytes[next]
    if Self.isDigit(byte)
      || (byte == UInt8(ascii: ".") && next + 1 < bytes.count && Self.isDigit(bytes[next + 1]))
    {
      try number()
    } else if byte == Self.quote || letter(next) > 0 {
      try name()
    } else {
      try symbol(byte)
    }
  }

  /// Letters of any script, digits and dots, and anything in single quotes, which stay part of the name:
  /// `'Layer 1'.R`.
  private mutating func name() throws(PixelExpressionError) {
    while next < bytes.count {
      if bytes[next] == Self.quote {
        next += 1
        while next < bytes.count, bytes[next] != Self.quote { next += 1 }
        guard next < bytes.count else { throw error("a quote ' does not close") }
        next += 1
      } else if case let length = letter(next, isInner: true), length > 0 {
        next += length
      } else if isInnerDot {
        next += 1
      } else {
        break
      }
    }
    kind = .name(text(start..<next))
  }

  /// A dot inside a name (`depth.Z`) is followed by another letter.
  private var isInnerDot: Bool {
    bytes[next] == UInt8(ascii: ".") && next + 1 < bytes.count
      && (bytes[next + 1] == Self.quote || letter(next + 1) > 0)
  }

  /// How many bytes the letter at a place has, inside a name also the digit or mark; 0 if none is there.
  /// What lies outside ASCII is as Unicode has it (XID).
  private func letter(_ place: Int, isInner: Bool = false) -> Int {
    let byte = bytes[place]
    if byte < 0x80 { return Self.isLetter(byte) || (isInner && Self.isDigit(byte)) ? 1 : 0 }
    guard let scalar = text(place..<min(place + 4, bytes.count)).unicodeScalars.first else {
      return 0
    }
    let properties = scalar.properties
    let isPart = isInner ? properties.isXIDContinue : properties.isXIDStart
    return isPart ? UTF8.width(scalar) : 0
  }

  private static let quote = UInt8(ascii: "'")

  private mutating func number() throws(PixelExpressionError) {
    while next < bytes.count, Self.isDigit(bytes[next]) || bytes[next] == UInt8(ascii: ".") {
      next += 1
    }
    if next < bytes.count, bytes[next] | 0x20 == UInt8(ascii: "e") {
      var end = next + 1
      if end < bytes.count, [0x2b, 0x2d].contains(bytes[end]) { end += 1 }
      if end < bytes.count, Self.isDigit(bytes[end]) {
        next = end
        while next < bytes.count, Self.isDigit(bytes[next]) { next += 1 }
      }
    }
    guard let value = Float(text(start..<next)) else {
      throw error("'\(text(start..<next))' is no number")
    }
    kind = .number(value)
  }

  private mutating func symbol(_ byte: UInt8) throws(PixelExpressionError) {
    let two = next + 2 <= bytes.count ? text(next..<(next + 2)) : ""
    if ["**", "<=", ">=", "==", "!=", "&&", "||"].contains(two) {
      next += 2
      kind = .symbol(two)
      return
    }
    let one = text(next..<(next + 1))
    guard "+-*/%^<>!?:(),".contains(one) else {
      throw error("'\(character)' has no meaning here")
    }
    next += 1
    kind = .symbol(one)
  }

  private func text(_ range: Range<Int>) -> String { String(decoding: bytes[range], as: UTF8.self) }

  private static func isDigit(_ byte: UInt8) -> Bool { (0x30...0x39).contains(byte) }
  private static func isLetter(_ byte: UInt8) -> Bool {
    (0x41...0x5a).contains(byte) || (0x61...0x7a).contains(byte) || byte == UInt8(ascii: "_")
  }
}
