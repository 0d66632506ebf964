public import BipackGraph
import BipackIO
public import BipackPixels

/// Writes each frame to a file and passes the picture on.
public struct Write: FileSink {
  public static let abstract = """
    Writes each frame to a file: EXR, PNG, and whatever OpenImageIO writes, by the extension. The \
    file appears under its name complete or not at all. Colour goes from the working space to the \
    file's space; the picture itself is passed on unchanged.
    """
  public static let category = "File"

  /// How samples are stored.
  public enum DataType: String, ParamChoice {
    case auto, half, float, uint8, uint16, uint32
  }

  /// EXR codecs.
  public enum Compression: String, ParamChoice {
    case none, rle, zips, zip, piz, pxr24, b44, b44a, dwaa, dwab
  }

  /// Whether the file's colour is multiplied by its alpha.
  public enum FileAlpha: String, ParamChoice {
    case auto, premultiplied, unpremultiplied
  }

  /// Which pixels an EXR holds.
  public enum DataWindow: String, ParamChoice {
    /// Those of the picture.
    case picture
    /// Those of the format, no more and no less.
    case format
  }

  /// What of a picture shares a part of an EXR.
  public enum Interleave: String, ParamChoice {
    /// Everything: channels, layers and views.
    case views
    /// All layers of a view.
    case layers
    /// The channels of a layer.
    case channels
  }

  /// What to do with numbers too large for half floats.
  public enum HalfOverflow: String, ParamChoice {
    case clamp, infinity
  }

  @Input("The picture to write.")
  public var source

  @Param(
    "The file, relative to the document. `####` or `%04d` stands for the frame, `${proxy}` for the factor of a proxy render, which without it goes to a folder `proxy2` beside."
  )
  public var path = FilePath("")
  @Param(
    "Which channels to write. Formats other than EXR take R, G, B and A of these, or of the one layer that is named."
  )
  public var channels = ChannelSet.all
  @Param(
    "How samples are stored; auto is half for EXR and each other format's usual: 8 bits for PNG, JPEG and TIFF, 10 for DPX."
  )
  public var dataType = DataType.auto
  @Param("EXR compression. zip and piz lose nothing; dwaa is for review.")
  public var compression = Compression.zip
  @Param(
    .any,
    "Effort or loss of the compression: zip 0-12, DWA 45 and up, PNG 0-9; -1 is the format's own default."
  )
  public var compressionLevel = -1.0
  @Param(1...100, "JPEG and WebP quality; larger is better and bigger.")
  public var quality = 90
  @Param("The file's colour space; empty asks the colour configuration's file rules.")
  public var colorspace = ""
  @Param("Writes the numbers as they are: no colour space, no change of alpha.")
  public var raw = false
  @Param("Whether the file's colour is multiplied by its alpha; auto is what the format expects.")
  public var alpha = FileAlpha.auto
  @Param("Which pixels an EXR holds: those of the picture, or exactly the format.")
  public var dataWindow = DataWindow.picture
  @Param("Shrinks the data window of an EXR to the pixels that are not black.")
  public var autocrop = false
  @Param("Finite numbers beyond what a half holds become the largest half, or infinity.")
  public var halfOverflow = HalfOverflow.clamp
  @Param(
    "What shares a part of an EXR: views (everything in one part), layers (a part a view), channels (a part a layer and view)."
  )
  public var interleave = Interleave.views
  @Param(0...4096, unit: .none, "Side of EXR tiles in pixels of the file; 0 writes lines.")
  public var tileSize = 0
  @Param("Makes missing folders.")
  public var createDirectories = true

  public static let conditions: [ParamCondition] = [
    .only("colorspace", "alpha", where: "raw", is: "false"),
    .only(
      "compression", "dataWindow", "autocrop", "halfOverflow", "interleave", "tileSize",
      where: "path", "the file is an EXR"
    ) { suffix($0, isOneOf: ["exr", "sxr"]) },
    .only("compressionLevel", where: "path", "the file is an EXR or a PNG") {
      suffix($0, isOneOf: ["exr", "sxr", "png"])
    },
    .only("quality", where: "path", "the file is a JPEG, WebP, HEIC or AVIF") {
      suffix($0, isOneOf: ["jpg", "jpeg", "jpe", "webp", "heic", "heif", "avif"])
    },
  ]

  public init() {}

  private static func suffix(_ path: ValueData, isOneOf list: [String]) -> Bool {
    guard case .string(let path) = path else { return true }
    return list.contains(ImageFile.extensionOf(path))
  }

  public func carriesRecord(_ context: NodeContext) throws(NodeError) -> Bool {
    let kind = FileKind(path: path.text)
    return kind == .exr || kind == .png
  }

