public import BipackGraph
public import BipackPixels

/// A format by name or size: `HD_1080`, `1920x1080`, `2048x1556 2.0` (with pixel aspect). Empty is
/// the document's format.
public struct FormatName: Value, Hashable, ExpressibleByStringLiteral {
  public let text: String

  public init(_ text: String) { self.text = text }
  public init(stringLiteral value: String) { text = value }

  /// The document's format.
  public static let document: FormatName = ""

  public static var kind: ValueKind { .string }
  public init?(_ data: ValueData) {
    guard case .string(let value) = data else { return nil }
    text = value
  }
  public var data: ValueData { .string(text) }

  /// The format, at the proxy scale of `context`.
  public func resolve(_ context: NodeContext) throws(NodeError) -> Format {
    if text.isEmpty { return context.format }
    guard let full = NamedFormat.named(text) ?? Self.size(text) else {
      throw NodeError(
        .invalid,
        """
        no format is called \"\(text)\"; write a size like \"1920x1080\" or \"2048x1556 2.0\" (with \
        pixel aspect), or one of \(NamedFormat.all.map(\.name).joined(separator: ", "))
        """)
    }
    if context.proxy == 1 { return full }
    return Format(
      width: max(1, Int((Double(full.width) / context.proxy).rounded(.up))),
      height: max(1, Int((Double(full.height) / context.proxy).rounded(.up))),
      pixelAspect: full.pixelAspect)
  }

  /// Parses `WxH` and an optional pixel aspect.
  private static func size(_ text: String) -> Format? {
    let parts = text.split(separator: " ", omittingEmptySubsequences: true)
    guard (1...2).contains(parts.count) else { return nil }
    let sides = parts[0].split(separator: "x", omittingEmptySubsequences: false)
    guard sides.count == 2, let width = Int(sides[0]), let height = Int(sides[1]),
      (1...largest).contains(width), (1...largest).contains(height)
    else { return nil }
    if parts.count == 1 { return Format(width: width, height: height) }
    guard let aspect = Double(parts[1]), aspect > 0, aspect.isFinite else { return nil }
    return Format(width: width, height: height, pixelAspect: aspect)
  }

  private static let largest = 1 << 20
}
