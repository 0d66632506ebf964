import Bipack
import Foundation
import Testing

@testable import BipackEngine

/// The same graph gives the same bytes, whatever the number of threads, the order in which tiles are
/// begun, what the caches hold, and whether the frame was made whole or in bands.
///
/// `Scripts/exact` runs these tests in three builds, each with the loops of another generation of
/// CPUs, and compares the sums they write to BIPACK_EXACT_SUMS.
@Suite("Exactness") struct ExactnessTests {
  static let graphs: [String] = {
    let folder = Package.root.appendingPathComponent("Graphs")
    let nodes = (try? FileManager.default.contentsOfDirectory(atPath: folder.path + "/nodes")) ?? []
    return nodes.filter { $0.hasSuffix(".json") }.sorted().map { "nodes/" + $0 }
      + ["demo.json"]
  }()

  @Test func thereAreFortyGraphsAtLeast() { #expect(Self.graphs.count >= 40) }

  @Test(arguments: graphs)
  func aGraphGivesTheSameBytes(_ name: String) async throws {
    let folder = FileManager.default.temporaryDirectory
      .appendingPathComponent("bipack-exact-" + UUID().uuidString)
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let comp = try Comp.load(
      Package.root.appendingPathComponent("Graphs/" + name).path,
      registry: Registry(Catalog.nodes))
    let shown = comp.nodes.indices.filter {
      let type = comp.nodes[$0].type
      return !(type is any SinkNode.Type) && !(type is any ValueNode.Type)
    }
    let node = try #require(shown.last)
    var renders = 0

    /// The file the last picture of the graph makes.
    func file(_ renderer: Renderer) async throws -> Data {
      let image = try await renderer.image(
        comp, node: node, frame: Double(comp.frames.lowerBound), proxy: name == "demo.json" ? 2 : 1)
      let path = folder.appendingPathComponent("picture.exr").path
      try ImageFile.write(image, to: path, options: WriteOptions())
      renders += 1
      return try Data(contentsOf: URL(fileURLWithPath: path))
    }

    let reference = try await file(Renderer(RenderOptions(threads: 1, isCaching: false)))
    for threads in [1, 2, 8] {
      for order in [WorkOrder.forward, .shuffled(seed: threads)] {
        var options = RenderOptions(threads: threads)
        options.order = order
        options.disk = DiskCache(
          directory: folder.appendingPathComponent("cache").path, keepsEverything: true)
        let label = "\(name), \(threads) threads, \(order)"
        let first = Renderer(options)
        let (cold, memory) = (try await file(first), try await file(first))
        #expect(cold == reference, "cold: \(label)")
        #expect(memory == reference, "from memory: \(label)")
        options.disk?.flush()
        let disk = try await file(Renderer(options))
        #expect(disk == reference, "from disk: \(label)")
      }
    }
    var banded = RenderOptions(threads: 2)
    banded.bandTiles = 1
    let bands = try await file(Renderer(banded))
    #expect(bands == reference, "in bands: \(name)")
    try note(name, reference)
  }

  /// Adds the sum of a graph's file to the list `Scripts/exact` compares.
  private func note(_ name: String, _ file: Data) throws {
    guard let list = ProcessInfo.processInfo.environment["BIPACK_EXACT_SUMS"] else { return }
    var hasher = StableHasher()
    hasher.combine(file.count)
    for byte in file { hasher.combine(Int(byte)) }
    let line = "\(hasher.finalize()) \(name)\n"
    if !FileManager.default.fileExists(atPath: list) {
      try Data().write(to: URL(fileURLWithPath: list))
    }
    let handle = try FileHandle(forWritingTo: URL(fileURLWithPath: list))
    defer { try? handle.close() }
    try Self.writing.withLock { _ in
      try handle.seekToEnd()
      try handle.write(contentsOf: Data(line.utf8))
    }
  }

  private static let writing = Locked(())
}
