/// The frame a picture is meant for: its display window and the shape of its pixels.
public struct Format: Hashable, Sendable {
  /// The display window; (0, 0) is its top-left corner unless a file says otherwise.
  public var window: Rect
  /// Width of a pixel divided by its height; 2 for anamorphic film.
  public var pixelAspect: Double

  public init(window: Rect, pixelAspect: Double = 1) {
    self.window = window
    self.pixelAspect = pixelAspect
  }

  public init(width: Int, height: Int, pixelAspect: Double = 1) {
    self.init(window: Rect(width: width, height: height), pixelAspect: pixelAspect)
  }

  public var width: Int { window.width }
  public var height: Int { window.height }
}
