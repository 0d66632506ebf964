import BipackGraph
import BipackPixels
import Testing

@testable import BipackEngine

/// Writes bands into a dictionary instead of a file.
struct Tape: SinkNode {
  static let abstract = "Remembers what was written, row by row."
  static let category = "Test"
  @Input("The picture.") var source
  @Param("Under which name.") var name = "tape"
  @Param("Whether it takes bands.") var takesBands = true
  init() {}

  struct Record {
    var rows: [[Float]] = []
    var calls = 0
    var isFinished = false
    var isCancelled = false
  }
  static let records = Locked<[String: Record]>([:])

  func paths(_ context: NodeContext) throws(NodeError) -> [String] { [name] }
  func write(_ image: Payload, _ context: NodeContext, _ loops: Loops, _ pool: BlockPool)
    throws(NodeError)
  {
    let writer = Writer(name: name, window: image.spec.dataWindow, pool: pool)
    try writer.finish(image, loops)
  }
  func writesBands(_ context: NodeContext) throws(NodeError) -> Bool { takesBands }
  func bandWriter(_ context: NodeContext) throws(NodeError) -> any BandWriter {
    Writer(name: name, window: context.main.dataWindow, pool: Self.pool)
  }
  private static let pool = BlockPool()

  final class Writer: BandWriter {
    let name: String
    let window: Rect
    let pool: BlockPool
    init(name: String, window: Rect, pool: BlockPool) {
      (self.name, self.window, self.pool) = (name, window, pool)
      Tape.records.withLock { $0[name] = Record() }
    }
    func append(_ image: Payload, above end: Int, _ loops: Loops) throws(NodeError) {
      let image = try image.expectPicture()
      let first = window.y0 + Tape.records.withLock { $0[name]?.rows.count ?? 0 }
      for y in first..<max(first, min(end, window.y1)) {
        let line = Rect(x: window.x0, y: y, width: window.width, height: 1)
        let row = image.pixels(.red, in: line, pool: pool)
        Tape.records.withLock { $0[name]?.rows.append(row) }
      }
      Tape.records.withLock { $0[name]?.calls += 1 }
    }
    func finish(_ image: Payload, _ loops: Loops) throws(NodeError) {
      try append(image, above: window.y1, loops)
      Tape.records.withLock { $0[name]?.isFinished = true }
    }
    func cancel() {
      Tape.records.withLock { if $0[name]?.isFinished == false { $0[name]?.isCancelled = true } }
    }
  }

  static func record(_ name: String) -> Record? { records.withLock { $0[name] } }
}

/// A box sum as a document node; `whole` works on the frame at once.
struct Spread: TileNode, FrameNode {
  static let abstract = "Sum over a square."
  static let category = "Test"
  @Input("The picture.") var source
  @Param("Reach.") var radius = 3
  @Param("Works on the whole frame.") var whole = false
  @Param("What its calls are counted under.") var name = ""
  init() {}
  var role: OperatorRole { whole ? .frame(self) : .tile(self) }
  var cost: NodeCost { .heavy }
  func computed(_ context: NodeContext) -> [Channel] { context.main.channels }
  func workingBytes(_ region: Rect, _ context: NodeContext) -> Int {
    region.expanded(radius).area * MemoryLayout<Float>.stride
  }
  func demand(_ output: Demand, _ context: NodeContext) -> [Demand] {
    [output.with(rect: output.rect.expanded(radius))]
  }
  func kernel(_ context: NodeContext) throws(NodeError) -> any TileKernel {
    Counted(kernel: BoxSum.Kernel(radius: radius), name: name)
  }

  /// Calls of the kernels by name.
  static let calls = Locked<[String: Int]>([:])

  private struct Counted: TileKernel {
    let kernel: BoxSum.Kernel
    let name: String
    func render(_ task: borrowing TileTask) throws(NodeError) {
      Spread.calls.withLock { $0[name, default: 0] += 1 }
      try kernel.render(task)
    }
  }
}

private let registry = Registry([
  Tape.self, Spread.self, Coordinates.self, Affine.self, Sum.self, Mean.self, Breaks.self,
])

/// A frame of 500 x 1400 pixels: 4 x 11 tiles of 64 KiB a channel, 11 MiB an image.
private func comp(_ nodes: String) throws -> Comp {
  try Comp(nodes: nodes, width: 500, height: 1400, frames: "[1, 1]", registry)
}

