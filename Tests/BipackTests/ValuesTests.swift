import Bipack
import Foundation
import Testing

/// `bipack values`, and values taken at other frames.
@Suite struct ValuesTests {
  private static let graph = """
    { "bipack": 1, "format": { "width": 16, "height": 8 }, "frames": [1, 3], "nodes": {
      "light": { "type": "Constant", "color": { "expr": "frame / 4" } },
      "stats": { "type": "ImageStats", "source": "light" },
      "level": { "type": "Grade", "source": "light",
                 "multiply": { "expr": "stats.luminance(2) / stats.luminance" } },
      "after": { "type": "ImageStats", "source": "level" },
      "kept": { "type": "Grade", "source": "light", "multiply": { "from": "stats.mean", "at": 3 } },
      "last": { "type": "ImageStats", "source": "kept" } } }
    """

  private func values(_ arguments: String...) throws -> Command.Outcome {
    let scratch = try Scratch()
    return try Command.run(["values", try scratch.write(Self.graph, "g.json")] + arguments)
  }

  private func plate(_ path: String) throws {
    let spec = ImageSpec(format: Format(width: 2, height: 1), channels: [.red])
    try ImageFile.write(Image(spec: spec, pool: BlockPool(), pixels: [.red: [0.5, 0.5]]), to: path)
  }

  @Test func areKeyFrames() throws {
    let one = try values("stats.luminance")
    #expect(one.status == 0, "\(one.errors)")
    let words = one.output.split { $0 == " " || $0 == "\n" }.joined()
    #expect(
      words == #"{"node":"stats","values":{"luminance":{"keys":[[1,0.25],[2,0.5],[3,0.75]]}}}"#)
    let all = try values("stats", "-F", "2")
    #expect(all.output.contains("stddev") && all.output.contains("[[2, 0.5]]"), "\(all.output)")
  }

  @Test func aPlanNamesWhatWasMeasuredForIt() throws {
    let scratch = try Scratch()
    let file = try scratch.write(Self.graph, "g.json")
    let explained = try Command.run("explain", file, "-o", "kept", "-F", "1")
    #expect(explained.status == 0, "\(explained.errors)")
    let line = "made before, to be measured: light (Constant), stats (ImageStats), in "
    #expect(explained.output.contains(line))
    let plain = try Command.run("explain", file, "-o", "light", "-F", "1")
    #expect(!plain.output.contains("to be measured"))
  }

  /// What a group gives, a number of a vector, and what is one for a whole shot; read again from a file.
  @Test func groupsAndShotsGiveValues() throws {
    let scratch = try Scratch()
    let graph = """
      { "bipack": 1, "format": { "width": 16, "height": 8 }, "frames": [1, 3],
        "groups": { "Meter": { "inputs": { "source": "" },
          "nodes": { "all": { "type": "FrameStats", "source": "source" } },
          "values": { "average": "all.average", "green": "all.mean.g" } } },
        "nodes": {
          "light": { "type": "Constant", "color": { "expr": "frame / 4" } },
          "m": { "type": "Meter", "source": "light" },
          "flat": { "type": "Constant", "color": { "from": "m.average" } },
          "read": { "type": "Constant", "color": { "file": "v.json" } } } }
      """
    let file = try scratch.write(graph.replacing("{ \"file\": \"v.json\" }", with: "0"), "g.json")
    func words(_ arguments: String...) throws -> String {
      let outcome = try Command.run(["values", file] + arguments)
      #expect(outcome.status == 0, "\(outcome.errors)")
      return outcome.output.split { $0 == " " || $0 == "\n" }.joined()
    }
    #expect(
      try words("m.green")
        == #"{"node":"m","values":{"green":{"keys":[[1,0.25],[2,0.5],[3,0.75]]}}}"#)
    let average = try words("m.average")
    #expect(average == #"{"node":"m","values":{"average":[0.5,0.5,0.5,0.5]}}"#)
    _ = try scratch.write(average, "v.json")
    let again = try scratch.write(graph, "h.json")
    let check = try Command.run("check", again)
    #expect(check.status == 0, "\(check.errors)")
    let explain = try Command.run(
      "render", again, "-o", "read", "-F", "1", "--to", scratch.path("r.exr"))
    #expect(explain.status == 0, "\(explain.errors)")
    let image = try ImageFile.read(scratch.path("r.exr"), pool: BlockPool()).image
    #expect(image.value(.red, x: 3, y: 3) == 0.5)
  }

