import Bipack
import Foundation
import Testing

/// What a render says at its end is what lies on disk.
@Suite struct SummaryTests {
  /// Two writers of five frames; `plate` lacks frame 3.
  private func graph(_ second: String = "b.####.png") -> String {
    """
    { "bipack": 1, "format": { "width": 40, "height": 30 }, "frames": [1, 5],
      "nodes": {
        "flat": { "type": "Constant", "color": [{ "expr": "frame" }, 0, 0, 1] },
        "plate": { "type": "Read", "path": "in/p.####.exr" },
        "a": { "type": "Write", "source": "plate", "path": "a.####.exr" },
        "b": { "type": "Write", "source": "plate", "path": "\(second)" } } }
    """
  }

  private func plates(_ scratch: borrowing Scratch, _ frames: String) throws {
    let make = try scratch.write(
      """
      { "bipack": 1, "format": { "width": 40, "height": 30 }, "frames": [1, 5],
        "nodes": {
          "flat": { "type": "Constant", "color": [{ "expr": "frame" }, 0, 0, 1] },
          "out": { "type": "Write", "source": "flat", "path": "in/p.####.exr" } } }
      """, "make.json")
    #expect(try Command.run("render", make, "-F", frames).status == 0)
  }

  private func files(_ outcome: Command.Outcome) throws -> [String: Int] {
    let line = try #require(outcome.output.split(separator: "\n").last)
    let done = try #require(
      try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any])
    return try #require(done["files"] as? [String: Int])
  }

  @Test func failuresAreCountedOnDisk() throws {
    let scratch = try Scratch()
    try plates(scratch, "1-2,4-5")
    let file = try scratch.write(graph(), "g.json")
    let first = try Command.run("render", file, "-F", "1,3,4", "--parallel-frames", "1")
    #expect(first.status == 3)
    #expect(first.errors.contains("of 6 files: 2 written, 4 missing"), "\(first.errors)")
    // Frame 1 is there; frame 5 is not tried, frame 4 neither.
    let again = try Command.run(
      "render", file, "-F", "1,3,4,5", "--parallel-frames", "1", "--events")
    #expect(try files(again) == ["written": 0, "upToDate": 2, "old": 0, "missing": 6])
    let all = try Command.run("render", file, "--continue", "--events")
    #expect(try files(all) == ["written": 6, "upToDate": 2, "old": 0, "missing": 2])
    // A file that fails now, but lies there from before.
    try FileManager.default.removeItem(atPath: scratch.path("in/p.0005.exr"))
    let old = try Command.run("render", file, "--continue")
    #expect(
      old.errors.contains("of 10 files: 6 up to date, 2 from before, 2 missing"), "\(old.errors)")
  }

  @Test func interruptsAreCountedOnDisk() throws {
    let scratch = try Scratch()
    let file = try scratch.write(
      """
      { "bipack": 1, "format": { "width": 1024, "height": 778 }, "frames": [1, 500],
        "nodes": {
          "a": { "type": "CheckerBoard" },
          "b": { "type": "Blur", "source": "a", "size": { "expr": "30 + frame % 9" } },
          "w": { "type": "Write", "source": "b", "path": "w.####.exr" } } }
      """, "g.json")
    let child = try Command.start(["render", file])
    while child.isRunning, scratch.names.count < 4 { usleep(10_000) }
    kill(child.id, SIGINT)
    #expect(child.wait() == 130)
    let written = scratch.names.count - 1
    #expect(
      child.errors.contains("of 500 files: \(written) written, \(500 - written) missing"),
      "\(child.errors)")
  }

  /// A folder that takes no files is found out before anything is computed.
  @Test func foldersAreTriedFirst() throws {
    let scratch = try Scratch()
    let file = try scratch.write(
      graph("/proc/none/b.####.exr").replacingOccurrences(of: "\"plate\",", with: "\"slow\",")
        .replacingOccurrences(
          of: "\"plate\": {",
          with: #""slow": { "type": "Median", "source": "flat", "size": 9 }, "plate": {"#), "g.json"
    )
    let outcome = try Command.run("render", file, "--stats")
    #expect(outcome.status == 75 && outcome.errors.contains("/proc/none"), "\(outcome.errors)")
    #expect(!outcome.errors.contains("Median"))
    #expect(!scratch.names.contains { $0.hasSuffix(".exr") })
  }

  @Test func pathsArePrintedPlainly() throws {
    let scratch = try Scratch()
    try FileManager.default.createDirectory(
      atPath: scratch.path("graphs"), withIntermediateDirectories: true)
    _ = try scratch.write(
      graph().replacingOccurrences(of: "a.####.exr", with: ".././out//a.####.exr")
        .replacingOccurrences(of: "in/p.####", with: "../in/p.####"), "graphs/g.json")
    try plates(scratch, "1")
    let child = try Child(
      Command.executable.path, ["render", "graphs/g.json", "-o", "a", "-F", "1-2", "--continue"],
      directory: scratch.url.path)
    #expect(child.wait() == 3)
    #expect(child.errors.contains("wrote out/a.0001.exr"), "\(child.errors)")
    #expect(child.errors.contains("in/p.0002.exr does not exist"))
    #expect(!child.errors.contains(".."), "\(child.errors)")
  }
}
