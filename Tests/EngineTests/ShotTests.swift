import BipackGraph
import BipackPixels
import Foundation
import Testing

@testable import BipackEngine

/// What really ran, by name.
private let ran = Locked<[String: Int]>([:])
private func count(_ name: String) -> Int { ran.withLock { $0[name] ?? 0 } }

/// A source of one number, which counts its reads.
private struct Lamp: SourceNode {
  static let abstract = "One number everywhere."
  static let category = "Test"
  @Param("What it is called.") var name = "lamp"
  @Param("The number.") var value = 1.0
  @Param("The frame of which nobody can say what is in it; 0 is none.") var unknown = 0.0
  init() {}
  func fingerprint(_ context: NodeContext) throws(NodeError) -> StableHash {
    if context.frame == unknown { throw NodeError(.input, "nobody knows") }
    return try stamp(context)
  }
  func stamp(_ context: NodeContext) throws(NodeError) -> StableHash {
    var hasher = StableHasher()
    hasher.combine(name)
    return hasher.finalize()
  }
  func spec(_ context: NodeContext) throws(NodeError) -> ImageSpec {
    var spec = ImageSpec(format: context.format)
    spec.metadata["reel"] = .string("A\(Int(context.frame))")
    spec.metadata["iso"] = .int(800)
    return spec
  }
  func read(_ demand: Demand, _ context: NodeContext, _ loops: Loops, _ pool: BlockPool)
    throws(NodeError) -> Payload
  {
    ran.withLock { $0[name, default: 0] += 1 }
    let spec = ImageSpec(format: context.format)
    let pixels = [Float](repeating: Float(value), count: spec.dataWindow.area)
    return .picture(
      Image(
        spec: spec, pool: pool,
        pixels: Dictionary(uniqueKeysWithValues: Channel.rgba.map { ($0, pixels) })))
  }
}

extension ShotNode {
  fileprivate func red(_ task: borrowing DataTask) -> Double {
    Double(task.input(0)?.value(.red, x: 3, y: 3) ?? 0)
  }
}

/// Red of each frame.
private struct Levels: ShotNode {
  static let abstract = "Levels."
  static let category = "Test"
  static let values = [
    ValuePort("level", .number, overFrames: true, "The level."),
    ValuePort("sum", .number, "The sum of all."),
  ]
  @Input("The picture.") var source
  @Param("A factor.") var factor = 1.0
  @Params var shot = ShotRange()
  init() {}
  var noting: Levels {
    var copy = self
    copy.factor = 1
    return copy
  }
  func note(_ task: borrowing DataTask, after before: ValueData?) throws(NodeError) -> ValueData {
    #expect(before == nil)
    return .number(red(task))
  }
  func values(_ notes: [FrameNote]) throws(NodeError) -> [String: ValueData] {
    let sum = notes.reduce(0) { $0 + ($1.note.components.first ?? 0) }
    return ["level": notes.curve { $0 }, "sum": .number(factor * sum)]
  }
}

/// The running sum of red.
private struct Running: ShotNode {
  static let abstract = "Running sum."
  static let category = "Test"
  static let values = [ValuePort("sum", .number, overFrames: true, "The sum so far.")]
  @Input("The picture.") var source
  @Param("Where it begins; 0 is the first frame.") var start = 0
  @Params var shot = ShotRange()
  init() {}
  func order(_ frames: ClosedRange<Int>) throws(NodeError) -> NoteOrder {
    start == 0 ? .forward : .outward(from: start)
  }
  func note(_ task: borrowing DataTask, after before: ValueData?) throws(NodeError) -> ValueData {
    .number((before?.components.first ?? 0) + red(task))
  }
  func values(_ notes: [FrameNote]) throws(NodeError) -> [String: ValueData] {
    ["sum": notes.curve { $0 }]
  }
}

/// Gives no value it promises.
private struct Broken: ShotNode {
  static let abstract = "Broken."
  static let category = "Test"
  static let values = [ValuePort("level", .number, overFrames: true, "The level.")]
  @Input("The picture.") var source
  @Param("What it gives.") var gives = ""
  @Params var shot = ShotRange()
  init() {}
  func note(_ task: borrowing DataTask, after before: ValueData?) throws(NodeError) -> ValueData {
    .number(0)
  }
  func values(_ notes: [FrameNote]) throws(NodeError) -> [String: ValueData] {
    switch gives {
    case "nan": ["level": notes.curve { _ in .number(.nan) }]
    case "plain": ["level": .number(1)]
    default: [:]
    }
  }
}

