public import BipackGraph
import BipackPixels

/// Makes the data window larger or smaller.
public struct AdjustBBox: WindowNode {
  public static let abstract = """
    Makes the data window (bounding box) larger or smaller by so many pixels on each side; the format \
    stays. What is added is black and transparent, as everywhere outside a data window in Bipack (in \
    Nuke's AdjBBox the edge pixels go on); what is cut off is gone.
    """
  public static let category = "Transform"

  @Input("The picture.")
  public var source

  @Param(
    unit: .pixels,
    """
    Pixels added left and right, and above and below, in whole pixels; negative ones cut the \
    window.
    """)
  public var numpixels: Vec2 = 0

  public init() {}

  func window(_ source: ImageSpec) throws(NodeError) -> Rect {
    guard abs(numpixels.x) <= Double(largestSide), abs(numpixels.y) <= Double(largestSide) else {
      throw NodeError("numpixels is more than \(largestSide)")
    }
    return source.dataWindow.expanded(
      x: Int(numpixels.x.rounded()), y: Int(numpixels.y.rounded()))
  }
}
