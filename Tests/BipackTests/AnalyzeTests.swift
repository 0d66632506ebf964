import Bipack
import Foundation
import Testing

/// `bipack analyze`, sidecars, and renders that use what was measured.
@Suite("Analysing shots") struct AnalyzeTests {
  private static func graph(_ more: String = #""sidecar": "stats.json""#) -> String {
    """
    { "bipack": 1, "format": { "width": 16, "height": 8 }, "frames": [1, 6], "nodes": {
      "plate": { "type": "Read", "path": "p.####.exr" },
      "stats": { "type": "FrameStats", "source": "plate", \(more) },
      "steady": { "type": "Grade", "source": "plate",
                  "multiply": { "expr": "stats.luminance(first) / stats.luminance" } },
      "out": { "type": "Write", "source": "steady", "path": "o.####.exr" } } }
    """
  }

  /// Six plates that flicker, and a graph.
  private func shot(_ scratch: borrowing Scratch, _ more: String = #""sidecar": "stats.json""#)
    throws
    -> String
  {
    for frame in 1...6 { try plate(scratch.path("p.000\(frame).exr"), Float(frame) / 8) }
    return try scratch.write(Self.graph(more), "g.json")
  }

  private func plate(_ path: String, _ value: Float) throws {
    let spec = ImageSpec(format: Format(width: 16, height: 8), channels: [.red, .green, .blue])
    let pixels = [Float](repeating: value, count: 128)
    var options = WriteOptions()
    options.compression = .none
    try ImageFile.write(
      Image(spec: spec, pool: BlockPool(), pixels: [.red: pixels, .green: pixels, .blue: pixels]),
      to: path, options: options)
  }

  /// How many frames the shots measured, by the events of a command.
  private func measured(_ outcome: Command.Outcome) -> [Int] {
    outcome.output.split(separator: "\n").compactMap { line in
      guard let object = try? JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any],
        object["event"] as? String == "shot"
      else { return nil }
      return object["measured"] as? Int
    }
  }

  @Test func aSidecarIsWrittenOnceAndUsed() throws {
    let scratch = try Scratch()
    let file = try shot(scratch)
    let analyze = try Command.run("analyze", file)
    #expect(analyze.status == 0, "\(analyze.errors)")
    #expect(analyze.errors.contains("nodes.stats: 6 frames measured"), "\(analyze.errors)")
    let sidecar = try String(contentsOfFile: scratch.path("stats.json"), encoding: .utf8)
    #expect(sidecar.contains("\"type\": \"FrameStats\"") && sidecar.contains("[6, 0.75]"))
    let again = try Command.run("analyze", file, "--events")
    #expect(measured(again) == [0])
    let render = try Command.run("render", file, "--events")
    #expect(render.status == 0 && measured(render) == [0], "\(render.errors)")
    for frame in [1, 6] {
      let info = try Command.run("values", file, "stats.mean", "-F", "\(frame)")
      #expect(info.output.contains("[\(frame), [\(Double(frame) / 8), "))
    }
    let image = try ImageFile.read(scratch.path("o.0006.exr"), pool: BlockPool()).image
    #expect(image.value(.red, x: 3, y: 3) == 0.125)
  }

  /// Nothing of the other plates but their headers is read: their pixels may be gone.
  @Test func aFrameAloneReadsNoOther() throws {
    let scratch = try Scratch()
    let file = try shot(scratch)
    #expect(try Command.run("analyze", file).status == 0)
    for frame in [1, 2, 3, 5, 6] {
      let path = scratch.path("p.000\(frame).exr")
      let attributes = try FileManager.default.attributesOfItem(atPath: path)
      var info = stat()
      #expect(stat(path, &info) == 0)
      var bytes = try Data(contentsOf: URL(fileURLWithPath: path))
      for i in (bytes.count - 600)..<bytes.count { bytes[i] = 0xff }
      let handle = try FileHandle(forWritingTo: URL(fileURLWithPath: path))
      try handle.write(contentsOf: bytes)
      try handle.close()
      var times = [info.st_atim, info.st_mtim]
      #expect(utimensat(AT_FDCWD, path, &times, 0) == 0)
      #expect(attributes[.size] as? Int == bytes.count)
    }
    let render = try Command.run("render", file, "-F", "4", "--events")
    #expect(render.status == 0 && measured(render) == [0], "\(render.errors)")
    let image = try ImageFile.read(scratch.path("o.0004.exr"), pool: BlockPool()).image
    #expect(image.value(.red, x: 3, y: 3) == 0.125)
  }

