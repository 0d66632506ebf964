import Bipack
import Foundation
import Testing

/// A small graph that writes an EXR and a PNG.
private func graph(_ nodes: String = "", write: String = "") -> String {
  """
  { "bipack": 1, "format": { "width": 160, "height": 90 }, "frames": [1, 3],
    "nodes": {
      "bars": { "type": "ColorBars" },
      "soft": { "type": "Blur", "source": "bars", "size": { "expr": "frame * 2" } },
      \(nodes)
      "exr": { "type": "Write", "source": "soft", "path": "out.####.exr" \(write) },
      "png": { "type": "Write", "source": "soft", "path": "out.####.png" } } }
  """
}

@Suite struct CommandTests {
  @Test func rendersFilesThatReadBack() throws {
    let scratch = try Scratch()
    let file = try scratch.write(graph(), "g.json")
    let outcome = try Command.run("render", file, "-F", "1-3x2", "--stats")
    #expect(outcome.status == 0, "\(outcome.errors)")
    #expect(outcome.output.isEmpty)
    #expect(
      scratch.names
        == ["g.json", "out.0001.exr", "out.0001.png", "out.0003.exr", "out.0003.png"])
    #expect(outcome.errors.contains("frame 3") && outcome.errors.contains("2/2"))
    #expect(outcome.errors.contains("median"))
    #expect(outcome.errors.contains("soft"))

    let info = try Command.run("info", scratch.path("out.0001.exr"))
    #expect(info.output.contains("160x90+0+0"))
    #expect(info.output.contains("half"))

