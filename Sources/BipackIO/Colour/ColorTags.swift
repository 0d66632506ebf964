/// What a file may say of the colour its numbers stand for: their primaries, their curve, and the name
/// the Color Interop Forum has for the two (`colorInteropID`).
///
/// Each format says it in its own words (`chromaticities` of EXR, `cICP` of PNG, ICC profiles, the
/// transfer field of DPX); what is not known is not said.
public struct ColorTags: Hashable, Sendable {
  public enum Primaries: Hashable, Sendable, CaseIterable {
    case rec709, p3d65, rec2020, ap0, ap1
    case arriWideGamut3, arriWideGamut4, daVinciWideGamut, redWideGamut

    /// Red x, y, green x, y, blue x, y, white x, y.
    public var chromaticities: [Double] {
      let d65 = [0.3127, 0.3290]
      let aces = [0.32168, 0.33767]
      return switch self {
      case .rec709: [0.64, 0.33, 0.30, 0.60, 0.15, 0.06] + d65
      case .p3d65: [0.680, 0.320, 0.265, 0.690, 0.150, 0.060] + d65
      case .rec2020: [0.708, 0.292, 0.170, 0.797, 0.131, 0.046] + d65
      case .ap0: [0.7347, 0.2653, 0, 1, 0.0001, -0.0770] + aces
      case .ap1: [0.713, 0.293, 0.165, 0.830, 0.128, 0.044] + aces
      case .arriWideGamut3: [0.6840, 0.3130, 0.2210, 0.8480, 0.0861, -0.1020] + d65
      case .arriWideGamut4: [0.7347, 0.2653, 0.1424, 0.8576, 0.0991, -0.0308] + d65
      case .daVinciWideGamut: [0.8000, 0.3130, 0.1682, 0.9877, 0.0790, -0.1155] + d65
      case .redWideGamut: [0.780308, 0.304253, 0.121595, 1.493994, 0.095612, -0.084589] + d65
      }
    }
  }

  public enum Curve: Hashable, Sendable {
    case linear, sRGB, pq, hlg
    /// The camera's curve of ITU-R BT.709, and the display's of BT.1886. Files have one word for both.
    case rec709, rec1886
    case gamma(Double)
    /// Kodak's printing densities: Cineon.
    case printingDensity
    /// A camera's logarithm.
    case log
  }

  public var primaries: Primaries?
  public var curve: Curve?
  public var interopID: String?

  /// Nothing is known.
  public init() {}

  init(_ primaries: Primaries?, _ curve: Curve, _ interopID: String? = nil) {
    self.primaries = primaries
    self.curve = curve
    self.interopID = interopID
  }

  /// Numbers that are no colour.
  public static let data: ColorTags = {
    var tags = ColorTags()
    tags.interopID = "data"
    return tags
  }()

  /// Linear light, Rec.709 primaries: the working space of Bipack's own config.
  public static let linearRec709 = ColorTags(.rec709, .linear, "lin_rec709_scene")
  public static let sRGB = ColorTags(.rec709, .sRGB, "srgb_rec709_scene")

  /// A space of a config, known by its name or one of its aliases: those of our own config and of the
  /// Academy Software Foundation's mean the same everywhere.
  public init(_ space: ColorConfig.Space) {
    if space.isData {
      self = .data
      return
    }
    for name in [space.name] + space.aliases {
      if let known = Self.known[name.lowercased()] {
        self = known
        return
      }
    }
    if space.encoding == "log" { curve = .log }
  }

  private static let known: [String: ColorTags] = {
    var table: [String: ColorTags] = [:]
    for (names, tags) in rows {
      for name in names { table[name.lowercased()] = tags }
    }
    return table
  }()

