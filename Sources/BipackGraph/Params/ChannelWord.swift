import BipackPixels

/// One word of a channel set or a mapping: the name of a channel or a layer, or a pattern.
///
/// What stands in single quotes is meant literally, blanks, commas, `=` and `*` included: `'Layer 1'.R`,
/// `'a, b'`. A quote inside is written twice: `'Bob''s key'.A`.
package struct ChannelWord: Hashable, Sendable {
  /// The bytes of the name; nil stands for any.
  package var pattern: [UInt8?] = []
  /// Whether a part was quoted: then the word is a name, never `rgb` or a number.
  package var isQuoted = false
  /// How many bytes stand before the first quote.
  private var plain = 0

  package init(pattern: [UInt8?] = [], isQuoted: Bool = false) {
    self.pattern = pattern
    self.isQuoted = isQuoted
  }

  /// The name of a channel.
  package init(_ channel: Channel) {
    self.init(pattern: channel.name.utf8.map { $0 }, isQuoted: true)
  }

  /// What follows an unquoted beginning, if the word has it.
  package func dropping(prefix: String) -> ChannelWord? {
    let count = prefix.utf8.count
    guard count < pattern.count, !isQuoted || count <= plain,
      zip(pattern, prefix.utf8).allSatisfy({ $0 == $1 })
    else { return nil }
    var rest = self
    rest.pattern.removeFirst(count)
    rest.plain -= min(plain, count)
    return rest
  }

  /// The name without quotes.
  package var text: String {
    String(decoding: pattern.map { $0 ?? UInt8(ascii: "*") }, as: UTF8.self)
  }
  package var isPattern: Bool { pattern.contains(nil) }

  /// The words of a text; nil where a quote does not close. `separators` end a word, those in `marks`
  /// are words of their own.
  package static func words(
    _ text: String, separators: Set<UInt8> = [0x20, 0x2C], marks: Set<UInt8> = []
  ) -> [ChannelWord]? {
    var words: [ChannelWord] = []
    var word = ChannelWord()
    var isOpen = false
    let bytes = Array(text.utf8)
    var next = 0
    func end() {
      if isOpen { words.append(word) }
      (word, isOpen) = (ChannelWord(), false)
    }
    while next < bytes.count {
      let byte = bytes[next]
      next += 1
      if byte == UInt8(ascii: "'") {
        if !word.isQuoted { (word.isQuoted, word.plain) = (true, word.pattern.count) }
        isOpen = true
        while true {
          guard next < bytes.count else { return nil }
          if bytes[next] == UInt8(ascii: "'") {
            guard next + 1 < bytes.count, bytes[next + 1] == UInt8(ascii: "'") else { break }
            next += 1
          }
          word.pattern.append(bytes[next])
          next += 1
        }
        next += 1
      } else if separators.contains(byte) {
        end()
      } else if marks.contains(byte) {
        end()
        words.append(ChannelWord(pattern: [byte]))
      } else {
        word.pattern.append(byte == UInt8(ascii: "*") ? nil : byte)
        isOpen = true
      }
    }
    end()
    return words
  }

  /// A name as it is written in a channel set or a mapping: in quotes where it would be read as something
  /// else.
  package static func quoted(_ name: String) -> String {
    let word = ChannelWord(pattern: name.utf8.map { $0 })
    let isPlain =
      name.utf8.allSatisfy { !" ,='*\n".utf8.contains($0) } && !name.isEmpty
      && word.keyword == nil && word.number == nil && roots[name] == nil
    return isPlain ? name : "'" + name.replacing("'", with: "''") + "'"
  }

  /// What the word is as a number, right of `=` in a mapping.
  package var number: Double? {
    if isQuoted { return nil }
    return switch text {
    case "black": 0
    case "white": 1
    default: Double(text).flatMap { $0.isFinite ? $0 : nil }
    }
  }

  /// The set the word stands for, if it is one of the words that are no names.
  package var keyword: Keyword? { isQuoted ? nil : Keyword(rawValue: text) }

  /// Words that take what there is of a set.
  package enum Keyword: String {
    case all, rgb, rgba, alpha
    case any = "*"
    case nothing = "none"
  }

  /// The root's channels by their long names.
  package static let roots: [String: Channel] = [
    "red": .red, "green": .green, "blue": .blue, "alpha": .alpha,
  ]

  /// The channel the word is the name of, whether or not it exists.
  package var channel: Channel { isQuoted ? Channel(text) : Self.roots[text] ?? Channel(text) }

  package func matches(_ channel: Channel) -> Bool {
    switch keyword {
    case .all, .any: return true
    case .nothing: return false
    case .rgb: return Channel.rgb.contains(channel)
    case .rgba: return Channel.rgba.contains(channel)
    case .alpha: return channel == .alpha
    case nil: break
    }
    if isPattern { return Wildcard.matches(pattern[...], channel.name) }
    return self.channel == channel || text == channel.layer
  }
}
