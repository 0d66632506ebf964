/// Statements `name = Function(argument, ...);` of a script, C style: comments begin with `//`, texts stand in
/// quotes, brackets nest.
struct CallText {
  struct Call {
    var name: String
    var function: String
    var arguments: [TextWord]
  }

  private let text: TextLines
  private let bytes: [UInt8]
  private var place = 0

  init(_ text: TextLines) {
    self.text = text
    bytes = text.bytes
  }

  /// The next statement that is a call with a name; nil at the end.
  mutating func nextCall() throws(InterchangeError) -> Call? {
    while let range = try nextStatement() {
      let statement = bytes[range]
      guard let open = statement.firstIndex(of: UInt8(ascii: "(")),
        let equals = statement[..<open].firstIndex(of: UInt8(ascii: "="))
      else { continue }
      let close = statement.lastIndex(of: UInt8(ascii: ")")) ?? range.upperBound
      return Call(
        name: Self.word(statement[..<equals]), function: Self.word(statement[(equals + 1)..<open]),
        arguments: open + 1 < close ? arguments(open + 1, close) : [])
    }
    return nil
  }

  /// Up to the next `;` that is in no bracket and no text.
  private mutating func nextStatement() throws(InterchangeError) -> Range<Int>? {
    var start = place
    var depth = 0
    while place < bytes.count {
      let byte = bytes[place]
      if byte == UInt8(ascii: "/"), place + 1 < bytes.count, bytes[place + 1] == byte, depth == 0 {
        while place < bytes.count, bytes[place] != .lineFeed { place += 1 }
        start = place
        continue
      }
      place += 1
      switch byte {
      case UInt8(ascii: "\""):
        while place < bytes.count, bytes[place] != byte {
          place += bytes[place] == UInt8(ascii: "\\") ? 2 : 1
        }
        place = min(place + 1, bytes.count)
      case UInt8(ascii: "("), UInt8(ascii: "["): depth += 1
      case UInt8(ascii: ")"), UInt8(ascii: "]"): depth -= 1
      case UInt8(ascii: ";") where depth <= 0: return start..<(place - 1)
      default: break
      }
    }
    if bytes[start...].allSatisfy(\.isBlank) { return nil }
    throw InterchangeError(
      line: text.line(of: start), "this statement does not end", expected: "')' and ';'",
      advice: "the file seems cut off; save it again")
  }

  private func arguments(_ from: Int, _ to: Int) -> [TextWord] {
    var words: [TextWord] = []
    for part in Self.split(bytes[from..<to]) {
      let text = Self.word(part)
      words.append(TextWord(text: text, line: self.text.line(of: part.startIndex), column: 1))
    }
    return words
  }

  private static func word(_ bytes: ArraySlice<UInt8>) -> String {
    String(decoding: bytes.filter { !$0.isBlank }, as: UTF8.self)
  }

  /// At commas outside brackets and quotes.
  private static func split(_ bytes: ArraySlice<UInt8>) -> [ArraySlice<UInt8>] {
    var parts: [ArraySlice<UInt8>] = []
    var (start, depth, isQuoted) = (bytes.startIndex, 0, false)
    for i in bytes.indices {
      switch bytes[i] {
      case UInt8(ascii: "\""): isQuoted.toggle()
      case UInt8(ascii: "("), UInt8(ascii: "["): depth += 1
      case UInt8(ascii: ")"), UInt8(ascii: "]"): depth -= 1
      case UInt8(ascii: ",") where depth == 0 && !isQuoted:
        parts.append(bytes[start..<i])
        start = i + 1
      default: break
      }
    }
    return parts + [bytes[start..<bytes.endIndex]]
  }

  static func split(_ text: Substring) -> [Substring] {
    split(ArraySlice(Array(text.utf8))).map { Substring(String(decoding: $0, as: UTF8.self)) }
  }
}