  /// A group may give a number of a list, which may be shorter than that.
  @Test(arguments: [0, 9]) func numbersPastTheEndOfAListAreErrors(_ place: Int) throws {
    let scratch = try Scratch()
    let file = try scratch.write(
      """
      { "bipack": 1, "format": { "width": 16, "height": 8 }, "frames": [1, 3],
        "groups": { "Cuts": { "inputs": { "source": "" },
          "nodes": { "found": { "type": "SceneCuts", "source": "source" } },
          "values": { "cut": "found.cuts.\(place)" } } },
        "nodes": { "light": { "type": "Constant", "color": 0.5 },
          "g": { "type": "Cuts", "source": "light" } } }
      """, "g.json")
    let outcome = try Command.run("values", file, "g.cut")
    #expect(outcome.status == 1, "\(outcome.errors)")
    #expect(outcome.errors.contains("'cut' is number \(place)"), "\(outcome.errors)")
  }

  /// A shot held at the brightness of one frame, and a colour taken at one.
  @Test(arguments: [("after.max", [0.5, 0.5, 0.5]), ("last.max", [0.1875, 0.375, 0.5625])])
  func comeFromOtherFrames(_ value: String, _ expected: [Double]) throws {
    let outcome = try values(value)
    for (index, red) in expected.enumerated() {
      #expect(outcome.output.contains("[\(index + 1), [\(red), "), "\(outcome.output)")
    }
  }

  /// A frame that a value decides is planned where the value is known, and only there.
  @Test func measuredFramesAreNotInvented() throws {
    let scratch = try Scratch()
    let file = try scratch.write(
      Self.graph.replacing(
        "} } }",
        with: """
          },
          "p": { "type": "Read", "path": "p.####.exr" },
          "level2": { "type": "ImageStats", "source": "p" },
          "found": { "type": "Grade", "source": "light",
                     "multiply": { "expr": "level2.luminance(stats.luminance(2) * 2000)" } },
          "out": { "type": "Write", "source": "found", "path": "o.####.exr" } } }
          """), "g.json")
    try plate(scratch.path("p.1000.exr"))
    let check = try Command.run("check", file, "-o", "out")
    #expect(check.status == 0, "\(check.errors)")
    let render = try Command.run("render", file)
    #expect(render.status == 0, "\(render.errors)")
  }

  @Test(arguments: [
    (#"{ "from": "stats.mean", "at": 1e300 }"#, Int32(2), "a frame"),
    (#"{ "expr": "stats.luminance(1e300)" }"#, 1, "beyond 1000000000"),
  ])
  func framesFarAwayAreErrors(_ link: String, _ status: Int32, _ words: String) throws {
    let scratch = try Scratch()
    let file = try scratch.write(
      """
      { "bipack": 1, "format": { "width": 4, "height": 4 }, "frames": [1, 2], "nodes": {
        "p": { "type": "Read", "path": "p.####.exr" },
        "stats": { "type": "ImageStats", "source": "p" }, "c": { "type": "Constant" },
        "x": { "type": "Grade", "source": "c", "multiply": \(link) },
        "out": { "type": "Write", "source": "x", "path": "o.####.exr" } } }
      """, "g.json")
    try plate(scratch.path("p.0001.exr"))
    for command in ["check", "render"] {
      let outcome = try Command.run(command, file)
      #expect(outcome.status == status, "\(command): \(outcome.errors)")
      #expect(outcome.errors.contains(words), "\(command): \(outcome.errors)")
    }
  }

  @Test(arguments: [
    ("light", "computes no values"), ("stats.lumiance", "gives no 'lumiance'"),
    ("light.color", "computes no values"), ("nodes.light", "computes no values"),
    ("none", "no node 'none'"), ("no.ne", "no node 'no.ne'"),
  ])
  func whatIsNoneIsNamed(_ node: String, _ words: String) throws {
    let outcome = try values(node)
    #expect(outcome.status == 2 && outcome.errors.contains(words), "\(outcome.errors)")
  }
}
