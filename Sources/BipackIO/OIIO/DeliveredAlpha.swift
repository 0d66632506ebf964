import BipackPixels

/// Whether the colour that OpenImageIO 2.4 delivers of a format is multiplied by alpha. It flags
/// straight colour in some formats (TIFF, HEIF) and not in others, and in some the file itself does not
/// say.
///
/// Colour is always delivered as the file stores it; but for PSD, whose merged picture lies on
/// white and is taken off it.
enum DeliveredAlpha {
  /// As the flag says.
  case flagged
  case straight
  case premultiplied
  /// The format does not say: a colour above its alpha cannot have been multiplied by it.
  case unstated

  /// `extra` is what a TIFF says of its extra samples.
  init(format: String, _ metadata: Metadata, extra: Int?) {
    switch format {
    case "bmp", "gif", "ico", "psd": self = .straight
    case "iff", "rla", "webp": self = .premultiplied
    case "tiff": self = (extra ?? 0) == 0 ? .unstated : .flagged
    case "dds", "dpx", "pnm", "sgi", "softimage": self = .unstated
    case "targa":
      // Only a file with an extension area says something.
      self =
        switch metadata["targa:alpha_type"] {
        case .int(3): .straight
        case .int(4): .premultiplied
        default: .unstated
        }
    default: self = .flagged
    }
  }

  /// Whether the fourth sample is no alpha, by what the file says: 32-bit BMP without a mask for it, and
  /// Targa whose extension area says that there is none or that it is to be ignored.
  static func isFiller(_ path: String, format: String, _ metadata: Metadata) throws(ImageFileError)
    -> Bool
  {
    switch format {
    case "targa": return [.int(0), .int(1)].contains(metadata["targa:alpha_type"])
    case "bmp":
      let (_, header) = try firstBytes(of: path, count: 70)
      guard header.count == 70 else { return true }
      // Headers of 108 bytes and more (V4, V5) have masks, the fourth for alpha.
      return header[14] < 108 || header[66..<70].allSatisfy { $0 == 0 }
    default: return false
    }
  }

  /// What is known without the pixels: unstated counts as multiplied.
  func isStraight(flag: Bool) -> Bool {
    switch self {
    case .flagged: flag
    case .straight: true
    case .premultiplied, .unstated: false
    }
  }
}