  public func problems(_ context: NodeContext) -> [NodeError] {
    do throws(NodeError) {
      let (path, kind) = try target(context)
      try checkWritable(path)
      if !raw { _ = try colors(path, kind, context) }
      try refusing { () throws(ImageFileError) in
        try ImageFile.checkTarget(path, createDirectories: createDirectories)
      }
      return []
    } catch {
      return [error]
    }
  }

  private func checkWritable(_ path: String) throws(NodeError) {
    try refusing { () throws(ImageFileError) in
      try ImageFile.checkWritable(path, type: dataType.sampleType)
    }
  }

  private func colors(_ path: String, _ kind: FileKind, _ context: NodeContext) throws(NodeError)
    -> FileColor
  {
    let isCoded = dataType == .auto ? kind.isCoded : dataType.isCoded
    return try FileColor(path: path, colorspace: colorspace, isCoded: isCoded, context.settings)
  }

  public func losses(_ context: NodeContext) -> [String] {
    guard let (path, kind) = try? target(context), kind != .exr else { return [] }
    return lostAlpha(context.main, path, kind) + lostMetadata(context.main.metadata, path)
  }

  /// Alpha that was asked for beside colour, in a format without.
  private func lostAlpha(_ spec: ImageSpec, _ path: String, _ kind: FileKind) -> [String] {
    guard !kind.hasAlpha, spec.channels.count > 1, spec.has(.alpha),
      !["", "*", ChannelSet.all.text].contains(channels.text)
    else { return [] }
    return [
      "leaves out the alpha that '\(channels.text)' has: no alpha is written to .\(ImageFile.extensionOf(path)) "
        + "files, which get the picture over black; EXR, PNG and TIFF take it, and channels without "
        + "it say that this is meant"
    ]
  }

  private func lostMetadata(_ metadata: Metadata, _ path: String) -> [String] {
    if ImageFile.extensionOf(path) == "dpx" { return [] }
    var lost: [String] = []
    if metadata[Metadata.timecodeKey] != nil { lost.append("timecode") }
    if metadata.frameRate != nil { lost.append("frame rate") }
    if lost.isEmpty { return [] }
    return [
      "loses the picture's \(lost.joined(separator: " and ")): .\(ImageFile.extensionOf(path)) files have no "
        + "field for that, EXR and DPX have; if it is meant, a Metadata node before it with remove: "
        + "[\"timeCode\", \"framesPerSecond\"] says so"
    ]
  }

  private func target(_ context: NodeContext) throws(NodeError) -> (path: String, kind: FileKind) {
    let path = try paths(context)[0]
    return (path, FileKind(path: path))
  }

  /// The channels of the prepared picture that go into the file, in its order; of several views the same
  /// of each.
  private func selected(_ spec: ImageSpec, _ kind: FileKind, _ views: [String] = []) -> [Channel] {
    if !views.isEmpty {
      let plain = Set(
        channels.select(from: spec.channels.map { EXRNames.view(of: $0, views).1 }))
      return spec.channels.filter { plain.contains(EXRNames.view(of: $0, views).1) }
    }
    if kind == .exr { return channels.select(from: spec.channels) }
    return kind.hasAlpha || spec.channels.count == 1
      ? spec.channels : spec.channels.filter { $0 != .alpha }
  }

  public func prepare(_ graph: inout Expansion, _ context: NodeContext) throws(NodeError)
    -> Expansion.Ref
  {
    let (path, kind) = try target(context)
    try checkWritable(path)
    if context.joined.isEmpty {
      let (picture, spec) = try taken(context.main, path, kind, &graph)
      return try encoded(picture, spec, in: spec.dataWindow, path, kind, &graph, context)
    }
    guard kind == .exr else {
      throw NodeError(
        "\(path) would hold the views \(viewNames(context).joined(separator: ", ")), which only EXR "
          + "can; put %V where the view's name goes, or render one with --view")
    }
    // All views share the file's data window.
    let window = context.inputs.reduce(Rect.empty) { $0.union($1?.dataWindow ?? .empty) }
    var pictures: [Expansion.Ref] = []
    for (place, spec) in context.inputs.enumerated() {
      pictures.append(
        try encoded(
          .input(place), spec ?? context.main, in: window, path, kind, &graph, context))
    }
    return graph.add(ViewChannelsPart(views: viewNames(context)), pictures)
  }

  /// The picture as the file names its channels, with no others where it holds only colours.
  private func taken(
    _ spec: ImageSpec, _ path: String, _ kind: FileKind, _ graph: inout Expansion
  ) throws(NodeError) -> (Expansion.Ref, ImageSpec) {
    if kind == .exr { return (.input(0), spec) }
    guard !channels.select(from: spec.channels).isEmpty else { throw nothingSelected(spec) }
    let taken = try ColorChannels(channels, of: spec, for: path)
    if taken.isWhole(spec) { return (.input(0), spec) }
    var result = spec
    result.channels = taken.names
    result.isData = spec.isData || taken.isData
    return (graph.add(ColorChannelsPart(taken), [.input(0)]), result)
  }

