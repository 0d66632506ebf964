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
}
