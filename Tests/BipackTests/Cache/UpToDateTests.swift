import Bipack
import Foundation
import Testing

/// A graph that reads a plate and writes an EXR and a PNG of it.
private func graph(_ size: Double = 4, extra: String = "") -> String {
  """
  { "bipack": 1, "format": { "width": 160, "height": 90 }, "frames": [1, 3],
    "nodes": {
      "plate": { "type": "Read", "path": "plate.exr" },
      "soft": { "type": "Blur", "source": "plate", "size": \(size) },
      "grade": { "type": "Grade", "source": "soft", "white": { "expr": "frame" } }, \(extra)
      "exr": { "type": "Write", "source": "grade", "path": "out.####.exr" },
      "png": { "type": "Write", "source": "grade", "path": "out.####.png" } } }
  """
}

private func plate(_ scratch: borrowing Scratch, _ checker: Double) throws {
  let text = """
    { "bipack": 1, "format": { "width": 160, "height": 90 }, "frames": [1, 1],
      "nodes": { "c": { "type": "Constant", "color": [\(checker), 0.2, 0.1, 1] },
        "w": { "type": "Write", "source": "c", "path": "plate.exr", "compression": "none" } } }
    """
  let outcome = try Command.run("render", try scratch.write(text, "plate.json"))
  #expect(outcome.status == 0, "\(outcome.errors)")
}

/// What a run with `--events` did with each frame.
private func events(_ arguments: String...) throws -> (
  rendered: [Int], upToDate: [Int], reasons: [Int: [String]]
) {
  let child = try Command.start(["render"] + arguments + ["--events", "--why"])
  #expect(child.wait() == 0)
  var result: (rendered: [Int], upToDate: [Int], reasons: [Int: [String]]) = ([], [], [:])
  for line in child.output.split(separator: "\n") {
    let event = try #require(
      try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any])
    let frame = event["frame"] as? Int ?? 0
    switch event["event"] as? String {
    case "frame": result.rendered.append(frame)
    case "upToDate": result.upToDate.append(frame)
    case "outdated":
      result.reasons[frame, default: []] += event["reasons"] as? [String] ?? []
    default: break
    }
  }
  result.rendered.sort()
  result.upToDate.sort()
  return result
}

