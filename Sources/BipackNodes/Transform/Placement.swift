public import BipackGraph
import BipackKernels
import BipackPixels

/// How something is moved, turned, scaled and skewed about a centre: a picture, a shape, a layer of shapes.
public struct Placement: ParamGroup {
  /// Which skew comes first.
  public enum SkewOrder: String, ParamChoice {
    case xy = "XY"
    case yx = "YX"
  }

  @Param(unit: .pixels, "Movement in x and y; positive is right and down.")
  public var translate: Vec2 = 0

  @Param(unit: .degrees, "Rotation; positive is counter-clockwise.")
  public var rotate = 0.0

  @Param("Scale in x and y; 1 keeps the size, negative mirrors.")
  public var scale: Vec2 = 1

  @Param("Skew along x; positive moves the top right, 1 by 45 degrees.")
  public var skewX = 0.0

  @Param("Skew along y; positive moves the right side up, 1 by 45 degrees.")
  public var skewY = 0.0

  @Param("Which skew is applied last.")
  public var skewOrder = SkewOrder.xy

  @Param(
    unit: .pixels,
    "The point that rotation, scale and skew leave in place; when not given, the middle of the format."
  )
  public var center = Center.middle

  public init() {}

  /// From where things are to where they go. The formulas are Nuke's, turned to y down.
  func matrix(_ format: Format) -> Matrix3 {
    let center = center.point(in: format)
    let x = Matrix3([1, -skewX, 0, 0, 1, 0, 0, 0, 1])
    let y = Matrix3([1, 0, 0, -skewY, 1, 0, 0, 0, 1])
    let skew = skewOrder == .xy ? x * y : y * x
    let turn = Matrix3.rotation(degrees: rotate)
    let about = turn * skew * Matrix3.scale(scale.x, scale.y)
    return Matrix3.translation(center.x + translate.x, center.y + translate.y) * about
      * Matrix3.translation(-center.x, -center.y)
  }
}
