public import BipackGraph
public import BipackKernels
import BipackPixels

/// Takes a measured motion out of a shot, or gives it to another picture.
public struct Stabilize: Warping, TileNode {
  public static let abstract = """
    Takes a motion that an Align, a Track or a PlanarTrack measured out of a shot, so that what was followed \
    stands still, or with "mode": "matchMove" gives it to another picture, which then sits on what was followed: \
    `"motion": {"from": "align.matrix"}`. With `smooth` only what is faster than so many frames is taken out, and the way \
    of the camera stays. It is a link in a chain of transforms: one resample in all. Beyond the measured frames the motion \
    is that of the nearest one.
    """
  public static let category = "Transform"

  /// What is done with the motion.
  public enum Mode: String, ParamChoice {
    case stabilize, matchMove
  }

  @Input("The picture.")
  public var source

  @Param(
    "The motion over frames: matrices of three rows, as `{\"from\": \"align.matrix\"}` gives them.")
  public var motion = FrameCurve.still

  @Param("Whether the motion is taken out of the shot, or given to a picture that stands still.")
  public var mode = Mode.stabilize

  @Param(
    unit: .frames,
    "The frame whose picture stays as it is. When not given, the reference frame of what measured the motion."
  )
  public var referenceFrame = ReferenceFrame.unset

  @Param(
    "How much of the motion is used: translation moves only, similarity turns and scales too, affine leans, homography is all."
  )
  public var use = MotionModel.homography

  @Param(
    0...1000, unit: .frames,
    "Only shaking is taken out or given: the motion is compared with its own mean over so many frames, one standard deviation of a Gaussian. 0 uses all of it."
  )
  public var smooth = 0.0

  @Params public var resampling = Resampling()
  @Params public var blur = MotionBlur()

  public static let conditions: [ParamCondition] = [
    .only("referenceFrame", where: "smooth", "'smooth' is 0") { $0 == .number(0) }
  ]

  public init() {}

  public var sampleOffsets: [Double] { blur.offsets }
  public var isTimeVarying: Bool { true }

  public func plan(_ context: NodeContext) throws(NodeError) -> WarpPlan {
    let format = context.main.format
    let moments = try MapMoments(
      of: self, context,
      atFrames: { node, frame throws(NodeError) in
        Map(try node.matrix(frame, format, context.proxy))
      })
    return WarpPlan(moments, resampling, format: format)
  }

  private func matrix(_ frame: Double, _ format: Format, _ proxy: Double) throws(NodeError)
    -> Matrix3
  {
    // Everything is said at full size.
    let rect = RealRect(format.window)
    let full = RealRect(
      x0: rect.x0 * proxy, y0: rect.y0 * proxy, x1: rect.x1 * proxy, y1: rect.y1 * proxy)
    return try correction(frame, full).coarser(by: proxy)
  }

  /// What the picture is moved by at a frame, at full size.
  func correction(_ frame: Double, _ full: RealRect) throws(NodeError) -> Matrix3 {
    let measured = try used(frame, full)
    let still =
      if smooth > 0 {
        try smoothed(frame, full)
      } else if case .at(let reference) = referenceFrame {
        try used(reference, full)
      } else {
        Matrix3.identity
      }
    let (from, to) = mode == .stabilize ? (measured, still) : (still, measured)
    guard let back = from.inverse else { throw .flatMotion("motion", frame) }
    return to * back
  }

  /// The motion at a frame, as much of it as is used.
  private func used(_ frame: Double, _ rect: RealRect) throws(NodeError) -> Matrix3 {
    let matrix = try motion.motion("motion", at: frame)
    if matrix == .identity { return matrix }
    guard let part = MotionFit.reduced(matrix, to: use, over: rect) else {
      throw .flatMotion("motion", frame)
    }
    return part
  }

  /// The mean of the motion around a frame: of where it takes the corners.
  private func smoothed(_ frame: Double, _ rect: RealRect) throws(NodeError) -> Matrix3 {
    let corners = [(rect.x0, rect.y0), (rect.x1, rect.y0), (rect.x1, rect.y1), (rect.x0, rect.y1)]
    var sums = corners.map { _ in (x: 0.0, y: 0.0) }
    var total = 0.0
    let reach = Int((3 * smooth).rounded(.up))
    for step in -reach...reach {
      let t = Double(step) / smooth
      let weight = PortableMath.exp(-0.5 * t * t)
      // Before the first frame and after the last it goes on as it came.
      let matrix = try used(frame + Double(step), rect)
      for (i, corner) in corners.enumerated() {
        guard let to = matrix.apply(corner.0, corner.1) else {
          throw .flatMotion("motion", frame + Double(step))
        }
        sums[i].x += weight * to.x
        sums[i].y += weight * to.y
      }
      total += weight
    }
    let means = sums.map { (x: $0.x / total, y: $0.y / total) }
    guard let matrix = Matrix3.homography(from: corners.map { (x: $0.0, y: $0.1) }, to: means)
    else {
      throw .flatMotion("motion", frame)
    }
    return matrix
  }
}