  private static let rows: [([String], ColorTags)] = [
    (
      ["lin_rec709_srgb", "lin_rec709", "lin_rec709_scene", "Utility - Linear - Rec.709"],
      .linearRec709
    ),
    (
      ["lin_ap0", "lin_ap0_scene", "ACES2065-1", "ACES - ACES2065-1"],
      ColorTags(.ap0, .linear, "lin_ap0_scene")
    ),
    (
      ["lin_ap1", "lin_ap1_scene", "ACEScg", "ACES - ACEScg"],
      ColorTags(.ap1, .linear, "lin_ap1_scene")
    ),
    (
      ["lin_p3d65", "lin_p3d65_scene", "Utility - Linear - P3-D65"],
      ColorTags(.p3d65, .linear, "lin_p3d65_scene")
    ),
    (
      ["lin_rec2020", "lin_rec2020_scene", "Utility - Linear - Rec.2020"],
      ColorTags(.rec2020, .linear, "lin_rec2020_scene")
    ),
    (["lin_arri_wide_gamut_3"], ColorTags(.arriWideGamut3, .linear)),
    (["lin_arri_wide_gamut_4"], ColorTags(.arriWideGamut4, .linear)),
    (["lin_davinci_widegamut"], ColorTags(.daVinciWideGamut, .linear)),
    (["lin_redwidegamutrgb"], ColorTags(.redWideGamut, .linear)),
    (["acescct_ap1", "ACEScct", "acescc_ap1", "ACEScc"], ColorTags(.ap1, .log)),
    (["Cineon"], ColorTags(nil, .printingDensity)),

    (["srgb_tx", "srgb_texture", "srgb_rec709_scene", "Utility - sRGB - Texture"], .sRGB),
    (["camera_rec709", "Utility - Rec.709 - Camera"], ColorTags(.rec709, .rec709)),
    (["g18_rec709_tx", "g18_rec709"], ColorTags(.rec709, .gamma(1.8), "g18_rec709_scene")),
    (["g22_rec709_tx", "g22_rec709"], ColorTags(.rec709, .gamma(2.2), "g22_rec709_scene")),
    (["g24_rec709_tx", "g24_rec709"], ColorTags(.rec709, .gamma(2.4))),
    (["Gamma 2.6 Rec.709 - Texture"], ColorTags(.rec709, .gamma(2.6))),
    (
      ["srgb_encoded_p3d65_tx", "srgb_p3d65", "srgb_displayp3", "srgb_p3d65_scene"],
      ColorTags(.p3d65, .sRGB, "srgb_p3d65_scene")
    ),

    (["srgb_display", "srgb_rec709_display"], ColorTags(.rec709, .sRGB, "srgb_rec709_display")),
    (
      ["displayp3_display", "srgb_p3d65_display"], ColorTags(.p3d65, .sRGB, "srgb_p3d65_display")
    ),
    (
      ["rec1886_rec709_display", "g24_rec709_display"],
      ColorTags(.rec709, .rec1886, "g24_rec709_display")
    ),
    (["rec1886_rec2020_display"], ColorTags(.rec2020, .rec1886)),
    (["p3d65_display", "g26_p3d65_display"], ColorTags(.p3d65, .gamma(2.6), "g26_p3d65_display")),
    (["rec2100_pq_display", "pq_rec2020_display"], ColorTags(.rec2020, .pq, "pq_rec2020_display")),
    (
      ["rec2100_hlg_display", "hlg_rec2020_display"],
      ColorTags(.rec2020, .hlg, "hlg_rec2020_display")
    ),
    (["st2084_p3d65_display", "pq_p3d65_display"], ColorTags(.p3d65, .pq, "pq_p3d65_display")),
  ]
}

// MARK: - ITU-T H.273

extension ColorTags {
  /// The codes of ITU-T H.273 (CICP) for primaries and transfer, when it has both.
  public var codePoints: (primaries: UInt8, transfer: UInt8)? {
    let code: UInt8? =
      switch primaries {
      case .rec709: 1
      case .rec2020: 9
      case .p3d65: 12
      default: nil
      }
    let transfer: UInt8? =
      switch curve {
      case .rec709, .rec1886: primaries == .rec2020 ? 14 : 1
      case .linear: 8
      case .sRGB: 13
      case .pq: 16
      case .hlg: 18
      default: nil
      }
    guard let code, let transfer else { return nil }
    return (code, transfer)
  }

  /// The exponent of a pure power; 1 for linear light.
  public var exponent: Double? {
    switch curve {
    case .linear: 1
    case .gamma(let exponent): exponent
    default: nil
    }
  }
}
