/// The name of a channel, as EXR spells it: `R`, `A`, `depth.Z`, `diffuse.R`.
///
/// The part before the last dot is the layer; the four root channels `R G B A` are the layer whose
/// name is empty. Views are layers too (`left.R`).
///
/// Planning asks for channels all the time: equal names share a number, given out when a name is first
/// met, and comparing and hashing look at nothing else.
@frozen
public struct Channel: Hashable, Sendable, ExpressibleByStringLiteral, CustomStringConvertible {
  public let name: String
  @usableFromInline let number: Int32
  /// 0, 1, 2, 3 for the components R, G, B, A of any layer (in either case); -1 for others.
  @usableFromInline let place: Int32

  public init(_ name: String) {
    self = Self.known.withLock { known in
      if let channel = known[name] { return channel }
      let channel = Channel(name, number: Int32(truncatingIfNeeded: known.count))
      known[name] = channel
      return channel
    }
  }

  public init(stringLiteral value: String) { self.init(value) }

  public init(layer: String, component: String) {
    self.init(layer.isEmpty ? component : layer + "." + component)
  }

  private init(_ name: String, number: Int32) {
    self.name = name
    self.number = number
    place =
      switch Self.component(of: name) {
      case "R", "r", "red": 0
      case "G", "g", "green": 1
      case "B", "b", "blue": 2
      case "A", "a", "alpha": 3
      default: -1
      }
  }

  /// Every name met so far.
  private static let known = Locked<[String: Channel]>([:])

  @inlinable public static func == (a: Channel, b: Channel) -> Bool { a.number == b.number }
  @inlinable public func hash(into hasher: inout Hasher) { hasher.combine(number) }

  public static let red: Channel = "R"
  public static let green: Channel = "G"
  public static let blue: Channel = "B"
  public static let alpha: Channel = "A"
  public static let rgb: [Channel] = [.red, .green, .blue]
  public static let rgba: [Channel] = [.red, .green, .blue, .alpha]
  /// Where a sample of a deep picture begins, and where it ends.
  public static let z: Channel = "Z"
  public static let zBack: Channel = "ZBack"

  /// The part before the last dot; empty for `R`, `G`, `B`, `A` and other root channels.
  public var layer: String {
    guard let dot = name.utf8.lastIndex(of: UInt8(ascii: ".")) else { return "" }
    return String(name[..<dot])
  }

  /// The part after the last dot.
  public var component: String { Self.component(of: name) }

  private static func component(of name: String) -> String {
    guard let dot = name.utf8.lastIndex(of: UInt8(ascii: ".")) else { return name }
    return String(name[name.utf8.index(after: dot)...])
  }

  /// 0, 1, 2, 3 for the components R, G, B, A of any layer (in either case); nil for others.
  @inlinable public var slot: Int? { place < 0 ? nil : Int(place) }

  @inlinable public var isAlpha: Bool { place == 3 }
  public var description: String { name }
}
