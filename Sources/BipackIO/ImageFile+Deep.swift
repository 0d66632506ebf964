public import BipackPixels

extension ImageFile {
  /// What `readDeep` with the same options will deliver, without unpacking a sample: its `spec` says how many
  /// samples there are, and where.
  public static func deepSource(_ path: String, options: ReadOptions = ReadOptions())
    throws(ImageFileError) -> SubImage
  {
    try checkDeep(path)
    return try DeepEXRReader(path: path, options: options).source()
  }

  /// Reads the deep part of an EXR: the first, or the one selected. Values come as the file has them.
  public static func readDeep(
    _ path: String, options: ReadOptions = ReadOptions(), pool: BlockPool,
    loops: Loops = .dispatch
  ) throws(ImageFileError) -> DeepImage {
    try checkDeep(path)
    return try DeepEXRReader(path: path, options: options).read(pool: pool, loops: loops)
  }

  private static func checkDeep(_ path: String) throws(ImageFileError) {
    guard try format(of: path) == .exr else { throw .flat(path, part: nil) }
  }

  /// Whether an EXR can hold a deep picture with these options: all that writing would say, without a sample.
  public static func checkWritableDeep(_ path: String, spec: ImageSpec, options: WriteOptions)
    throws(ImageFileError)
  {
    guard ["exr", "sxr"].contains(extensionOf(path)) else {
      throw .cannotWrite(
        path, ".\(extensionOf(path)) files hold no deep pictures",
        expected: "a name that ends in .exr")
    }
    _ = try DeepEXRWriter.layout(path: path, spec: spec, options: options)
  }
}
