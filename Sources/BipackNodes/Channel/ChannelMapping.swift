import BipackGraph
import BipackPixels

/// A list of channels and where each comes from: `R=A, G=b.G, A=1, rgb=diffuse`.
///
/// Left of `=` stands a channel of the result; right of it a channel of the source, one of another
/// input (its name, a dot, the channel), or a number. `rgb` and `rgba` on either side, with a layer
/// or one channel on the other, stand for their components one by one. `red`, `green`, `blue`,
/// `alpha`, `black` and `white` are understood. Names are quoted as in a channel set.
struct ChannelMapping {
  enum Origin: Hashable {
    case channel(input: Int, Channel)
    case number(Double)
  }

  struct Entry: Hashable {
    var output: Channel
    var origin: Origin
  }

  private(set) var entries: [Entry] = []

  /// An input a mapping can read: the name it goes by, its place, and what it has.
  struct Source {
    var name: String
    var input: Int
    var spec: ImageSpec?
  }

  /// - Parameter sources: the first needs no name.
  init(_ text: String, _ sources: [Source]) throws(NodeError) {
    let equals = ChannelWord(pattern: [UInt8(ascii: "=")])
    guard
      let words = ChannelWord.words(
        text, separators: [0x20, 0x2C, 0x0A], marks: [UInt8(ascii: "=")])
    else { throw NodeError(.invalid, "mapping: a quote ' does not close") }
    var rest = words[...]
    while let left = rest.popFirst() {
      guard rest.first == equals, rest.count > 1, left != equals,
        rest[rest.startIndex + 1] != equals
      else {
        throw NodeError(
          .invalid,
          """
          mapping: \"\(left.text)\" is not of the form \"channel=origin\", for example \"R=A\", \
          \"A=1\" or \"rgb=diffuse\"
          """)
      }
      let right = rest[rest.startIndex + 1]
      rest = rest.dropFirst(2)
      try add(left, right, sources)
    }
  }

  private mutating func add(_ left: ChannelWord, _ right: ChannelWord, _ sources: [Source])
    throws(NodeError)
  {
    let (source, name) = Self.source(right, sources)
    if let output = Self.set(left) {
      for channel in output {
        let right = Self.isOne(name) ? name : Self.component(channel, of: name)
        entries.append(Entry(output: channel, origin: try Self.origin(right, source)))
      }
    } else if let origin = Self.set(name) {
      for channel in origin {
        let output = Channel(layer: left.text, component: channel.name)
        entries.append(
          Entry(output: output, origin: try Self.origin(ChannelWord(channel), source)))
      }
    } else {
      entries.append(Entry(output: left.channel, origin: try Self.origin(name, source)))
    }
  }

  private static func set(_ word: ChannelWord) -> [Channel]? {
    switch word.keyword {
    case .rgb: Channel.rgb
    case .rgba: Channel.rgba
    default: nil
    }
  }

  /// Whether a right side is one channel or a number, and no layer.
  private static func isOne(_ word: ChannelWord) -> Bool {
    word.channel.name.utf8.count == 1 || word.text.contains(".") || number(word) != nil
  }

  private static func number(_ word: ChannelWord) -> Double? {
    if word.isQuoted { return nil }
    return switch word.text {
    case "black": 0
    case "white": 1
    default: Double(word.text).flatMap { $0.isFinite ? $0 : nil }
    }
  }

  /// The channel of a layer that corresponds to one of the root's; `rgba` is the root itself.
  private static func component(_ channel: Channel, of layer: ChannelWord) -> ChannelWord {
    if set(layer) != nil { return ChannelWord(channel) }
    return ChannelWord(Channel(layer: layer.text, component: channel.name))
  }

  /// The input a right side names, and what is left of it.
  private static func source(_ word: ChannelWord, _ sources: [Source]) -> (Source, ChannelWord) {
    for source in sources.dropFirst() {
      if let rest = word.dropping(prefix: source.name + ".") { return (source, rest) }
    }
    return (sources[0], word)
  }

  private static func origin(_ word: ChannelWord, _ source: Source) throws(NodeError) -> Origin {
    if let number = number(word) { return .number(number) }
    guard let spec = source.spec else {
      throw NodeError(.invalid, "mapping: input '\(source.name)' is not connected")
    }
    guard spec.has(word.channel) else {
      throw NodeError("mapping: input '\(source.name)'", hasNo: word, in: spec.channels)
    }
    return .channel(input: source.input, word.channel)
  }

  /// The result's channels, added to what is there.
  func extend(_ spec: inout ImageSpec) { spec.add(entries.map(\.output)) }

  /// The mapping as a program: shared planes and numbers, no arithmetic.
  var program: PointProgram {
    var program = PointProgram()
    for entry in entries {
      switch entry.origin {
      case .channel(let input, let channel): program.set(entry.output, .input(input, channel))
      case .number(let number): program.set(entry.output, .constant(Float(number)))
      }
    }
    return program
  }

  /// Whether every channel comes from itself.
  var isIdentity: Bool {
    entries.allSatisfy { $0.origin == .channel(input: 0, $0.output) }
  }
}
