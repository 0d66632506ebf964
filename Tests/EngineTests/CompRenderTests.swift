import BipackGraph
import BipackPixels
import Testing

@testable import BipackEngine

/// Counts what really ran.
enum Counter {
  static let reads = Locked<[String: Int]>([:])
  static let writes = Locked<[String: [Float]]>([:])
}

/// A source of one number, which counts its reads.
struct Plate: SourceNode {
  static let abstract = "One number everywhere."
  static let category = "Test"
  @Param("What it is called.") var name = "plate"
  @Param("The number; 0 means the frame's.") var value = 1.0
  @Param("Whether it changes with the frame.") var moves = false
  @Param("Whether reading fails.") var fails = false
  init() {}
  var isTimeVarying: Bool { moves }
  func stamp(_ context: NodeContext) throws(NodeError) -> StableHash {
    var hasher = StableHasher()
    hasher.combine(name)
    return hasher.finalize()
  }
  func spec(_ context: NodeContext) throws(NodeError) -> ImageSpec {
    ImageSpec(format: context.format)
  }
  func read(_ demand: Demand, _ context: NodeContext, _ loops: Loops, _ pool: BlockPool)
    throws(NodeError) -> Payload
  {
    if fails { throw NodeError(.input, "plate.exr does not exist") }
    Counter.reads.withLock { $0[name, default: 0] += 1 }
    let spec = ImageSpec(format: context.format)
    let number = Float(moves ? context.frame : value)
    let pixels = [Float](repeating: number, count: spec.dataWindow.area)
    return .picture(
      Image(
        spec: spec, pool: pool,
        pixels: Dictionary(uniqueKeysWithValues: Channel.rgba.map { ($0, pixels) })))
  }
}

/// Remembers one pixel of every frame.
struct Probe: SinkNode {
  static let abstract = "Remembers a pixel."
  static let category = "Test"
  @Input("The picture.") var source
  @Param("Under which name.") var name = "probe"
  @Param("Whether all frames go to one file.") var isStill = false
  init() {}
  func paths(_ context: NodeContext) throws(NodeError) -> [String] {
    [isStill ? name : "\(name).\(Int(context.frame))"]
  }
  func write(_ image: Payload, _ context: NodeContext, _ loops: Loops, _ pool: BlockPool)
    throws(NodeError)
  {
    Counter.writes.withLock {
      $0[name, default: []].append(image.picture?.value(.red, x: 3, y: 3) ?? -1)
    }
  }
}

/// The frame before, this one, and the one after.
struct Neighbours: PointNode {
  static let abstract = "Sum of three frames."
  static let category = "Test"
  @Input("The picture.") var source
  init() {}
  func inputFrames(_ context: FrameContext) -> [InputFrame] {
    [-1, 0, 1].map { InputFrame(slot: 0, frame: context.frame + $0) }
  }
  func program(_ context: NodeContext) throws(NodeError) -> PointProgram {
    var program = PointProgram()
    for channel in context.main.channels {
      let pair = program.add(Sum.Kernel(), [.input(0, channel), .input(1, channel)])[0]
      program.set(channel, program.add(Sum.Kernel(), [pair, .input(2, channel)])[0])
    }
    return program
  }
}

/// Mean of red.
struct Mean: DataNode {
  static let abstract = "Mean."
  static let category = "Test"
  static let values = [ValuePort("mean", .number, "The mean.")]
  @Input("The picture.") var source
  init() {}
  func measure(_ task: borrowing DataTask) throws(NodeError) -> [String: ValueData] {
    guard let image = task.input(0) else { return ["mean": .number(0)] }
    Counter.reads.withLock { $0["mean", default: 0] += 1 }
    let pixels = image.pixels(.red, in: image.dataWindow, pool: task.pool)
    return ["mean": .number(Double(pixels.reduce(0, +)) / Double(max(1, pixels.count)))]
  }
}

private let registry = Registry([
  Plate.self, Probe.self, Neighbours.self, Mean.self, Affine.self, Sum.self, Coordinates.self,
])

