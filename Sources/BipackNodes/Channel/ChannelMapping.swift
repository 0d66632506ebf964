import BipackGraph
import BipackPixels

/// A list of channels and where each comes from: `R=A, G=b.G, A=1, rgb=diffuse, beauty=diffuse`.
///
/// Left of `=` stands a channel of the result; right of it a channel of the source, one of another
/// input (its name, a dot, the channel), or a number. `rgb` and `rgba` on either side, with a layer
/// or one channel on the other, stand for their components one by one; a layer on both sides for each of
/// its channels by name. What the right side names is looked up in the picture, so that names may hold
/// dots. `red`, `green`, `blue`, `alpha`, `black` and `white` are understood. Names are quoted as in a
/// channel set.
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
    for side in [left, name] { try Self.checkName(side) }
    if left.number != nil {
      throw NodeError(
        .invalid,
        "mapping: '\(left.text)' is a number, and left of '=' stands a channel; one that is called so "
          + "is quoted: \"'\(left.text)'=\(right.text)\"")
    }
    let layer = Self.layer(name, source)
    if let outputs = Self.set(left) {
      for output in outputs {
        let origin = layer == nil ? name : Self.component(output, of: name)
        entries.append(Entry(output: output, origin: try Self.origin(origin, source)))
      }
    } else if let layer, Self.set(name) != nil || source.spec?.has(name.channel) == false {
      try Self.checkLayer(left, layer)
      for channel in layer {
        let output = Channel(layer: left.text, component: channel.component)
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

  /// The channels of the layer a right side names, if it names one; `rgb` and `rgba` are the root's.
  private static func layer(_ word: ChannelWord, _ source: Source) -> [Channel]? {
    if let set = set(word) { return set }
    let channels = source.spec?.channels.filter { !$0.layer.isEmpty && $0.layer == word.text }
    return channels?.isEmpty == true ? nil : channels
  }

  /// Patterns, and words for sets that have no fixed order, are no names.
  private static func checkName(_ word: ChannelWord) throws(NodeError) {
    let isSet =
      switch word.keyword {
      case .all, .any, .nothing: true
      case .rgb, .rgba, .alpha, nil: false
      }
    guard isSet || word.isPattern else { return }
    throw NodeError(
      .invalid,
      "mapping: '\(word.text)' is \(word.isPattern ? "a pattern" : "a word for a set"), and a mapping "
        + "takes channels and layers by name, as \"beauty=diffuse\"; a channel that is called so is "
        + "quoted")
  }

  /// Whether the left side can be a layer: `R` and `depth.Z` are channels.
  private static func checkLayer(_ left: ChannelWord, _ channels: [Channel]) throws(NodeError) {
    guard left.channel.component.utf8.count == 1 || left.keyword == .alpha,
      let first = channels.first
    else { return }
    throw NodeError(
      .invalid,
      "mapping: '\(left.text)' is one channel and gets a layer; name one of its channels, as "
        + "\"\(left.text)=\(ChannelWord.quoted(first.name))\"")
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
    if let number = word.number { return .number(number) }
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