    // The same graph gives the same bytes, whatever the machine is told to use.
    let first = try Data(contentsOf: URL(fileURLWithPath: scratch.path("out.0003.exr")))
    let again = try Command.run(
      "render", file, "-F", "3", "--threads", "1", "-o", "exr", "--force")
    #expect(again.status == 0)
    #expect(try Data(contentsOf: URL(fileURLWithPath: scratch.path("out.0003.exr"))) == first)
  }

  @Test func reportsEvents() throws {
    let scratch = try Scratch()
    let file = try scratch.write(graph(), "g.json")
    let outcome = try Command.run("render", file, "--events", "--stats")
    #expect(outcome.status == 0)
    let events = try outcome.output.split(separator: "\n").map { line in
      try #require(
        try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any], "\(line)")
    }
    #expect(
      events.compactMap { $0["event"] as? String }
        == ["start", "frame", "frame", "frame", "stats", "done"])
    #expect(events[0]["frames"] as? [Int] == [1, 2, 3])
    #expect((events[1]["files"] as? [String])?.count == 2)
    #expect(events[5]["exitCode"] as? Int == 0)
    #expect(events[5]["rendered"] as? Int == 3)
  }

  @Test func setsParametersAndVariables() throws {
    let scratch = try Scratch()
    let text = graph().replacingOccurrences(of: "out.####.exr", with: "${name}.####.exr")
      .replacingOccurrences(of: "\"frames\"", with: "\"variables\": {\"name\": \"a\"}, \"frames\"")
    let file = try scratch.write(text, "g.json")
    let outcome = try Command.run(
      "render", file, "-F", "1", "-o", "exr", "--var", "name=b", "--set", "soft.size=0",
      "--proxy", "2")
    #expect(outcome.status == 0, "\(outcome.errors)")
    #expect(scratch.names == ["g.json", "proxy2"])
    let info = try Command.run("info", scratch.path("proxy2/b.0001.exr"), "--json")
    #expect(info.output.contains("\"width\": 80"))
  }

  // MARK: Exit codes

  /// Arguments and what the process must say when it leaves. GRAPH and so on stand for files.
  static let exits: [([String], Int32)] = [
    (["--version"], 0),
    (["render"], 2),
    (["nonsense"], 2),
    (["render", "none.json"], 2),
    (["render", "GRAPH", "-F", "1-"], 2),
    (["render", "GRAPH", "--set", "soft"], 2),
    (["render", "GRAPH", "--set", "soft.sise=2"], 2),
    (["render", "GRAPH", "-o", "soft"], 2),
    (["render", "GRAPH", "-o", "nobody"], 2),
    (["render", "GRAPH", "--memory", "lots"], 2),
    (["render", "GRAPH", "--memory", "64K"], 33),
    (["render", "BROKEN"], 2),
    (["render", "MISSING"], 3),
    (["render", "UNWRITABLE"], 75),
    (["check", "GRAPH"], 0),
    (["check", "BROKEN"], 2),
    (["explain", "GRAPH"], 0),
    (["graph", "GRAPH", "--dot"], 0),
    (["nodes", "Grade"], 0),
    (["nodes", "Nothing"], 2),
    (["schema", "Grade"], 0),
    (["info", "nothing.exr"], 3),
    (["info", "GRAPH"], 3),
    (["diff", "nothing.exr", "nothing.exr"], 3),
    (["fmt", "BROKEN"], 0),
    (["fmt", "TORN"], 2),
  ]

  @Test(arguments: exits)
  func leavesWith(_ arguments: [String], _ status: Int32) throws {
    let scratch = try Scratch()
    let missing = "\"gone\": { \"type\": \"Read\", \"path\": \"gone.####.exr\" },"
    let files = [
      "GRAPH": graph(),
      "BROKEN": graph().replacingOccurrences(of: "\"Blur\"", with: "\"Blurr\""),
      "MISSING": graph(missing)
        .replacingOccurrences(of: "\"bars\", \"size\"", with: "\"gone\", \"size\""),
      "TORN": String(graph().dropLast(3)),
      "UNWRITABLE": graph().replacingOccurrences(of: "out.####", with: "/proc/none/out.####"),
    ]
    var resolved: [String] = []
    for argument in arguments {
      if let text = files[argument] {
        resolved.append(try scratch.write(text, argument + ".json"))
      } else {
        resolved.append(argument)
      }
    }
    let child = try Command.start(resolved)
    #expect(child.wait() == status, "\(arguments): \(child.output)\(child.errors)")
    if status != 0 { #expect(!child.errors.isEmpty) }
    #expect(!scratch.names.contains { $0.hasPrefix("out") } || status == 0)
  }

  /// Storage that refuses is 75 whatever the format, and nothing is left.
  @Test(arguments: ["tif", "dpx", "png", "exr", "jpg", "tga"])
  func fileSizeLimitsAreStorage(_ ending: String) throws {
    let scratch = try Scratch()
    let file = try scratch.write(
      """
      { "bipack": 1, "format": { "width": 300, "height": 300 },
        "nodes": {
          "grain": { "type": "Noise" },
          "out": { "type": "Write", "source": "grain", "path": "out.\(ending)" } } }
      """, "g.json")
    let child = try Child(
      "/bin/sh",
      ["-c", "ulimit -f 4; exec \"$0\" \"$@\"", Command.executable.path, "render", file])
    #expect(child.wait() == 75, "\(child.errors)")
    #expect(scratch.names == ["g.json"])
  }

  @Test func aDisabledWriteIsNotRendered() throws {
    let scratch = try Scratch()
    let off = try scratch.write(graph(write: #", "disabled": true"#), "g.json")
    let outcome = try Command.run("render", off, "-F", "1")
    #expect(outcome.status == 0 && scratch.names == ["g.json", "out.0001.png"])
    #expect(outcome.errors.contains("nodes.exr is disabled and was not written"))
    let nothing = try Command.run("render", off, "-F", "1", "-o", "exr")
    #expect(nothing.status == 2 && nothing.errors.contains("nodes.exr is disabled"))
  }

  /// Reading and writing say the same of movies, and what to do.
  @Test(arguments: ["mov", "mp4"]) func moviesAreSequencesFirst(_ ending: String) throws {
    let scratch = try Scratch()
    let movie = try scratch.write("moov", "clip." + ending)
    let words = "movies are neither read nor written yet"
    let info = try Command.run("info", movie)
    #expect(info.status == 3 && info.errors.contains(words), "\(info.errors)")
    let file = try scratch.write(
      graph().replacingOccurrences(of: "out.####.png", with: "out." + ending), "g.json")
    let render = try Command.run("render", file, "-F", "1", "-o", "png")
    #expect(render.status != 0 && render.errors.contains(words), "\(render.errors)")
    #expect(render.errors.contains("ffmpeg"))
  }

  @Test func namesEverythingWrongWithAGraph() throws {
    let scratch = try Scratch()
    let file = try scratch.write(
      graph("\"odd\": { \"type\": \"Gradde\", \"source\": \"bras\" },"), "g.json")
    let outcome = try Command.run("check", file)
    #expect(outcome.status == 2)
    #expect(outcome.errors.contains("\(file):5:22: error: nodes.odd.type:"))
    #expect(outcome.errors.contains("did you mean 'Grade'?"))
  }

  // MARK: Interrupts

  static let signals: [(Int32, Int32)] = [(SIGINT, 130), (SIGTERM, 143)]

  @Test(arguments: signals)
  func stopsCleanly(_ signal: Int32, _ status: Int32) throws {
    let scratch = try Scratch()
    let text = """
      { "bipack": 1, "format": { "width": 2048, "height": 1556 }, "frames": [1, 2000],
        "nodes": {
          "a": { "type": "CheckerBoard" },
          "b": { "type": "Blur", "source": "a", "size": { "expr": "30 + frame % 9" } },
          "w": { "type": "Write", "source": "b", "path": "big.####.exr" } } }
      """
    let file = try scratch.write(text, "g.json")
    let child = try Command.start(["render", file])
    while child.isRunning, !scratch.names.contains(where: { $0.hasSuffix(".exr") }) {
      usleep(20_000)
    }
    let clock = ContinuousClock.now
    kill(child.id, signal)
    #expect(child.wait() == status)
    #expect(ContinuousClock.now - clock < .seconds(2))
    #expect(child.errors.contains("interrupted"))
    // Every file there is whole, and there is no other.
    for name in scratch.names where name != "g.json" {
      #expect(name.hasPrefix("big.") && name.hasSuffix(".exr"), "\(name)")
      _ = try ImageFile.read(scratch.path(name), pool: BlockPool())
    }
  }

  // MARK: Pictures compared

  @Test func comparesPictures() throws {
    let scratch = try Scratch()
    let pool = BlockPool()
    let spec = ImageSpec(format: Format(width: 4, height: 2), channels: [.red, .alpha])
    let a = Image(
      spec: spec, pool: pool,
      pixels: [.red: [0, 1, 2, 3, 4, 5, 6, .nan], .alpha: Array(repeating: 1, count: 8)])
    let b = Image(
      spec: spec, pool: pool,
      pixels: [.red: [0, 1, 2.5, 3, 4, 5, 6, .nan], .alpha: Array(repeating: 1, count: 8)])
    try ImageFile.write(a, to: scratch.path("a.exr"))
    try ImageFile.write(b, to: scratch.path("b.exr"))
    #expect(try Command.run("diff", scratch.path("a.exr"), scratch.path("a.exr")).status == 0)
    let outcome = try Command.run(
      "diff", scratch.path("a.exr"), scratch.path("b.exr"), "-o", scratch.path("d.exr"), "--json")
    #expect(outcome.status == 1)
    let report = try #require(
      try JSONSerialization.jsonObject(with: Data(outcome.output.utf8)) as? [String: Any])
    let red = try #require((report["channels"] as? [[String: Any]])?.first)
    #expect(red["max"] as? Double == 0.5)
    #expect(red["mean"] as? Double == 0.5 / 8)
    #expect((red["worst"] as? [String: Int])?["x"] == 2)
    #expect(red["over"] as? Int == 1)
    let difference = try ImageFile.read(scratch.path("d.exr"), pool: pool).image
    #expect(
      difference.pixels(.red, in: difference.dataWindow, pool: pool) == [0, 0, 0.5, 0, 0, 0, 0, 0])
    #expect(
      try Command.run("diff", scratch.path("a.exr"), scratch.path("b.exr"), "--max", "0.5").status
        == 0)
    #expect(
      try Command.run("diff", scratch.path("a.exr"), scratch.path("b.exr"), "--mean", "0.01").status
        == 1)
  }

  @Test func formatsInPlace() throws {
    let scratch = try Scratch()
    let file = try scratch.write(graph(), "g.json")
    #expect(try Command.run("fmt", "--check", file).status == 1)
    #expect(try Command.run("fmt", file).status == 0)
    #expect(try Command.run("fmt", "--check", file).status == 0)
    #expect(try Command.run("check", file).status == 0)
  }
}
