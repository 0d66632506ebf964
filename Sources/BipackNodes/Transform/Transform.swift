public import BipackGraph
import BipackKernels
import BipackPixels

/// Moves, turns, scales and skews a picture.
public struct Transform: Warping, TileNode {
  public static let abstract = """
    Moves, turns, scales and skews a picture about a centre: scale first, then skew, rotation and \
    translation. y is down: a positive y translation moves the picture DOWN (in Nuke, up). Rotation \
    is counter-clockwise and skew leans as in Nuke. Transforms, pins and lenses in a row are one resample, by the last \
    one's filter, and one motion blur, by the shutter of the last one that has any. Where the picture shrinks the filter is widened in that direction, so that nothing is skipped; \
    Natron averages bilinear samples instead. `cubic` is Nuke's, the smooth step (B, C) = (0, 0); \
    `lanczos6` is what others call Lanczos 3. Parzen, mitchell and notch soften even without \
    movement, but a transform that does nothing passes its input on untouched.
    """
  public static let category = "Transform"

  /// Which skew comes first.
  public enum SkewOrder: String, ParamChoice {
    case xy = "XY"
    case yx = "YX"
  }

  @Input("The picture to transform.")
  public var source

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

  @Param("Whether to do the opposite.")
  public var invert = false

  @Params public var resampling = Resampling()
  @Params public var motion = MotionBlur()

  public init() {}

  public var sampleOffsets: [Double] { motion.offsets }

  /// From source to output. The formulas are Nuke's, turned to y down.
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

  private func forward(_ format: Format) throws(NodeError) -> Matrix3 {
    let matrix = matrix(format)
    if !invert { return matrix }
    guard let inverse = matrix.inverse else {
      throw NodeError("a transform that squeezes the picture into a line cannot be inverted")
    }
    return inverse
  }

  public func plan(_ context: NodeContext) throws(NodeError) -> WarpPlan {
    let format = context.main.format
    let moments = try MapMoments(of: self, context) { node throws(NodeError) in
      try node.forward(format)
    }
    return WarpPlan(moments, resampling, format: format)
  }
}
