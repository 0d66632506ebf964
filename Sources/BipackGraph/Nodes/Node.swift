public import BipackPixels

/// A node is one Swift struct: its inputs, its parameters, and what it does with them.
///
/// Properties are declared with `@Input` and `@Param`; decoding, key frames, expressions, the JSON
/// Schema, the reference page and the content hash all come from those declarations. What the node
/// does is said by the kind of `Operator` it is: a `PointNode`, `TileNode`, `DeepNode`, `CompositeNode` or
/// `SourceNode`;
/// or by what only nodes can be:
///
/// - `SinkNode`: writes files.
/// - `DataNode`: an image to values that drive parameters; `ShotNode`: a range of images.
///
/// A decoded node is the node *at one frame*: animation has been evaluated already.
public protocol Node: Operator, Decodable {
  init()

  /// The name in `"type"`; the struct's own name by default.
  static var typeName: String { get }
  /// What it does, in a sentence or two, for the reference.
  static var abstract: String { get }
  /// The shelf it stands on in the reference: `Color`, `Filter`, `Merge`, ...
  static var category: String { get }
  /// Whether the node takes `mask`, `maskChannel`, `invertMask` and `mix`. On by default for nodes
  /// with an input.
  static var isMaskable: Bool { get }

  /// What it gives: a picture, unless the node is a `DeepNode` or says otherwise.
  static var payload: Payload.Kind { get }

  /// Parameters that count only beside certain values of another. None by default.
  static var conditions: [ParamCondition] { get }

  /// Judges of what is connected, by input. None by default.
  static var pictureChecks: [String: any PictureCheck] { get }

  /// The images read: which input at which frame. The indices of `NodeContext.inputs` are those of
  /// this list. By default each input slot at the node's own frame.
  func inputFrames(_ context: FrameContext) -> [InputFrame]

  /// Offsets in frames at which the engine evaluates this node's parameters a second time
  /// (motion blur); the results are `NodeContext.samples`. Empty by default.
  var sampleOffsets: [Double] { get }

  /// Whether it becomes one operator with the node after it (`absorbing`), so that it is wanted at the
  /// moments of that node's `sampleOffsets` too; the results are `NodeContext.shutters`. Off by default.
  static var joinsShutters: Bool { get }

  /// What is wrong with the node's own parameters, as far as can be told without its inputs: a file
  /// that is not there, a name that means nothing, numbers that contradict each other. Asked by
  /// `check`, also where the inputs cannot be planned; `context.inputs` is empty. None by default:
  /// what planning refuses is said anyway where the inputs are whole.
  func problems(_ context: NodeContext) -> [NodeError]

  /// The files the node reads at this frame, absolute or as the document's folder makes them: pictures,
  /// tables, manifests. None by default; every node with a path among its parameters that is no sink
  /// says them, so that a render which would write over one of them is refused. Asked without inputs
  /// (`NodeContext.inputs` is empty) and before anything is rendered; a file that is not there may be
  /// named or left out.
  func filesRead(_ context: NodeContext) throws(NodeError) -> [String]

  /// What is in the files read besides pictures: it goes into the record of what a frame was made from, so
  /// that `--why` can name one that has changed. Relative paths start in `folder`. None by default.
  func fileContents(in folder: String) -> [FileContents]
}

/// What is in a file that a parameter names.
public struct FileContents: Hashable, Sendable {
  public var param: String
  /// Of all its bytes.
  public var digest: StableHash

  public init(param: String, digest: StableHash) {
    self.param = param
    self.digest = digest
  }
}

/// One image a node reads.
public struct InputFrame: Hashable, Sendable {
  /// The input slot: declared inputs in order, a list taking as many slots as it has entries.
  public var slot: Int
  public var frame: Double
  /// The view it is read in; nil is the node's own.
  public var view: Int?

  public init(slot: Int, frame: Double, view: Int? = nil) {
    self.slot = slot
    self.frame = frame
    self.view = view
  }
}

/// A part of an image somebody needs.
public struct Demand: Hashable, Sendable {
  public var rect: Rect
  /// The channels needed; those the image does not have are ignored.
  public var channels: Set<Channel>

  public init(rect: Rect, channels: Set<Channel>) {
    self.rect = rect
    self.channels = channels
  }

  /// Nothing.
  public static let none = Demand(rect: .empty, channels: [])

  public func with(rect: Rect) -> Demand { Demand(rect: rect, channels: channels) }
}

/// Why a node cannot do its work: said for a person, without the node's own path, which the engine
/// adds.
public struct NodeError: Error, Hashable, Sendable {
  public enum Kind: Hashable, Sendable {
    /// The node or its parameters are wrong.
    case invalid
    /// A file is missing or corrupt (exit code 3).
    case input
    /// The disk is full or refuses (exit code 75).
    case storage
    /// More memory would be needed than allowed (exit code 33).
    case memory
  }
  public var kind: Kind
  public var message: String

  public init(_ kind: Kind, _ message: String) {
    self.kind = kind
    self.message = message
  }

  public init(_ message: String) { self.init(.invalid, message) }
}

