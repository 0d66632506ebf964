/// The name of a channel, as EXR spells it: `R`, `A`, `depth.Z`, `diffuse.R`.
///
/// The part before the last dot is the layer; the four root channels `R G B A` are the layer whose
/// name is empty. Views are layers too (`left.R`).
@frozen
public struct Channel: Hashable, Sendable, ExpressibleByStringLiteral, CustomStringConvertible {
  public let name: String

  public init(_ name: String) { self.name = name }
  public init(stringLiteral value: String) { name = value }

  public init(layer: String, component: String) {
    name = layer.isEmpty ? component : layer + "." + component
  }

  public static let red: Channel = "R"
  public static let green: Channel = "G"
  public static let blue: Channel = "B"
  public static let alpha: Channel = "A"
  public static let rgb: [Channel] = [.red, .green, .blue]
  public static let rgba: [Channel] = [.red, .green, .blue, .alpha]

  /// The part before the last dot; empty for `R`, `G`, `B`, `A` and other root channels.
  public var layer: String {
    guard let dot = name.utf8.lastIndex(of: UInt8(ascii: ".")) else { return "" }
    return String(name[..<dot])
  }

  /// The part after the last dot.
  public var component: String {
    guard let dot = name.utf8.lastIndex(of: UInt8(ascii: ".")) else { return name }
    return String(name[name.utf8.index(after: dot)...])
  }

  /// 0, 1, 2, 3 for the components R, G, B, A of any layer (in either case); nil for others.
  public var slot: Int? {
    switch component {
    case "R", "r", "red": 0
    case "G", "g", "green": 1
    case "B", "b", "blue": 2
    case "A", "a", "alpha": 3
    default: nil
    }
  }

  public var isAlpha: Bool { slot == 3 }
  public var description: String { name }
}