  @Test func picturesThatChangeAreMeasuredAgainAndCopiesAreNot() throws {
    let scratch = try Scratch()
    let file = try shot(scratch)
    #expect(try Command.run("analyze", file).status == 0)
    // Other times, the same pictures.
    for frame in 1...6 {
      var times = [timespec(tv_sec: 1000 + frame, tv_nsec: 5), timespec(tv_sec: 1000, tv_nsec: 5)]
      #expect(utimensat(AT_FDCWD, scratch.path("p.000\(frame).exr"), &times, 0) == 0)
    }
    #expect(try measured(Command.run("analyze", file, "--events")) == [0])
    try plate(scratch.path("p.0003.exr"), 0.6875)
    #expect(try measured(Command.run("analyze", file, "--events")) == [6])
    let text = try String(contentsOfFile: scratch.path("stats.json"), encoding: .utf8)
    #expect(text.contains("0.6875"))
  }

  /// Values changed by hand count while the pictures are the same, and are never lost.
  @Test func handsMayChangeASidecar() throws {
    let scratch = try Scratch()
    let file = try shot(scratch)
    #expect(try Command.run("analyze", file).status == 0)
    let path = scratch.path("stats.json")
    let text = try String(contentsOfFile: path, encoding: .utf8)
    let edited = text.replacingOccurrences(of: "[6, 0.75]", with: "[6, 1.5]")
    #expect(edited != text)
    try edited.write(toFile: path, atomically: true, encoding: .utf8)
    let values = try Command.run("values", file, "stats.luminance", "-F", "6")
    #expect(values.output.contains("[6, 1.5]"), "\(values.errors)")
    try plate(scratch.path("p.0003.exr"), 0.6875)
    let refused = try Command.run("render", file)
    #expect(refused.status == 1)
    #expect(refused.errors.contains("was changed by hand"), "\(refused.errors)")
    #expect(try String(contentsOfFile: path, encoding: .utf8) == edited)
  }

  @Test(arguments: [
    ("{", "stats.json:1:2"), ("{\"a\": 1}", "is no sidecar of a FrameStats"),
    ("{\"type\": \"FrameStats\", \"values\": {\"mean\": null}}", "values.mean holds null"),
  ])
  func whatIsNoSidecarIsLeftAlone(_ text: String, _ words: String) throws {
    let scratch = try Scratch()
    let file = try shot(scratch)
    _ = try scratch.write(text, "stats.json")
    let outcome = try Command.run("analyze", file)
    #expect(outcome.status == 3)
    #expect(outcome.errors.contains(words), "\(outcome.errors)")
    #expect(try String(contentsOfFile: scratch.path("stats.json"), encoding: .utf8) == text)
  }

