import BipackGraph
import BipackPixels

/// A list of channels and where each comes from: `R=A, G=b.G, A=1, rgb=diffuse`.
///
/// Left of `=` stands a channel of the result; right of it a channel of the source, one of another
/// input (its name, a dot, the channel), or a number. `rgb` and `rgba` on either side, with a layer
/// or one channel on the other, stand for their components one by one. `red`, `green`, `blue`,
/// `alpha`, `black` and `white` are understood.
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
    for part in text.split(whereSeparator: { $0 == "," || $0 == " " || $0 == "\n" }) {
      let sides = part.split(separator: "=", omittingEmptySubsequences: false)
      guard sides.count == 2, !sides[0].isEmpty, !sides[1].isEmpty else {
        throw NodeError(
          .invalid,
          """
          mapping: \"\(part)\" is not of the form \"channel=origin\", for example \"R=A\", \
          \"A=1\" or \"rgb=diffuse\" (no spaces around =)
          """)
      }
      try add(String(sides[0]), String(sides[1]), sources)
    }
  }

  private mutating func add(_ left: String, _ right: String, _ sources: [Source])
    throws(NodeError)
  {
    let (source, name) = Self.source(right, sources)
    if left == "rgb" || left == "rgba" {
      for channel in left == "rgb" ? Channel.rgb : Channel.rgba {
        let isOne = name.utf8.count == 1 || name.contains(".") || Self.single[name] != nil
        let right = isOne || Self.number(name) != nil ? name : Self.component(channel, of: name)
        entries.append(Entry(output: channel, origin: try Self.origin(right, source)))
      }
    } else if name == "rgb" || name == "rgba" {
      for channel in name == "rgb" ? Channel.rgb : Channel.rgba {
        let output = Channel(layer: left, component: channel.name)
        entries.append(Entry(output: output, origin: try Self.origin(channel.name, source)))
      }
    } else {
      let output = Self.single[left] ?? Channel(left)
      entries.append(Entry(output: output, origin: try Self.origin(name, source)))
    }
  }

  private static let single: [String: Channel] = [
    "red": .red, "green": .green, "blue": .blue, "alpha": .alpha,
  ]

  private static func number(_ text: String) -> Double? {
    switch text {
    case "black": 0
    case "white": 1
    default: Double(text).flatMap { $0.isFinite ? $0 : nil }
    }
  }

  /// The channel of a layer that corresponds to one of the root's; `rgba` is the root itself.
  private static func component(_ channel: Channel, of layer: String) -> String {
    layer == "rgb" || layer == "rgba" ? channel.name : "\(layer).\(channel.name)"
  }

  /// The input a right side names, and what is left of it.
  private static func source(_ text: String, _ sources: [Source]) -> (Source, String) {
    for source in sources.dropFirst() where text.hasPrefix(source.name + ".") {
      return (source, String(text.dropFirst(source.name.count + 1)))
    }
    return (sources[0], text)
  }

  private static func origin(_ text: String, _ source: Source) throws(NodeError) -> Origin {
    if let number = number(text) { return .number(number) }
    let channel = single[text] ?? Channel(text)
    guard let spec = source.spec else {
      throw NodeError(.invalid, "mapping: input '\(source.name)' is not connected")
    }
    guard spec.has(channel) else {
      let known = spec.channels.map(\.name).joined(separator: ", ")
      throw NodeError(
        .invalid,
        """
        mapping: input '\(source.name)' has no channel '\(channel.name)'; it has \
        \(known.isEmpty ? "none" : known)
        """)
    }
    return .channel(input: source.input, channel)
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
