public import BipackGraph
import BipackKernels

/// The colour of a screen, as keyers and their helpers are told it.
public enum ScreenColor: String, ParamChoice {
  /// Green or blue, whichever there is more of; its exact colour is found in the picture.
  case auto
  case green
  case blue
  /// The colour picked.
  case pick

  func primary(_ picked: ColorValue) -> ScreenFit.Primary {
    switch self {
    case .auto: .auto
    case .green: .channel(1)
    case .blue: .channel(2)
    case .pick: .color(SIMD3(picked.r, picked.g, picked.b))
    }
  }
}
