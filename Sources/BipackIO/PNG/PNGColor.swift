import CPNG

/// The chunks by which a PNG tells its colour.
enum PNGColor: Hashable {
  case none
  /// `sRGB`, with `gAMA` and `cHRM` for readers that do not know it.
  case sRGB
  /// `cICP`, the code points of video.
  case codePoints(UInt8, UInt8)
  /// `gAMA` and `cHRM`.
  case power(exponent: Double, chromaticities: [Double])

  init(_ tags: ColorTags?) {
    self = .none
    guard let tags, let primaries = tags.primaries else { return }
    if primaries == .rec709, tags.curve == .sRGB {
      self = .sRGB
    } else if let exponent = tags.exponent {
      if Self.isReal(primaries.chromaticities) {
        self = .power(exponent: exponent, chromaticities: primaries.chromaticities)
      }
    } else if let (primaries, transfer) = tags.codePoints {
      self = .codePoints(primaries, transfer)
    }
  }

  /// PNG stores no colours that lie outside the triangle of x and y, as some primaries of ACES do.
  private static func isReal(_ points: [Double]) -> Bool {
    stride(from: 0, to: points.count, by: 2).allSatisfy {
      points[$0] >= 0 && points[$0 + 1] >= 0 && points[$0] + points[$0 + 1] <= 1
    }
  }

  func apply(to settings: inout cpng_settings) {
    switch self {
    case .none: break
    case .sRGB: settings.color = Int32(CPNG_SRGB)
    case .codePoints(let primaries, let transfer):
      settings.color = Int32(CPNG_CODE_POINTS)
      settings.primaries = primaries
      settings.transfer = transfer
    case .power(let exponent, let chromaticities):
      settings.color = Int32(CPNG_POWER)
      settings.gamma = 1 / exponent
      withUnsafeMutableBytes(of: &settings.chromaticities) { points in
        _ = points.bindMemory(to: Double.self).update(fromContentsOf: chromaticities)
      }
    }
  }
}
