import Bipack
import BipackEngine
import BipackGraph
import BipackIO
import BipackPixels
import Foundation
import Testing

/// Timecode and frame rate on their way through files.
@Suite("Timecode in files") struct TimecodeInFilesTests {
  let folder: Folder
  init() throws { folder = try Folder() }

  private func render(_ nodes: String, _ frames: ClosedRange<Int>, fps: Double = 24) async throws {
    let text = """
      {"bipack": 1, "format": {"width": 16, "height": 8, "fps": \(fps)},
       "frames": [\(frames.lowerBound), \(frames.upperBound)], "nodes": {\(nodes)}}
      """
    let result = Comp.check(text: text, directory: folder.path, registry: Registry(Catalog.nodes))
    let comp = try #require(result.comp, "\(result.diagnostics)")
    let summary = await Renderer(RenderOptions(threads: 2)).render(
      RenderJob(comp, frames: Array(frames)))
    #expect(summary.failures.map(\.description) == [])
  }

  private func code(_ name: String) throws -> String? {
    let metadata = try ImageFile.info(folder.path + "/" + name)[0].spec.metadata
    return metadata.timecode(at: .film).map { "\($0) at \($0.rate)" }
  }

  /// A sequence whose drop frame numbers pass a minute.
  private func makePlate(_ suffix: String, _ frames: ClosedRange<Int> = 1...4) async throws {
    try await render(
      """
      "c": {"type": "Constant", "color": {"expr": "frame / 10"}},
      "t": {"type": "Metadata", "source": "c", "fps": 29.97, "startcode": "10:00:59;28"},
      "out": {"type": "Write", "source": "t", "path": "plate.####.\(suffix)"}
      """, frames)
  }

  @Test(arguments: [("exr", "exr"), ("exr", "dpx"), ("dpx", "exr"), ("dpx", "dpx")])
  func goesBothWays(_ from: String, _ to: String) async throws {
    try await makePlate(from)
    try await render(
      """
      "in": {"type": "Read", "path": "plate.####.\(from)"},
      "out": {"type": "Write", "source": "in", "path": "out.####.\(to)"}
      """, 1...4)
    for (frame, text) in [(1, "10:00:59;28"), (2, "10:00:59;29"), (3, "10:01:00;02")] {
      #expect(try code("out.000\(frame).\(to)") == text + " at 30000/1001", "\(from) \(to)")
    }
  }

  /// The time is that of what moves, whichever of the two is underneath.
  @Test func survivesAStillBackground() async throws {
    try await makePlate("exr", 1...2)
    try await render(
      """
      "c": {"type": "Constant"},
      "still": {"type": "Write", "source": "c", "path": "still.exr"}
      """, 1...1)
    for meta in ["A", "B", "all"] {
      try await render(
        """
        "fg": {"type": "Read", "path": "plate.####.exr"},
        "bg": {"type": "Read", "path": "still.exr"},
        "over": {"type": "Merge", "a": "fg", "b": "bg", "metaInput": "\(meta)"},
        "under": {"type": "Merge", "a": "bg", "b": "fg", "metaInput": "\(meta)"},
        "o": {"type": "Write", "source": "over", "path": "over\(meta).####.exr"},
        "u": {"type": "Write", "source": "under", "path": "under\(meta).####.exr"}
        """, 1...2)
      for name in ["over", "under"] {
        #expect(try code("\(name)\(meta).0002.exr") == "10:00:59;29 at 30000/1001")
      }
    }
  }

  /// Where another frame stands in, the numbers go on.
  @Test(arguments: [#""missing": "hold""#, #""missing": "nearest""#, #""missing": "black""#])
  func isCountedOnOverMissingFrames(_ policy: String) async throws {
    try await makePlate("exr", 1...2)
    try await render(
      """
      "c": {"type": "Constant"},
      "t": {"type": "Metadata", "source": "c", "fps": 29.97, "startcode": "10:01:00;04"},
      "out": {"type": "Write", "source": "t", "path": "plate.####.exr"}
      """, 5...5)
    try await render(
      """
      "in": {"type": "Read", "path": "plate.####.exr", \(policy), "after": "hold"},
      "out": {"type": "Write", "source": "in", "path": "out.####.exr"}
      """, 1...7)
    for (frame, text) in [
      (2, "10:00:59;29"), (3, "10:01:00;02"), (4, "10:01:00;03"), (5, "10:01:00;04"),
      (7, "10:01:00;06"),
    ] { #expect(try code("out.000\(frame).exr") == text + " at 30000/1001", "\(frame)") }
  }

  /// A file and what stands in for the frames after it are the same pixels at two times.
  @Test func aStandInBesideItsFileKeepsItsOwnTime() async throws {
    try await makePlate("exr", 1...1)
    let text = """
      {"bipack": 1, "format": {"width": 16, "height": 8}, "frames": [1, 2], "nodes": {
       "in": {"type": "Read", "path": "plate.####.exr", "after": "hold"},
       "later": {"type": "TimeOffset", "source": "in", "timeOffset": -1},
       "now": {"type": "Write", "source": "in", "path": "now.####.exr"},
       "next": {"type": "Write", "source": "later", "path": "next.####.exr"}}}
      """
    let comp = try #require(
      Comp.check(text: text, directory: folder.path, registry: Registry(Catalog.nodes)).comp)
    let summary = await Renderer(RenderOptions(threads: 2)).render(RenderJob(comp, frames: [1]))
    #expect(summary.failures.map(\.description) == [])
    #expect(try code("now.0001.exr") == "10:00:59;28 at 30000/1001")
    #expect(try code("next.0001.exr") == "10:00:59;29 at 30000/1001")
  }

  /// Scanners leave anything in the field.
  @Test(arguments: [UInt8(0x75), 0xff, 0x3a])
  func aWordOfADPXThatIsNoTimeIsNotCarriedOn(_ byte: UInt8) async throws {
    try await makePlate("dpx", 1...1)
    #expect(try code("plate.0001.dpx") != nil)
    let file = try FileHandle(forUpdating: URL(fileURLWithPath: folder.path + "/plate.0001.dpx"))
    try file.seek(toOffset: 1920)
    try file.write(contentsOf: [UInt8](repeating: byte, count: 4))
    try file.close()
    #expect(try ImageFile.info(folder.path + "/plate.0001.dpx")[0].spec.metadata["timeCode"] == nil)
    try await render(
      """
      "in": {"type": "Read", "path": "plate.####.dpx"},
      "out": {"type": "Write", "source": "in", "path": "out.####.exr"}
      """, 1...1)
    #expect(try ImageFile.info(folder.path + "/out.0001.exr")[0].spec.metadata["timeCode"] == nil)
  }
}