  @Test func theGraphIsNoSidecar() throws {
    let scratch = try Scratch()
    let file = try shot(scratch, #""sidecar": "g.json""#)
    let before = try String(contentsOfFile: file, encoding: .utf8)
    #expect(try Command.run("analyze", file).status == 3)
    #expect(try String(contentsOfFile: file, encoding: .utf8) == before)
  }

  @Test func wrongNodesAreNamed() throws {
    let scratch = try Scratch()
    let file = try shot(scratch)
    let plate = try Command.run("analyze", file, "plate")
    #expect(plate.status == 2 && plate.errors.contains("'plate' is a Read, which measures no shot"))
    let none = try Command.run("analyze", file, "sats")
    #expect(none.status == 2 && none.errors.contains("did you mean 'stats'?"), "\(none.errors)")
    let homeless = try Command.run(
      "analyze", try scratch.write(Self.graph(#""range": [2, 4]"#), "h.json"))
    #expect(homeless.status == 0 && homeless.errors.contains("3 frames measured"))
    #expect(homeless.errors.contains("nothing is kept of stats"), "\(homeless.errors)")
  }

  /// Eight processes of one farm: the work is done once, or, at worst, twice.
  @Test func processesThatShareACacheMeasureOnce() throws {
    let scratch = try Scratch()
    let file = try shot(scratch, #""layer": """#)
    let arguments = ["analyze", file, "--events", "--cache", scratch.path("cache")]
    let children = try (0..<8).map { _ in try Command.start(arguments) }
    var frames = 0
    for child in children {
      #expect(child.wait() == 0, "\(child.errors)")
      let outcome = Command.Outcome(status: 0, output: child.output, errors: child.errors)
      frames += measured(outcome).reduce(0, +)
    }
    #expect((6...12).contains(frames), "\(frames)")
    let one = try Command.run(["values", file, "stats.luminance", "--cache", scratch.path("cache")])
    #expect(one.output.contains("[6, 0.75]"))
  }

  @Test func aSidecarThatWaitsForEverIsRefused() throws {
    let scratch = try Scratch()
    let file = try shot(scratch)
    #expect(mkfifo(scratch.path("stats.json"), 0o600) == 0)
    let outcome = try Command.run("analyze", file)
    #expect(outcome.status == 3, "\(outcome.errors)")
  }

  /// What the cache knows is written all the same; a folder that takes no files costs the file, not the
  /// values.
  @Test func knownValuesAreWrittenToo() throws {
    let scratch = try Scratch()
    let file = try shot(scratch)
    let cache = ["--cache", scratch.path("cache")]
    #expect(try Command.run(["analyze", file] + cache).status == 0)
    try FileManager.default.removeItem(atPath: scratch.path("stats.json"))
    let again = try Command.run(["analyze", file, "--events"] + cache)
    #expect(measured(again) == [0])
    #expect(FileManager.default.fileExists(atPath: scratch.path("stats.json")))
    let nowhere = try scratch.write(Self.graph(#""sidecar": "none/stats.json""#), "n.json")
    #expect(try Command.run("analyze", nowhere).status == 75)
    let render = try Command.run("render", nowhere, "-F", "2")
    #expect(render.status == 0 && render.errors.contains("not kept"), "\(render.errors)")
  }

  @Test(arguments: [
    (#""range": [5, 2]"#, "range: expected the first and the last frame"),
    (#""sidecar": "stats.txt""#, "is not called .json"),
    (#""sidecar": "g.json""#, "is no sidecar of a FrameStats"),
  ])
  func checkSaysWhatAnalyzeRefuses(_ more: String, _ words: String) throws {
    let scratch = try Scratch()
    let file = try shot(scratch, more)
    let check = try Command.run("check", file)
    #expect(check.status != 0 && check.errors.contains(words), "\(check.errors)")
  }

  @Test func twoNodesShareNoSidecar() throws {
    let scratch = try Scratch()
    let file = try shot(scratch)
    let text = Self.graph().replacing(
      "\"steady\":",
      with: """
        "more": { "type": "FrameStats", "source": "plate", "area": [0, 0, 4, 4], "sidecar": "stats.json" },
        "steady":
        """)
    _ = try scratch.write(text, "g.json")
    let outcome = try Command.run("analyze", file)
    #expect(outcome.status == 1)
    #expect(outcome.errors.contains("is the sidecar of nodes.stats too"), "\(outcome.errors)")
  }
}
