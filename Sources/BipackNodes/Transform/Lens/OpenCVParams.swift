public import BipackGraph
import BipackKernels
import BipackPixels

/// A lens as OpenCV's `calibrateCamera` gives it.
public struct OpenCVParams: ParamGroup {
  @Param(
    0...1_048_576, unit: .pixels,
    "Focal length in pixels across and down (OpenCV's fx and fy); 0 is the width of the format.")
  public var focal: Vec2 = 0

  @Param(
    unit: .pixels,
    "Where the lens's axis meets the picture: OpenCV's (cx, cy) and half a pixel, since pixels begin at whole numbers here. When not given, the middle of the format."
  )
  public var principal = Center.middle

  @Param("Radial term of the second degree.") public var k1 = 0.0
  @Param("Radial term of the fourth degree.") public var k2 = 0.0
  @Param("Radial term of the sixth degree.") public var k3 = 0.0
  @Param("Radial term of the second degree below the line.") public var k4 = 0.0
  @Param("Radial term of the fourth degree below the line.") public var k5 = 0.0
  @Param("Radial term of the sixth degree below the line.") public var k6 = 0.0
  @Param("Tangential term, mostly downwards.") public var p1 = 0.0
  @Param("Tangential term, mostly sideways.") public var p2 = 0.0

  public static let conditions: [ParamCondition] = [
    .only(
      "focal", "principal", "k1", "k2", "k3", "k4", "k5", "k6", "p1", "p2", where: "model",
      is: "opencv")
  ]

  public init() {}

  func map(_ format: Format, _ direction: LensDirection) throws(NodeError) -> Map {
    let radial = [k1, k2, k3, k4, k5, k6]
    if radial.allSatisfy({ $0 == 0 }) && p1 == 0 && p2 == 0 { return .identity }
    let width = Double(max(1, format.width))
    let center = principal.point(in: format)
    return Map(
      OpenCVLens(
        focal: (focal.x > 0 ? focal.x : width, focal.y > 0 ? focal.y : width * format.pixelAspect),
        center: (center.x, center.y), radial: radial, tangential: (p1, p2), direction: direction))
  }
}
