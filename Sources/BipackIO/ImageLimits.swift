import BipackPixels

/// How large a picture may claim to be before any memory is spent on it.
///
/// Every limit has a name that its error prints together with the flag that raises it.
public struct ImageLimits: Hashable, Sendable {
  /// Pixels along one side of a data or display window.
  public var axis = 1 << 20
  /// Pixels in one data window.
  public var pixels = 1 << 31
  /// Channels in one part.
  public var channels = 1024
  /// Parts (sub-images) in one file.
  public var parts = 64
  /// Bytes of header (attributes) in one file.
  public var headerBytes = 16 << 20
  /// Decoded bytes per byte of file, once the decoded size passes `ratioAbove`.
  public var ratio = 10_000
  public var ratioAbove = 1 << 30

  public init() {}

  /// For files a studio made itself: the default of the command line.
  public static let trusted = ImageLimits()

  /// For files from strangers.
  public static let untrusted: ImageLimits = {
    var limits = ImageLimits()
    limits.axis = 16_384
    limits.pixels = 1 << 28
    limits.channels = 64
    limits.parts = 16
    limits.headerBytes = 1 << 20
    limits.ratio = 1_000
    limits.ratioAbove = 64 << 20
    return limits
  }()

  func check(parts count: Int, path: String) throws(ImageFileError) {
    if count > parts {
      throw .overLimit(
        path, limit: "number of parts", value: count, most: parts, unit: "parts",
        flag: "--max-image-parts")
    }
  }

  func check(headerBytes count: Int, path: String) throws(ImageFileError) {
    if count > headerBytes {
      throw .overLimit(
        path, limit: "header size", value: count, most: headerBytes, unit: "bytes",
        flag: "--max-image-header")
    }
  }

  func check(channels count: Int, path: String) throws(ImageFileError) {
    if count > channels {
      throw .overLimit(
        path, limit: "number of channels", value: count, most: channels, unit: "channels",
        flag: "--max-image-channels")
    }
  }

  /// Checks one part: both windows, its channels, and what it decodes to against the file's size.
  func check(
    dataWindow: Rect, displayWindow: Rect, channels count: Int, bytesPerPixel: Int, fileSize: Int,
    path: String
  ) throws(ImageFileError) {
    for (name, length) in [
      ("image width", dataWindow.width), ("image height", dataWindow.height),
      ("display width", displayWindow.width), ("display height", displayWindow.height),
    ] where length > axis {
      throw .overLimit(
        path, limit: name, value: length, most: axis, unit: "pixels", flag: "--max-image-axis")
    }
    let area = dataWindow.width.multipliedReportingOverflow(by: dataWindow.height)
    if area.overflow || area.partialValue > pixels {
      throw .overLimit(
        path, limit: "image size", value: area.overflow ? Int.max : area.partialValue,
        most: pixels, unit: "pixels", flag: "--max-image-pixels")
    }
    try check(channels: count, path: path)
    let bytes = area.partialValue.multipliedReportingOverflow(by: max(1, bytesPerPixel))
    let decoded = bytes.overflow ? Int.max : bytes.partialValue
    if decoded > ratioAbove, decoded / max(1, fileSize) > ratio {
      throw .overLimit(
        path, limit: "decoded size per byte of file", value: decoded / max(1, fileSize),
        most: ratio, unit: "bytes", flag: "--max-image-ratio")
    }
  }
}
