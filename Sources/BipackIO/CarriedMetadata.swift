import BipackPixels

/// Which attributes of a picture go with it from the file it was read from into one that is written:
/// all but those that would lie there.
///
/// - What describes the file itself never goes along: its container, compression, bit depth, the
///   program that wrote it and when it did (`carried`).
/// - What describes its colour goes along only as long as nobody has converted or restated it
///   (`withoutColor`).
///
/// What Bipack writes instead is said by `ColorTags`, and by the writer of each format.
extension Metadata {
  /// Without what describes the file it came from.
  public var carried: Metadata { filter { !Self.describesFile($0) } }

  /// Whether a name can go with a picture into a file: one that does not describe the file itself, and that
  /// EXR can hold.
  public static func isKept(_ name: String) -> Bool {
    !describesFile(name) && EXRAttributes.canHold(name)
  }

  private static func describesFile(_ key: String) -> Bool {
    WrittenRecord.isOwn(key) || ofFile.contains(folded(key)) || hasPrefix(key)
  }

  /// Without what describes the encoding of its colour.
  public var withoutColor: Metadata { filter { !Self.ofColor.contains(Self.folded($0)) } }

  /// PNG's texts have the format's name before them; other names are compared without case.
  private static func folded(_ key: String) -> String {
    let name = key.lowercased()
    return name.hasPrefix("png/") ? String(name.dropFirst(4)) : name
  }

  /// Attributes of one format, as OpenImageIO calls them: `jpeg:subsampling`.
  private static func hasPrefix(_ key: String) -> Bool {
    guard let colon = key.utf8.firstIndex(of: UInt8(ascii: ":")) else { return false }
    return formats.contains(key[..<colon].lowercased())
  }

  private static let formats: Set<String> = [
    "oiio", "openexr", "tiff", "jpeg", "jpeg2000", "png", "dpx", "cineon", "targa", "bmp", "sgi",
    "psd", "photoshop", "gif", "webp", "ico", "dds", "fits", "hdr", "rgbe", "heif", "heic", "avif",
    "iff", "pnm", "rla", "softimage", "pic", "zfile", "raw", "ffmpeg", "iccprofile", "maketx",
  ]

  private static let ofFile: Set<String> = [
    // Container and storage.
    "compression", "compressionquality", "bitdepth", "bitspersample", "planarconfiguration",
    "orientation", "pixelaspectratio", "dwacompressionlevel", "textureformat", "fovcot",
    "acesimagecontainerflag", "thumbnail_image", "thumbnail_width", "thumbnail_height",
    "thumbnail_nchannels", "exif:pixelxdimension", "exif:pixelydimension", "exif:exifversion",
    "exif:flashpixversion", "exif:componentsconfiguration", "exif:compressedbitsperpixel",
    "exif:interoperabilityindex", "exif:interoperabilityversion", "exif:yccsubsampling",
    // Who wrote the file, and when; a picture's own date is `capDate` or `Exif:DateTimeOriginal`.
    "software", "datetime", "hostcomputer", "exif:subsectime",
    "iptc:originatingprogram", "iptc:programversion", "xmp:creatortool", "xmp:modifydate",
    "xmp:metadatadate",
    // Kept in the standard attributes `timeCode`, `framesPerSecond` and `keyCode`.
    "smpte:timecode",
  ]

  private static let ofColor: Set<String> = [
    "chromaticities", "colorinteropid", "whiteluminance", "adoptedneutral", "gamma", "srgb",
    "iccprofile", "exif:colorspace", "exif:gamma", "colorspace", "renderingtransform",
    "lookmodtransform",
  ]
}
