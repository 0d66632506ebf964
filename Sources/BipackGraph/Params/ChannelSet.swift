public import BipackPixels

/// Which channels a node works on.
///
/// Words separated by commas or spaces: `rgb`, `rgba`, `alpha`, `all`, `none`, a layer's name
/// (`depth`), one channel (`R`, `depth.Z`), or a pattern with `*` (`diffuse.*`). `rgb`, `rgba` and
/// `alpha` mean the root layer.
public struct ChannelSet: ParamValue, Hashable, ExpressibleByStringLiteral {
  public let text: String

  public init(_ text: String) { self.text = text }
  public init(stringLiteral value: String) { text = value }

  public static let rgb: ChannelSet = "rgb"
  public static let rgba: ChannelSet = "rgba"
  public static let all: ChannelSet = "all"
  public static let alpha: ChannelSet = "alpha"
  public static let none: ChannelSet = "none"

  public static var kind: ParamKind { .channels }
  public init?(_ data: ParamData) {
    guard case .string(let value) = data else { return nil }
    text = value
  }
  public var data: ParamData { .string(text) }

  /// Those of `channels` the set names, in the order of `channels`.
  public func select(from channels: [Channel]) -> [Channel] {
    switch text {
    case "": return []
    case "all", "*": return channels
    case "rgb": return channels.filter(Channel.rgb.contains)
    case "rgba": return channels.filter(Channel.rgba.contains)
    default: break
    }
    // Nearly always one word.
    let isList = text.utf8.contains { $0 == UInt8(ascii: ",") || $0 == UInt8(ascii: " ") }
    let words = isList ? text.split { $0 == "," || $0 == " " }.map(String.init) : [text]
    return channels.filter { channel in words.contains { Self.matches($0, channel) } }
  }

  private static func matches(_ word: String, _ channel: Channel) -> Bool {
    switch word {
    case "all", "*": return true
    case "none": return false
    case "rgb": return Channel.rgb.contains(channel)
    case "rgba": return Channel.rgba.contains(channel)
    case "alpha": return channel == .alpha
    case "red": return channel == .red
    case "green": return channel == .green
    case "blue": return channel == .blue
    default: break
    }
    if word == channel.name || word == channel.layer { return true }
    return word.utf8.contains(UInt8(ascii: "*"))
      && Wildcard.matches(word, channel.name)
  }
}
