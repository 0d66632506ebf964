/// The text of a file of another program, in lines. Lines end as Unix, Windows or the old Macintosh end
/// them; a byte order mark does not count.
package struct TextLines: Sendable {
  package let bytes: [UInt8]
  /// Where each line begins and ends, without its end.
  private let spans: [Range<Int>]

  package init(_ bytes: [UInt8]) {
    let mark: [UInt8] = [0xEF, 0xBB, 0xBF]
    let bytes = bytes.starts(with: mark) ? Array(bytes.dropFirst(3)) : bytes
    var spans: [Range<Int>] = []
    var start = 0
    var i = 0
    while i < bytes.count {
      if bytes[i] == .lineFeed || bytes[i] == .carriageReturn {
        spans.append(start..<i)
        if bytes[i] == .carriageReturn, i + 1 < bytes.count, bytes[i + 1] == .lineFeed { i += 1 }
        start = i + 1
      }
      i += 1
    }
    if start < bytes.count { spans.append(start..<bytes.count) }
    self.bytes = bytes
    self.spans = spans
  }

  package init(_ text: String) { self.init(Array(text.utf8)) }

  var count: Int { spans.count }

  /// From 0.
  subscript(index: Int) -> TextLine { TextLine(number: index + 1, bytes: bytes[spans[index]]) }

  /// The first lines that are not blank.
  func opening(_ count: Int) -> [TextLine] {
    var lines: [TextLine] = []
    for index in spans.indices where lines.count < count {
      let line = self[index]
      if !line.isBlank { lines.append(line) }
    }
    return lines
  }

  /// The number of the line that holds a byte, from 1.
  func line(of offset: Int) -> Int {
    var (low, high) = (0, spans.count)
    while low < high {
      let middle = (low + high) / 2
      if spans[middle].lowerBound <= offset { low = middle + 1 } else { high = middle }
    }
    return low > 0 ? low : 1
  }
}

extension TextLines: Sequence {
  package func makeIterator() -> AnyIterator<TextLine> {
    var next = 0
    return AnyIterator {
      guard next < self.spans.count else { return nil }
      defer { next += 1 }
      return self[next]
    }
  }
}

/// One line.
package struct TextLine {
  /// From 1.
  let number: Int
  let bytes: ArraySlice<UInt8>

  var isBlank: Bool { bytes.allSatisfy(\.isBlank) }
  var text: String { String(decoding: bytes, as: UTF8.self) }
  /// Without blanks at both ends.
  var trimmed: TextWord { word(bytes.startIndex, bytes.endIndex, trimming: true) }

  /// What stands between blanks.
  var words: [TextWord] {
    var words: [TextWord] = []
    var start: Int?
    for i in bytes.indices {
      if bytes[i].isBlank {
        if let from = start { words.append(word(from, i)) }
        start = nil
      } else if start == nil {
        start = i
      }
    }
    if let from = start { words.append(word(from, bytes.endIndex)) }
    return words
  }

  /// What stands between tabs, without the blanks around it.
  var cells: [TextWord] {
    var cells: [TextWord] = []
    var start = bytes.startIndex
    for i in bytes.indices where bytes[i] == .tab {
      cells.append(word(start, i, trimming: true))
      start = i + 1
    }
    return cells + [word(start, bytes.endIndex, trimming: true)]
  }

  private func word(_ from: Int, _ to: Int, trimming: Bool = false) -> TextWord {
    var (from, to) = (from, to)
    if trimming {
      while from < to, bytes[from].isBlank { from += 1 }
      while to > from, bytes[to - 1].isBlank { to -= 1 }
    }
    return TextWord(
      text: String(decoding: bytes[from..<to], as: UTF8.self), line: number,
      column: from - bytes.startIndex + 1)
  }
}

/// A word and where it stands.
package struct TextWord: Hashable, Sendable {
  package var text: String
  package var line: Int
  /// From 1.
  package var column: Int

  /// The finite number it is; nil for anything else.
  var number: Double? { Double(text).flatMap { $0.isFinite ? $0 : nil } }

  /// The number it must be.
  func number(_ what: String) throws(InterchangeError) -> Double {
    guard let number else { throw InterchangeError(self, expected: "a number for \(what)") }
    return number
  }

  /// The number of a frame it must be.
  func frame() throws(InterchangeError) -> Double {
    let frame = try number("the frame")
    guard abs(frame) <= Frames.most else {
      throw InterchangeError(self, expected: "a frame within a thousand million")
    }
    return frame
  }

  /// How many it says there are.
  func count(_ what: String) throws(InterchangeError) -> Int {
    guard let count = Int(text), count >= 0 else {
      throw InterchangeError(self, expected: "how many \(what)")
    }
    return count
  }
}

/// Which frames a file may name.
enum Frames {
  static let most = 1e9
}

extension UInt8 {
  static let tab = UInt8(ascii: "\t")
  static let lineFeed = UInt8(ascii: "\n")
  static let carriageReturn = UInt8(ascii: "\r")

  var isBlank: Bool { self == 0x20 || (0x09...0x0D).contains(self) }
}
