import BipackPixels

/// A format's way of writing a picture from top to bottom.
protocol FormatWriter: AnyObject {
  var window: Rect { get }
  var nextRow: Int { get }
  /// `rows` are the next ones and lie in the window; the picture is of the kind that was announced.
  func append(
    _ image: Payload, rows: Range<Int>, _ loops: Loops
  ) throws(ImageFileError)
  func finish() throws(ImageFileError)
}

/// A file that is written from top to bottom, some rows at a time, so that the whole picture need
/// never be in memory. See `ImageFile.beginWrite`.
///
/// It has the bytes that `ImageFile.write` gives for the same picture, however the rows were cut,
/// and appears under its name when finished; dropped before that, it leaves nothing behind.
public final class ImageFileWriter: @unchecked Sendable {
  // SAFETY: one task at a time calls it, as the task that owns the file does anyway.
  public let path: String
  /// The pixels the file will hold. Rows of it outside the picture are to be appended too; they are
  /// black.
  public let window: Rect
  private var writer: (any FormatWriter)?

  init(path: String, _ writer: any FormatWriter) {
    self.path = path
    self.writer = writer
    window = writer.window
  }

  /// The row the next band must start with; `window.y1` when all are there.
  public var nextRow: Int { writer?.nextRow ?? window.y1 }

  /// Adds rows, which `image` must have. They start at `nextRow`. Given up when `loops` say so.
  public func append(
    _ image: Image, rows: Range<Int>, loops: Loops = .dispatch
  ) throws(ImageFileError) {
    try append(.picture(image), rows: rows, loops: loops)
  }

  /// The same of a picture or a deep picture, whichever the file is to hold.
  public func append(
    _ image: Payload, rows: Range<Int>, loops: Loops = .dispatch
  ) throws(ImageFileError) {
    if rows.isEmpty { return }
    guard let writer, rows.lowerBound == writer.nextRow, rows.upperBound <= window.y1 else {
      throw .cannotWrite(
        path, "rows \(rows) cannot follow", expected: "rows from \(nextRow) up to \(window.y1)")
    }
    do throws(ImageFileError) {
      try writer.append(image, rows: rows, loops)
    } catch {
      cancel()
      throw error
    }
  }

  /// All rows at once, and the end.
  func write(_ image: Payload, _ loops: Loops) throws(ImageFileError) {
    try append(image, rows: window.y0..<window.y1, loops: loops)
    try finish()
  }

  /// Completes the file and gives it its name.
  public func finish() throws(ImageFileError) {
    guard let writer, writer.nextRow == window.y1 else {
      throw .cannotWrite(
        path, "the picture is not complete", expected: "rows from \(nextRow) up to \(window.y1)")
    }
    self.writer = nil
    try writer.finish()
  }

  /// Gives the file up; nothing is left on disk.
  public func cancel() { writer = nil }
}

extension ImageFile {
  /// Whether the format of a path, by its extension, can be written in bands.
  public static func takesBands(_ path: String) -> Bool {
    ["exr", "sxr", "png"].contains(extensionOf(path))
  }

  /// Tries whether a file could be made at a path, and leaves none behind; missing folders are made if
  /// they would be for the file.
  public static func tryTarget(_ path: String, createDirectories: Bool) throws(ImageFileError) {
    _ = try AtomicFile(path, createDirectories: createDirectories)
  }

  /// Memory that writing a picture takes beside it; 0 where it goes out in small pieces.
  public static func encodingBytes(_ path: String, spec: ImageSpec, options: WriteOptions) -> Int {
    takesBands(path) ? 0 : OIIOFile.encodingBytes(path, spec: spec, options: options)
  }

  /// Starts a file that takes its picture in bands; nil when its format needs the whole picture at
  /// once. `spec` is the picture's: its format, data window, channels and metadata.
  public static func beginWrite(
    _ path: String, spec: ImageSpec, options: WriteOptions = WriteOptions()
  ) throws(ImageFileError) -> ImageFileWriter? {
    if spec.kind == .deep {
      try checkWritableDeep(path, spec: spec, options: options)
      return ImageFileWriter(
        path: path, try DeepEXRWriter(path: path, spec: spec, options: options))
    }
    return switch extensionOf(path) {
    case "exr", "sxr":
      ImageFileWriter(path: path, try EXRWriter(path: path, spec: spec, options: options))
    case "png":
      ImageFileWriter(path: path, try PNGWriter(path: path, spec: spec, options: options))
    default: nil
    }
  }
}
