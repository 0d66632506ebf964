import Bipack
import Foundation
import Testing

/// `bipack render GRAPH -o NODE --to FILE`, standard input, several graphs.
@Suite("Render to a file") struct RenderToTests {
  private static let graph = """
    { "bipack": 1, "format": { "width": 40, "height": 30 }, "frames": [1, 3],
      "groups": { "Dim": {
        "inputs": { "source": "The picture." },
        "nodes": {
          "half": { "type": "Multiply", "source": "source", "value": 0.5 },
          "all": { "type": "Invert", "source": "half" } },
        "outputs": { "picture": "half", "other": "all" } } },
      "nodes": {
        "flat": { "type": "Constant", "color": [{ "expr": "frame" }, 0.25, 0, 0.5] },
        "soft": { "type": "Blur", "source": "flat", "size": 4 },
        "dim": { "type": "Dim", "source": "flat" },
        "stats": { "type": "ImageStats", "source": "flat" },
        "lit": { "type": "Multiply", "source": "dim", "value": { "from": "stats.max.r" } },
        "out": { "type": "Write", "source": "lit", "path": "out.####.exr" } } }
    """

  private func value(_ path: String, _ channel: Channel = .red) throws -> Float {
    let pool = BlockPool()
    let image = try ImageFile.read(path, pool: pool).image
    return image.value(channel, x: 20, y: 15)
  }

  /// Neither the graph itself nor the file of another graph of the call.
  @Test func whatIsReadIsNotWrittenOver() throws {
    let scratch = try Scratch()
    let file = try scratch.write(Self.graph, "g.json")
    let values = try Command.run("render", file, "-o", "stats", "--to", file)
    #expect(values.status == 2, "\(values.errors)")
    #expect(values.errors.contains("this graph is read from it"))
    #expect(try String(contentsOfFile: file, encoding: .utf8) == Self.graph)
    let other = try scratch.write(Self.graph.replacing("0.25", with: "0.5"), "h.json")
    let both = try Command.run("render", file, other)
    #expect(both.status == 2, "\(both.errors)")
    #expect(both.errors.contains("is written by"), "\(both.errors)")
  }

  /// Only an EXR holds a deep picture.
  @Test func aDeepNodeIsWrittenDeepOrNotAtAll() throws {
    let scratch = try Scratch()
    let file = try scratch.write(
      """
      { "bipack": 1, "format": { "width": 40, "height": 30 }, "nodes": {
          "flat": { "type": "Constant", "color": [1, 0.25, 0, 0.5] },
          "deep": { "type": "DeepFromImage", "source": "flat", "specifyZ": true, "z": 7 } } }
      """, "g.json")
    let folder = scratch.url.path
    let made = try Command.run("render", file, "-o", "deep", "--to", folder + "/deep.exr")
    #expect(made.status == 0, "\(made.errors)")
    let image = try ImageFile.readDeep(folder + "/deep.exr", pool: BlockPool())
    #expect(image.values(.z, x: 20, y: 15) == [7] && image.values(.red, x: 20, y: 15) == [1])
    for target in [folder + "/deep.png", "-"] {
      let flat = try Command.run("render", file, "-o", "deep", "--to", target)
      #expect(flat.status == 2)
      #expect(flat.errors.contains("'deep' gives a deep picture, which"), "\(flat.errors)")
      #expect(flat.errors.contains("name an .exr file, or a node behind a DeepToImage"))
    }
  }

  /// Any node: a source, a filter, a group and its outputs, one of values, a writer.
  @Test(arguments: [
    ("flat", Float(2)), ("soft", 2), ("dim", 1), ("dim.other", 0), ("dim.half", 1), ("stats", 2),
    ("lit", 2), ("out", 2),
  ])
  func anyNode(_ node: String, _ red: Float) throws {
    let scratch = try Scratch()
    let file = try scratch.write(Self.graph, "g.json")
    let target = scratch.path("look/a.####.exr")
    let outcome = try Command.run("render", file, "-F", "2", "-o", node, "--to", target)
    #expect(outcome.status == 0, "\(outcome.errors)")
    #expect(scratch.names == ["g.json", "look"])
    #expect(try value(scratch.path("look/a.0002.exr")) == red)
    #expect(try String(contentsOfFile: file, encoding: .utf8) == Self.graph)
    let again = try Command.run("render", file, "-F", "2", "-o", node, "--to", target)
    #expect(again.errors.contains("1 frame, up to date"), "\(again.errors)")
  }