/// Takes a curve as it is, and a text.
private struct Taker: TileNode {
  static let abstract = "Takes values."
  static let category = "Test"
  @Input("The picture.") var source
  @Param("A curve.") var curve = FrameCurve(constant: 0)
  @Param("A number.") var number = 0.0
  @Param("A text.") var text = ""
  init() {}
  func spec(_ context: NodeContext) throws(NodeError) -> ImageSpec {
    var spec = context.main
    spec.metadata["text"] = .string(text)
    spec.metadata["number"] = .float(number)
    spec.metadata["curve"] = .floats([1, 1.5, 2].map(curve.value(at:)))
    return spec
  }
  private struct Kernel: TileKernel {
    func render(_ task: borrowing TileTask) throws(NodeError) {}
  }
  func kernel(_ context: NodeContext) throws(NodeError) -> any TileKernel { Kernel() }
}

private let registry = Registry([
  Lamp.self, Levels.self, Running.self, Broken.self, Taker.self, Affine.self, Probe.self,
])

private func comp(_ nodes: String, frames: String = "[1, 8]") throws -> Comp {
  try Comp(nodes: nodes, width: 40, height: 30, frames: frames, registry)
}

private func numbers(_ values: MeasuredValues, _ name: String, _ frames: ClosedRange<Int>)
  -> [Double]
{
  frames.map { values.value(name, at: Double($0))?.components.first ?? .nan }
}

@Suite("Shots") struct ShotTests {
  private let renderer = Renderer(RenderOptions(threads: 2))

  private func lamp(_ name: String) -> String {
    #""p": {"type": "Lamp", "name": "\#(name)", "value": {"keys": [[1, 1], [30, 30]]}}"#
  }

  @Test func aRenderMeasuresEachFrameOnce() async throws {
    let comp = try comp(
      """
      \(lamp("shot-once")), "s": {"type": "Levels", "source": "p"},
      "c": {"type": "Probe", "source": "g", "name": "shot-once"},
      "flat": {"type": "Lamp", "name": "shot-flat", "value": 1},
      "g": {"type": "Affine", "source": "flat", "a": {"expr": "s.level + s.level(first) / 2 + s.sum / 1000"}}
      """)
    let reports = Locked<[ShotReport]>([])
    let summary = await renderer.render(RenderJob(comp)) { event in
      if case .shotMeasured(let report) = event { reports.withLock { $0.append(report) } }
    }
    #expect(summary.failures.isEmpty, "\(summary.failures)")
    #expect(count("shot-once") == 8)
    let written = Counter.writes.withLock { $0["shot-once"] ?? [] }.sorted()
    let expected = (1...8).map { (frame: Int) -> Float in Float(Double(frame) + 0.5 + 0.036) }
    #expect(written == expected)
    let all = reports.withLock { $0 }
    #expect(all.map(\.measured) == [8] && all.map(\.path) == ["s"])
    #expect(all.first?.passes.isEmpty == false)
  }

  @Test(arguments: ["Levels", "Running"])
  func tenMoreFramesCostTen(_ type: String) async throws {
    let name = "shot-more-" + type
    let node = #""s": {"type": "\#(type)", "source": "p""#
    let first = try await renderer.shot(
      comp("\(lamp(name)), \(node), \"range\": [1, 10]}"), node: 1)
    #expect(count(name) == 10)
    let more = try await renderer.shot(
      comp("\(lamp(name)), \(node), \"range\": [1, 20]}"), node: 1)
    #expect(count(name) == 20)
    let value = type == "Levels" ? "level" : "sum"
    let expected = (1...20).map { (frame: Int) -> Double in
      type == "Levels" ? Double(frame) : Double(frame * (frame + 1) / 2)
    }
    #expect(numbers(more, value, 1...20) == expected)
    #expect(numbers(first, value, 1...10) == Array(expected.prefix(10)))
    // The same again costs nothing.
    _ = try await renderer.shot(comp("\(lamp(name)), \(node), \"range\": [1, 20]}"), node: 1)
    #expect(count(name) == 20)
  }

