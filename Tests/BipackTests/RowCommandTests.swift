import Bipack
import Foundation
import Testing

/// Tables from the document to files.
@Suite("Rows of a table in files") struct RowCommandTests {
  private static let graph = """
    { "bipack": 1, "format": { "width": 64, "height": 32 }, "frames": [1, 2], "table": "names.csv",
      "nodes": {
        "bars": { "type": "ColorBars" },
        "soft": { "type": "Blur", "source": "bars", "size": 3 },
        "tint": { "type": "Grade", "source": "soft", "multiply": { "from": "table.gain" } },
        "slate": { "type": "Metadata", "source": "tint", "set": ["speaker=${name}"] },
        "out": { "type": "Write", "source": "slate", "path": "out/${file}.####.exr" } } }
    """

  /// Forty names with all that names have.
  private static func table(_ change: (Int) -> Double = { Double($0) / 40 }) -> String {
    let kinds = ["Kim, Minji", "김민지", "the \"\"best\"\" boy", "two\nlines", "Ada"]
    return "\u{feff}file,name,gain\r\n"
      + (1...40).map { "n\($0),\"\(kinds[$0 % 5]) \($0)\",\(change($0))\r\n" }.joined()
  }

  private func events(_ outcome: Command.Outcome) throws -> [[String: Any]] {
    try outcome.output.split(separator: "\n").map { line in
      try #require(try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any])
    }
  }

  @Test func fortyNamesGiveFortyClips() throws {
    let scratch = try Scratch()
    let file = try scratch.write(Self.graph, "g.json")
    _ = try scratch.write(Self.table(), "names.csv")
    let outcome = try Command.run("render", file, "--events", "--stats")
    #expect(outcome.status == 0, "\(outcome.errors)\(outcome.output)")
    #expect(try FileManager.default.contentsOfDirectory(atPath: scratch.path("out")).count == 80)
    let events = try events(outcome)
    #expect(
      events[0]["rows"] as? [Int] == Array(1...40) && events[0]["frames"] as? [Int] == [1, 2])
    let frames = events.filter { $0["event"] as? String == "frame" }
    #expect(frames.count == 80)
    #expect(Set(frames.compactMap { $0["row"] as? Int }) == Set(1...40))
    // What the rows share was made once.
    let stats = try #require(events.first { $0["event"] as? String == "stats" })
    let nodes = try #require(stats["nodes"] as? [[String: Any]])
    let passes = nodes.filter { ["bars", "soft"].contains($0["node"] as? String ?? "") }
      .compactMap { $0["passes"] as? Int }
    #expect(passes == [1, 1])

