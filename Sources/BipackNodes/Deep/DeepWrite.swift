public import BipackGraph
import BipackIO
public import BipackPixels

/// Writes each frame's samples to a deep EXR and passes them on.
public struct DeepWrite: FileSink {
  public static let abstract = """
    Writes the samples of each frame to a deep EXR of lines. The file appears under its name complete or not at \
    all. Numbers are written as they are, without a colour space. Z and ZBack are always floats, ids always whole \
    numbers; with floats for the rest the file, read back, has the same bits.
    """
  public static let category = "Deep"
  public static let payload = Payload.Kind.deep

  /// How samples are stored.
  public enum DataType: String, ParamChoice {
    case float, half
  }

  /// Codecs of deep EXRs.
  public enum Compression: String, ParamChoice {
    case none, rle, zips
  }

  @DeepInput("The deep picture to write.")
  public var source

  @Param(
    "The file, relative to the document, an EXR. `####` or `%04d` stands for the frame, `${proxy}` for the factor of a proxy render, which without it goes to a folder `proxy2` beside."
  )
  public var path = FilePath("")
  @Param("Which channels to write; Z and ZBack always are.")
  public var channels = ChannelSet.all
  @Param("How the samples of all channels but Z, ZBack and ids are stored.")
  public var dataType = DataType.float
  @Param("Compression; all lose nothing.")
  public var compression = Compression.zips
  @Param("Makes missing folders.")
  public var createDirectories = true

  public init() {}

  public func carriesRecord(_ context: NodeContext) throws(NodeError) -> Bool { true }

  public func problems(_ context: NodeContext) -> [NodeError] {
    do throws(NodeError) {
      let path = try paths(context)[0]
      try refusing { () throws(ImageFileError) in
        try ImageFile.checkTarget(path, createDirectories: createDirectories)
      }
      return []
    } catch {
      return [error]
    }
  }

  public func written(_ context: NodeContext) throws(NodeError) -> Demand {
    let (path, spec) = (try paths(context)[0], context.main)
    try refusing { () throws(ImageFileError) in
      try ImageFile.checkWritableDeep(path, spec: spec, options: options(spec, context))
    }
    return Demand(rect: spec.dataWindow, channels: Set(channels.selectSamples(from: spec.channels)))
  }

  public func write(_ image: Payload, _ context: NodeContext, _ loops: Loops, _ pool: BlockPool)
    throws(NodeError)
  {
    let (path, image) = (try paths(context)[0], try image.expectDeep())
    try refusing { () throws(ImageFileError) in
      try ImageFile.write(image, to: path, options: options(image.spec, context), loops: loops)
    }
  }

  public func writesBands(_ context: NodeContext) throws(NodeError) -> Bool { true }

  public func bandWriter(_ context: NodeContext) throws(NodeError) -> any BandWriter {
    try bands(paths(context)[0], context.main, options(context.main, context))
  }

  private func options(_ spec: ImageSpec, _ context: NodeContext) -> WriteOptions {
    var options = WriteOptions()
    // The plan's: samples that come from a cache may have been made for another frame.
    options.metadata = context.main.metadata
    options.channels = channels.selectSamples(from: spec.channels)
    options.type = dataType == .half ? .half : .float
    options.compression = WriteOptions.Compression(rawValue: compression.rawValue) ?? .zips
    options.createDirectories = createDirectories
    options.record = context.record?.text
    return options
  }
}
