import BipackGraph
import BipackPixels
import Foundation
import Testing

@testable import BipackEngine

/// Adds a number, slowly, and counts how often it does so.
struct Slow: TileNode {
  static let abstract = "Adds a number and takes its time."
  static let category = "Test"
  @Input("The picture.") var source
  @Param("Under which name it counts.") var name = ""
  @Param("Added.") var amount = 1.0
  @Param("Milliseconds a tile.") var time = 4.0
  init() {}
  var shape: TileShape { .tile }

  func kernel(_ context: NodeContext) throws(NodeError) -> any TileKernel {
    Kernel(name: name, amount: Float(amount), time: time)
  }

  struct Kernel: TileKernel {
    let name: String
    let amount: Float
    let time: Double

    func render(_ task: borrowing TileTask) throws(NodeError) {
      Counter.reads.withLock { $0[name, default: 0] += 1 }
      usleep(UInt32(time * 1000))
      for (index, channel) in task.channels.enumerated() {
        let window = task.window(0, channel, task.rect)
        let canvas = task.output(index)
        for y in task.rect.y0..<task.rect.y1 {
          let from = window.row(y)
          var out = canvas.row(y)
          for x in 0..<task.rect.width { out[x] = from[x] + amount }
        }
      }
    }
  }
}

/// Shows a part of the picture.
struct Part: PointNode {
  static let abstract = "A part of the picture."
  static let category = "Test"
  @Input("The picture.") var source
  @Param("Left edge.") var x = 0.0
  init() {}

  func spec(_ context: NodeContext) throws(NodeError) -> ImageSpec {
    var spec = context.main
    spec.dataWindow = Rect(x: Int(x), y: 0, width: 8, height: 90)
    return spec
  }

  func program(_ context: NodeContext) throws(NodeError) -> PointProgram { PointProgram() }
}

private let registry = Registry([
  Plate.self, Probe.self, Mean.self, Affine.self, Sum.self, Slow.self, Part.self,
])

private func comp(_ nodes: String, frames: String = "[1, 1]") throws -> Comp {
  try Comp(nodes: nodes, width: 140, height: 90, frames: frames, registry)
}

/// A chain of slow nodes behind a plate, `count` of them, all counting under `name` and their number.
private func chain(_ name: String, _ count: Int, changed: Int? = nil) throws -> Comp {
  var nodes = #""n0": {"type": "Plate", "name": "\#(name)-plate", "value": 1}"#
  for i in 1...count {
    let amount = i == changed ? 100 : i
    nodes +=
      #", "n\#(i)": {"type": "Slow", "source": "n\#(i - 1)", "name": "\#(name)\#(i)", "amount": \#(amount)}"#
  }
  nodes += #", "out": {"type": "Probe", "source": "n\#(count)", "name": "\#(name)"}"#
  return try comp(nodes)
}

private func runs(_ name: String) -> Int { Counter.reads.withLock { $0[name] ?? 0 } }
private func written(_ name: String) -> [Float] { Counter.writes.withLock { $0[name] ?? [] } }

/// Renders as a process of its own would: nothing shared but the folder.
private func render(_ comp: Comp, _ folder: Folder?, memory: Int = 1 << 30) async -> RenderSummary {
  let disk = folder.map { DiskCache(directory: $0.path) }
  return await Renderer(RenderOptions(threads: 2, memory: memory, disk: disk)).render(
    RenderJob(comp))
}

@Suite("Incremental rendering") struct IncrementalTests {
  @Test func onlyWhatIsDownstreamOfAChangeIsComputed() async throws {
    let folder = try Folder()
    let count = 40
    let sum = (1...count).reduce(1, +)
    let first = await render(try chain("chain", count), folder)
    #expect(first.failures.isEmpty && written("chain") == [Float(sum)])
    // Two tiles each; all stored but what only goes to the sink.
    #expect((1...count).map { runs("chain\($0)") } == Array(repeating: 2, count: count))
    #expect(first.disk?.stored ?? 0 >= count - 1 && first.disk?.hits == 0)

    let changed = 30
    let second = await render(try chain("chain", count, changed: changed), folder)
    #expect(written("chain") == [Float(sum), Float(sum + 100 - changed)])
    let again = (1...count).map { runs("chain\($0)") - 2 }
    #expect(again == (1...count).map { $0 < changed ? 0 : 2 })
    #expect(second.disk?.hits == 1 && runs("chain-plate") == 1)
    // 11 of 40 nodes: the time follows, but tests that run beside this one stretch it as they please.
    print("40 nodes in \(first.seconds) s, 11 of them again in \(second.seconds) s")

    // And back: everything is there, the last node but for its own cost.
    let third = await render(try chain("chain", count), folder)
    #expect(written("chain").last == Float(sum))
    #expect((1..<count).allSatisfy { runs("chain\($0)") <= ($0 < changed ? 2 : 4) })
    #expect(third.disk?.hits == 1)
  }