  @Test(arguments: ["a.png", "a.exr", "a.jpg", "a.tif", "a.dpx"])
  func anyFormat(_ name: String) throws {
    let scratch = try Scratch()
    let file = try scratch.write(Self.graph, "g.json")
    // From another folder: paths on the command line start where one is.
    let child = try Child(
      Command.executable.path, ["render", file, "-F", "1", "-o", "flat", "--to", name],
      directory: scratch.url.path)
    #expect(child.wait() == 0, "\(child.errors)")
    #expect(try ImageFile.info(scratch.path(name))[0].spec.format.width == 40)
  }

  @Test func whatANodeMeasures() throws {
    let scratch = try Scratch()
    let file = try scratch.write(Self.graph, "g.json")
    let target = scratch.path("stats.json")
    let outcome = try Command.run("render", file, "-F", "1,3", "-o", "stats", "--to", target)
    #expect(outcome.status == 0, "\(outcome.errors)")
    let text = try String(contentsOfFile: target, encoding: .utf8)
    #expect(
      text.contains("\"max\": {\"keys\": [[1, [1, 0.25, 0, 0.5]], [3, [3, 0.25, 0, 0.5]]]}"),
      "\(text)")
    let picture = try Command.run("render", file, "-o", "flat", "--to", target)
    #expect(picture.status == 2 && picture.errors.contains("makes pictures"))
  }

  @Test(arguments: [
    (["-F", "1", "--to", "a.xyz"], "unknown format '.xyz'"),
    (["-F", "1", "--to", "a"], "no extension"),
    (["--to", "a.exr"], "is the file of frame 1 too"), (["-o", "soft"], "--to FILE"),
    (["-o", "flat", "-o", "soft", "--to", "a.exr"], "one -o"),
    (["--to", "~/a.exr"], "write the folder out"), (["--to", "-", "--events"], "not both"),
    (["-o", "nobody", "--to", "a.exr"], "no node 'nobody'"),
    (["-o", "soft", "-F", "1", "--to", "none/../a.xyz"], "nodes.soft: none/../a.xyz:"),
    (["-o", "dim.other", "--to", "look/a.exr"], "nodes.dim.other: look/a.exr is"),
  ])
  func refuses(_ arguments: [String], _ words: String) throws {
    let scratch = try Scratch()
    let file = try scratch.write(Self.graph, "g.json")
    let child = try Child(
      Command.executable.path, ["render", file] + arguments, directory: scratch.url.path)
    #expect([1, 2].contains(child.wait()) && child.errors.contains(words), "\(child.errors)")
    #expect(scratch.names == ["g.json"])
  }

  @Test func rawFloatsToAPipe() throws {
    let scratch = try Scratch()
    let file = try scratch.write(Self.graph, "g.json")
    let child = try Child(
      "/bin/sh",
      [
        "-c", "\"$0\" render \"$1\" -F 3,1 -o flat --to - > \"$2\"", Command.executable.path, file,
        scratch.path("raw"),
      ])
    #expect(child.wait() == 0, "\(child.errors)")
    let data = try Data(contentsOf: URL(fileURLWithPath: scratch.path("raw")))
    #expect(data.count == 2 * 40 * 30 * 16)
    let numbers = data.withUnsafeBytes { Array($0.bindMemory(to: Float.self)) }
    #expect(Array(numbers[..<4]) == [3, 0.25, 0, 0.5])
    #expect(Array(numbers.suffix(4)) == [1, 0.25, 0, 0.5])
    // A reader that has enough ends the render.
    let head = try Child(
      "/bin/sh",
      [
        "-c", "\"$0\" render \"$1\" -F 1-3 -o flat --to - | head -c 100 > /dev/null",
        Command.executable.path, file,
      ])
    #expect(head.wait() == 0)
  }

  @Test func standardInput() throws {
    let scratch = try Scratch()
    let file = try scratch.write(Self.graph, "g.json")
    for (command, status) in [
      ("check - ", 0), ("render - -F 1", 0), ("explain -", 0), ("graph -", 0),
      ("check - --set flat.colour=1", 2),
    ] {
      let child = try Child(
        "/bin/sh", ["-c", "\"$0\" \(command) < \"$1\"", Command.executable.path, file],
        directory: scratch.url.path)
      #expect(child.wait() == status, "\(command): \(child.errors)")
    }
    // Paths start from the current folder.
    #expect(scratch.names.contains("out.0001.exr"))
  }

  /// A pipe gives what it has once.
  @Test(arguments: ["check - -", "render - -F 1 g.json -"])
  func standardInputIsOneGraph(_ command: String) throws {
    let scratch = try Scratch()
    let file = try scratch.write(Self.graph, "g.json")
    let child = try Child(
      "/bin/sh", ["-c", "\"$0\" \(command) < \"$1\"", Command.executable.path, file],
      directory: scratch.url.path)
    #expect(child.wait() == 2 && child.errors.contains("read once"), "\(child.errors)")
  }

  @Test func severalGraphs() throws {
    let scratch = try Scratch()
    func graph(_ name: String, _ from: String) throws -> String {
      try scratch.write(
        Self.graph.replacingOccurrences(of: "out.####", with: "\(name).####")
          .replacingOccurrences(of: #""source": "lit""#, with: "\"source\": \"\(from)\""),
        name + ".json")
    }
    let (a, b, c) = (try graph("a", "lit"), try graph("b", "nobody"), try graph("c", "flat"))
    let stopped = try Command.run("render", a, b, c, "-F", "1")
    #expect(stopped.status == 2)
    #expect(scratch.names.filter { $0.hasSuffix("exr") } == ["a.0001.exr"])
    let all = try Command.run("render", a, b, c, "-F", "1", "--continue")
    #expect(all.status == 2 && all.errors.contains("a.json:") && all.errors.contains("c.json:"))
    #expect(scratch.names.filter { $0.hasSuffix("exr") } == ["a.0001.exr", "c.0001.exr"])
    let check = try Command.run("check", a, b, c)
    #expect(check.status == 2 && check.output.contains("c.json: ok"), "\(check.output)")
    #expect(check.errors.contains("b.json has 1 error"), "\(check.errors)")
  }

  @Test func groupFilesAlone() throws {
    let scratch = try Scratch()
    let good = """
      { "bipack": 1, "inputs": { "source": "The picture.", "matte": { "help": "Where.", "optional": true } },
        "params": { "much": { "bind": "dim.value", "default": 0.5 } },
        "nodes": { "dim": { "type": "Multiply", "source": "source", "mask": "matte" } },
        "output": "dim" }
      """
    let file = try scratch.write(good, "dim.json")
    let check = try Command.run("check", file)
    #expect(check.status == 0 && check.output.contains("dim.json: ok, a group of 1 node"))
    let drawing = try Command.run("graph", file, "--dot")
    #expect(
      drawing.status == 0 && drawing.output.contains("source") && drawing.output.contains("dim"))
    let bad = try scratch.write(
      good.replacingOccurrences(of: "\"source\": \"source\"", with: "\"source\": \"sorce\""),
      "bad.json")
    let wrong = try Command.run("check", bad)
    #expect(wrong.status == 2 && wrong.errors.contains("did you mean 'source'?"), "\(wrong.errors)")
    #expect(wrong.errors.contains("bad.json:3:"), "\(wrong.errors)")
    let render = try Command.run("render", file)
    #expect(render.status == 2 && render.errors.contains("is a group"))
  }
}