@Suite struct UpToDateTests {
  @Test func onlyFramesThatChangedAreWritten() throws {
    let scratch = try Scratch()
    try plate(scratch, 0.5)
    let file = try scratch.write(graph(), "g.json")
    let first = try events(file)
    #expect(first.rendered == [1, 2, 3])
    #expect(first.reasons[1] == ["not there yet", "not there yet"])
    let bytes = try Data(contentsOf: URL(fileURLWithPath: scratch.path("out.0002.exr")))
    let again = try events(file)
    #expect(again.rendered.isEmpty && again.upToDate == [1, 2, 3] && again.reasons.isEmpty)

    // The same graph gives the same bytes, records included; wherever the file went meanwhile.
    let forced = try events(file, "--force")
    #expect(forced.rendered == [1, 2, 3])
    #expect(try Data(contentsOf: URL(fileURLWithPath: scratch.path("out.0002.exr"))) == bytes)
    try plate(scratch, 0.5)
    #expect(try events(file).upToDate == [1, 2, 3])
    let moved = try scratch.write(
      graph().replacingOccurrences(of: "plate.exr", with: "p2.exr"), "m.json")
    try FileManager.default.moveItem(
      atPath: scratch.path("plate.exr"), toPath: scratch.path("p2.exr"))
    #expect(try events(moved).upToDate == [1, 2, 3])
    try FileManager.default.moveItem(
      atPath: scratch.path("p2.exr"), toPath: scratch.path("plate.exr"))

    // A parameter of one frame, of all frames; an input; a node.
    let curve = graph().replacingOccurrences(of: "\"frame\"", with: "\"frame == 2 ? 7 : frame\"")
    let one = try events(try scratch.write(curve, "g.json"))
    #expect(one.rendered == [2] && one.upToDate == [1, 3])
    #expect(one.reasons[2]?.first?.hasPrefix("nodes.grade.white: ") == true, "\(one.reasons)")
    let sized = try events(try scratch.write(graph(6), "g.json"), "-F", "1")
    #expect(sized.rendered == [1])
    #expect(
      sized.reasons[1] == Array(repeating: "nodes.soft.size: 4.0 4.0 -> 6.0 6.0", count: 2),
      "\(sized.reasons)")
    try plate(scratch, 0.6)
    let read = try events(file, "-F", "1")
    #expect(
      read.reasons[1] == Array(repeating: "nodes.plate.file has other contents", count: 2),
      "\(read.reasons)")
    let inserted = graph(6, extra: "\"inv\": { \"type\": \"Invert\", \"source\": \"grade\" },")
      .replacingOccurrences(
        of: "\"source\": \"grade\", \"path\"", with: "\"source\": \"inv\", \"path\"")
    let new = try events(try scratch.write(inserted, "g.json"), "-F", "1", "-o", "png")
    #expect(new.reasons[1]?.contains("nodes.inv is new") == true, "\(new.reasons)")
    // The other format's settings are nobody else's business.
    let depth = inserted.replacingOccurrences(
      of: "out.####.png\"", with: "out.####.png\", \"dataType\": \"uint16\"")
    let deeper = try events(try scratch.write(depth, "g.json"), "-F", "1")
    #expect(deeper.reasons[1]?.contains("nodes.png.dataType: default -> uint16") == true)
  }

  @Test func damagedAndForeignFilesAreWrittenAgain() throws {
    let scratch = try Scratch()
    try plate(scratch, 0.5)
    let file = try scratch.write(graph(), "g.json")
    #expect(try events(file, "-F", "1").rendered == [1])
    for name in ["out.0001.exr", "out.0001.png"] {
      let url = URL(fileURLWithPath: scratch.path(name))
      let good = try Data(contentsOf: url)
      // Cut at many places, then with a byte more, then of another program.
      for step in 0..<12 {
        try good.prefix(good.count * step / 12).write(to: url)
        let outcome = try events(file, "-F", "1")
        #expect(outcome.rendered == [1], "\(name) cut to \(step)/12")
        #expect(try Data(contentsOf: url) == good)
      }
      try (good + Data([0])).write(to: url)
      #expect(try events(file, "-F", "1").rendered == [1])
      try Data("not a picture".utf8).write(to: url)
      #expect(try events(file, "-F", "1").reasons[1] == ["does not say what it was made from"])
      #expect(try events(file, "-F", "1").upToDate == [1])
    }
    // Another frame's file under this name says what it is.
    try FileManager.default.removeItem(atPath: scratch.path("out.0001.exr"))
    _ = try events(file, "-F", "2")
    try FileManager.default.copyItem(
      atPath: scratch.path("out.0002.exr"), toPath: scratch.path("out.0001.exr"))
    #expect(try events(file, "-F", "1").rendered == [1])
  }

  @Test func recordsSayNothingOfWhereTheyWereMade() throws {
    let scratch = try Scratch()
    try plate(scratch, 0.5)
    let file = try scratch.write(graph(), "g.json")
    #expect(try events(file, "-F", "1").rendered == [1])
    for name in ["out.0001.exr", "out.0001.png"] {
      let bytes = try Data(contentsOf: URL(fileURLWithPath: scratch.path(name)))
      #expect(bytes.range(of: Data("nodes.soft.size=".utf8)) != nil)
      for secret in [scratch.path(""), "plate.exr", NSUserName() + "@", "out.####"] {
        #expect(bytes.range(of: Data(secret.utf8)) == nil, "\(secret) in \(name)")
      }
    }
    // What was read from a file of ours does not travel on.
    let next = """
      { "bipack": 1, "format": { "width": 160, "height": 90 }, "frames": [1, 1],
        "nodes": { "r": { "type": "Read", "path": "out.0001.exr" },
          "w": { "type": "Write", "source": "r", "path": "next.exr" } } }
      """
    #expect(try Command.run("render", try scratch.write(next, "n.json")).status == 0)
    let bytes = try Data(contentsOf: URL(fileURLWithPath: scratch.path("next.exr")))
    #expect(bytes.range(of: Data("nodes.soft".utf8)) == nil)
    #expect(bytes.range(of: Data("nodes.r.file=".utf8)) != nil)
  }

  @Test func theCommandKeepsAndShowsACache() throws {
    let scratch = try Scratch()
    let text = """
      { "bipack": 1, "format": { "width": 640, "height": 360 }, "frames": [1, 1],
        "nodes": { "n": { "type": "Noise", "size": 10 },
          "b": { "type": "Blur", "source": "n", "size": 9, "cache": true },
          "g": { "type": "Grade", "source": "b", "white": 2 },
          "w": { "type": "Write", "source": "g", "path": "w.exr" } } }
      """
    let file = try scratch.write(text, "g.json")
    let cache = scratch.path("cache")
    let environment = ["BIPACK_CACHE_DIR": cache]
    #expect(try Command.run("render", file, "--no-cache", environment: environment).status == 0)
    #expect(!FileManager.default.fileExists(atPath: cache))
    let cold = try Command.run("render", file, "--force", "--stats", environment: environment)
    #expect(cold.status == 0 && cold.errors.contains("cache folder: 0 hits"))
    let first = try Data(contentsOf: URL(fileURLWithPath: scratch.path("w.exr")))
    let plan = try Command.run("explain", file, "--cache", cache)
    #expect(plan.output.contains("from cache"))
    let warm = try Command.run("render", file, "--force", "--events", "--stats", "--cache", cache)
    #expect(warm.output.contains("\"hits\":1") || warm.output.contains("\"hits\": 1"))
    #expect(try Data(contentsOf: URL(fileURLWithPath: scratch.path("w.exr"))) == first)
    #expect(try Command.run("cache", "verify", cache).output.contains("0 damaged"))
    let trimmed = try Command.run("cache", "trim", cache, "--cache-size", "1K")
    #expect(trimmed.status == 0 && trimmed.output.contains("0 entries"))
    #expect(try Command.run("cache", "info", environment: ["BIPACK_CACHE_DIR": ""]).status == 2)
    #expect(try Command.run("render", file, "--cache", cache, "--no-cache").status == 2)
  }

  #if !BIPACK_SANITIZED  // The thread sanitizer needs large files itself.
    /// A full disk (here: a limit on the size of files) ends writing to the cache, not the render.
    @Test func aFullDiskEndsWithOneWarning() throws {
      let scratch = try Scratch()
      let text = """
        { "bipack": 1, "format": { "width": 640, "height": 360 }, "frames": [1, 3],
          "nodes": { "n": { "type": "Noise", "size": 10 },
            "e": { "type": "Expression", "source": "n", "expr0": "r * frame" },
            "b": { "type": "Blur", "source": "e", "size": 9, "cache": true },
            "c": { "type": "Crop", "source": "b", "box": [0, 0, 40, 40], "reformat": true, "cache": true },
            "d": { "type": "Merge", "a": ["c"], "b": "b" },
            "s": { "type": "Crop", "source": "d", "box": [0, 0, 40, 40], "reformat": true },
            "w": { "type": "Write", "source": "s", "path": "w.####.exr" } } }
        """
      let file = try scratch.write(text, "g.json")
      let child = try Child(
        "/bin/bash",
        [
          "-c", "ulimit -f 48; exec \"$0\" \"$@\"", Command.executable.path, "render", file,
          "--cache", scratch.path("cache"),
        ])
      let status = child.wait()
      let said = child.errors
      #expect(status == 0, "\(said)")
      #expect(said.components(separatedBy: "cache is not written any more").count == 2, "\(said)")
      #expect(said.contains("File too large"))
      #expect(scratch.names.filter { $0.hasSuffix(".exr") }.count == 3)
    }
  #endif
}
