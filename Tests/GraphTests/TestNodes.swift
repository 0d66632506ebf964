import BipackPixels

@testable import BipackGraph

// Small nodes that do nothing with pixels: the graph only looks at what they declare.

struct Plate: SourceNode {
  static let abstract = "Makes a picture."
  static let category = "Test"
  @Param("File to read.") var path: FilePath = ""
  @Param(0...10, "Level of grey.") var level = 0.0
  func stamp(_ context: NodeContext) throws(NodeError) -> StableHash { StableHasher().finalize() }
  func read(_ demand: Demand, _ context: NodeContext, _ loops: Loops, _ pool: BlockPool)
    throws(NodeError) -> Payload
  {
    Payload(spec: context.main)
  }
}

struct Grade: PointNode {
  static let abstract = "Scales a picture."
  static let category = "Test"
  @Input("The picture.") var source
  @Param(0...4, "Factor; larger is brighter.") var gain: ColorValue = 1
  @Param(.above(0), "Exponent; larger is darker.") var gamma = 1.0
  @Param("Run backwards.") var reverse = false
  @Param("Channels to change.") var channels: ChannelSet = .rgb
  func program(_ context: NodeContext) throws(NodeError) -> PointProgram { PointProgram() }
}

struct Soften: PointNode {
  static let abstract = "Softens a picture."
  static let category = "Test"
  enum Filter: String, ParamChoice { case box, gaussian, triangle }
  @Input("The picture.") var source
  @Param(0...1000, unit: .pixels, "Radius; larger is softer.") var size: Vec2 = 1
  @Param(1...10, "Passes; more is smoother.") var passes = 1
  @Param("Shape of the kernel.") var filter = Filter.gaussian
  func program(_ context: NodeContext) throws(NodeError) -> PointProgram { PointProgram() }
}

struct Over: PointNode {
  static let abstract = "Lays A over B."
  static let category = "Test"
  @Input("The foreground.") var a
  @Input("The background.") var b
  @Input("A garbage matte.", optional: true) var matte
  func program(_ context: NodeContext) throws(NodeError) -> PointProgram { PointProgram() }
}

struct Pick: PointNode {
  static let abstract = "Chooses an input."
  static let category = "Test"
  @Inputs(1...4, "Pictures to choose from.") var inputs
  @Param(0...3, "Which one.") var which = 0
  func program(_ context: NodeContext) throws(NodeError) -> PointProgram { PointProgram() }
}

struct Stats: DataNode {
  static let abstract = "Measures a picture."
  static let category = "Test"
  static let values = [
    ValuePort("mean", .vector(4), "Mean of each channel."),
    ValuePort("luma", .number, "Mean luminance."),
  ]
  @Input("The picture.") var source
  @Param("Part to measure.") var area = Box(0, 0, 1, 1)
  func measure(_ task: borrowing DataTask) throws(NodeError) -> [String: ValueData] { [:] }
}

struct Out: SinkNode {
  static let abstract = "Writes a picture."
  static let category = "Test"
  @Input("The picture.") var source
  @Param("File to write.") var path: FilePath = "out.exr"
  func paths(_ context: NodeContext) throws(NodeError) -> [String] { [path.text] }
  func write(_ image: Payload, _ context: NodeContext, _ loops: Loops, _ pool: BlockPool)
    throws(NodeError)
  {}
}

struct Fitted: PointNode {
  static let abstract = "Fits a picture."
  static let category = "Test"
  enum Kind: String, ParamChoice { case box, scale }
  @Input("The picture.") var source
  @Input("Another.", optional: true) var like
  @Param("To what.") var to = Kind.box
  @Param("Size of the box.") var size: Vec2 = 1
  @Param("Scale.") var scale = 1.0
  @Param("Whether it blurs.") var blurs = false
  @Param("How much it blurs.") var blur = 1.0
  @Param("The size, if it is like nothing.") var format = ""
  @Param("How much it is like the other.") var likeness = 1.0
  @Param("The middle of a box that is scaled or blurred.") var middle = 0.0
  static let conditions: [ParamCondition] = [
    .only("size", where: "to", is: "box").asError,
    .only("scale", where: "to", is: "scale"),
    .only("blur", with: "blurs"),
    .only("format", withoutInput: "like"),
    .only("likeness", withInput: "like"),
    .only("middle", where: "to", or: "format", is: "box"),
  ]
  func program(_ context: NodeContext) throws(NodeError) -> PointProgram { PointProgram() }
}

/// Breaks every rule of a declaration.
struct Badly: PointNode {
  static let typeName = "badly made"
  static let abstract = "No period"
  static let category = ""
  @Input("The picture") var source
  // swift-format-ignore
  @Param(0...1, "Too large.") var Amount = 2.0
  @Param("Reserved.") var mix = 1.0
  var loose = 0
  static let conditions: [ParamCondition] = [.only("mix", "depth", with: "height")]
  func program(_ context: NodeContext) throws(NodeError) -> PointProgram { PointProgram() }
}

struct Lookup: PointNode {
  static let abstract = "Maps values through a curve."
  static let category = "Test"
  @Input("The picture.") var source
  @Param("The curve.") var master = LookupCurve.identity
  @Param("Numbers.") var numbers: NumberList = []
  @Param("A text.") var text = ""
  @Param("Texts.") var tags: TextList = []
  func program(_ context: NodeContext) throws(NodeError) -> PointProgram { PointProgram() }
}

struct Smoke: SourceNode {
  static let abstract = "Makes a deep picture."
  static let category = "Test"
  static let payload = Payload.Kind.deep
  func stamp(_ context: NodeContext) throws(NodeError) -> StableHash { StableHasher().finalize() }
  func read(_ demand: Demand, _ context: NodeContext, _ loops: Loops, _ pool: BlockPool)
    throws(NodeError) -> Payload
  {
    Payload(spec: context.main)
  }
}

struct Thin: DeepNode {
  static let abstract = "Thins a deep picture."
  static let category = "Test"
  @DeepInput("The deep picture.") var source
  @DeepInput("What hides it.", optional: true) var holdout
  func kernel(_ context: NodeContext) throws(NodeError) -> any DeepKernel {
    throw NodeError("not here")
  }
}

struct Flatten: TileNode {
  static let abstract = "Flattens a deep picture."
  static let category = "Test"
  @DeepInput("The deep picture.") var source
  func kernel(_ context: NodeContext) throws(NodeError) -> any TileKernel {
    throw NodeError("not here")
  }
}
