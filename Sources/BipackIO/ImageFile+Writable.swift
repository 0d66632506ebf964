public import BipackPixels

extension ImageFile {
  /// Whether the format of a path, by its extension, can be written, and with samples of `type` (nil
  /// is the format's own default). Looks at nothing on disk.
  public static func checkWritable(
    _ path: String, type: SampleType?, isCancelled: @escaping Cancellation = { Task.isCancelled }
  ) throws(ImageFileError) {
    switch extensionOf(path) {
    case "exr", "sxr": if let type { try EXRLayout.check(type, path) }
    case "png": if let type { _ = try PNGLayout.sampleBytes(type, path) }
    default: try OIIOFile.checkWritable(path, type: type, isCancelled: isCancelled)
    }
  }

  /// Whether the format of a path can hold a picture of this size with these channels: all that `write`
  /// would say of them, without a pixel. Looks at nothing on disk.
  public static func checkWritable(
    _ path: String, spec: ImageSpec, options: WriteOptions
  ) throws(ImageFileError) {
    switch extensionOf(path) {
    case "exr", "sxr": _ = try EXRFileLayout(path: path, spec: spec, options: options)
    case "png": _ = try PNGLayout(path: path, spec: spec, options: options)
    default: _ = try OIIOFile.stored(path, spec, options)
    }
  }

  /// Whether a file could be made at a path, as far as that can be told without making anything: its
  /// folder is there, or can be made if `createDirectories`, and takes files; the name is not too long,
  /// and not a folder's.
  public static func checkTarget(_ path: String, createDirectories: Bool) throws(ImageFileError) {
    try AtomicFile.check(path, createDirectories: createDirectories)
  }
}
