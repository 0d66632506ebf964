import BipackGraph
import BipackPixels

/// What will be done for one frame: passes in order, each over a region, with what may be dropped
/// after each. Immutable; printing it is `bipack explain`.
///
/// A frame that fits its budget is one stage of one band. One that does not is cut into bands of rows, from
/// top to bottom, each with passes of its own; what the bands deliver is written or put together as they
/// come. Every kernel gives the same pixels whatever region is asked for, so the bands change
/// nothing but the memory, at the price of computing twice what two bands reach into.
///
/// What frame operators make cannot be had row by row. Each has a stage before: bands of its own deliver its
/// inputs, it makes its picture once, and the stages after it read that.
public struct FramePlan: Sendable {
  /// One step of the frame: its image is computed tile by tile, read, or handed over.
  package struct Pass: Sendable {
    package enum Work: Sendable {
      case image(Payload)
      case strips(StripProgram, nodes: [String])
      case tiles(any TileKernel, TileShape, computed: [Channel])
      case frame(any TileKernel, computed: [Channel])
      /// The picture that an earlier stage made.
      case earlier(stage: Int)
      case deep(any DeepKernel)
      case read(any SourceOperator)
      case diskImage(DiskImage)
      case write(any SinkNode)
      case measure(any Measuring)
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
    /// Whether it is a sink that takes its picture in bands, and the frame comes in several.
    package var writesBands = false
    /// Whether it is what a stage is for: it works when its inputs are there as a whole.
    package var takesWhole = false
    /// Whether the document asks to keep it.
    package var isCachePoint = false
    /// What the file of a `read` was when the frame was planned.
    package var stamp: StableHash?
    /// Inputs that want to know what is read here.
    var watches: [Watch] = []
    /// The name of the result in the disk cache.
    package var contentHash: StableHash?
    /// Bytes of an image that was there already, in the memory cache.
    package var cachedBytes = 0
    /// Bytes of the image it makes, at most.
    package var bytes = 0
    /// Bytes of scratch memory it needs beside.
    package var scratchBytes = 0
  }

  /// The passes that make some rows of everything wanted.
  package struct Band: Sendable {
    /// The rows wanted of every goal; nil when the stage is made as a whole.
    package var rows: Range<Int>?
    package var passes: [Pass]
    /// The pass of each goal, in the order of the goals; nil where the band has no part in it.
    package var goals: [Int?]
    /// The most memory alive at any time in this band, in bytes.
    package var peakBytes = 0
    /// The pass (counted from 0) at which that happens.
    package var peakPass = 0
    /// Bytes that stay when the band is over, because a goal takes its picture as a whole.
    package var gatheredBytes = 0
  }

  /// Bands that make something wanted: what the frame is for, in the last stage; else one picture that later
  /// stages read.
  package struct Stage: Sendable {
    package var bands: [Band]
    /// Rows of one band, when there are several.
    package var bandRows: Int?
    /// Bytes of its picture that stay for later stages.
    package var bytes = 0
    /// Earlier stages whose pictures are not needed after it.
    package var releases: [Int] = []
    /// The most memory alive at any time in this stage, without pictures of earlier ones.
    package private(set) var peakBytes = 0
    /// The band in which that happens.
    package private(set) var peakBand = 0

    init(bands: [Band], bandRows: Int? = nil) {
      self.bands = bands
      self.bandRows = bandRows
      var gathered = 0
      for (index, band) in bands.enumerated() {
        if gathered + band.peakBytes > peakBytes {
          peakBytes = gathered + band.peakBytes
          peakBand = index
        }
        gathered += band.gatheredBytes
      }
    }

    /// The pass at which it needs the most memory; nil when there is nothing to do.
    package var peakPass: Pass? {
      guard peakBand < bands.count, !bands[peakBand].passes.isEmpty else { return nil }
      return bands[peakBand].passes[bands[peakBand].peakPass]
    }
  }

  package var stages: [Stage]
  public let frame: Double
  /// The most memory alive at any time, in bytes, if all goes as planned.
  public internal(set) var peakBytes = 0
  /// The stage in which that happens.
  package var peakStage = 0
  /// Images of the memory cache that the frame reads, and their bytes, which stay for as long as it
  /// runs.
  package var cached: Set<StableHash> = []
  package var cachedBytes = 0
  /// What was measured so that the frame could be planned.
  package var measured: [PassReport] = []
  /// How long planning took.
  public internal(set) var planSeconds: Double = 0
  /// Nodes of the document reached, before merging and fusing.
  public let nodeCount: Int

  init(stages: [Stage], frame: Double, nodeCount: Int) {
    self.stages = stages
    self.frame = frame
    self.nodeCount = nodeCount
    var held = 0
    for index in stages.indices {
      let stage = stages[index]
      if held + stage.peakBytes > peakBytes {
        peakBytes = held + stage.peakBytes
        peakStage = index
      }
      held += stage.bytes
      for earlier in stage.releases { held -= stages[earlier].bytes }
      for band in stage.bands {
        for pass in band.passes where pass.cachedBytes > 0 && cached.insert(pass.hash).inserted {
          cachedBytes += pass.cachedBytes
        }
      }
    }
  }

  /// Whether everything is made at once, so that every pass makes all that is wanted of its picture.
  package var isWhole: Bool { stages.count == 1 && stages[0].bands.count == 1 }

  /// Bands of the last stage, which makes what the frame is for.
  package var bands: [Band] { stages.last?.bands ?? [] }
}
