public import BipackGraph
public import BipackPixels

/// A format by name or size: `HD_1080`, `1920x1080`, `2048x1556 2.0` (with pixel aspect). Empty is
/// the document's format.
public struct FormatName: ParamValue, Hashable, ExpressibleByStringLiteral {
  public let text: String

  public init(_ text: String) { self.text = text }
  public init(stringLiteral value: String) { text = value }

  /// The document's format.
  public static let document: FormatName = ""

  public static var kind: ParamKind { .string }
  public init?(_ data: ParamData) {
    guard case .string(let value) = data else { return nil }
    text = value
  }
  public var data: ParamData { .string(text) }

  /// The format, at the proxy scale of `context`.
  public func resolve(_ context: NodeContext) throws(NodeError) -> Format {
    if text.isEmpty { return context.format }
    guard let full = Self.named[text] ?? Self.size(text) else {
      throw NodeError(
        .invalid,
        """
        no format is called \"\(text)\"; write a size like \"1920x1080\" or \"2048x1556 2.0\" (with \
        pixel aspect), or one of \(Self.named.keys.sorted().joined(separator: ", "))
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

  /// The names Nuke ships with.
  private static let named: [String: Format] = [
    "PC_Video": Format(width: 640, height: 480),
    "NTSC": Format(width: 720, height: 486, pixelAspect: 0.91),
    "PAL": Format(width: 720, height: 576, pixelAspect: 1.09),
    "NTSC_16:9": Format(width: 720, height: 486, pixelAspect: 1.21),
    "PAL_16:9": Format(width: 720, height: 576, pixelAspect: 1.46),
    "HD_720": Format(width: 1280, height: 720),
    "HD_1080": Format(width: 1920, height: 1080),
    "UHD_4K": Format(width: 3840, height: 2160),
    "1K_Super_35(full-ap)": Format(width: 1024, height: 778),
    "1K_Cinemascope": Format(width: 914, height: 778, pixelAspect: 2),
    "2K_Super_35(full-ap)": Format(width: 2048, height: 1556),
    "2K_Cinemascope": Format(width: 1828, height: 1556, pixelAspect: 2),
    "2K_DCP": Format(width: 2048, height: 1080),
    "4K_Super_35(full-ap)": Format(width: 4096, height: 3112),
    "4K_Cinemascope": Format(width: 3656, height: 3112, pixelAspect: 2),
    "4K_DCP": Format(width: 4096, height: 2160),
    "square_256": Format(width: 256, height: 256),
    "square_512": Format(width: 512, height: 512),
    "square_1K": Format(width: 1024, height: 1024),
    "square_2K": Format(width: 2048, height: 2048),
  ]
}
