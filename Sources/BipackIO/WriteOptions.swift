import BipackPixels

/// How to write a picture. Every setting has the default a comp department expects; settings that a
/// format does not know are ignored by it.
public struct WriteOptions: Hashable, Sendable {
  /// The codecs of EXR files.
  public enum Compression: String, CaseIterable, Sendable {
    case none, rle, zips, zip, piz, pxr24, b44, b44a, dwaa, dwab
  }

  /// What becomes of finite values beyond +-65504 in half channels. Infinities and NaN stay.
  public enum HalfOverflow: String, CaseIterable, Sendable {
    /// The largest half.
    case clamp
    case infinity
  }

  /// A channel and the name it has in the file.
  public struct Stored: Hashable, Sendable {
    public var channel: Channel
    public var name: String

    public init(_ channel: Channel, as name: String) {
      self.channel = channel
      self.name = name
    }
  }

  /// A part of an EXR: some of the picture's channels under a name of their own.
  public struct Part: Hashable, Sendable {
    /// Unlike that of every other part.
    public var name: String
    /// The view the part belongs to, if the file has several.
    public var view: String?
    public var channels: [Stored]

    public init(name: String, view: String? = nil, channels: [Stored]) {
      self.name = name
      self.view = view
      self.channels = channels
    }
  }

  /// Which channels; nil is all. A channel the image lacks is an error.
  public var channels: [Channel]?
  /// How samples are stored; nil is the format's usual (EXR half, PNG and TIFF 8 bits ...).
  public var type: SampleType?
  /// Exceptions to `type`, for EXR: depth as float in a half file.
  public var types: [Channel: SampleType] = [:]
  /// EXR's codec.
  public var compression = Compression.zip
  /// EXR: zip level 0-12 (default 4) or DWA level (default 45). PNG: 0-9 (default 2).
  public var level: Float?
  /// EXR: tiles instead of lines.
  public var tile: SubImage.TileSize?
  /// EXR: the pixels to write; nil is the image's data window. What lies outside the image is black.
  /// Formats without windows (PNG, JPEG ...) write the image's format.
  public var dataWindow: Rect?
  /// EXR: the parts of the file instead of one with `channels`; `split` makes them.
  public var parts: [Part] = []
  /// EXR with one part: the views its channels belong to, the main one first (`multiView`).
  public var views: [String] = []
  public var halfOverflow = HalfOverflow.clamp
  /// JPEG and WebP: 1-100.
  public var quality = 90
  /// Nil is the image's own. Of either, what describes another file stays behind (`Metadata.carried`).
  public var metadata: Metadata?
  /// What the picture was made from (`WrittenRecord`), for EXR and PNG.
  public var record: String?
  /// The file's colour is not premultiplied: the caller has divided by alpha (PNG always).
  public var isUnassociated = false
  /// What the file says of its colour space, in its format's own words, instead of what the metadata
  /// say; nil says nothing and keeps what was read.
  public var color: ColorTags?
  /// Make missing folders.
  public var createDirectories = true

  public init() {}

  /// The attributes that go into the file with a picture that has these.
  func carried(_ own: Metadata) -> Metadata {
    let metadata = (metadata ?? own).carried
    return color == nil ? metadata : metadata.withoutColor
  }
}
