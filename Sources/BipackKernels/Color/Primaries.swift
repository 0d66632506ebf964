/// What red, green, blue and white are: their chromaticities, and so the way to CIE XYZ.
public enum Primaries: String, CaseIterable, Sendable {
  /// ITU-R BT.709, which are sRGB's too; white D65.
  case rec709
  /// ITU-R BT.2020; white D65.
  case rec2020
  /// DCI-P3's red, green and blue with white D65.
  case p3d65
  /// ACES2065-1 (SMPTE ST 2065-1); white about D60.
  case acesAP0 = "acesap0"
  /// ACEScg (Academy S-2014-004); white about D60.
  case acesAP1 = "acesap1"

  /// x and y of red, green, blue and white, as the standards give them.
  package var chromaticities: [(x: Double, y: Double)] {
    switch self {
    case .rec709: [(0.64, 0.33), (0.3, 0.6), (0.15, 0.06), (0.3127, 0.329)]
    case .rec2020: [(0.708, 0.292), (0.17, 0.797), (0.131, 0.046), (0.3127, 0.329)]
    case .p3d65: [(0.68, 0.32), (0.265, 0.69), (0.15, 0.06), (0.3127, 0.329)]
    case .acesAP0: [(0.7347, 0.2653), (0, 1), (0.0001, -0.077), (0.32168, 0.33767)]
    case .acesAP1: [(0.713, 0.293), (0.165, 0.83), (0.128, 0.044), (0.32168, 0.33767)]
    }
  }

  /// XYZ of white, Y being 1.
  package var white: [Double] { Self.xyz(chromaticities[3].x, chromaticities[3].y) }

  /// From linear light in these primaries to XYZ, by SMPTE RP 177: white (1, 1, 1) has a Y of 1.
  package var toXYZ: ColorMatrix3 {
    let columns = chromaticities.prefix(3).map { Self.xyz($0.x, $0.y) }
    let mixed = ColorMatrix3((0..<3).flatMap { row in columns.map { $0[row] } })
    let amounts = mixed.inverse?.apply(white) ?? [1, 1, 1]
    return mixed * .diagonal(amounts[0], amounts[1], amounts[2])
  }

  /// From XYZ back.
  package var fromXYZ: ColorMatrix3 { toXYZ.inverse ?? .identity }

  /// XYZ of a chromaticity, Y being 1.
  package static func xyz(_ x: Double, _ y: Double) -> [Double] { [x / y, 1, (1 - x - y) / y] }
}
