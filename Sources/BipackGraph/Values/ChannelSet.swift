public import BipackPixels

/// Which channels a node works on.
///
/// Words separated by commas or spaces: `rgb`, `rgba`, `alpha`, `all`, `none`, a layer's name
/// (`depth`), one channel (`R`, `depth.Z`), or a pattern with `*` (`diffuse.*`). `rgb`, `rgba` and
/// `alpha` mean the root layer, what there is of it; a name or pattern that matches nothing is an
/// error. Names with blanks, commas, `=`, `*` or quotes, and those that mean something without (`all`), are
/// quoted: `'Layer 1'.R` (`ChannelWord`).
public struct ChannelSet: Value, Hashable, ExpressibleByStringLiteral {
  public let text: String

  public init(_ text: String) { self.text = text }
  public init(stringLiteral value: String) { text = value }
  /// These channels and no others.
  package init(_ channels: [Channel]) {
    text =
      channels.isEmpty
      ? "none" : channels.map { ChannelWord.quoted($0.name) }.joined(separator: ",")
  }

  public static let rgb: ChannelSet = "rgb"
  public static let rgba: ChannelSet = "rgba"
  public static let all: ChannelSet = "all"
  public static let alpha: ChannelSet = "alpha"
  public static let none: ChannelSet = "none"

  public static var kind: ValueKind { .channels }
  public init?(_ data: ValueData) {
    guard case .string(let value) = data else { return nil }
    if value.utf8.contains(UInt8(ascii: "'")), ChannelWord.words(value) == nil { return nil }
    text = value
  }
  public var data: ValueData { .string(text) }

  /// Those of `channels` the set names, in the order of `channels`.
  public func select(from channels: [Channel]) -> [Channel] {
    switch text {
    case "": return []
    case "all", "*": return channels
    case "rgb": return channels.filter(Channel.rgb.contains)
    case "rgba": return channels.filter(Channel.rgba.contains)
    case "alpha": return channels.filter { $0 == .alpha }
    default: break
    }
    let words = words
    return channels.filter { channel in words.contains { $0.matches(channel) } }
  }

  package var words: [ChannelWord] { ChannelWord.words(text) ?? [] }

  /// The first name or pattern that matches none of `channels`. Words that stand for a set (`rgb`) take
  /// what there is.
  package func unmatched(in channels: [Channel]) -> ChannelWord? {
    words.first { word in word.keyword == nil && !channels.contains(where: word.matches) }
  }

  /// Whether it names anything besides `rgb`, `rgba`, `alpha`, `all` and `none`.
  package var hasNames: Bool {
    switch text {
    case "", "all", "*", "none", "rgb", "rgba", "alpha": false
    default: words.contains { $0.keyword == nil }
    }
  }
}

extension ValueKind {
  /// Which channels: `rgb`, `all`, `depth`, `R,G`.
  public static let channels = ValueKind(ChannelsType())
}

private struct ChannelsType: ValueType {
  let name = "channels"

  func shape(_ bounds: String) -> String { "channels, as \"rgb\" or \"depth.Z\"" }
  func schema(_ number: JSONValue) -> [JSONValue] { [["type": "string"]] }
  func fitted(_ data: ValueData) -> ValueData? { data.isString ? data : nil }
}

extension ChannelWord {
  /// The one channel a parameter names, which must be there; the root's alpha need not be.
  package static func channel(_ text: String, param: String, in channels: [Channel])
    throws(NodeError) -> Channel
  {
    let words = words(text) ?? []
    if channels.contains(Channel(text)) { return Channel(text) }
    guard words.count == 1 else {
      throw NodeError(.invalid, "\(param): expected one channel, found \"\(text)\"")
    }
    let channel = words[0].channel
    guard channel == .alpha || channels.contains(channel) else {
      throw NodeError(param, hasNo: words[0], in: channels)
    }
    return channel
  }
}

extension NodeError {
  /// A parameter names a channel that is not there.
  package init(_ param: String, hasNo word: ChannelWord, in channels: [Channel]) {
    let names = channels.map { ChannelWord.quoted($0.name) }
    let layers = Set(channels.map(\.layer)).subtracting([""]).map(ChannelWord.quoted)
    var text =
      "\(param): " + (word.isPattern ? "no channel matches" : "there is no channel or layer")
      + " '\(word.text)'"
    if let near = Spelling.nearest(word.text, names + layers) {
      text += "; did you mean '\(near)'?"
    } else {
      let shown = names.prefix(24).joined(separator: ", ") + (names.count > 24 ? ", ..." : "")
      text += names.isEmpty ? "; there are no channels" : "; there are \(shown)"
    }
    self.init(.invalid, text)
  }
}
