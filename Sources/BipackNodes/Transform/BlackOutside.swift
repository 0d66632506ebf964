public import BipackGraph
import BipackPixels

/// A black line around the picture.
public struct BlackOutside: WindowNode {
  public static let abstract = """
    Adds a black, transparent pixel on every side of the data window. Outside the window a picture is \
    black in any case; but filters told to repeat the edge pixels (Blur: `nearest`), and Crop with `crop` off, \
    then repeat black.
    """
  public static let category = "Transform"

  @Input("The picture.")
  public var source

  public init() {}

  func window(_ source: ImageSpec) throws(NodeError) -> Rect { source.dataWindow.expanded(1) }
}
