import BipackGraph
import BipackPixels

/// What will be done for one frame: passes in order, each over a region, with what may be dropped
/// after each. Immutable; printing it is `bipack explain`.
public struct FramePlan: Sendable {
  /// One step of the frame: its image is computed tile by tile, read, or handed over.
  package struct Pass: Sendable {
    package enum Work: Sendable {
      case image(Image)
      case strips(StripProgram, nodes: [String])
      case tiles(any TileKernel, TileShape, computed: [Channel])
      case read(any SourceNode)
      case write(any SinkNode)
      case measure(any DataNode)
    }
    package var work: Work
    package var path: String
    package var typeName: String
    package var hash: StableHash
    package var spec: ImageSpec
    package var demand: Demand
    package var context: NodeContext
    /// The passes whose images it reads, in the order its work expects.
    package var inputs: [Int?]
    /// What each input must hold.
    package var inputDemands: [Demand]
    /// Passes whose images are not needed after this one.
    package var releases: [Int] = []
    /// Whether the result goes to the cache, for later frames.
    package var isKept = false
    /// Bytes of the image it makes, at most.
    package var bytes = 0
    /// Bytes of scratch memory it needs beside.
    package var scratchBytes = 0
  }

  package var passes: [Pass]
  /// The passes whose images the caller wants.
  package var goals: [Int]
  public let frame: Double
  /// The most memory alive at any time, in bytes, if all goes as planned.
  public internal(set) var peakBytes: Int
  /// The pass (counted from 0) at which that happens.
  public internal(set) var peakPass: Int
  /// How long planning took.
  public internal(set) var planSeconds: Double = 0
  /// Nodes of the document reached, before merging and fusing.
  public internal(set) var nodeCount: Int
  /// The content hash of everything computed.
  package var hashes: Set<StableHash>
}