  @Test(arguments: [("Levels", 1), ("Running", 5)])
  func aChangeCostsWhatDependsOnIt(_ type: String, _ more: Int) async throws {
    let name = "shot-change-" + type
    func comp(_ sixth: Double) throws -> Comp {
      let keys = (1...10).map { "[\($0), \($0 == 6 ? sixth : Double($0))]" }.joined(separator: ", ")
      return try keyed(
        name, keys, #""s": {"type": "\#(type)", "source": "p", "range": [1, 10]}"#)
    }
    _ = try await renderer.shot(comp(6), node: 1)
    #expect(count(name) == 10)
    let values = try await renderer.shot(comp(60), node: 1)
    #expect(count(name) == 10 + more)
    #expect(
      numbers(values, type == "Levels" ? "level" : "sum", 6...7)
        == (type == "Levels" ? [60, 7] : [75, 82]))
  }

  /// Both ways from a frame in the middle: a change costs what lies beyond it.
  @Test func notesGoBothWaysFromAFrame() async throws {
    let name = "shot-outward"
    func comp(_ second: Double) throws -> Comp {
      let keys = (1...10).map { "[\($0), \($0 == 2 ? second : Double($0))]" }
        .joined(separator: ", ")
      return try keyed(
        name, keys, #""s": {"type": "Running", "source": "p", "range": [1, 10], "start": 4}"#)
    }
    let values = try await renderer.shot(comp(2), node: 1)
    #expect(count(name) == 10)
    #expect(numbers(values, "sum", 1...10) == [10, 9, 7, 4, 9, 15, 22, 30, 39, 49])
    let other = try await renderer.shot(comp(20), node: 1)
    #expect(count(name) == 12)
    #expect(numbers(other, "sum", 1...4) == [28, 27, 7, 4])
  }

  /// The same pictures at other frames are other values, though no picture is looked at again.
  @Test func framesBelongToTheValues() async throws {
    func comp(_ range: String) throws -> Comp {
      try keyed(
        "shot-still", "[1, 5], [2, 5]",
        #""s": {"type": "Levels", "source": "p", "range": \#(range)}"#)
    }
    let first = try await renderer.shot(comp("[1, 4]"), node: 1)
    let later = try await renderer.shot(comp("[101, 104]"), node: 1)
    // Equal frames may be looked at side by side, once each way.
    #expect(count("shot-still") <= 2)
    #expect(FrameCurve(try #require(first.data["level"]))?.range == 1...4)
    #expect(FrameCurve(try #require(later.data["level"]))?.range == 101...104)
  }

  @Test func whatNotesDoNotDependOnMeasuresNothing() async throws {
    let nodes = #"\#(lamp("shot-noting")), "s": {"type": "Levels", "source": "p", "factor": "#
    _ = try await renderer.shot(comp(nodes + "1}"), node: 1)
    let twice = try await renderer.shot(comp(nodes + "2}"), node: 1)
    #expect(count("shot-noting") == 8)
    #expect(twice.data["sum"] == .number(72))
  }

  @Test func manyAskAndOneMeasures() async throws {
    let comp = try comp(#"\#(lamp("shot-many")), "s": {"type": "Running", "source": "p"}"#)
    let renderer = renderer
    let sums = try await withThrowingTaskGroup(of: Double.self) { group in
      for _ in 0..<8 {
        group.addTask { numbers(try await renderer.shot(comp, node: 1), "sum", 8...8)[0] }
      }
      return try await group.reduce(into: []) { $0.append($1) }
    }
    #expect(sums == Array(repeating: 36, count: 8))
    #expect(count("shot-many") == 8)
  }

  @Test func aDiskCacheKeepsNotesAndValues() async throws {
    let folder = FileManager.default.temporaryDirectory.path + "/bipack-shot-\(UUID().uuidString)"
    defer { try? FileManager.default.removeItem(atPath: folder) }
    func renderer() -> Renderer {
      Renderer(RenderOptions(threads: 2, disk: DiskCache(directory: folder, limit: 1 << 26)))
    }
    let node = #"\#(lamp("shot-disk")), "s": {"type": "Running", "source": "p", "range": [1, "#
    let one = renderer()
    _ = try await one.shot(comp(node + "6]}"), node: 1)
    one.options.disk?.flush()
    #expect(count("shot-disk") == 6)
    let two = renderer()
    _ = try await two.shot(comp(node + "6]}"), node: 1)
    #expect(count("shot-disk") == 6)
    let values = try await two.shot(comp(node + "9]}"), node: 1)
    #expect(count("shot-disk") == 9)
    #expect(numbers(values, "sum", 9...9) == [45])
  }

  /// What a frame's note is made of includes the frames before it: without their names it has none.
  @Test func aNoteAfterAFrameWithoutANameIsNotKeptForOthers() async throws {
    let folder = FileManager.default.temporaryDirectory.path + "/bipack-shot-\(UUID().uuidString)"
    defer { try? FileManager.default.removeItem(atPath: folder) }
    func sums(_ first: Int) async throws -> [Double] {
      let disk = DiskCache(directory: folder, limit: 1 << 26)
      let renderer = Renderer(RenderOptions(threads: 2, disk: disk))
      let comp = try comp(
        """
        "p": {"type": "Lamp", "name": "shot-nameless", "unknown": 1,
              "value": {"keys": [[1, 1], [30, 30]]}},
        "s": {"type": "Running", "source": "p", "range": [\(first), 3]}
        """)
      let values = try await renderer.shot(comp, node: 1)
      disk.flush()
      return numbers(values, "sum", first...3)
    }
    #expect(try await sums(1) == [1, 3, 6])
    #expect(try await sums(3) == [3])
    #expect(try await sums(2) == [2, 5])
  }

  @Test func valuesAreCheckedBeforeAnybodyUsesThem() async throws {
    for (gives, message) in [
      ("", "'level' is missing"), ("plain", "'level' is not a number over frames"),
      ("nan", "'level' is not a finite number everywhere"),
    ] {
      let comp = try comp(
        #"\#(lamp("shot-broken")), "s": {"type": "Broken", "source": "p", "gives": "\#(gives)"}"#)
      do {
        _ = try await renderer.shot(comp, node: 1)
        Issue.record("nothing was thrown")
      } catch let error as RenderError {
        #expect(error.message == message && error.path == "s")
      }
    }
    let upsideDown = try comp(
      #"\#(lamp("shot-broken")), "s": {"type": "Levels", "source": "p", "range": [5, 2]}"#)
    await #expect(throws: RenderError.self) { try await renderer.shot(upsideDown, node: 1) }
  }

  @Test func curvesAndMetadataReachParameters() async throws {
    let comp = try comp(
      """
      \(lamp("shot-taker")), "s": {"type": "Levels", "source": "p"},
      "t": {"type": "Taker", "source": "p", "curve": {"from": "s.level"},
            "number": {"from": "p.metadata.iso", "offset": 1},
            "text": "reel ${p.metadata.reel} of ${s.level}"},
      "u": {"type": "Taker", "source": "t", "text": {"from": "t.metadata.text"}}
      """)
    func metadata(_ node: Int) async throws -> Metadata {
      let plan = try await renderer.plan(comp, outputs: [node], frame: 2)
      return plan.bands[0].passes.last?.spec.metadata ?? Metadata()
    }
    #expect(try await metadata(3)["text"] == .string("reel A2 of 2"))
    let taken = try await metadata(2)
    #expect(taken["curve"] == .floats([1, 1.5, 2]))
    #expect(taken["number"] == .float(800))
  }

  @Test func metadataThatIsNotThereIsNamed() async throws {
    let comp = try comp(
      #"""
      "p": {"type": "Lamp", "name": "shot-meta"},
      "t": {"type": "Taker", "source": "p", "text": {"from": "p.metadata.real"}}
      """#)
    do {
      _ = try await renderer.image(comp, node: 1, frame: 3)
      Issue.record("nothing was thrown")
    } catch let error as RenderError {
      #expect(error.path == "t" && error.frame == 3)
      #expect(error.message == "the picture of 'p' has no metadata 'real'; did you mean 'reel'?")
    }
    let dryRun = await renderer.dryRun(comp)
    #expect(dryRun.findings.contains { $0.error.message.contains("has no metadata 'real'") })
  }
}

/// A comp of a lamp with keys, and one node behind it.
private func keyed(_ name: String, _ keys: String, _ node: String) throws -> Comp {
  try comp(
    #""p": {"type": "Lamp", "name": "\#(name)", "value": {"keys": [\#(keys)]}}, \#(node)"#,
    frames: "[1, 10]")
}
