import BipackGraph
import BipackIO
import BipackPixels

/// The part of `Read` that touches the disk: one file, or what stands in for it.
struct ReadFile: FileSource, SourceOperator {
  /// What is delivered for a frame.
  enum Content: String {
    case file, black, checker
  }

  var content = Content.black
  /// A file of the sequence: the one read, or the one whose size black and checker take.
  @NotHashed("the stamp names the file, and its fingerprint what is in it")
  var sample = ""
  var options = ReadOptions()
  @NotHashed("limits refuse a file; they change no pixel")
  var limits = ImageLimits.trusted
  @NotHashed("follows from the file and the options")
  var source: SubImage? = nil
  /// How many frames after the file's own the wanted one comes, where it has a timecode to tell that.
  var ahead = 0
  /// What the file calls the channels that have lost a view's name.
  var stored: [Channel: Channel] = [:]

  init(_ read: Read, _ context: NodeContext) throws(NodeError) {
    let choice = try Self.place(read, context)
    (content, sample) = (choice.content, choice.sample)
    options.raw = read.raw
    limits = ImageLimits(context.settings.imageLimits)
    options.selection = .init(part: read.part)
    var source: SubImage
    do throws(ImageFileError) {
      source = try ImageFile.source(sample, options: limited)
      if !read.raw, options.selection == .merged, let view = context.viewName {
        try choose(view, in: &source)
      }
      if !read.raw { source.spec.metadata = source.spec.metadata.carried.withoutColor }
      // Where another frame stands in, timecode is counted on to the frame that is wanted.
      if let code = FrameRate(context.fps).flatMap({ source.spec.metadata.timecode(at: $0) }) {
        ahead = choice.ahead
        source.spec.metadata.set(code.advanced(by: ahead))
      }
    } catch {
      throw NodeError(error)
    }
    let there = source.spec.channels
    if let word = read.channels.unmatched(in: there) {
      throw NodeError("channels of \(sample)", hasNo: word, in: there)
    }
    source.spec.channels = read.channels.select(from: there)
    guard !source.spec.channels.isEmpty else {
      throw NodeError(
        "channels of \(sample): none is in '\(read.channels.text)'; there are "
          + there.map { ChannelWord.quoted($0.name) }.joined(separator: ", "))
    }
    self.source = source
  }

  /// Leaves the channels of one view, if the file has several, under the names they have without it.
  private mutating func choose(_ view: String, in source: inout SubImage)
    throws(ImageFileError)
  {
    let views = source.views
    if views.isEmpty { return }
    guard views.contains(view) else {
      throw ImageFileError(
        .request, path: sample, "the file has no view '\(view)'",
        expected:
          "one of its views, \(views.joined(separator: ", ")); a OneView after the Read shows "
          + "one of them in every view")
    }
    var (spec, types) = (source.spec, source.types)
    spec.channels = []
    types = [:]
    for channel in source.spec.channels {
      let (owner, plain) = EXRNames.view(of: channel, views)
      guard owner == view else { continue }
      stored[plain] = channel
      spec.channels.append(plain)
      types[plain] = source.types[channel]
    }
    spec.metadata["multiView"] = nil
    (source.spec, source.types) = (spec, types)
  }

  /// What a frame is made from, and the file it takes its size from.
  static func place(_ read: Read, _ context: NodeContext) throws(NodeError)
    -> SequenceFiles.Choice
  {
    try SequenceFiles(read.path, read.frames, missing: read.missing, context.settings)
      .choice(context)
  }

  private var picture: ImageSpec {
    source?.spec ?? .nothing(Format(width: 1, height: 1))
  }

  /// What stands in for a picture has no more of a file than its size and channels, and those are known already.
  var readsContents: Bool { content == .file }

  func spec(_ context: NodeContext) throws(NodeError) -> ImageSpec { picture }

  func decodingBytes(_ context: NodeContext, threads: Int) -> Int {
    content == .file ? source?.decodingBytes ?? 0 : 0
  }

  func read(_ demand: Demand, _ context: NodeContext, _ loops: Loops, _ pool: BlockPool)
    throws(NodeError) -> Payload
  {
    .picture(try picture(demand, loops, pool))
  }

  private func picture(_ demand: Demand, _ loops: Loops, _ pool: BlockPool) throws(NodeError)
    -> Image
  {
    switch content {
    case .black: return flat(pool)
    case .checker: return checker(demand, pool)
    case .file:
      var options = limited
      options.region = demand.rect
      options.channels = picture.channels.filter(demand.channels.contains).map { stored[$0] ?? $0 }
      do throws(ImageFileError) {
        func read(_ options: ReadOptions) throws(ImageFileError) -> Image {
          let read = try ImageFile.read(
            sample, options: options, pool: pool, loops: loops)
          return read.image
        }
        let image = try read(options)
        if image.dataWindow == picture.dataWindow { return renamed(image, pool) }
        // Parts with data windows of their own: what lies outside a part's window is only black when
        // the whole picture is read.
        options.channels = nil
        return renamed(try read(options), pool)
      } catch {
        throw NodeError(error)
      }
    }
  }

  /// The picture with the names channels have without a view.
  private func renamed(_ image: Image, _ pool: BlockPool) -> Image {
    if stored.isEmpty { return image }
    var result = Image(spec: picture, grid: pool.grid)
    for channel in picture.channels { result[channel] = image[stored[channel] ?? channel] }
    return result
  }

  private func flat(_ pool: BlockPool) -> Image {
    var image = Image(spec: picture, grid: pool.grid)
    for channel in picture.channels {
      image[channel] = TiledPlane(
        grid: pool.grid, dataWindow: picture.dataWindow, constant: 0)
    }
    return image
  }

  /// Squares of 64 pixels, so that a stand-in cannot be taken for a picture.
  private func checker(_ demand: Demand, _ pool: BlockPool) -> Image {
    let window = picture.dataWindow
    var square: [Float] = []
    square.reserveCapacity(window.area)
    for y in window.y0..<window.y1 {
      for x in window.x0..<window.x1 { square.append(((x >> 6) + (y >> 6)) & 1 == 0 ? 0.1 : 0.5) }
    }
    var pixels: [Channel: [Float]] = [:]
    for channel in picture.channels {
      pixels[channel] =
        channel.isAlpha ? Array(repeating: 1, count: window.area) : square
    }
    return Image(spec: picture, pool: pool, pixels: pixels)
  }
}

extension NodeError {
  /// What went wrong with a file, with the exit code it deserves.
  init(_ error: ImageFileError) {
    let kind: Kind =
      switch error.kind {
      case .request: .invalid
      case .storage: .storage
      case .missing, .permission, .corrupt, .incomplete, .unsupported, .overLimit, .library: .input
      }
    self.init(kind, error.description)
  }
}

extension ImageLimits {
  /// The reader's own limits with the caller's changes.
  package init(_ changes: ImageFileLimits) {
    self.init()
    axis = changes.axis ?? axis
    pixels = changes.pixels ?? pixels
    channels = changes.channels ?? channels
    parts = changes.parts ?? parts
    headerBytes = changes.headerBytes ?? headerBytes
    ratio = changes.ratio ?? ratio
  }
}