private func options(_ mebibytes: Int) -> RenderOptions {
  RenderOptions(threads: 2, memory: mebibytes << 20)
}

@Suite("Frames in bands") struct BandTests {
  static let chain = """
    "p": {"type": "Coordinates"}, "g": {"type": "Affine", "source": "p", "a": 0.5},
    "one": {"type": "Spread", "source": "g"}, "two": {"type": "Spread", "source": "one", "radius": 9},
    "sum": {"type": "Sum", "a": "two", "b": "g"}
    """

  private func render(_ name: String, _ mebibytes: Int, _ extra: String = "") async throws
    -> (RenderSummary, FramePlan, Renderer)
  {
    let comp = try comp(
      Self.chain + #", "out": {"type": "Tape", "source": "sum", "name": "\#(name)"\#(extra)}"#)
    let renderer = Renderer(options(mebibytes))
    let plan = try await renderer.plan(comp, frame: 1)
    return (await renderer.render(RenderJob(comp)), plan, renderer)
  }

  @Test func aFrameThatDoesNotFitIsMadeInBandsAndIsTheSame() async throws {
    let (_, whole, _) = try await render("whole", 400)
    #expect(whole.bands.count == 1)
    let reference = try #require(Tape.record("whole"))
    #expect(reference.rows.count == 1400 && reference.calls == 1)
    for budget in [24, 16, 12] {
      let (summary, plan, renderer) = try await render("bands", budget)
      #expect(summary.failures == [])
      #expect(plan.bands.count > 1)
      #expect(plan.peakBytes <= budget << 20)
      #expect(renderer.pool.usage.peak <= plan.peakBytes)
      let record = try #require(Tape.record("bands"))
      #expect(record.rows == reference.rows)
      #expect(record.calls == plan.bands.count && record.isFinished)
    }
  }

  @Test func aWriterThatTakesNoBandsGetsThePictureWhole() async throws {
    _ = try await render("reference", 400)
    let (summary, plan, renderer) = try await render("gathered", 24, #", "takesBands": false"#)
    #expect(summary.failures == [])
    #expect(plan.bands.count > 1 && plan.peakBytes <= 24 << 20)
    #expect(renderer.pool.usage.peak <= plan.peakBytes)
    #expect(Tape.record("gathered")?.calls == 1)
    #expect(Tape.record("gathered")?.rows == Tape.record("reference")?.rows)
  }

  @Test func imagesAndMeasuresAreGathered() async throws {
    let comp = try comp(Self.chain + #", "m": {"type": "Mean", "source": "sum"}"#)
    let sum = try #require(comp.id(of: "sum"))
    let large = Renderer(options(400))
    let small = Renderer(options(24))
    let whole = try await large.image(comp, node: sum, frame: 1)
    let parts = try await small.image(comp, node: sum, frame: 1)
    for channel in Channel.rgba {
      let same =
        whole.pixels(channel, in: whole.dataWindow, pool: large.pool)
        == parts.pixels(channel, in: whole.dataWindow, pool: small.pool)
      #expect(same)
    }
    let mean = try #require(comp.id(of: "m"))
    var values: [[String: ValueData]] = []
    for renderer in [large, small] {
      let plan = try await renderer.plan(comp, outputs: [mean], frame: 1)
      values.append(try await renderer.run(plan).values)
    }
    #expect(values[0] == values[1] && values[0]["mean"] != nil)
  }

  @Test func whatCannotFitSaysWhichPassAndHowMuch() async throws {
    let (summary, _, _) = try await render("refused", 3)
    let error = try #require(summary.failures.first)
    #expect(error.kind == .memory)
    #expect(error.message.contains("even in bands of 128 rows"))
    #expect(error.message.contains("3 MiB are allowed (--memory)"))
    #expect(Tape.record("refused") == nil)
  }

  @Test func whatAFrameNodeTakesIsNamedWhereItDoesNotFit() async throws {
    let comp = try comp(
      """
      "p": {"type": "Coordinates"}, "w": {"type": "Spread", "source": "p", "whole": true},
      "out": {"type": "Tape", "source": "w", "name": "forbidden"}
      """)
    let summary = await Renderer(options(16)).render(RenderJob(comp))
    let error = try #require(summary.failures.first)
    #expect(error.kind == .memory)
    #expect(error.message.contains("work on their pictures as a whole: nodes.w"))
  }

  /// Two frame nodes, one behind the other, with what can be made in bands before, between, beside and
  /// after them.
  private func staged(_ name: String, _ mebibytes: Int?, bandTiles: Int? = nil) async throws -> (
    plan: FramePlan, calls: Int, peak: Int
  ) {
    let comp = try comp(
      Self.chain + """
        , "w": {"type": "Spread", "source": "sum", "whole": true, "name": "\(name)"},
        "three": {"type": "Spread", "source": "g", "radius": 1},
        "four": {"type": "Spread", "source": "g", "radius": 2},
        "s": {"type": "Sum", "a": "three", "b": "four"}, "t": {"type": "Sum", "a": "one", "b": "two"},
        "st": {"type": "Sum", "a": "s", "b": "t"}, "between": {"type": "Sum", "a": "w", "b": "st"},
        "v": {"type": "Spread", "source": "between", "whole": true, "radius": 5, "name": "\(name)"},
        "last": {"type": "Sum", "a": "v", "b": "two"}, "all": {"type": "Sum", "a": "last", "b": "w"},
        "out": {"type": "Tape", "source": "all", "name": "\(name)"}
        """)
    Spread.calls.withLock { $0[name] = 0 }
    var options = options(mebibytes ?? 400)
    options.bandTiles = bandTiles
    let renderer = Renderer(options)
    let plan = try await renderer.plan(comp, frame: 1)
    #expect(await renderer.render(RenderJob(comp)).failures == [])
    let calls = Spread.calls.withLock { $0[name] ?? 0 }
    return (plan, calls, renderer.pool.usage.peakTotal)
  }

  @Test func aFrameNodeWorksOnceAndTheRestInBands() async throws {
    let free = try await staged("free", nil)
    #expect(free.plan.isWhole && free.calls == 2)
    let reference = try #require(Tape.record("free"))
    #expect(reference.rows.count == 1400)
    for (name, budget, bandTiles) in [("tight", 56, nil), ("forced", 400, 2)] {
      let made = try await staged(name, budget, bandTiles: bandTiles)
      #expect(made.plan.stages.count == 3)
      #expect(made.plan.stages.contains { $0.bands.count > 1 })
      #expect(made.plan.peakBytes <= budget << 20 && made.plan.peakBytes < free.plan.peakBytes)
      #expect(made.peak <= made.plan.peakBytes * 11 / 10)
      #expect(made.calls == 2, "once for each")
      #expect(Tape.record(name)?.rows == reference.rows)
    }
    #expect(free.plan.peakBytes > 56 << 20)
  }

  @Test func stagesAreExplained() async throws {
    let text = try await staged("explained", 56).plan.description
    #expect(text.contains("stage 1, the whole picture of w"))
    #expect(text.contains("the whole picture of v, in "))
    #expect(text.contains("stage 3"))
    #expect(text.contains("made before"))
    #expect(text.contains("by stage 1"))
  }

  @Test func aFileBegunInBandsIsDroppedWhenALaterBandFails() async throws {
    let comp = try comp(
      Self.chain
        + #", "bad": {"type": "Sum", "a": "sum", "b": "f"}, "f": {"type": "Breaks"}, "#
        + #""out": {"type": "Tape", "source": "bad", "name": "broken"}"#)
    let summary = await Renderer(options(24)).render(RenderJob(comp))
    #expect(summary.failures.first?.kind == .input)
    let record = try #require(Tape.record("broken"))
    #expect(record.isCancelled && !record.isFinished && record.calls > 0)
  }
}

/// A source whose lower half cannot be read.
struct Breaks: SourceNode {
  static let abstract = "Fails below row 700."
  static let category = "Test"
  func stamp(_ context: NodeContext) throws(NodeError) -> StableHash {
    StableHasher().finalize()
  }
  func spec(_ context: NodeContext) throws(NodeError) -> ImageSpec {
    ImageSpec(format: context.format)
  }
  func read(_ demand: Demand, _ context: NodeContext, _ loops: Loops, _ pool: BlockPool)
    throws(NodeError) -> Payload
  {
    if demand.rect.y1 > 900 { throw NodeError(.input, "half of it is missing") }
    let spec = ImageSpec(format: context.format)
    var image = Image(spec: spec, grid: pool.grid)
    for channel in spec.channels {
      image[channel] = TiledPlane(grid: pool.grid, dataWindow: spec.dataWindow, constant: 1)
    }
    return .picture(image)
  }
}
