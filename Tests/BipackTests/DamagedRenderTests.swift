import Bipack
import Foundation
import Testing

/// Files that kill readers, and disks that refuse, seen from the command line.
@Suite struct DamagedRenderTests {
  /// An SGI whose row says that more pixels follow than fit: OpenImageIO 2.4 writes past its memory.
  private static let killer: [UInt8] = {
    func big(_ value: Int, _ count: Int = 4) -> [UInt8] {
      (0..<count).reversed().map { UInt8(truncatingIfNeeded: value >> (8 * $0)) }
    }
    let (width, height, channels) = (16, 8, 3)
    let row: [UInt8] = [0xff] + (0..<width).map { UInt8($0) } + [0]
    let rows = height * channels
    let start = 512 + 8 * rows
    let header =
      big(474, 2) + [1, 1] + big(3, 2) + big(width, 2) + big(height, 2) + big(channels, 2) + big(0)
      + big(255)
    return header + [UInt8](repeating: 0, count: 512 - header.count)
      + (0..<rows).flatMap { big(start + $0 * row.count) }
      + (0..<rows).flatMap { _ in big(row.count) }
      + (0..<rows).flatMap { _ in row }
  }()

  @Test func aRenderGoesOnOverAFileThatKillsTheReader() throws {
    let scratch = try Scratch()
    func graph(_ nodes: String) -> String {
      """
      { "bipack": 1, "format": { "width": 16, "height": 8 }, "frames": [1, 4],
        "nodes": { \(nodes) } }
      """
    }
    let make = try scratch.write(
      graph(
        """
        "c": { "type": "Constant", "color": 0.5 },
        "out": { "type": "Write", "source": "c", "path": "f.####.sgi" }
        """), "make.json")
    #expect(try Command.run("render", make).status == 0)
    try Data(Self.killer).write(to: URL(fileURLWithPath: scratch.path("f.0002.sgi")))
    let copy = try scratch.write(
      graph(
        """
        "in": { "type": "Read", "path": "f.####.sgi" },
        "out": { "type": "Write", "source": "in", "path": "o.####.exr" }
        """), "copy.json")
    let outcome = try Command.run("render", copy, "--continue")
    #expect(outcome.status == 3, "\(outcome.errors)")
    #expect(outcome.errors.contains("f.0002.sgi"), "\(outcome.errors)")
    #expect(outcome.errors.contains("the reader of this format"), "\(outcome.errors)")
    #expect(
      scratch.names.filter { $0.hasPrefix("o.") } == ["o.0001.exr", "o.0003.exr", "o.0004.exr"])
  }

  /// Under a limit of file sizes, as under a full disk: the file is whole or absent, nothing is left
  /// over, and the exit code says storage.
  @Test(arguments: [
    "tif", "jpg", "dpx", "hdr", "tga", "bmp", "webp", "gif", "ico", "sgi", "ppm", "rla", "iff",
    "png", "exr",
  ])
  func limitedFilesAreWholeOrAbsent(_ suffix: String) throws {
    let scratch = try Scratch()
    let graph = try scratch.write(
      """
      { "bipack": 1, "format": { "width": 96, "height": 64 }, "nodes": {
        "n": { "type": "Noise", "size": 2 },
        "out": { "type": "Write", "source": "n", "path": "a.\(suffix)" } } }
      """, "g.json")
    let first = try Command.run("render", graph)
    #expect(first.status == 0, "\(first.errors)")
    let path = scratch.path("a." + suffix)
    let whole = try Data(contentsOf: URL(fileURLWithPath: path))
    // Blocks of 512 bytes: one, half the file, all but its last.
    let blocks = (whole.count + 511) / 512
    for limit in Set([1, blocks / 2, blocks - 1]).filter({ $0 > 0 && $0 < blocks }) {
      try FileManager.default.removeItem(atPath: path)
      let child = try Child(
        "/bin/sh",
        ["-c", "ulimit -f \(limit); exec \"$0\" render \"$1\"", Command.executable.path, graph])
      let status = child.wait()
      #expect(status == 75, "\(suffix) at \(limit) blocks: \(child.errors)")
      #expect(scratch.names == ["g.json"], "\(suffix) at \(limit) blocks")
      _ = FileManager.default.createFile(atPath: path, contents: nil)
    }
  }
}
