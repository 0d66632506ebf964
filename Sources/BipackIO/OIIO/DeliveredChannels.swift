import BipackPixels

/// What the samples of a pixel are. OpenImageIO 2.4 names them by their number where the file has no names,
/// and so calls grey and alpha red and green.
enum DeliveredChannels {
  /// A sample of which the file says that it is nothing.
  static let filler: Channel = "filler"

  /// `extra` is what a TIFF says of its extra samples: 0 is an alpha all the same, as other readers take
  /// it, beside three colours.
  static func named(_ names: [String], format: String, extra: Int?) -> [Channel] {
    var channels = names.map { ordinary(Channel($0)) }
    if extra == 0, channels.count == 4, Array(channels[..<3]) == Channel.rgb {
      channels[3] = .alpha
    }
    if channels.count == 2, channels[0] == .red {
      let isGrey = channels[1] == .alpha || ["sgi", "targa"].contains(format)
      if isGrey { channels = ["Y", .alpha] }
    }
    return channels
  }

  private static func ordinary(_ channel: Channel) -> Channel {
    switch channel.name {
    case "r", "red", "Red": .red
    case "g", "green", "Green": .green
    case "b", "blue", "Blue": .blue
    case "a", "alpha", "Alpha": .alpha
    default: channel
    }
  }
}