  private func nothingSelected(_ spec: ImageSpec) -> NodeError {
    let names = spec.channels.map { ChannelWord.quoted($0.name) }.joined(separator: ", ")
    return NodeError(
      "no channel matches '\(channels.text)'; the picture has \(names.isEmpty ? "none" : names)")
  }

  /// The picture in the file's colour space and with the file's kind of alpha. `shared` is the data
  /// window it has together with others.
  private func encoded(
    _ picture: Expansion.Ref, _ spec: ImageSpec, in shared: Rect, _ path: String,
    _ kind: FileKind, _ graph: inout Expansion, _ context: NodeContext
  ) throws(NodeError) -> Expansion.Ref {
    if raw || spec.isData { return picture }
    let colors = try colors(path, kind, context)
    let hasAlpha = selected(spec, kind).contains { $0.isAlpha }
    let isStraight = hasAlpha && isUnassociated(kind)
    // Outside its data window a picture is black, and black need not be 0 in the file's space. Writers
    // fill up with 0, so what they would fill is made here, before the colour is changed.
    let window = kind == .exr && dataWindow == .picture ? shared : spec.format.window
    var black = picture
    if !spec.dataWindow.contains(window) {
      let all = spec.dataWindow.union(window)
      var grown = Crop()
      grown.box = Box(Double(all.x0), Double(all.y0), Double(all.x1), Double(all.y1))
      black = graph.add(grown, [picture])
    }
    let source = isStraight ? graph.add(Unpremult(), [black]) : black
    let encoded = try colors.encode(source, isStraight: isStraight || !hasAlpha, &graph)
    if encoded != source { return encoded }
    return isStraight ? graph.add(Unpremult(), [picture]) : picture
  }

  /// What the file says of its colours. Of raw numbers nothing is known but what came with them.
  private func tags(_ spec: ImageSpec, _ path: String, _ kind: FileKind, _ context: NodeContext)
    throws(NodeError) -> ColorTags?
  {
    if spec.isData { return .data }
    return raw ? nil : try colors(path, kind, context).tags()
  }

  /// A file with no view in its name holds all views that are rendered.
  public func inputFrames(_ context: FrameContext) -> [InputFrame] {
    if context.joined.isEmpty { return [InputFrame(slot: 0, frame: context.frame)] }
    return context.joined.map { InputFrame(slot: 0, frame: context.frame, view: $0) }
  }

  private func viewNames(_ context: NodeContext) -> [String] {
    context.joined.map { context.settings.views[$0] }
  }

  private func isUnassociated(_ kind: FileKind) -> Bool {
    switch alpha {
    case .auto: kind.isUnassociated
    case .premultiplied: false
    case .unpremultiplied: true
    }
  }

  public func written(_ context: NodeContext) throws(NodeError) -> Demand {
    let (path, kind) = try target(context)
    let spec = context.main
    let rect = kind == .exr ? spec.dataWindow : spec.format.window
    let wanted = selected(spec, kind, viewNames(context))
    guard !wanted.isEmpty else { throw nothingSelected(spec) }
    try refusing { () throws(ImageFileError) in
      try ImageFile.checkWritable(path, spec: spec, options: layout(spec, kind, context))
    }
    return Demand(rect: rect, channels: Set(wanted))
  }

  public func encodingBytes(_ context: NodeContext) -> Int {
    guard let (path, kind) = try? target(context) else { return 0 }
    let spec = context.main
    return ImageFile.encodingBytes(path, spec: spec, options: layout(spec, kind, context))
  }

  public func write(_ image: Payload, _ context: NodeContext, _ loops: Loops, _ pool: BlockPool)
    throws(NodeError)
  {
    let image = try image.expectPicture()
    let (path, kind) = try target(context)
    var options = try options(image.spec, path, kind, context)
    if kind == .exr, autocrop, let window = options.dataWindow {
      let black = raw || image.spec.isData ? [0, 0, 0] : try colors(path, kind, context).black
      options.dataWindow = contents(
        of: image, options.channels ?? [], black: black, in: window, pool)
    }
    try refusing { () throws(ImageFileError) in
      try ImageFile.write(
        image, to: path, options: options, loops: loops)
    }
  }

  /// EXR and PNG lines are written as they come, unless all must be known to find out which are black.
  public func writesBands(_ context: NodeContext) throws(NodeError) -> Bool {
    let (path, kind) = try target(context)
    return ImageFile.takesBands(path) && !(autocrop && kind == .exr)
  }

