public import BipackGraph
import BipackIO
import BipackPixels

/// Reads a deep still or one frame of a deep sequence.
public struct DeepRead: CompositeNode {
  public static let abstract = """
    Reads a deep EXR, of lines or of tiles: any number of samples in each pixel. The numbers are taken as they \
    are, without a colour space: scene-linear, premultiplied. `Z` is the depth of a sample and `ZBack`, where it is \
    there, the end of a volume; channels of whole numbers are ids. What is read is as large as what is \
    asked for, not as the file. A missing frame is an error unless the node says what to do.
    """
  public static let category = "Deep"
  public static let payload = Payload.Kind.deep

  /// What to use for a frame that is not on disk.
  public enum MissingFrame: String, ParamChoice {
    case error, hold, nearest, black
  }

  @Param(
    "The file, relative to the document. `####` or `%04d` stands for the frame: a sequence.")
  public var path = FilePath("")
  @Params
  public var frames = FileFrames()
  @Param(
    "Instead of a frame missing inside the range: an error, the frame before it, the nearest, or no samples."
  )
  public var missing = MissingFrame.error
  @Param(
    "One deep part of a file that holds several: its name, or its number from 0. Empty is the first."
  )
  public var part = ""
  @Param("Only these channels of the file, as a channel set; Z and ZBack are always read.")
  public var channels = ChannelSet.all

  public init() {}

  public func filesRead(_ context: NodeContext) throws(NodeError) -> [String] {
    guard !path.text.isEmpty else { return [] }
    return [try place(context).sample]
  }

  /// Which file a frame is made from.
  func place(_ context: NodeContext) throws(NodeError) -> SequenceFiles.Choice {
    let missing = Read.MissingFrame(rawValue: missing.rawValue) ?? .error
    return try SequenceFiles(path, frames, missing: missing, context.settings).choice(context)
  }

  public func expand(_ graph: inout Expansion, _ context: NodeContext) throws(NodeError)
    -> Expansion.Ref
  {
    let samples = graph.add(try DeepReadFile(self, context), [])
    return context.proxy == 1 ? samples : graph.add(DeepProxy(factor: context.proxy), [samples])
  }
}

/// The part of `DeepRead` that touches the disk: one file, or one without samples in its place.
struct DeepReadFile: FileSource, SourceOperator {
  var isEmpty = false
  @NotHashed("the stamp names the file, and its fingerprint what is in it")
  var sample = ""
  var options = ReadOptions()
  @NotHashed("limits refuse a file; they change no sample")
  var limits = ImageLimits.trusted
  @NotHashed("follows from the file and the options")
  var source: SubImage? = nil

  init(_ read: DeepRead, _ context: NodeContext) throws(NodeError) {
    let choice = try read.place(context)
    (isEmpty, sample) = (choice.content != .file, choice.sample)
    limits = ImageLimits(context.settings.imageLimits)
    options.selection = .init(part: read.part)
    var source: SubImage
    do throws(ImageFileError) {
      source = try ImageFile.deepSource(sample, options: limited)
    } catch {
      throw NodeError(error)
    }
    source.spec.metadata = source.spec.metadata.carried.withoutColor
    let there = source.spec.channels
    if let word = read.channels.unmatched(in: there) {
      throw NodeError("channels of \(sample)", hasNo: word, in: there)
    }
    source.spec.channels = read.channels.selectSamples(from: there)
    source.spec.deep?.ids.formIntersection(source.spec.channels)
    if isEmpty { source.spec.deep?.counts = SampleCounts(perPixel: 0, in: .empty) }
    self.source = source
  }

  var readsContents: Bool { !isEmpty }

  func spec(_ context: NodeContext) throws(NodeError) -> ImageSpec {
    guard let spec = source?.spec else { throw NodeError("no file is open") }
    return spec
  }

  func decodingBytes(_ context: NodeContext, threads: Int) -> Int {
    isEmpty ? 0 : threads * (source?.decodingBytes ?? 0)
  }

  func read(_ demand: Demand, _ context: NodeContext, _ loops: Loops, _ pool: BlockPool)
    throws(NodeError) -> Payload
  {
    let spec = try spec(context)
    if isEmpty { return .deep(DeepImage(spec: spec, pool: pool) { _, _ in [] }) }
    var options = limited
    options.region = demand.rect
    options.channels = spec.channels.filter(demand.channels.contains)
    do throws(ImageFileError) {
      return .deep(try ImageFile.readDeep(sample, options: options, pool: pool, loops: loops))
    } catch {
      throw NodeError(error)
    }
  }
}

/// Makes a deep picture smaller by any factor from 1 up: each new pixel has the samples of the one in the middle
/// of the area it covers.
struct DeepProxy: DeepOperator {
  let factor: Double

  func spec(_ context: NodeContext) throws(NodeError) -> ImageSpec {
    var spec = context.main
    spec.shrink(by: factor)
    if let counts = spec.deep?.counts { spec.deep?.counts = counts.reduced(by: factor) }
    return spec
  }

  func demand(_ output: Demand, _ context: NodeContext) -> [Demand] {
    [output.with(rect: output.rect.scaled(by: factor))]
  }

  var takesRoom: Bool { false }

  func kernel(_ context: NodeContext) throws(NodeError) -> any DeepKernel {
    Kernel(factor: factor)
  }

  private struct Kernel: DeepKernel {
    let factor: Double

    private func place(_ position: Int) -> Int {
      Int(((Double(position) + 0.5) * factor).rounded(.down))
    }

    func tile(_ task: borrowing DeepTask) throws(NodeError) -> DeepTile {
      guard let source = task.deep(0) else { return .empty }
      let (rect, channels, pool) = (task.rect, task.channels, task.pool)
      var most = 0
      for y in rect.y0..<rect.y1 {
        for x in rect.x0..<rect.x1 { most += source.count(x: place(x), y: place(y)) }
      }
      var writer = DeepTileWriter(channels, most: most, pool: pool)
      for y in rect.y0..<rect.y1 {
        for x in rect.x0..<rect.x1 {
          guard let (tile, places) = source.samples(x: place(x), y: place(y)) else { continue }
          for sample in places {
            writer.add(to: task.pixel(x, y)) { tile.value(channels[$0], sample: sample) }
          }
        }
      }
      return writer.finish()
    }
  }
}
