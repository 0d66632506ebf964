/// Everything about an image that is known before its pixels are.
///
/// The planner passes specs forward through the graph; a node's `spec` verb says what its output
/// will look like. Channels are in display order, `R G B A` first.
public struct ImageSpec: Hashable, Sendable {
  public var format: Format
  /// The pixels that exist: may be larger or smaller than the format, negative, or empty. Black and
  /// transparent outside.
  public var dataWindow: Rect
  public var channels: [Channel]
  /// Data (mattes, vectors, depth as numbers) rather than colour: never colour-converted.
  public var isData: Bool
  public var metadata: Metadata
  /// What is known of the samples of a deep picture; nil of a picture.
  public var deep: DeepExtent?

  public init(
    format: Format, dataWindow: Rect? = nil, channels: [Channel] = Channel.rgba,
    isData: Bool = false, metadata: Metadata = Metadata(), deep: DeepExtent? = nil
  ) {
    self.format = format
    self.dataWindow = dataWindow ?? format.window
    self.channels = channels
    self.isData = isData
    self.metadata = metadata
    self.deep = deep
  }

  /// Of no picture at all: a format, and nothing in it.
  public static func nothing(_ format: Format) -> ImageSpec {
    ImageSpec(format: format, dataWindow: .empty, channels: [])
  }

  public func has(_ channel: Channel) -> Bool { channels.contains(channel) }

  /// Layer names in order of appearance; the root layer is the empty string.
  public var layers: [String] {
    var seen: [String] = []
    for channel in channels where !seen.contains(channel.layer) { seen.append(channel.layer) }
    return seen
  }

  /// The alpha that goes with `channel`: its own layer's, else the root's.
  public func alpha(for channel: Channel) -> Channel? {
    let own = channels.first { $0.layer == channel.layer && $0.isAlpha }
    return own ?? (has(.alpha) ? .alpha : nil)
  }

  /// Adds what is missing, keeping the display order: root `R G B A` first, then as they come.
  public mutating func add(_ new: [Channel]) {
    for channel in new where !channels.contains(channel) { channels.append(channel) }
    let root = Channel.rgba.filter(channels.contains)
    channels = root + channels.filter { !root.contains($0) }
  }
}