private func comp(_ nodes: String, frames: String = "[1, 8]") throws -> Comp {
  try Comp(nodes: nodes, width: 140, height: 90, frames: frames, registry)
}

private func reads(_ name: String) -> Int { Counter.reads.withLock { $0[name] ?? 0 } }
private func writes(_ name: String) -> [Float] { Counter.writes.withLock { $0[name] ?? [] } }

@Suite("Rendering a comp") struct CompRenderTests {
  @Test func everyFrameIsWrittenWithItsValues() async throws {
    let comp = try comp(
      """
      "p": {"type": "Plate", "name": "every", "moves": true},
      "g": {"type": "Affine", "source": "p", "a": {"keys": [[1, 1], [8, 8]]}},
      "out": {"type": "Probe", "source": "g", "name": "every"}
      """)
    let reports = Locked<[Int]>([])
    let summary = await Renderer(RenderOptions(threads: 2, framesInFlight: 3)).render(
      RenderJob(comp)
    ) {
      if case .frameFinished(let report) = $0 {
        reports.withLock { $0.append(report.frame.number) }
      }
    }
    #expect(summary.rendered == 8 && summary.failures.isEmpty)
    #expect(writes("every").sorted() == (1...8).map { Float($0 * $0) })
    #expect(reports.withLock { $0.sorted() } == Array(1...8))
  }

  @Test func aStaticBranchIsComputedOncePerShot() async throws {
    let comp = try comp(
      """
      "bg": {"type": "Plate", "name": "static-bg", "value": 5},
      "look": {"type": "Affine", "source": "bg", "a": 2},
      "p": {"type": "Plate", "name": "static-fg", "moves": true},
      "sum": {"type": "Sum", "a": "p", "b": "look"},
      "out": {"type": "Probe", "source": "sum", "name": "static"}
      """, frames: "[1, 20]")
    let summary = await Renderer(RenderOptions(threads: 2, framesInFlight: 3)).render(
      RenderJob(comp))
    #expect(summary.failures.isEmpty)
    #expect(reads("static-bg") == 1)
    #expect(reads("static-fg") == 20)
    #expect(writes("static").sorted() == (1...20).map { Float($0 + 10) })
  }

  @Test func neighbouringFramesAreReadOnce() async throws {
    let comp = try comp(
      """
      "p": {"type": "Plate", "name": "neighbours", "moves": true},
      "n": {"type": "Neighbours", "source": "p"},
      "out": {"type": "Probe", "source": "n", "name": "neighbours"}
      """, frames: "[1, 20]")
    let summary = await Renderer(RenderOptions(threads: 2)).render(RenderJob(comp))
    #expect(summary.failures.isEmpty)
    #expect(writes("neighbours").sorted() == (1...20).map { Float(3 * $0) })
    #expect(reads("neighbours") == 22)
  }

  @Test func measuredValuesDriveParameters() async throws {
    let comp = try comp(
      """
      "p": {"type": "Plate", "name": "data", "moves": true},
      "mean": {"type": "Mean", "source": "p"},
      "g": {"type": "Affine", "source": "p", "b": {"from": "mean.mean"}},
      "out": {"type": "Probe", "source": "g", "name": "data"}
      """)
    let summary = await Renderer(RenderOptions(threads: 2)).render(RenderJob(comp))
    #expect(summary.failures.isEmpty)
    #expect(writes("data").sorted() == (1...8).map { Float(2 * $0) })
  }

