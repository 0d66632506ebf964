/// The operations of a merge. Names are Nuke's; those Nuke lacks are named as Natron and GIMP name
/// them.
public enum MergeOperation: String, CaseIterable, Sendable {
  case atop
  case average
  case color
  case colorBurn = "color-burn"
  case colorDodge = "color-dodge"
  case conjointOver = "conjoint-over"
  case copy
  case difference
  case disjointOver = "disjoint-over"
  case divide
  case exclusion
  case freeze
  case from
  case geometric
  case grainExtract = "grain-extract"
  case grainMerge = "grain-merge"
  case hardLight = "hard-light"
  case hue
  case hypot
  case `in`
  case luminosity
  case mask
  case matte
  case max
  case min
  case minus
  case multiply
  case out
  case over
  case overlay
  case pinlight
  case plus
  case reflect
  case saturation
  case screen
  case softLight = "soft-light"
  case softLightNuke = "soft-light-nuke"
  case stencil
  case under
  case xor

  /// Whether red, green and blue must be worked out together.
  package var isSeparable: Bool {
    switch self {
    case .color, .hue, .luminosity, .saturation: false
    default: true
    }
  }

  /// Whether the result's alpha is a + b - ab whatever the formula, because the formula itself would
  /// make no sense of an alpha.
  package var joinsAlphas: Bool { self == .matte || !isSeparable }

  /// Whether alpha masking changes anything: the Porter-Duff operations mind alpha already, and for
  /// `screen` both ways are the same.
  package var isMaskable: Bool {
    switch self {
    case .atop, .conjointOver, .copy, .disjointOver, .in, .mask, .matte, .out, .over, .screen,
      .stencil, .under, .xor:
      false
    default: isSeparable
    }
  }
}
