import BipackPixels

/// Image files: what is in them, and their pixels.
///
/// The format is recognised by the first bytes, never by the name. EXR is read by Bipack's own
/// reader, PNG by libpng, everything else by OpenImageIO in a process of its own (`bipack-formats`),
/// which is started when first needed. Its work is given up when `isCancelled`, or the loops', says so.
public enum ImageFile {
  /// The pictures in a file, without reading their pixels.
  public static func info(
    _ path: String, limits: ImageLimits = .trusted,
    isCancelled: @escaping Cancellation = { Task.isCancelled }
  ) throws(ImageFileError) -> [SubImage] {
    var options = ReadOptions()
    options.limits = limits
    switch try format(of: path) {
    case .exr: return try EXRReader(path: path, options: options).subImages()
    case .png: return try PNGFile.info(path, limits: limits)
    case .other: return try OIIOFile.info(path, limits: limits, isCancelled: isCancelled)
    }
  }

  /// What `read` with the same options will deliver, without reading a pixel: its `spec` is exactly
  /// the image's.
  public static func source(
    _ path: String, options: ReadOptions = ReadOptions(),
    isCancelled: @escaping Cancellation = { Task.isCancelled }
  ) throws(ImageFileError) -> SubImage {
    switch try format(of: path) {
    case .exr: return try EXRReader(path: path, options: options).source()
    case .png: return try PNGFile.source(path, options: options)
    case .other: return try OIIOFile.source(path, options: options, isCancelled: isCancelled)
    }
  }

  /// Reads a picture. Values come as the file has them: colour curves and premultiplication of
  /// unassociated alpha are the caller's, who knows the colour space (see `ReadImage`).
  public static func read(
    _ path: String, options: ReadOptions = ReadOptions(), pool: BlockPool,
    loops: Loops = .dispatch
  ) throws(ImageFileError) -> ReadImage {
    switch try format(of: path) {
    case .exr:
      return try EXRReader(path: path, options: options).read(
        pool: pool, loops: loops)
    case .png: return try PNGFile.read(path, options: options, pool: pool, loops: loops)
    case .other:
      return try OIIOFile.read(
        path, options: options, pool: pool, loops: loops)
    }
  }

  /// Writes a picture; the format follows the name's extension. The file appears complete under its
  /// name or not at all. Values are written as they are: colour curves, and division by alpha for
  /// formats that want it (PNG), are the caller's.
  public static func write(
    _ image: Image, to path: String, options: WriteOptions = WriteOptions(),
    loops: Loops = .dispatch
  ) throws(ImageFileError) {
    if let writer = try beginWrite(path, spec: image.spec, options: options) {
      return try writer.write(.picture(image), loops)
    }
    try OIIOFile.write(
      image, to: path, options: options, loops: loops)
  }

  /// Writes a deep picture to an EXR; see `write`.
  public static func write(
    _ image: DeepImage, to path: String, options: WriteOptions = WriteOptions(),
    loops: Loops = .dispatch
  ) throws(ImageFileError) {
    try beginWrite(path, spec: image.spec, options: options)?.write(.deep(image), loops)
  }

  /// The lower-case extension of a path, without its dot; empty when there is none.
  package static func extensionOf(_ path: String) -> String {
    let name = path.utf8.split(separator: UInt8(ascii: "/")).last ?? path.utf8[...]
    guard let dot = name.lastIndex(of: UInt8(ascii: ".")), dot != name.startIndex else { return "" }
    return String(path[path.utf8.index(after: dot)...]).lowercased()
  }

  /// Recognises a file by its first bytes.
  public static func format(of path: String) throws(ImageFileError) -> ImageFormat {
    let (_, bytes) = try firstBytes(of: path, count: 8)
    if bytes.starts(with: [0x76, 0x2f, 0x31, 0x01]) { return .exr }
    if bytes.starts(with: [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]) { return .png }
    return .other
  }
}
