public import BipackGraph
public import BipackKernels

/// How nodes that move pixels read a picture between its pixels and beyond its edge.
public struct Resampling: ParamGroup {
  @Param("How the picture is read between its pixels.")
  public var filter = ResampleFilter.cubic

  @Param("Whether overshoot of the sharpening filters is cut off.")
  public var clamp = false

  @Param("Whether the picture is black outside, with soft edges; else its edge pixels are hard.")
  public var blackOutside = true

  public init() {}

  /// For frames that become one picture: nothing may become softer.
  static var sharp: Self {
    var resampling = Self()
    resampling.filter = .lanczos4
    return resampling
  }

  /// With hard edges unless asked for otherwise.
  static var hardEdged: Self {
    var resampling = Self()
    resampling.blackOutside = false
    return resampling
  }
}