    let pool = BlockPool()
    func red(_ name: String) throws -> Float {
      let image = try ImageFile.read(scratch.path("out/\(name).0002.exr"), pool: pool).image
      return image.value(.red, x: 3, y: 3)
    }
    #expect(abs(try red("n10") / red("n40") - 0.25) < 1e-3)
    let info = try Command.run("info", scratch.path("out/n3.0001.exr"), "--json")
    #expect(info.output.contains("two\\nlines 3"), "\(info.output)")
  }

  @Test func rowsThatAreUpToDateStay() throws {
    let scratch = try Scratch()
    let file = try scratch.write(Self.graph, "g.json")
    _ = try scratch.write(Self.table(), "names.csv")
    #expect(try Command.run("render", file, "--rows", "1-6").status == 0)
    let again = try Command.run("render", file, "--rows", "1-6")
    #expect(again.errors.contains("12 frames, up to date"), "\(again.errors)")
    // One cell more: two files less than all are as they were.
    _ = try scratch.write(Self.table { $0 == 4 ? 0.9 : Double($0) / 40 }, "names.csv")
    let changed = try Command.run("render", file, "--rows", "1-6", "--why")
    #expect(changed.status == 0)
    #expect(changed.errors.contains("2 frames in") && changed.errors.contains("10 up to date"))
    #expect(
      changed.errors.contains("row 4, frame 1 ... row 4, frame 2 (2) of nodes.out:"),
      "\(changed.errors)")
    #expect(changed.errors.contains("nodes.tint.multiply: 0.1"), "\(changed.errors)")
  }

  @Test func rowsAreChosen() throws {
    let scratch = try Scratch()
    let file = try scratch.write(Self.graph, "g.json")
    _ = try scratch.write(Self.table(), "names.csv")
    func render(_ arguments: String...) throws -> Command.Outcome {
      try Command.run(["render", file, "-F", "1"] + arguments)
    }
    let chosen = try render("--rows", "3,39-", "--rows", "name=김민지 1")
    #expect(chosen.status == 0, "\(chosen.errors)")
    #expect(chosen.errors.contains("rendering 4 rows of 1 frame of out"), "\(chosen.errors)")
    #expect(chosen.errors.contains("row 39, frame 1  "))
    #expect(
      try Set(FileManager.default.contentsOfDirectory(atPath: scratch.path("out")))
        == ["n1.0001.exr", "n3.0001.exr", "n39.0001.exr", "n40.0001.exr"])
    #expect(try render("--rows", "0").status != 0)
    let far = try render("--rows", "41")
    #expect(far.status == 2 && far.errors.contains("there is no row 41: the table has 40"))
  }

  /// Any node of any row, to files named after it.
  @Test func rowsGoToNamedFiles() throws {
    let scratch = try Scratch()
    let file = try scratch.write(Self.graph, "g.json")
    _ = try scratch.write(Self.table(), "names.csv")
    func render(_ to: String, _ more: String...) throws -> Command.Outcome {
      try Command.run(["render", file, "-F", "1", "-o", "tint", "--to", to] + more)
    }
    let named = try render(scratch.path("t/${row}_${file}.png"), "--rows", "1-3")
    #expect(named.status == 0, "\(named.errors)")
    #expect(
      try FileManager.default.contentsOfDirectory(atPath: scratch.path("t")).sorted()
        == ["1_n1.png", "2_n2.png", "3_n3.png"])
    let same = try render(scratch.path("same.png"), "--rows", "1-3")
    #expect(same.status == 2)
    #expect(same.errors.contains("row 2, frame 1: ") && same.errors.contains("file of row 1 too"))
    let lines = try render(scratch.path("${name}.png"))
    #expect(
      lines.status != 0 && lines.errors.contains("row 3, 'name': the cell holds a line break"))
    let pipe = try render("-")
    #expect(pipe.status == 2 && pipe.errors.contains("takes one row, and the table has 40"))
  }

  @Test func checkSpeaksOfRows() throws {
    let scratch = try Scratch()
    let file = try scratch.write(
      Self.graph.replacingOccurrences(of: "\"soft\" ", with: "\"soft\"")
        .replacingOccurrences(of: "\"ColorBars\"", with: "\"Read\", \"path\": \"p/${file}.png\""),
      "g.json")
    _ = try scratch.write("file,name,gain\na,Ada,1\nb,Kim,bright\na,Bo,2\n", "names.csv")
    let typed = try Command.run("check", file)
    #expect(typed.status == 2)
    #expect(
      typed.errors.contains(
        "names.csv:3:7: error: nodes.tint.multiply: found \"bright\" (row 2: 'gain' is \"bright\")"
      ), "\(typed.errors)")
    #expect(try Command.run("render", file).status == 2)
    _ = try scratch.write("file,name,gain\na,Ada,1\nb,Kim,2\na,Bo,2\n", "names.csv")
    let twice = try Command.run("check", file)
    #expect(twice.status == 2 && twice.errors.contains("is the file of row 1 too"))
    _ = try scratch.write("file,name,gain\na,Ada,1\nb,Kim,2\nc,Bo,2\n", "names.csv")
    let missing = try Command.run("check", file)
    #expect(missing.status == 3, "\(missing.errors)")
    for name in ["a", "b", "c"] { #expect(missing.errors.contains("p/\(name).png")) }
    #expect(missing.errors.contains("(row 2)"), "\(missing.errors)")
    _ = try scratch.write(Self.graph, "g.json")
    let good = try Command.run("check", file)
    #expect(good.output.contains("3 rows of frames 1-2"), "\(good.output)\(good.errors)")
  }

  @Test func oneRowIsExplainedAndMeasured() throws {
    let scratch = try Scratch()
    let text = Self.graph.replacingOccurrences(
      of: "\"slate\"",
      with: "\"stats\": { \"type\": \"ImageStats\", \"source\": \"tint\" }, \"slate\"",
      options: [], range: Self.graph.range(of: "\"slate\""))
    let file = try scratch.write(text, "g.json")
    _ = try scratch.write(Self.table(), "names.csv")
    let first = try Command.run("explain", file)
    #expect(first.status == 0 && first.output.hasPrefix("row 1, "), "\(first.output)")
    let some = try Command.run("explain", file, "--rows", "7,9")
    #expect(some.output.contains("row 7, ") && some.output.contains("row 9, "))
    let all = try Command.run("values", file, "stats.mean", "-F", "1")
    #expect(all.status == 2 && all.errors.contains("name it, for example --rows 1"))
    let one = try Command.run("values", file, "stats.mean", "-F", "1", "--rows", "name=김민지 1")
    let ten = try Command.run("values", file, "stats.mean", "-F", "1", "--rows", "10")
    #expect(one.status == 0 && ten.status == 0 && one.output != ten.output)
  }

  /// Processes that share a cache folder and take some rows each.
  @Test func aFarmSplitsTheRows() throws {
    let scratch = try Scratch()
    let file = try scratch.write(Self.graph, "g.json")
    _ = try scratch.write(Self.table(), "names.csv")
    let children = try ["1-14", "15-27", "28-"].map {
      try Command.start(["render", file, "--rows", $0, "--cache", scratch.path("cache")])
    }
    for child in children { #expect(child.wait() == 0, "\(child.errors)") }
    #expect(try FileManager.default.contentsOfDirectory(atPath: scratch.path("out")).count == 80)
    let whole = try Command.run("render", file)
    #expect(whole.errors.contains("80 frames, up to date"), "\(whole.errors)")
  }

  @Test func theTableIsNotWrittenOver() throws {
    let scratch = try Scratch()
    let file = try scratch.write(
      Self.graph.replacingOccurrences(of: "out/${file}.####.exr", with: "${file}"), "g.json")
    _ = try scratch.write("file,name,gain\nnames.csv,Ada,1\n", "names.csv")
    let outcome = try Command.run("render", file)
    #expect(outcome.status == 2, "\(outcome.errors)")
    #expect(outcome.errors.contains("the rows are read from it"), "\(outcome.errors)")
  }

  /// Two rows may not keep different values in one sidecar.
  @Test func aSidecarIsOfOneRow() throws {
    let scratch = try Scratch()
    let graph = """
      { "bipack": 1, "format": { "width": 16, "height": 8 }, "frames": [1, 2],
        "table": [{ "gain": 1 }, { "gain": 2 }],
        "nodes": {
          "flat": { "type": "Constant", "color": [0.1, 0.2, 0.3, 1] },
          "own": { "type": "Grade", "source": "flat", "multiply": { "from": "table.gain" } },
          "stats": { "type": "FrameStats", "source": "own", "sidecar": "SIDECAR" },
          "out": { "type": "Grade", "source": "flat", "multiply": { "from": "stats.luminance" } },
          "file": { "type": "Write", "source": "out", "path": "${row}.####.exr" } } }
      """
    let one = try scratch.write(
      graph.replacingOccurrences(of: "SIDECAR", with: "s.json"), "one.json")
    let clash = try Command.run("render", one)
    #expect(clash.status != 0 && clash.errors.contains("is the sidecar of another row too"))
    let each = try scratch.write(
      graph.replacingOccurrences(of: "SIDECAR", with: "s${row}.json"), "each.json")
    let outcome = try Command.run("analyze", each)
    #expect(outcome.status == 0, "\(outcome.errors)")
    #expect(scratch.names.contains("s1.json") && scratch.names.contains("s2.json"))
    #expect(try Command.run("render", each).status == 0)
  }

  // MARK: The example

  @Test func theExampleRenders() throws {
    let scratch = try Scratch()
    let graph = Package.root.appendingPathComponent("Graphs/lower-thirds.json").path
    let outcome = try Command.run(
      "render", graph, "-F", "1001,1010", "--var", "out=\(scratch.path("strips"))")
    #expect(outcome.status == 0, "\(outcome.errors)")
    let pool = BlockPool()
    for (name, reach, red) in [
      ("adeyemi", 330, Float(0.02)), ("kim", 220, 0.3), ("oneill", 300, 0.05),
      ("tanaka", 240, 0.25),
    ] {
      let path = scratch.path("strips/\(name).1010.exr")
      let image = try ImageFile.read(path, pool: pool).image
      #expect(abs(image.value(.red, x: reach - 2, y: 230) - red) < 1e-3, "\(name)")
      #expect(abs(image.value(.red, x: reach + 2, y: 230) - red) > 1e-3, "\(name)")
    }
    let info = try Command.run("info", scratch.path("strips/kim.1010.exr"), "--json")
    #expect(info.output.contains("김민지") && info.output.contains("Producer, Seoul"))
  }

  /// Rows in a program: the comps of a table, some of them rendered together.
  @Test func aProgramRendersRows() async throws {
    var builder = CompBuilder(format: Format(width: 32, height: 32))
    builder.table = Table(
      columns: ["name", "gain"],
      rows: [[.string("a"), .number(0.5)], [.string("b"), .number(0.25)]])
    let flat = builder.add(Constant().with { $0.color = 1 })
    let tint = builder.add(Grade(), from: flat) { $0.take(\.$multiply, column: "gain") }
    let scratch = try Scratch()
    builder.add(Write(), from: tint) { $0.fill(\.$path, "\(scratch.path("x")).${name}.exr") }
    let rows = try builder.rows()
    let job = try #require(RenderJob(rows: rows))
    let summary = await Renderer().render(job)
    #expect(summary.rendered == 2 && summary.failures.isEmpty, "\(summary.failures)")
    let image = try await Renderer().image(rows[1], "grade", frame: 1)
    #expect(image.value(.red, x: 1, y: 1) == 0.25)
  }
}
