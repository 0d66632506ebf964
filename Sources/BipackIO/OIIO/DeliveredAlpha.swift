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

  init(format: String, _ metadata: Metadata) {
    switch format {
    case "bmp", "gif", "ico", "psd", "webp": self = .straight
    case "iff", "rla": self = .premultiplied
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

  /// What is known without the pixels: unstated counts as multiplied.
  func isStraight(flag: Bool) -> Bool {
    switch self {
    case .flagged: flag
    case .straight: true
    case .premultiplied, .unstated: false
    }
  }
}
