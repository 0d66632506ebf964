/// Reads JSON as RFC 8259 has it and nothing more, keeping positions and the spelling of numbers.
///
/// What people write by mistake (comments, trailing and missing commas, single quotes, NaN, twice the
/// same key) is reported with a hint and read past, so that one run shows every mistake and the
/// checks of the document still happen. Recursion is bounded by `Limits.depth`.
package struct JSONParser {
  private let source: SourceText
  private let limits: Limits
  private var position = 0
  private var depth = 0
  private var path: [String] = []
  private var diagnostics: [Diagnostic] = []

  /// Reading cannot go on.
  private struct Stop: Error {}

  private static let mostErrors = 50

  /// The value, unless reading had to stop, and everything wrong.
  package static func parse(_ source: SourceText, limits: Limits)
    -> (value: JSONValue?, diagnostics: [Diagnostic])
  {
    var parser = JSONParser(source, limits)
    let value = parser.document()
    return (value, parser.diagnostics)
  }

  private init(_ source: SourceText, _ limits: Limits) {
    self.source = source
    self.limits = limits
  }

  private var bytes: [UInt8] { source.bytes }
  private var byte: UInt8? { position < source.bytes.count ? source.bytes[position] : nil }

  private mutating func report(_ offset: Int, _ message: String, suggestion: String? = nil) {
    let (line, column) = source.position(offset)
    diagnostics.append(
      Diagnostic(
        file: source.file, line: line, column: column, path: Self.joined(path), message: message,
        suggestion: suggestion))
  }

  private mutating func fail(_ offset: Int, _ message: String) throws(Stop) -> Never {
    report(offset, message)
    throw Stop()
  }

  /// Goes on after a mistake, unless there have been too many.
  private mutating func recover(_ offset: Int, _ message: String) throws(Stop) {
    report(offset, message)
    if diagnostics.count >= Self.mostErrors { throw Stop() }
  }

  /// `nodes.key.gain.keys[2]`.
  package static func joined(_ path: [String]) -> String {
    var text = ""
    for part in path.count > 16 ? path[..<8] + ["..."] + path.suffix(4) : path[...] {
      if !text.isEmpty, !part.hasPrefix("[") { text += "." }
      text += part
    }
    return text
  }

  // MARK: Document

  private mutating func document() -> JSONValue? {
    do throws(Stop) {
      if bytes.count > limits.bytes {
        try fail(0, Messages.fileTooLarge(bytes.count, limits.bytes))
      }
      if bytes.starts(with: [0xef, 0xbb, 0xbf]) {
        try recover(0, Messages.byteOrderMark)
        position = 3
      } else if bytes.starts(with: [0xff, 0xfe]) || bytes.starts(with: [0xfe, 0xff]) {
        try fail(0, Messages.utf16)
      }
      try space()
      if byte == nil { try fail(position, Messages.emptyFile) }
      let value = try value()
      try space()
      if position < bytes.count { try recover(position, Messages.afterDocument) }
      return value
    } catch {
      return nil
    }
  }

  /// Skips white space; comments are mistakes that are skipped too.
  private mutating func space() throws(Stop) {
    while let byte {
      switch byte {
      case 0x20, 0x09, 0x0a, 0x0d: position += 1
      case UInt8(ascii: "/"), UInt8(ascii: "#"): try comment()
      default: return
      }
    }
  }

  private mutating func comment() throws(Stop) {
    let start = position
    let next = position + 1 < bytes.count ? bytes[position + 1] : 0
    if byte == UInt8(ascii: "#") || next == UInt8(ascii: "/") {
      while let byte, byte != 0x0a { position += 1 }
    } else if next == UInt8(ascii: "*") {
      position += 2
      while position < bytes.count,
        !(bytes[position] == UInt8(ascii: "/") && bytes[position - 1] == UInt8(ascii: "*")
          && position > start + 2)
      {
        position += 1
      }
      position = min(position + 1, bytes.count)
    } else {
      try fail(start, Messages.unexpectedCharacter("/"))
    }
    try recover(start, Messages.comment)
  }

  // MARK: Values

  private mutating func value() throws(Stop) -> JSONValue {
    let start = position
    switch byte {
    case UInt8(ascii: "{"): return try nested(start) { p throws(Stop) in .object(try p.object()) }
    case UInt8(ascii: "["): return try nested(start) { p throws(Stop) in .array(try p.array()) }
    case UInt8(ascii: "\""), UInt8(ascii: "'"):
      let text = try string()
      return JSONValue(.string(text), start: start, end: position)
    case let byte? where (0x30...0x39).contains(byte) || "+-.".utf8.contains(byte):
      let content = try number()
      return JSONValue(content, start: start, end: position)
    case nil: try fail(position, Messages.unexpectedEnd)
    default: return try word()
    }
  }

  private mutating func nested(
    _ start: Int, _ body: (inout Self) throws(Stop) -> JSONValue.Content
  ) throws(Stop) -> JSONValue {
    depth += 1
    if depth > limits.depth { try fail(start, Messages.tooDeep(limits.depth)) }
    position += 1
    let content = try body(&self)
    depth -= 1
    return JSONValue(content, start: start, end: position)
  }

  private mutating func object() throws(Stop) -> [JSONMember] {
    var members: [JSONMember] = []
    var seen: [String: Int] = [:]
    try space()
    while byte != UInt8(ascii: "}") {
      let keyStart = position
      let name = try key()
      path.append(name)
      // Small objects are searched, large ones looked up.
      var known = seen[name]
      if members.count < 16 { known = members.first { $0.name == name }?.start }
      if let first = known {
        try recover(keyStart, Messages.duplicateKey(name, firstLine: source.position(first).line))
      }
      try space()
      if byte == UInt8(ascii: ":") {
        position += 1
      } else if byte == UInt8(ascii: "=") {
        try recover(position, Messages.equalsForColon)
        position += 1
      } else {
        try fail(position, Messages.expectedColon(name))
      }
      try space()
      let value = try value()
      if known == nil {
        members.append(JSONMember(name, start: keyStart, value))
        if members.count > limits.nodes {
          try fail(keyStart, Messages.tooManyMembers(limits.nodes))
        }
        if members.count == 16 {
          for member in members { seen[member.name] = member.start }
        } else if members.count > 16 {
          seen[name] = keyStart
        }
      }
      path.removeLast()
      if try !separator("}") { break }
    }
    position += 1
    return members
  }

  private mutating func array() throws(Stop) -> [JSONValue] {
    var values: [JSONValue] = []
    try space()
    while byte != UInt8(ascii: "]") {
      path.append("[\(values.count)]")
      values.append(try value())
      path.removeLast()
      if try !separator("]") { break }
    }
    position += 1
    return values
  }

  /// Passes the comma after an element. False when `close` follows; then it is the next byte.
  private mutating func separator(_ close: Character) throws(Stop) -> Bool {
    let end = position
    try space()
    let closing = close.asciiValue
    switch byte {
    case UInt8(ascii: ","):
      let comma = position
      position += 1
      try space()
      while byte == UInt8(ascii: ",") {
        try recover(position, Messages.doubleComma)
        position += 1
        try space()
      }
      if byte == closing {
        try recover(comma, Messages.trailingComma)
        return false
      }
      return true
    case closing: return false
    case nil: try fail(position, Messages.unclosed(String(close)))
    case UInt8(ascii: "}"), UInt8(ascii: "]"):
      try fail(position, Messages.wrongClose(closing: String(close)))
    default:
      try recover(end, Messages.missingComma)
      return true
    }
  }

  private mutating func key() throws(Stop) -> String {
    let start = position
    switch byte {
    case UInt8(ascii: "\""), UInt8(ascii: "'"): return try string()
    case nil: try fail(position, Messages.unclosed("}"))
    default:
      let text = bareWord()
      if text.isEmpty { try fail(position, Messages.expectedKey(character())) }
      try recover(start, Messages.bareKey(text))
      return text
    }
  }

  private mutating func bareWord() -> String {
    let start = position
    while let byte,
      (0x41...0x5a).contains(byte) || (0x61...0x7a).contains(byte) || (0x30...0x39).contains(byte)
        || byte == UInt8(ascii: "_")
    {
      position += 1
    }
    return String(decoding: bytes[start..<position], as: UTF8.self)
  }

  private mutating func word() throws(Stop) -> JSONValue {
    let start = position
    let text = bareWord()
    let content: JSONValue.Content
    switch text {
    case "true": content = .bool(true)
    case "false": content = .bool(false)
    case "null": content = .null
    case "": try fail(start, Messages.unexpectedCharacter(character()))
    case "NaN", "nan", "Infinity", "inf":
      try recover(start, Messages.notFinite(text))
      content = .number(0, "0")
    case "True", "False", "None", "TRUE", "FALSE", "yes", "no":
      try recover(start, Messages.otherLiteral(text))
      content = text == "None" ? .null : .bool(["True", "TRUE", "yes"].contains(text))
    default:
      try recover(start, Messages.bareValue(text))
      content = .string(text)
    }
    return JSONValue(content, start: start, end: position)
  }

  private func character() -> String {
    guard position < bytes.count else { return "" }
    return String(decoding: bytes[position..<min(position + 8, bytes.count)], as: UTF8.self)
      .unicodeScalars.first.map { $0.value < 0x20 ? Messages.codePoint($0.value) : String($0) }
      ?? ""
  }

  // MARK: Numbers

  private mutating func number() throws(Stop) -> JSONValue.Content {
    let start = position
    func at(_ text: Character) -> Bool { byte == text.asciiValue }
    func isDigit() -> Bool { byte.map { (0x30...0x39).contains($0) } ?? false }
    var mistake: String?
    if at("+") {
      mistake = Messages.plusSign
      position += 1
    } else if at("-") {
      position += 1
    }
    if let byte, byte == UInt8(ascii: "I") || byte == UInt8(ascii: "i") || byte == UInt8(ascii: "N")
    {
      let text = (bytes[start] == UInt8(ascii: "-") ? "-" : "+") + bareWord()
      try recover(start, Messages.notFinite(text))
      return .number(0, "0")
    }
    let whole = position
    while isDigit() { position += 1 }
    if position == whole { mistake = at(".") ? Messages.leadingPoint : Messages.noDigits }
    if position - whole > 1, bytes[whole] == UInt8(ascii: "0") { mistake = Messages.leadingZero }
    if position - whole == 1, bytes[whole] == UInt8(ascii: "0"), at("x") || at("X") {
      _ = bareWord()
      try recover(start, Messages.hexadecimal)
      return .number(0, "0")
    }
    if at(".") {
      position += 1
      let fraction = position
      while isDigit() { position += 1 }
      if position == fraction { mistake = mistake ?? Messages.trailingPoint }
    }
    if at("e") || at("E") {
      position += 1
      if at("+") || at("-") { position += 1 }
      let exponent = position
      while isDigit() { position += 1 }
      if position == exponent { mistake = mistake ?? Messages.noExponent }
    }
    let text = String(decoding: bytes[start..<position], as: UTF8.self)
    if let mistake {
      if position == start { position += 1 }
      try recover(start, mistake)
      return .number(Double(text) ?? 0, text)
    }
    guard let value = Double(text), value.isFinite else {
      try recover(start, Messages.numberTooLarge(text))
      return .number(0, "0")
    }
    return .number(value, text)
  }

  // MARK: Strings

  private mutating func string() throws(Stop) -> String {
    let start = position
    let quote = bytes[position]
    if quote == UInt8(ascii: "'") { try recover(start, Messages.singleQuote) }
    position += 1
    var text: [UInt8] = []
    var run = position
    while true {
      guard let byte else { try fail(start, Messages.unclosedString) }
      if byte == quote { break }
      if byte == 0x0a { try fail(start, Messages.lineBreakInString) }
      if byte == UInt8(ascii: "\\") {
        text += bytes[run..<position]
        try escape(into: &text)
        run = position
      } else if byte < 0x20 {
        try recover(position, Messages.controlCharacter(UInt32(byte)))
        position += 1
      } else {
        position += 1
      }
    }
    text += bytes[run..<position]
    position += 1
    if text.count > limits.text {
      try recover(start, Messages.textTooLong(text.count, limits.text))
    }
    guard let string = String(validating: text, as: UTF8.self) else {
      try recover(start, Messages.invalidUTF8)
      return String(decoding: text, as: UTF8.self)
    }
    return string
  }

  private mutating func escape(into text: inout [UInt8]) throws(Stop) {
    let start = position
    position += 1
    guard let byte else { try fail(start, Messages.unclosedString) }
    position += 1
    switch byte {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): text.append(byte)
    case UInt8(ascii: "b"): text.append(0x08)
    case UInt8(ascii: "f"): text.append(0x0c)
    case UInt8(ascii: "n"): text.append(0x0a)
    case UInt8(ascii: "r"): text.append(0x0d)
    case UInt8(ascii: "t"): text.append(0x09)
    case UInt8(ascii: "u"): try unicode(start, into: &text)
    default:
      position = start + 1
      let name = character()
      position = start + 2
      try recover(start, Messages.unknownEscape(name))
    }
  }

  private mutating func unicode(_ start: Int, into text: inout [UInt8]) throws(Stop) {
    guard var code = hex4() else { return try recover(start, Messages.badUnicodeEscape) }
    if (0xd800..<0xdc00).contains(code) {
      let mark = position
      if byte == UInt8(ascii: "\\"), position + 1 < bytes.count,
        bytes[position + 1] == UInt8(ascii: "u")
      {
        position += 2
        if let low = hex4(), (0xdc00..<0xe000).contains(low) {
          code = 0x10000 + (code - 0xd800) << 10 + (low - 0xdc00)
        } else {
          position = mark
        }
      }
    }
    guard let scalar = Unicode.Scalar(code) else {
      return try recover(start, Messages.loneSurrogate(code))
    }
    text += Array(String(Character(scalar)).utf8)
  }

  private mutating func hex4() -> UInt32? {
    guard position + 4 <= bytes.count,
      let text = String(validating: bytes[position..<position + 4], as: UTF8.self),
      text.utf8.allSatisfy({ ($0 | 0x20) >= 0x61 && ($0 | 0x20) <= 0x66 || (0x30...0x39) ~= $0 })
    else { return nil }
    position += 4
    return UInt32(text, radix: 16)
  }
}