  /// What is measured and shown as well is read once, and both are reported.
  @Test func aMeasuredPictureIsReadOnce() async throws {
    let comp = try comp(
      """
      "p": {"type": "Plate", "name": "read-once", "moves": true},
      "mean": {"type": "Mean", "source": "p"},
      "g": {"type": "Affine", "source": "p", "b": {"from": "mean.mean"}},
      "out": {"type": "Probe", "source": "g", "name": "read-once"}
      """, frames: "[1, 20]")
    let passes = Locked<[String]>([])
    let summary = await Renderer(RenderOptions(threads: 2)).render(RenderJob(comp)) { event in
      guard case .frameFinished(let report) = event else { return }
      passes.withLock { $0 += report.passes.map(\.path) }
    }
    #expect(summary.failures.isEmpty)
    #expect(writes("read-once").sorted() == (1...20).map { Float(2 * $0) })
    #expect(reads("read-once") == 20)
    #expect(passes.withLock { $0.count { $0 == "mean" } } == 20)
  }

  /// A link names a frame; expressions do so too, also through a parameter that follows a value.
  @Test(arguments: [
    (#"{"from": "mean.mean", "at": 3}"#, [4, 5, 6, 7, 8, 9, 10, 11]),
    (#"{"from": "mean.mean", "offset": 1}"#, [3, 5, 7, 9, 11, 13, 15, 17]),
    (#"{"expr": "mean.mean(frame - 1) + mean.mean(2)"}"#, [3, 5, 7, 9, 11, 13, 15, 17]),
    (#"{"expr": "other.b(2 * frame)"}"#, [3, 6, 9, 12, 15, 18, 21, 24]),
  ])
  func valuesAreTakenAtOtherFrames(_ b: String, _ expected: [Float]) async throws {
    let name = "at \(b)"
    let text = """
      "p": {"type": "Plate", "name": "at", "moves": true},
      "mean": {"type": "Mean", "source": "p"},
      "other": {"type": "Affine", "source": "p", "b": {"from": "mean.mean"}},
      "g": {"type": "Affine", "source": "p", "b": \(b)},
      "out": {"type": "Probe", "source": "g", "name": \(String(reflecting: name))}
      """
    let comp = try comp(text)
    let summary = await Renderer(RenderOptions(threads: 2)).render(RenderJob(comp))
    #expect(summary.failures.isEmpty)
    #expect(writes(name).sorted() == expected)
    #expect(await Renderer().dryRun(comp).findings.isEmpty)
  }

  @Test func aFailingNodeFailsItsFrameWithItsPath() async throws {
    let comp = try comp(
      """
      "p": {"type": "Plate", "name": "fails", "moves": true,
            "fails": {"keys": [[1, false], [3, true], [4, false]]}},
      "out": {"type": "Probe", "source": "p", "name": "fails"}
      """)
    var job = RenderJob(comp)
    job.continues = true
    let summary = await Renderer(RenderOptions(threads: 2)).render(job)
    #expect(summary.rendered == 7)
    #expect(summary.failures.map(\.description) == ["frame 3: nodes.p: plate.exr does not exist"])
    #expect(summary.failures.first?.kind == .input)
    job.continues = false
    let stopped = await Renderer(RenderOptions(threads: 1, framesInFlight: 1)).render(job)
    #expect(stopped.rendered == 2 && stopped.failures.count == 1)
  }

  @Test func aFrameThatCannotFitIsRefusedBeforeItStarts() async throws {
    let comp = try comp(
      """
      "p": {"type": "Plate", "name": "refused"},
      "out": {"type": "Probe", "source": "p", "name": "refused"}
      """)
    let renderer = Renderer(RenderOptions(threads: 1, memory: 100_000))
    let summary = await renderer.render(RenderJob(comp, frames: [1]))
    #expect(summary.failures.first?.kind == .memory)
    #expect(reads("refused") == 0)
  }

  @Test func cancellingStopsBetweenTiles() async throws {
    let comp = try comp(
      """
      "p": {"type": "Plate", "name": "cancel", "moves": true},
      "out": {"type": "Probe", "source": "p", "name": "cancel"}
      """, frames: "[1, 100000]")
    let renderer = Renderer(RenderOptions(threads: 2))
    let task = Task { await renderer.render(RenderJob(comp)) }
    try await Task.sleep(for: .milliseconds(50))
    task.cancel()
    let summary = await task.value
    #expect(summary.isCancelled)
    #expect(summary.rendered < 100_000)
  }

  @Test func masksAreHeldToZeroAndOneBeforeTheMix() async throws {
    let comp = try comp(
      """
      "p": {"type": "Plate", "value": 4, "name": "clamped"},
      "m": {"type": "Plate", "value": 3, "name": "clamped-matte"},
      "g": {"type": "Affine", "source": "p", "a": 3, "mask": "m", "mix": 0.5}
      """)
    let id = try #require(comp.id(of: "g"))
    let image = try await Renderer(RenderOptions(threads: 1)).image(comp, node: id, frame: 1)
    #expect(image.value(.red, x: 1, y: 1) == 8)
  }

  @Test func maskAndMixInADocument() async throws {
    let comp = try comp(
      """
      "p": {"type": "Plate", "value": 4, "name": "mask"},
      "m": {"type": "Plate", "value": 0.25, "name": "mask-matte"},
      "g": {"type": "Affine", "source": "p", "a": 3, "mask": "m", "mix": 0.5},
      "off": {"type": "Affine", "source": "g", "a": 100, "disabled": true},
      "none": {"type": "Affine", "source": "off", "a": 100, "mix": 0}
      """)
    let id = try #require(comp.id(of: "none"))
    let image = try await Renderer(RenderOptions(threads: 1)).image(comp, node: id, frame: 1)
    #expect(image.value(.red, x: 1, y: 1) == 4 * (1 - 0.125) + 12 * 0.125)
  }

  @Test func aDisabledSinkIsNotRun() async throws {
    let comp = try comp(
      """
      "p": {"type": "Plate", "name": "off-sink", "moves": true},
      "bad": {"type": "Plate", "name": "off-sink-bad", "fails": true},
      "out": {"type": "Probe", "source": "p", "name": "off-sink",
              "disabled": {"keys": [[1, false], [2, true]]}},
      "no": {"type": "Probe", "source": "bad", "name": "off-sink", "disabled": true}
      """)
    let summary = await Renderer(RenderOptions(threads: 2)).render(RenderJob(comp, frames: [1, 2]))
    #expect(summary.failures == [] && summary.rendered == 1)
    #expect(summary.disabled == ["out": 1, "no": 2])
    #expect(Counter.writes.withLock { $0["off-sink"] } == [1])

    let idle = await Renderer(RenderOptions(threads: 2)).render(
      RenderJob(comp, frames: [2], outputs: comp.sinks))
    #expect(idle.isRefused && idle.failures[0].message.contains("nodes.no, nodes.out are disabled"))
  }

  @Test func oneFileIsWrittenByOneFrame() async throws {
    let comp = try comp(
      """
      "p": {"type": "Plate", "name": "one-file", "moves": true},
      "out": {"type": "Probe", "source": "p", "name": "one-file", "isStill": true}
      """)
    var job = RenderJob(comp)
    job.continues = true
    let summary = await Renderer(RenderOptions(threads: 2)).render(job)
    #expect(summary.isRefused && summary.rendered == 0 && summary.failures.count == 1)
    let error = try #require(summary.failures.first)
    #expect(error.message.contains("is the file of frame 1 too"))
  }

  @Test func planningIsQuick() async throws {
    var nodes = "\"n0\": {\"type\": \"Coordinates\"}"
    for i in 1..<200 {
      nodes +=
        ",\n\"n\(i)\": {\"type\": \"Affine\", \"source\": \"n\(i - 1)\", \"a\": {\"keys\": [[1, 1.01], [9, 1.02]]}}"
    }
    let comp = try comp(nodes)
    let renderer = Renderer(RenderOptions(threads: 1))
    var best = 1.0
    for frame in 1...40 {
      best = min(
        best, try await renderer.plan(comp, outputs: [199], frame: Double(frame)).planSeconds)
    }
    print("plan of 200 animated nodes: \(milliseconds(best)) ms")
    #if !BIPACK_SANITIZED
      #expect(best < 0.005)
    #endif
  }
}
