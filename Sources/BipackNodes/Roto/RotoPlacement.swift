public import BipackGraph
import BipackKernels
import BipackPixels

/// How a shape or a layer of shapes is moved.
public struct RotoPlacement: ParamGroup {
  @Params public var placement = Placement()

  @Param(
    "A homography applied after all of these, in pixels of the full size: that of a plane that was tracked."
  )
  public var matrix = Matrix.identity

  public init() {}

  /// From where it is drawn to where it goes, at the scale of a proxy.
  func map(_ format: Format, proxy: Double) -> Matrix3 {
    let full = Matrix3(matrix.elements)
    return (proxy == 1 ? full : full.coarser(by: proxy)) * placement.matrix(format)
  }
}
