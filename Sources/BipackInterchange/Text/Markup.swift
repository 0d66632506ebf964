/// An element of an XML text: its attributes, its own text, the elements in it.
struct MarkupElement: Sendable {
  var name: String
  var line: Int
  var attributes: [String: String] = [:]
  var text = ""
  var children: [MarkupElement] = []

  /// The first element of a name in it.
  subscript(name: String) -> MarkupElement? { children.first { $0.name == name } }

  func all(_ name: String) -> [MarkupElement] { children.filter { $0.name == name } }

  /// Its text, or that of an attribute, as a word with a place.
  func word(_ attribute: String? = nil) -> TextWord {
    let text = attribute.map { attributes[$0] ?? "" } ?? text
    return TextWord(text: text.trimmed, line: line, column: 1)
  }

  /// The number of an attribute; `usual` where it is not written.
  func number(_ attribute: String, or usual: Double? = nil) throws(InterchangeError) -> Double {
    if attributes[attribute] == nil, let usual { return usual }
    return try word(attribute).number("'\(attribute)' of \(name)")
  }

  func missing(_ what: String) -> InterchangeError {
    InterchangeError(line: line, "\(name) has no \(what)", expected: what)
  }
}

extension String {
  var trimmed: String {
    let from = utf8.firstIndex { !$0.isBlank } ?? endIndex
    let to = utf8.lastIndex { !$0.isBlank }.map { utf8.index(after: $0) } ?? from
    return String(self[from..<to])
  }
}

/// Reads XML as programs write it: elements, attributes, text, comments, declarations passed over. Not more: no
/// entities of the file's own, nothing from outside.
struct MarkupReader {
  private let bytes: [UInt8]
  private let source: TextLines
  private var place = 0
  private static let deepest = 256

  /// The outermost element.
  static func root(_ source: TextLines) throws(InterchangeError) -> MarkupElement {
    var reader = MarkupReader(source)
    var open: [MarkupElement] = []
    while let tag = try reader.nextTag(into: &open) {
      switch tag {
      case .open(let element, let isClosed):
        guard open.count < deepest else {
          throw InterchangeError(
            line: element.line, "elements are nested \(deepest) deep", expected: "fewer")
        }
        open.append(element)
        if isClosed, let root = close(&open) { return root }
      case .close(let name, let line):
        guard let last = open.last, last.name == name else {
          throw InterchangeError(
            line: line, "found </\(name.prefix(40))>",
            expected: open.last.map { "</\($0.name)>" } ?? "an element")
        }
        if let root = close(&open) { return root }
      }
    }
    throw InterchangeError(
      line: source.count, "the file ends too early",
      expected: open.last.map { "</\($0.name)>" } ?? "an element",
      advice: "save or export it again")
  }

  /// Puts the innermost open element into the one around it; gives it when there is none.
  private static func close(_ open: inout [MarkupElement]) -> MarkupElement? {
    let element = open.removeLast()
    if open.isEmpty { return element }
    open[open.count - 1].children.append(element)
    return nil
  }

  private enum Tag {
    case open(MarkupElement, isClosed: Bool)
    case close(String, line: Int)
  }

  private init(_ source: TextLines) {
    self.source = source
    bytes = source.bytes
  }

  private mutating func nextTag(into open: inout [MarkupElement]) throws(InterchangeError) -> Tag? {
    while true {
      let start = place
      while place < bytes.count, bytes[place] != UInt8(ascii: "<") { place += 1 }
      if !open.isEmpty, !bytes[start..<place].allSatisfy(\.isBlank) {
        open[open.count - 1].text += Self.plain(bytes[start..<place])
      }
      guard place < bytes.count else { return nil }
      if skip("<!--", to: "-->") || skip("<?", to: "?>") || skip("<!", to: ">") { continue }
      return try tag()
    }
  }

  private mutating func skip(_ start: String, to end: String) -> Bool {
    guard bytes[place...].starts(with: start.utf8) else { return false }
    let end = Array(end.utf8)
    place += start.utf8.count
    while place < bytes.count, !bytes[place...].starts(with: end) { place += 1 }
    place = min(place + end.count, bytes.count)
    return true
  }

  private mutating func tag() throws(InterchangeError) -> Tag {
    let start = place
    place += 1
    let isClosing = place < bytes.count && bytes[place] == UInt8(ascii: "/")
    if isClosing { place += 1 }
    let name = word()
    let line = source.line(of: start)
    if isClosing {
      try expect(">", line)
      return .close(name, line: line)
    }
    guard !name.isEmpty else {
      throw InterchangeError(line: line, "found '<'", expected: "the name of an element after it")
    }
    var element = MarkupElement(name: name, line: line)
    while true {
      skipBlanks()
      guard place < bytes.count else { throw cut(line, "'>' after <\(name)") }
      if bytes[place] == UInt8(ascii: ">") {
        place += 1
        return .open(element, isClosed: false)
      }
      if bytes[place] == UInt8(ascii: "/") {
        place += 1
        try expect(">", line)
        return .open(element, isClosed: true)
      }
      let key = word()
      try expect("=", line)
      skipBlanks()
      guard !key.isEmpty, place < bytes.count,
        bytes[place] == UInt8(ascii: "\"") || bytes[place] == UInt8(ascii: "'")
      else { throw cut(line, "an attribute name=\"...\" of <\(name)") }
      let quote = bytes[place]
      let from = place + 1
      place = from
      while place < bytes.count, bytes[place] != quote { place += 1 }
      guard place < bytes.count else { throw cut(line, "the end of the attribute '\(key)'") }
      element.attributes[key] = Self.plain(bytes[from..<place])
      place += 1
    }
  }

  private mutating func word() -> String {
    let from = place
    while place < bytes.count, !Self.endsWord(bytes[place]) { place += 1 }
    return String(decoding: bytes[from..<place], as: UTF8.self)
  }

  private static func endsWord(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "="), UInt8(ascii: "<"), UInt8(ascii: ">"), UInt8(ascii: "/"),
      UInt8(ascii: "\""), UInt8(ascii: "'"):
      true
    default: byte.isBlank
    }
  }

  private mutating func skipBlanks() {
    while place < bytes.count, bytes[place].isBlank { place += 1 }
  }

  private mutating func expect(_ sign: String, _ line: Int) throws(InterchangeError) {
    skipBlanks()
    guard place < bytes.count, bytes[place...].starts(with: sign.utf8) else {
      throw cut(line, "'\(sign)'")
    }
    place += 1
  }

  private func cut(_ line: Int, _ expected: String) -> InterchangeError {
    InterchangeError(line: line, "this tag is not as XML has it", expected: expected)
  }

  /// The five entities that XML has.
  private static func plain(_ bytes: ArraySlice<UInt8>) -> String {
    let text = String(decoding: bytes, as: UTF8.self)
    guard bytes.contains(UInt8(ascii: "&")) else { return text }
    return text.replacing("&lt;", with: "<").replacing("&gt;", with: ">")
      .replacing("&quot;", with: "\"").replacing("&apos;", with: "'").replacing("&amp;", with: "&")
  }
}