  public func bandWriter(_ context: NodeContext) throws(NodeError) -> any BandWriter {
    let (path, kind) = try target(context)
    let spec = context.main
    let options = try options(spec, path, kind, context)
    return try bands(path, spec, options)
  }

  private func options(
    _ spec: ImageSpec, _ path: String, _ kind: FileKind, _ context: NodeContext
  ) throws(NodeError) -> WriteOptions {
    var options = layout(spec, kind, context)
    options.color = try tags(spec, path, kind, context)
    return options
  }

  /// All options but what the file says of its colours.
  private func layout(_ spec: ImageSpec, _ kind: FileKind, _ context: NodeContext) -> WriteOptions {
    var options = WriteOptions()
    // The plan's: a picture that comes from a cache may have been made for another frame.
    options.metadata = context.main.metadata
    options.channels = selected(spec, kind, viewNames(context))
    options.type = dataType.sampleType
    options.compression = WriteOptions.Compression(rawValue: compression.rawValue) ?? .zip
    options.level = compressionLevel < 0 ? nil : Float(compressionLevel)
    options.quality = quality
    options.halfOverflow = halfOverflow == .clamp ? .clamp : .infinity
    options.createDirectories = createDirectories
    options.isUnassociated = isUnassociated(kind)
    options.record = context.record?.text
    if tileSize > 0 { options.tile = SubImage.TileSize(width: tileSize, height: tileSize) }
    if kind == .exr {
      options.dataWindow = dataWindow == .format ? spec.format.window : spec.dataWindow
      var views = viewNames(context)
      if views.isEmpty, case .strings(let list) = spec.metadata["multiView"] { views = list }
      switch interleave {
      case .views: options.views = views
      case .layers:
        options.parts = WriteOptions.split(options.channels ?? [], .views, views: views)
      case .channels:
        options.parts = WriteOptions.split(options.channels ?? [], .layers, views: views)
      }
    }
    return options
  }

  /// The smallest rectangle with all pixels that are not black; one pixel when there is none, since
  /// a file cannot be empty.
  private func contents(
    of image: Image, _ channels: [Channel], black: [Float], in window: Rect, _ pool: BlockPool
  ) -> Rect {
    var result = Rect.empty
    for channel in channels {
      let black = channel.slot.flatMap { black.indices.contains($0) ? black[$0] : nil } ?? 0
      for y in window.y0..<max(window.y0, window.y1) {
        let line = Rect(x0: window.x0, y0: y, x1: window.x1, y1: y + 1)
        let pixels = image.window(channel, line, edge: .black, pool: pool)
        let row = pixels.row(y)
        var (first, last) = (-1, -1)
        for x in 0..<row.count where row[x] != black {
          if first < 0 { first = x }
          last = x
        }
        if first >= 0 {
          result = result.union(
            Rect(x0: window.x0 + first, y0: y, x1: window.x0 + last + 1, y1: y + 1))
        }
      }
    }
    return result.isEmpty ? Rect(x: window.x0, y: window.y0, width: 1, height: 1) : result
  }
}

extension Write.DataType {
  var sampleType: SampleType? {
    switch self {
    case .auto: nil
    case .half: .half
    case .float: .float
    case .uint8: .uint8
    case .uint16: .uint16
    case .uint32: .uint32
    }
  }

  var isCoded: Bool { self == .uint8 || self == .uint16 }
}

/// What a file format can hold, by its extension.
enum FileKind: Hashable {
  case exr, png, jpeg, tiff, targa, ico, sgi, hdr, log, other

  init(path: String) {
    self =
      switch ImageFile.extensionOf(path) {
      case "exr", "sxr": .exr
      case "png": .png
      case "jpg", "jpeg", "jpe": .jpeg
      case "tif", "tiff": .tiff
      case "tga", "tpic": .targa
      case "ico": .ico
      case "sgi", "rgba": .sgi
      case "hdr", "rgbe", "pfm": .hdr
      case "dpx", "cin": .log
      default: .other
      }
  }

  /// Formats whose alpha we write. Of the others, WebP, GIF, BMP and HEIF encoders change the
  /// colour under a partial alpha, each in its own way: they get the picture over black.
  var hasAlpha: Bool {
    switch self {
    case .exr, .png, .tiff, .targa, .ico, .sgi: true
    case .jpeg, .hdr, .log, .other: false
    }
  }

  /// Formats whose colour stands beside its alpha.
  var isUnassociated: Bool { [.png, .targa, .ico].contains(self) }

  /// Formats that hold integers unless told otherwise.
  var isCoded: Bool { self != .exr && self != .hdr }
}
