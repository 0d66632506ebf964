/// A word of a Nuke script: bare, in quotes, or a block in braces whose words are looked at when asked for.
struct BraceWord: Sendable {
  enum Kind { case bare, quoted, block }

  let kind: Kind
  /// Without its quotes or braces.
  let bytes: ArraySlice<UInt8>
  let line: Int
  /// Whether the text ends before its brace is closed: it is then all there is.
  var isCut = false

  /// Its text, escapes undone in quotes.
  var text: String {
    guard kind == .quoted, bytes.contains(UInt8(ascii: "\\")) else {
      return String(decoding: bytes, as: UTF8.self)
    }
    var plain: [UInt8] = []
    var isEscaped = false
    for byte in bytes {
      if !isEscaped, byte == UInt8(ascii: "\\") {
        isEscaped = true
        continue
      }
      plain.append(isEscaped && byte == UInt8(ascii: "n") ? .lineFeed : byte)
      isEscaped = false
    }
    return String(decoding: plain, as: UTF8.self)
  }

  var number: Double? { TextWord(text: text, line: line, column: 1).number }

  /// The words of a block, or the word itself.
  func words() throws(InterchangeError) -> [BraceWord] {
    guard kind == .block else { return [self] }
    var reader = BraceReader(bytes, line: line)
    var words: [BraceWord] = []
    while let word = try reader.next() {
      if case .word(let word) = word { words.append(word) }
    }
    return words
  }

  /// The commands of a block, one on each line.
  func commands() throws(InterchangeError) -> [[BraceWord]] {
    var reader = BraceReader(bytes, line: line)
    var commands: [[BraceWord]] = []
    while let command = try reader.nextCommand() { commands.append(command) }
    return commands
  }

  func error(_ message: String, expected: String) -> InterchangeError {
    InterchangeError(line: line, message, expected: expected)
  }
}

/// Reads a Nuke script as Tcl does: words between blanks, texts in quotes, blocks in balanced braces, a backslash
/// before what stands for itself; a command ends with its line.
struct BraceReader {
  enum Token {
    case word(BraceWord)
    case end
  }

  private let bytes: ArraySlice<UInt8>
  private var place: Int
  private var line: Int

  init(_ bytes: ArraySlice<UInt8>, line: Int) {
    self.bytes = bytes
    place = bytes.startIndex
    self.line = line
  }

  /// The words up to the end of a line, comments and empty lines passed over; nil at the end.
  mutating func nextCommand() throws(InterchangeError) -> [BraceWord]? {
    var command: [BraceWord] = []
    while let token = try next(isCommand: command.isEmpty) {
      switch token {
      case .word(let word): command.append(word)
      case .end: if !command.isEmpty { return command }
      }
    }
    return command.isEmpty ? nil : command
  }

  mutating func next(isCommand: Bool = false) throws(InterchangeError) -> Token? {
    while place < bytes.endIndex {
      let byte = bytes[place]
      switch byte {
      case .lineFeed, UInt8(ascii: ";"):
        if byte == .lineFeed { line += 1 }
        place += 1
        return .end
      case UInt8(ascii: "#") where isCommand:
        while place < bytes.endIndex, bytes[place] != .lineFeed { place += 1 }
      case UInt8(ascii: "\""): return .word(try quoted())
      case UInt8(ascii: "{"): return .word(block())
      case UInt8(ascii: "}"):
        throw InterchangeError(
          line: line, "found '}'", expected: "a word: no brace is open here")
      default:
        if !byte.isBlank { return .word(bare()) }
        place += 1
      }
    }
    return nil
  }

  private mutating func bare() -> BraceWord {
    let (start, startLine) = (place, line)
    var depth = 0
    while place < bytes.endIndex {
      let byte = bytes[place]
      if byte == UInt8(ascii: "\\") {
        place = min(place + 2, bytes.endIndex)
        continue
      }
      if byte == UInt8(ascii: "[") { depth += 1 }
      if byte == UInt8(ascii: "]"), depth > 0 { depth -= 1 }
      if byte == .lineFeed || depth == 0 && (byte.isBlank || byte == UInt8(ascii: "}")) { break }
      place += 1
    }
    return BraceWord(kind: .bare, bytes: bytes[start..<place], line: startLine)
  }

  private mutating func quoted() throws(InterchangeError) -> BraceWord {
    let startLine = line
    let start = place + 1
    place = start
    while place < bytes.endIndex, bytes[place] != UInt8(ascii: "\"") {
      if bytes[place] == UInt8(ascii: "\\") { place += 1 }
      if place < bytes.endIndex, bytes[place] == .lineFeed { line += 1 }
      place += 1
    }
    guard place < bytes.endIndex else {
      throw InterchangeError(
        line: startLine, "this text in quotes does not end", expected: "'\"'",
        advice: "the file seems cut off; copy or save it again")
    }
    defer { place += 1 }
    return BraceWord(kind: .quoted, bytes: bytes[start..<place], line: startLine)
  }

  private mutating func block() -> BraceWord {
    let startLine = line
    let start = place + 1
    var depth = 1
    place = start
    while place < bytes.endIndex {
      switch bytes[place] {
      case UInt8(ascii: "\\"): place += 1
      case UInt8(ascii: "{"): depth += 1
      case UInt8(ascii: "}"): depth -= 1
      case .lineFeed: line += 1
      default: break
      }
      if depth == 0 { break }
      place += 1
    }
    place = min(place, bytes.endIndex)
    defer { place = min(place + 1, bytes.endIndex) }
    return BraceWord(
      kind: .block, bytes: bytes[start..<place], line: startLine, isCut: depth > 0)
  }
}