  @Test func aCacheMayBeDamagedGoneOrTooSmallAtAnyTime() async throws {
    let folder = try Folder()
    let comp = try chain("damage", 6)
    _ = await render(comp, folder)
    let expected = written("damage").last
    // The entry is cut after its header: found when planning, lost when read.
    for file in folder.files {
      let size = try FileManager.default.attributesOfItem(atPath: file.path)[.size] as? Int ?? 0
      let handle = try FileHandle(forWritingTo: file)
      try handle.seek(toOffset: UInt64(size - 3))
      try handle.write(contentsOf: Data([1, 2, 3]))
      try handle.close()
    }
    let summary = await render(comp, folder)
    #expect(summary.failures.isEmpty && summary.disk?.hits == 0)
    #expect(summary.disk?.damaged ?? 0 > 0)
    #expect(written("damage").last == expected)
    // Repaired on the way.
    let healed = await render(comp, folder)
    #expect(healed.disk?.hits == 1 && healed.disk?.damaged == 0)
    #expect(written("damage").last == expected)
    try FileManager.default.removeItem(atPath: folder.path)
    let bare = await render(comp, folder)
    #expect(bare.failures.isEmpty && written("damage").last == expected)
  }

  @Test func measuredValuesAreKept() async throws {
    let folder = try Folder()
    let graph = try comp(
      """
      "p": {"type": "Plate", "name": "kept-values", "value": 3},
      "slow": {"type": "Slow", "source": "p", "name": "kept-slow"},
      "m": {"type": "Mean", "source": "slow"},
      "g": {"type": "Affine", "source": "p", "a": {"from": "m.mean"}},
      "out": {"type": "Probe", "source": "g", "name": "kept-values"}
      """)
    for _ in 0..<2 { _ = await render(graph, folder) }
    #expect(written("kept-values") == [12, 12])
    #expect(runs("kept-slow") == 2)
  }

  @Test func cheapResultsAreNotStoredUnlessAsked() async throws {
    let folder = try Folder()
    func graph(_ cache: String) throws -> Comp {
      try comp(
        """
        "p": {"type": "Plate", "name": "cheap", "value": 3},
        "g": {"type": "Affine", "source": "p", "a": 2\(cache)},
        "h": {"type": "Affine", "source": "g", "a": 4},
        "q": {"type": "Slow", "source": "h", "name": "cheap-slow", "time": 0},
        "out": {"type": "Probe", "source": "q", "name": "cheap"}
        """)
    }
    _ = await render(try graph(#", "cache": true"#), folder)
    #expect(folder.files.count >= 1)
    let before = runs("cheap")
    let summary = await render(try graph(#", "cache": true"#), folder)
    #expect(summary.disk?.hits == 1 && runs("cheap") == before)
    #expect(written("cheap") == [25, 25])
  }

  /// An image kept for one part of it must not serve another part.
  @Test(arguments: [false, true]) func aKeptImageServesOnlyWhatWasComputed(_ isOnDisk: Bool)
    async throws
  {
    let name = "part\(isOnDisk)"
    let graph = try comp(
      """
      "p": {"type": "Plate", "name": "\(name)", "value": 3},
      "slow": {"type": "Slow", "source": "p", "name": "\(name)"},
      "part": {"type": "Part", "source": "slow", "x": {"keys": [[1, 0], [2, 130]], "interpolation": "linear"}},
      "out": {"type": "Probe", "source": "part", "name": "\(name)"}
      """, frames: "[1, 2]")
    let folder = try Folder()
    let disk = isOnDisk ? DiskCache(directory: folder.path) : nil
    let renderer = Renderer(RenderOptions(threads: 1, disk: disk))
    for frame in [1, 2, 1, 2] {
      let image = try await renderer.image(
        graph, node: try #require(graph.id(of: "part")), frame: Double(frame))
      #expect(image.value(.red, x: frame == 1 ? 3 : 133, y: 40) == 4, "frame \(frame)")
    }
    let summary = await renderer.render(RenderJob(graph))
    #expect(summary.failures.isEmpty)
  }
}
