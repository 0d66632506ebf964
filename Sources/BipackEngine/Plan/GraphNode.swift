import BipackGraph
import BipackPixels

/// A node of one frame's graph: an operator with known inputs, extent and content hash.
struct GraphNode: Sendable {
  /// What the node does once its inputs are there. Filled in when something demands it.
  enum Work: Sendable {
    case unplanned
    /// Pixels that are there already: given by the caller, or found in the cache.
    case image(Payload)
    case point(PointProgram)
    case tile(any TileKernel, TileShape, computed: [Channel])
    case frame(any TileKernel, computed: [Channel])
    /// A picture that an earlier stage of the plan made.
    case earlier(stage: Int)
    case deep(any DeepKernel)
    case source(any SourceOperator)
    /// Pixels that are on disk, computed by an earlier run or another process.
    case diskImage(DiskImage)
    case sink(any SinkNode)
    case data(any Measuring)
  }

  /// The document path, for messages.
  var path: String
  var `operator`: any Operator
  var context: NodeContext
  /// The nodes feeding each of its images.
  var inputs: [Int?]
  var spec: ImageSpec
  var hash: StableHash
  /// The part of `hash` that is the node's own: type, version, parameters, extent.
  var own: StableHash
  /// What a source's file was when the node was planned.
  var stamp: StableHash?
  /// What is in a source's file, once somebody asked (see `identify`).
  var fingerprint: StableHash?
  /// What it makes depends on more than its inputs, and has no name beyond this process.
  var isNameless = false
  /// The name of the pixels beyond this process; nil when they have none (see `identify`).
  var contentHash: StableHash?
  var work = Work.unplanned
  var demand = Demand.none
  /// It is what a stage is for: its inputs are wanted as a whole, however many bands they come in.
  var takesWhole = false
  /// Its own image must exist: it is an output, or will be kept.
  var isMaterialised = false
  var isCachePoint = false
  /// Inputs that want to know what is read here.
  var watches: [Watch] = []
  /// Whether the subtree under it reads files or looks at neighbourhoods: worth keeping.
  var isCostly = false
}