/// What a node knows when it chooses the frames of its inputs.
public struct FrameContext: Sendable {
  /// The frame being made; not always whole (retimes, shutter samples).
  public var frame: Double
  /// The document's frame range, first to last.
  public var frames: ClosedRange<Int>
  public var fps: Double
  /// Which slots are connected.
  public var connected: [Bool]
  /// The view being made, as a place among `views`.
  public var view: Int
  /// The document's views; empty when it has none.
  public var views: [String]
  /// For a sink that writes several views into one file: those. Empty otherwise.
  public var joined: [Int] = []

  public init(
    frame: Double, frames: ClosedRange<Int>, fps: Double, connected: [Bool], view: Int = 0,
    views: [String] = []
  ) {
    self.frame = frame
    self.frames = frames
    self.fps = fps
    self.connected = connected
    self.view = view
    self.views = views
  }
}

/// What a node knows when it plans: no pixels yet.
public struct NodeContext: Sendable {
  public var frame: Double
  public var frames: ClosedRange<Int>
  public var fps: Double
  /// The document's format, at proxy scale.
  public var format: Format
  /// 1, or 2 when everything is made at half size, and so on.
  public var proxy: Double
  /// Where the document lies and which colour configuration it names.
  public var settings: DocumentSettings
  /// One for each image of `inputFrames`; nil for a slot that is not connected.
  public var inputs: [ImageSpec?]
  /// This node at `frame + sampleOffsets[i]`.
  public var samples: [any Node]
  /// This node while the shutters of later nodes are open, if it `joinsShutters`.
  public var shutters: [ShutterSamples] = []
  /// For composites: the answers to their `bounds`; nil where one is not known and all may count.
  public var bounds: [Rect?] = []
  /// The view being made, as a place among the document's views.
  public var view = 0
  /// For a sink that writes several views into one file: those, one for each of `inputs`.
  public var joined: [Int] = []
  /// For sinks: what the frame is made from, for the file to carry.
  public var record: FrameRecord?

  public init(
    frame: Double, frames: ClosedRange<Int>, fps: Double, format: Format, proxy: Double,
    settings: DocumentSettings, inputs: [ImageSpec?], samples: [any Node] = []
  ) {
    self.frame = frame
    self.frames = frames
    self.fps = fps
    self.format = format
    self.proxy = proxy
    self.settings = settings
    self.inputs = inputs
    self.samples = samples
  }

  /// The name of the view being made; nil when the document has no views.
  public var viewName: String? {
    settings.views.indices.contains(view) ? settings.views[view] : nil
  }

  /// The first connected input, or a black frame of the document's format.
  public var main: ImageSpec {
    inputs.lazy.compactMap { $0 }.first
      ?? .nothing(format)
  }

  /// What is on `port`; nil when nothing is connected.
  public func spec(_ port: InputPort) -> ImageSpec? {
    port.slot < inputs.count ? inputs[port.slot] : nil
  }

  /// What is known of the deep picture on `port`; nil when nothing is connected.
  public func spec(_ port: DeepPort) -> ImageSpec? { spec(InputPort(slot: port.slot)) }
}

/// A node at some moments around a frame.
public struct ShutterSamples: Sendable {
  /// In frames from the frame.
  public var offsets: [Double]
  /// The node at each.
  public var nodes: [any Node]

  public init(offsets: [Double], nodes: [any Node]) {
    self.offsets = offsets
    self.nodes = nodes
  }
}

/// What a document says about itself.
public struct DocumentSettings: Hashable, Sendable {
  /// The directory relative paths start from.
  public var directory: String
  /// The document's OpenColorIO configuration, when it names one.
  public var ocio: String?
  /// The space pixels are in; nil is the configuration's `scene_linear` role.
  public var workingSpace: String?
  /// The names of its views, the main one first; empty for none.
  public var views: [String] = []
  /// How large image files may claim to be. Not the document's to say: the caller's.
  public var imageLimits = ImageFileLimits()

  public init(directory: String = ".", ocio: String? = nil, workingSpace: String? = nil) {
    self.directory = directory
    self.ocio = ocio
    self.workingSpace = workingSpace
  }

  /// The same, with the relative paths of nodes starting from another folder.
  package func startingPaths(in folder: String) -> DocumentSettings {
    var settings = self
    settings.ocio = ocio.map { PlainPath.join(directory, $0) }
    settings.directory = folder
    return settings
  }
}

/// Limits on image files that differ from the reader's own; nil leaves them.
public struct ImageFileLimits: Hashable, Sendable {
  public var axis: Int?
  public var pixels: Int?
  public var channels: Int?
  public var parts: Int?
  public var headerBytes: Int?
  public var ratio: Int?

  public init() {}
}

extension Node {
  public func inputFrames(_ context: FrameContext) -> [InputFrame] {
    context.connected.indices.map { InputFrame(slot: $0, frame: context.frame) }
  }
  public static var payload: Payload.Kind { .picture }
  public static var conditions: [ParamCondition] { [] }
  public static var pictureChecks: [String: any PictureCheck] { [:] }
  public var sampleOffsets: [Double] { [] }
  public static var joinsShutters: Bool { false }
  public func problems(_ context: NodeContext) -> [NodeError] { [] }
  public func filesRead(_ context: NodeContext) throws(NodeError) -> [String] { [] }
  public func fileContents(in folder: String) -> [FileContents] { [] }
}
