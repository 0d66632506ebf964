public import BipackGraph

/// Every node that comes with Bipack.
public enum Catalog {
  /// One line per node, sorted by name.
  public static let nodes: [any Node.Type] = [
    Add.self,
    AddChannels.self,
    CheckerBoard.self,
    Clamp.self,
    ColorBars.self,
    ColorMatrix.self,
    Constant.self,
    Copy.self,
    Dissolve.self,
    Exposure.self,
    Expression.self,
    Gamma.self,
    Grade.self,
    Invert.self,
    KeyMix.self,
    Merge.self,
    Multiply.self,
    Noise.self,
    Premult.self,
    Radial.self,
    Ramp.self,
    Read.self,
    Remove.self,
    Saturation.self,
    Shuffle.self,
    Switch.self,
    Unpremult.self,
    Write.self,
  ]
}
