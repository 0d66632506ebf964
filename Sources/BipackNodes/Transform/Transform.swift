public import BipackGraph
import BipackKernels
import BipackPixels

/// Moves, turns, scales and skews a picture.
@dynamicMemberLookup
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

  @Input("The picture to transform.")
  public var source

  @Params public var placement = Placement()

  @Param("Whether to do the opposite.")
  public var invert = false

  @Params public var resampling = Resampling()
  @Params public var motion = MotionBlur()

  public init() {}

  public var sampleOffsets: [Double] { motion.offsets }

  /// Its placement's parameters are its own.
  public subscript<Part>(dynamicMember part: WritableKeyPath<Placement, Part>) -> Part {
    get { placement[keyPath: part] }
    set { placement[keyPath: part] = newValue }
  }

  private func forward(_ format: Format) throws(NodeError) -> Matrix3 {
    let matrix = placement.matrix(format)
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
