public import BipackGraph
import BipackKernels
import BipackPixels

/// Moves pixels to where a picture says.
public struct STMap: Warping, TileNode {
  public static let abstract = """
    Reads the source where the pixels of a map say, as Nuke's node of that name: u runs from 0 at the left \
    edge of the source's format to 1 at the right, v from 0 at the bottom to 1 at the top, so that the \
    middle of the first pixel is 0.5 / width. The result has the size of the map. Where the map \
    shrinks the source the filter is widened by as much, in that direction. A pixel of the map that is not a \
    number, or whose alpha is 0, says nothing and is black. The map is a link in a chain of transforms, which \
    is one resample in all; between its pixels it is interpolated linearly. Beyond the map there is nothing: \
    where a transform follows, the picture ends there without a soft rim.
    """
  public static let category = "Transform"

  @Input("The picture that is read.")
  public var source

  @Input("The map.")
  public var stmap

  @Param("The two channels of the map that hold u and v: `R,G`, or a layer of two, as `forward`.")
  public var uv: ChannelSet = "R,G"

  @Param("Whether a map with an alpha says nothing where that is 0.")
  public var useAlpha = true

  @Param(
    "Whether v is 0 at the top, as in maps made outside compositing programs (Nuke's: at the bottom)."
  )
  public var flipV = false

  @Params public var resampling = Resampling()

  public init() {}

  public func identity(_ context: NodeContext) -> Int? {
    context.spec(stmap) == nil ? source.slot : nil
  }

  public func plan(_ context: NodeContext) throws(NodeError) -> WarpPlan {
    guard let map = context.spec(stmap) else {
      return WarpPlan(MapMoments(Map.identity), resampling, format: context.warped.format)
    }
    let channels = uv.words.flatMap { word in map.channels.filter(word.matches) }
    guard channels.count == 2 else {
      let names = channels.map(\.name).joined(separator: ", ")
      throw NodeError(
        "uv must name two channels of the map; '\(uv.text)' names "
          + (channels.isEmpty ? "none" : "\(channels.count): \(names)") + "; it has "
          + map.channels.map(\.name).joined(separator: ", "))
    }
    let alpha = useAlpha && map.has(.alpha) && !channels.contains(.alpha) ? Channel.alpha : nil
    let moments = MapMoments(
      Map(
        PictureMap(
          slot: stmap.slot, u: channels[0], v: channels[1], alpha: alpha, window: map.dataWindow,
          frame: context.warped.format.window, isDown: flipV)))
    return WarpPlan(moments, resampling, format: map.format)
  }
}
