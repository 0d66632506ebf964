public import BipackPixels
import Glibc

/// An operator that has its pixels from outside the graph.
///
/// Runs on the engine's file queue, never on a compute worker.
public protocol SourceOperator: Operator {
  /// Identifies the content that would be read (for a file: device, inode, size, times), so that a
  /// changed file is another image.
  func stamp(_ context: NodeContext) throws(NodeError) -> StableHash
  /// Identifies the content by itself, the same wherever and whenever it lies: a digest of the bytes.
  /// May read the whole file. By default the stamp.
  func fingerprint(_ context: NodeContext) throws(NodeError) -> StableHash
  /// The file that would be read, as a look at its folder tells. Nil, the default, where it is none.
  func mark(_ context: NodeContext) throws(NodeError) -> FileMark?
  /// Memory that reading with so many threads takes beside the picture, in bytes. None by default.
  func decodingBytes(_ context: NodeContext, threads: Int) -> Int
  /// Reads at least `demand`: a picture, or a deep one if that is what `spec` promises. May use `loops` to
  /// decode on several cores.
  func read(_ demand: Demand, _ context: NodeContext, _ loops: Loops, _ pool: BlockPool)
    throws(NodeError) -> Payload
}

/// A node that writes its input to a file. It passes the image on unchanged.
public protocol SinkNode: Node {
  /// Whether the file can carry a record of what it was made from (`NodeContext.record`), so that a
  /// later render can leave it as it is. Not by default.
  func carriesRecord(_ context: NodeContext) throws(NodeError) -> Bool
  /// What the file says that is there now. Asked only if `carriesRecord`.
  func found(_ context: NodeContext) throws(NodeError) -> FrameRecord.Found
  /// The node without what only says where the file goes: all that decides the file's bytes. Itself
  /// by default.
  var placeless: Self { get }
  /// The file this frame goes to, absolute, and any further ones.
  func paths(_ context: NodeContext) throws(NodeError) -> [String]
  /// Tries whether this frame's file could be made: that its folder is there or can be made, and takes
  /// files. Leaves no file behind. Nothing is tried by default.
  func tryTarget(_ context: NodeContext) throws(NodeError)
  /// The picture as it goes into the file: nodes between the input and the file (colour space,
  /// alpha), planned and fused like any others. By default the input itself.
  func prepare(_ graph: inout Expansion, _ context: NodeContext) throws(NodeError) -> Expansion.Ref
  /// What is written of the prepared picture; by default all of it.
  func written(_ context: NodeContext) throws(NodeError) -> Demand
  /// What the picture says of itself that the file cannot keep, in words to warn with. Nothing
  /// by default.
  func losses(_ context: NodeContext) -> [String]
  /// Memory that writing takes beside the picture, in bytes. None by default.
  func encodingBytes(_ context: NodeContext) -> Int
  /// Writes the frame: the file is complete under its name, or was not touched.
  func write(_ image: Payload, _ context: NodeContext, _ loops: Loops, _ pool: BlockPool)
    throws(NodeError)
  /// Whether a picture can be written in bands of rows, so that it need not be in memory as a whole.
  /// Not by default.
  func writesBands(_ context: NodeContext) throws(NodeError) -> Bool
  /// Begins a frame that comes in bands. Called only if `writesBands`.
  func bandWriter(_ context: NodeContext) throws(NodeError) -> any BandWriter
}

/// A file that is being written in bands of rows, from top to bottom.
public protocol BandWriter: AnyObject, Sendable {
  /// Writes the lines above row `end` that are not written yet. `image` holds them as far as its
  /// data window goes; the others are black.
  func append(_ image: Payload, above end: Int, _ loops: Loops) throws(NodeError)
  /// Writes the lines that are left and puts the complete file under its name.
  func finish(_ image: Payload, _ loops: Loops) throws(NodeError)
  /// Leaves nothing behind. Dropping a writer that was not finished does the same.
  func cancel()
}

/// A source that stands in documents itself.
public protocol SourceNode: SourceOperator, Node {}

extension SourceOperator {
  public var role: OperatorRole { .source(self) }
  public func fingerprint(_ context: NodeContext) throws(NodeError) -> StableHash {
    try stamp(context)
  }
  public func mark(_ context: NodeContext) throws(NodeError) -> FileMark? { nil }
  public func decodingBytes(_ context: NodeContext, threads: Int) -> Int { 0 }
}

extension SinkNode {
  public var role: OperatorRole { .sink(self) }
  public func carriesRecord(_ context: NodeContext) throws(NodeError) -> Bool { false }
  public func found(_ context: NodeContext) throws(NodeError) -> FrameRecord.Found { .nothing }
  public var placeless: Self { self }
  public func losses(_ context: NodeContext) -> [String] { [] }
  public func encodingBytes(_ context: NodeContext) -> Int { 0 }
  public func writesBands(_ context: NodeContext) throws(NodeError) -> Bool { false }
  public func bandWriter(_ context: NodeContext) throws(NodeError) -> any BandWriter {
    throw NodeError("'\(Self.typeName)' does not write bands")
  }
  public func tryTarget(_ context: NodeContext) throws(NodeError) {}
  public static var isMaskable: Bool { false }
  public func identity(_ context: NodeContext) -> Int? { 0 }
  public func prepare(_ graph: inout Expansion, _ context: NodeContext) throws(NodeError)
    -> Expansion.Ref
  { .input(0) }
  public func written(_ context: NodeContext) throws(NodeError) -> Demand {
    let spec = context.main
    return Demand(rect: spec.dataWindow, channels: Set(spec.channels))
  }
}

/// A file by what its folder says of it: the same on every machine that sees the folder.
public struct FileMark: Hashable, Sendable {
  /// Without its folder.
  public var name: String
  public var bytes: Int
  /// Time of last change in nanoseconds since 1970.
  public var modified: Int

  public init(path: String, bytes: Int, modified: Int) {
    name = path.split(separator: "/").last.map(String.init) ?? path
    self.bytes = bytes
    self.modified = modified
  }

  /// Whether the file was changed so long ago that one more change would show in its time.
  public var isSettled: Bool {
    var now = timespec()
    clock_gettime(CLOCK_REALTIME, &now)
    return Int(now.tv_sec) &* 1_000_000_000 &+ Int(now.tv_nsec) &- modified > 2_000_000_000
  }
}
