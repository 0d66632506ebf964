public import BipackGraph
import BipackKernels
import BipackPixels

/// Fits a picture to another format.
public struct Reformat: Warping, TileNode {
  public static let abstract = """
    Fits a picture to another format: a named one or the document's (`format`), a box of a given size \
    (`box`), or its own scaled (`scale`). Nuke's `type` is called `to` here. Fit shows all of it, fill covers the format, distort fills both \
    sides exactly. Where it shrinks the filter is widened by the scale. Turn is 90 degrees \
    counter-clockwise. What falls outside the new format is cut off unless `preserveBox` is on.
    """
  public static let category = "Transform"

  /// What the new format is.
  public enum Kind: String, ParamChoice {
    /// The format named by `format`.
    case format
    /// A box of `size`; without `fixed`, only the side that `resize` goes by.
    case box
    /// The input's format times `scale`.
    case scale
  }

  /// How the picture is made to fit.
  public enum Resize: String, ParamChoice {
    case none, width, height, fit, fill, distort
  }

  @Input("The picture to reformat.")
  public var source

  @Param("What the new format is.")
  public var to = Kind.format

  @Param(
    "The format: a name such as HD_1080, or a size such as `1920x1080`; empty for the document's.")
  public var format = FormatName.document

  @Param(0...1_048_576, unit: .pixels, "Width and height of the box.")
  public var size: Vec2 = 200

  @Param(.above(0), "Shape of a pixel of the box, width by height.")
  public var pixelAspect = 1.0

  @Param("Whether a box keeps exactly its size, whatever the shape of the picture.")
  public var fixed = false

  @Param(0...1024, "Scale in x and y for `scale`.")
  public var scale: Vec2 = 1

  @Param(
    "How the picture is made to fit: by its width, its height, so that it fits, fills, or both.")
  public var resize = Resize.width

  @Param("Whether the picture is centred; else it starts at the top left.")
  public var center = true

  @Param("Whether top and bottom change places.")
  public var flip = false

  @Param("Whether left and right change places.")
  public var flop = false

  @Param("Whether the picture is turned by 90 degrees counter-clockwise.")
  public var turn = false

  @Params public var resampling = Resampling.hardEdged

  @Param("Whether pixels outside the new format are kept.")
  public var preserveBox = false

  public static let conditions: [ParamCondition] = [
    .only("format", where: "to", is: "format").asError,
    .only("size", "pixelAspect", "fixed", where: "to", is: "box").asError,
    .only("scale", where: "to", is: "scale").asError,
  ]

  public init() {}

  public func plan(_ context: NodeContext) throws(NodeError) -> WarpPlan {
    let format = try placed(context).format
    let moments = try MapMoments(of: self, context) { node throws(NodeError) in
      try node.placed(context).matrix
    }
    return WarpPlan(
      moments, resampling, format: format, crop: preserveBox ? nil : format.window)
  }

  /// Where the picture goes, and the format it ends in.
  private func placed(_ context: NodeContext) throws(NodeError) -> (matrix: Matrix3, format: Format)
  {
    let input = context.main.format
    var (width, height) = (Double(input.width), Double(input.height))
    if turn { swap(&width, &height) }
    guard width > 0, height > 0 else { throw NodeError("the input has an empty format") }
    var target: (width: Double, height: Double)
    var aspect = pixelAspect
    switch to {
    case .format:
      let chosen = try format.resolve(context)
      target = (Double(chosen.width), Double(chosen.height))
      aspect = chosen.pixelAspect
    case .box:
      target = (size.x, size.y)
    case .scale:
      target = (max(1, (width * scale.x).rounded()), max(1, (height * scale.y).rounded()))
      aspect = input.pixelAspect
    }
    // Shapes of pixels: lengths in x are compared in square pixels.
    let shape = (turn ? 1 / input.pixelAspect : input.pixelAspect) / aspect
    let mode = chosen(width * shape, height, target)
    var sx = target.width / width
    var sy = target.height / height
    switch mode {
    case .none: (sx, sy) = (1, 1)
    case .width: sy = sx / shape
    case .height: sx = sy * shape
    default: break
    }
    if to == .box, !fixed {
      // The other side follows the picture.
      if mode == .width { target.height = max(1, (height * sy).rounded()) }
      if mode == .height { target.width = max(1, (width * sx).rounded()) }
    }
    target = (max(1, target.width.rounded()), max(1, target.height.rounded()))
    guard target.width <= Double(largestSide), target.height <= Double(largestSide) else {
      throw NodeError(
        "the new format would be \(Int(min(target.width, 1e9))) x \(Int(min(target.height, 1e9))) "
          + "pixels; at most \(largestSide) on a side are possible")
    }
    let format = Format(
      width: Int(target.width), height: Int(target.height), pixelAspect: aspect)
    return (matrix(input.window, width, height, sx, sy, target), format)
  }

  /// Fit and fill go by one side.
  private func chosen(_ width: Double, _ height: Double, _ target: (width: Double, height: Double))
    -> Resize
  {
    if to == .scale { return .distort }
    let isWide = target.width * height > target.height * width
    switch resize {
    case .fit: return isWide ? .height : .width
    case .fill: return isWide ? .width : .height
    default: return resize
    }
  }

  /// Turn and mirror inside the format, scale, then centre.
  private func matrix(
    _ window: Rect, _ width: Double, _ height: Double, _ sx: Double, _ sy: Double,
    _ target: (width: Double, height: Double)
  ) -> Matrix3 {
    var matrix = Matrix3.translation(-Double(window.x0), -Double(window.y0))
    if turn { matrix = Matrix3([0, 1, 0, -1, 0, height, 0, 0, 1]) * matrix }
    if flip { matrix = Matrix3([1, 0, 0, 0, -1, height, 0, 0, 1]) * matrix }
    if flop { matrix = Matrix3([-1, 0, width, 0, 1, 0, 0, 0, 1]) * matrix }
    matrix = Matrix3.scale(sx, sy) * matrix
    guard center else { return matrix }
    let x = (target.width - width * sx) / 2
    let y = (target.height - height * sy) / 2
    // Without resizing pixels stay whole.
    let isStill = sx == 1 && sy == 1
    return Matrix3.translation(
      isStill ? x.rounded(.down) : x, isStill ? y.rounded(.down) : y) * matrix
  }
}
