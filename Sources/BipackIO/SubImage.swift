import BipackPixels

/// How a file stores the samples of a channel.
public enum SampleType: String, Sendable, CaseIterable {
  case uint8, uint16, uint32, half, float, double
  /// Something else (10-bit packed, palettes of 1, 2, 4 bits ...), read as the next larger type.
  case other

  /// Whether stored values are integers standing for 0...1 rather than numbers.
  public var isCoded: Bool { self == .uint8 || self == .uint16 || self == .other }
}

/// Which codec an image file is made with.
public enum ImageFormat: String, Sendable {
  case exr, png
  /// Everything OpenImageIO reads.
  case other
}

/// One picture in a file: an EXR part, a TIFF page, or the file itself.
public struct SubImage: Hashable, Sendable {
  /// Position in the file.
  public var index: Int
  public var name: String?
  /// The stereo view it belongs to, as the file names it.
  public var view: String?
  /// The views whose channels it holds, the main one first; empty unless there are several.
  public var views: [String] {
    if case .strings(let list) = spec.metadata["multiView"], list.count > 1 { return list }
    return []
  }
  /// What reading this sub-image alone gives.
  public var spec: ImageSpec
  /// How each channel of `spec` is stored.
  public var types: [Channel: SampleType]
  /// `zip`, `piz`, `dwaa`, `lzw` ... as the format calls it.
  public var compression: String
  /// Width and height of the file's tiles; nil when it is stored in lines.
  public var tile: TileSize?
  /// Colour is *not* multiplied by alpha in the file: PNG, and others that are or say so. Of formats that
  /// do not say, `ImageFile.source` and `read` know, by their pixels; `info` does not look at them.
  public var isUnassociated = false
  /// Values stand for display code values (8/16-bit integers) rather than scene-linear light.
  public var isCoded = false
  /// Read by `ImageFile.readDeep`, not by `read`.
  public var isDeep = false
  /// Memory that reading it takes beside the picture; 0 where it comes in small pieces.
  public var decodingBytes = 0
  /// Frames in it; stills have one.
  public var frameCount = 1

  public struct TileSize: Hashable, Sendable {
    public var width: Int
    public var height: Int

    public init(width: Int, height: Int) {
      self.width = width
      self.height = height
    }
  }
}

/// What to read of a file.
public struct ReadOptions: Hashable, Sendable {
  public enum Selection: Hashable, Sendable {
    /// The whole picture: of a multi-part EXR, all flat parts that share the first one's display
    /// window, merged; of other files, the first sub-image.
    case merged
    case index(Int)
    case name(String)
  }

  public var selection = Selection.merged
  /// Only these channels, by the names `ImageFile.info` lists (or the merged picture has).
  public var channels: [Channel]?
  /// Only these layers; `""` and `"rgba"` are the root.
  public var layers: [String]?
  /// Only the tiles that touch this rectangle need to be present in the result.
  public var region: Rect?
  /// Channels exactly as the file has them: no names put in order, no conversion of luminance and
  /// chroma to RGB.
  public var raw = false
  public var limits = ImageLimits.trusted
  /// The red, green and blue of black, which parts of a merged EXR have outside their own data windows:
  /// not 0 where the file's numbers are a logarithm. Alpha and other channels are 0 there.
  public var black: [Float] = [0, 0, 0]

  public init() {}
}

/// A picture read from a file, with what the caller must know to use its numbers.
public struct ReadImage: Sendable {
  public var image: Image
  /// The sub-image it came from (of a merged EXR: the first).
  public var source: SubImage
  /// See `SubImage.isUnassociated`: decode the colour curve, then call `premultiplied`.
  public var isUnassociated: Bool { source.isUnassociated }
  /// See `SubImage.isCoded`.
  public var isCoded: Bool { source.isCoded }
}
