/// A picture: what is known of it (`spec`) and its pixels, one `TiledPlane` per channel.
///
/// The conventions of the whole engine, in one place:
/// - Planar 32-bit float, scene-linear, colour premultiplied by alpha. Values below 0 and above 1
///   are ordinary.
/// - Pixel (0, 0) is top left, y grows downward, pixel centres lie at +0.5 (as in EXR and
///   OpenImageIO; Nuke counts y upward).
/// - The *format* is the frame meant to be seen; the *data window* is the pixels that exist. Outside
///   the data window an image is black and transparent.
/// - Channels have EXR names (`R`, `depth.Z`); `R G B A` is the root layer. An absent channel reads
///   as 0.
/// - Pixels of a block outside the data window are undefined; nothing may look at them. Windows and
///   strips, the only ways to read, give black there.
///
/// An image is a value and never changes once shared; copying it shares its blocks.
public struct Image: Sendable {
  public var spec: ImageSpec
  public let grid: TileGrid
  private var planes: [Channel: TiledPlane] = [:]

  /// An image with no pixels yet; every channel reads as absent tiles until set.
  public init(spec: ImageSpec, grid: TileGrid = .standard) {
    self.spec = spec
    self.grid = grid
  }

  public var format: Format { spec.format }
  public var dataWindow: Rect { spec.dataWindow }
  public var channels: [Channel] { spec.channels }

  /// The pixels of a channel; nil when the image does not have it.
  public subscript(channel: Channel) -> TiledPlane? {
    get { planes[channel] }
    set { planes[channel] = newValue }
  }

  /// Bytes of the blocks it holds.
  public var bytes: Int { planes.values.reduce(0) { $0 + $1.bytes } }

  /// Whether all of `channels` (those the image has) are present in `region`.
  public func isComplete(in region: Rect, channels: [Channel]) -> Bool {
    let tiles = grid.tiles(covering: region.intersection(dataWindow))
    return channels.allSatisfy { planes[$0]?.isComplete(in: tiles) ?? !spec.has($0) }
  }

  /// The value of one pixel; 0 outside the data window and in absent channels. For tests and
  /// probes: reading a picture this way is slow.
  public func value(_ channel: Channel, x: Int, y: Int) -> Float {
    guard dataWindow.contains(x: x, y: y), let plane = planes[channel] else { return 0 }
    switch plane[x >> grid.log2Size, y >> grid.log2Size] {
    case nil: return 0
    case .constant(let value)?: return value
    case .block(let block)?:
      let mask = grid.size - 1
      return block.base[(y & mask) * grid.size + (x & mask)]
    }
  }

  /// Adds the tiles that `other` has in `part`, for pictures that are made piece by piece. Planes this
  /// image does not have yet are given room for all of `whole`.
  package mutating func gather(_ other: Image, _ part: Rect, of whole: Rect) {
    let tiles = grid.tiles(covering: part)
    for (channel, plane) in other.planes {
      var gathered = planes[channel] ?? TiledPlane(grid: grid, tiles: grid.tiles(covering: whole))
      gathered.gather(plane, tiles)
      planes[channel] = gathered
    }
  }
}
