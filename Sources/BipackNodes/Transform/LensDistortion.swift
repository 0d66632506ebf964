public import BipackGraph
import BipackKernels
import BipackPixels

/// Takes the distortion of a lens out of a picture, or puts it in.
public struct LensDistortion: Warping, TileNode {
  public static let abstract = """
    Takes the distortion of a lens out of a picture (`undistort`), so that straight lines are straight, or puts it into \
    one that has none (`distort`), as a tracking program measured it. Nothing is lost at the rim: the data window grows \
    by what is bent beyond the format (by three formats on each side at most), so that undistort, work, distort comes back to the plate, and \
    the two alone in a chain are nothing at all. The way that the model has no formula for is found by Newton's \
    method, to a hundred-millionth of the model's unit. Where a model folds back on itself there is \
    no picture. Lenses are links in a chain of transforms, which is one resample in all.
    """
  public static let category = "Transform"

  /// The formula.
  public enum Model: String, ParamChoice {
    /// Brown and Conrady's, with OpenCV's numbers.
    case opencv
    /// 3DEqualizer's Radial - Standard, Degree 4.
    case radial4 = "3de4-radial-standard-degree-4"
  }

  /// What is done.
  public enum Direction: String, ParamChoice {
    case undistort, distort
  }

  @Input("The picture.")
  public var source

  @Param("The formula of the lens.")
  public var model = Model.opencv

  @Param("Whether the lens is taken out of the picture or put into it.")
  public var direction = Direction.undistort

  @Params public var opencv = OpenCVParams()
  @Params public var radial4 = Radial4Params()
  @Params public var resampling = Resampling()

  public init() {}

  private func map(_ format: Format) throws(NodeError) -> Map {
    let direction: LensDirection = direction == .undistort ? .undistort : .distort
    return switch model {
    case .opencv: try opencv.map(format, direction)
    case .radial4: try radial4.map(format, direction)
    }
  }

  public func plan(_ context: NodeContext) throws(NodeError) -> WarpPlan {
    let format = context.warped.format
    let moments = try MapMoments(of: self, context) { node throws(NodeError) in
      try node.map(format)
    }
    return WarpPlan(moments, resampling, format: format)
  }
}
