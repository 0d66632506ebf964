import Bipack
import Foundation
import Testing

/// What `check` says of graphs that render would refuse, without a pixel.
@Suite struct CheckTests {
  private static func graph(_ nodes: String, top: String = "", frames: String = "[1, 4]") -> String
  {
    """
    { "bipack": 1, "format": { "width": 16, "height": 8 }, "frames": \(frames), \(top)
      "nodes": { "bars": { "type": "ColorBars" }, \(nodes) } }
    """
  }

  private static let out = #""out": { "type": "Write", "source": "x", "path": "out.####.exr" }"#

  /// Nodes, further keys of the document, the exit code of check and render, and what is said.
  static let refused: [(nodes: String, top: String, status: Int32, words: String)] = [
    (#""x": { "type": "ColorSpace", "source": "bars", "in": "sRGB" }, "# + out, "", 2, "in"),
    (
      #""x": { "type": "ColorSpace", "source": "bars", "outColorspace": "sRGB" }, "# + out,
      #""ocio": "none.ocio","#, 3, "none.ocio' named by the document does not exist"
    ),
    (
      #""x": { "type": "ColorSpace", "source": "bars", "outColorspace": "sRGB" }, "# + out,
      #""ocio": "new.ocio","#, 3, "new.ocio' named by the document cannot be used"
    ),
    (#""x": { "type": "LUT", "source": "bars", "path": "no.cube" }, "# + out, "", 3, "no.cube"),
    (#""x": { "type": "CDL", "source": "bars", "path": "no.cc" }, "# + out, "", 3, "no.cc"),
    (
      #""x": { "type": "CDL", "source": "bars", "path": "two.ccc", "cccId": "c" }, "# + out, "", 3,
      "two.ccc"
    ),
    (#""x": { "type": "Read", "path": "p.####.exr" }, "# + out, "", 3, "p.0001.exr"),
    (
      #""x": { "type": "Blur", "source": "bars", "size": { "expr": "2 - frame" } }, "# + out, "", 1,
      "(frames 3-4)"
    ),
    (
      #""out": { "type": "Write", "source": "bars", "path": "out.####.xyz" }"#, "", 1,
      "unknown format '.xyz'"
    ),
    (
      #""out": { "type": "Write", "source": "bars", "path": "out.####.png", "dataType": "half" }"#,
      "", 1, "PNG has no half samples"
    ),
    (
      #""out": { "type": "Write", "source": "bars", "path": "out.####.jpg", "dataType": "float" }"#,
      "", 1, ".jpg has no float samples"
    ),
    (
      #""out": { "type": "Write", "source": "bars", "path": "out.####.exr", "dataType": "uint8" }"#,
      "", 1, "EXR has no uint8 channels"
    ),
  ]

  @Test(arguments: refused.indices)
  func agreesWithRender(_ index: Int) throws {
    let (nodes, top, status, words) = Self.refused[index]
    let scratch = try Scratch()
    let file = try scratch.write(Self.graph(nodes, top: top), "g.json")
    _ = try scratch.write("ocio_profile_version: 9\n", "new.ocio")
    _ = try scratch.write(Self.corrections, "two.ccc")
    let check = try Command.run("check", file)
    #expect(check.status == status, "\(check.errors)")
    #expect(check.errors.contains(words), "\(check.errors)")
    #expect(try Command.run("render", file).status == status)
  }

  static let corrections = """
    <ColorCorrectionCollection xmlns="urn:ASC:CDL:v1.01">
    <ColorCorrection id="a"><SOPNode><Slope>2 2 2</Slope><Offset>0 0 0</Offset>
    <Power>1 1 1</Power></SOPNode></ColorCorrection>
    <ColorCorrection id="b"><SOPNode><Slope>3 3 3</Slope><Offset>0 0 0</Offset>
    <Power>1 1 1</Power></SOPNode></ColorCorrection>
    </ColorCorrectionCollection>
    """

  /// One mistake does not hide the others, neither upstream nor downstream, and each is said once.
  @Test func saysAllAtOnce() throws {
    let scratch = try Scratch()
    let file = try scratch.write(
      Self.graph(
        #"""
        "plate": { "type": "Read", "path": "p.####.exr" },
        "lut": { "type": "LUT", "source": "plate", "path": "no.cube" },
        "soft": { "type": "Blur", "source": "lut", "size": { "expr": "2 - frame" } },
        "a": { "type": "Write", "source": "soft", "path": "a.####.xyz" },
        "other": { "type": "Read", "path": "q.exr" },
        "b": { "type": "Write", "source": "other", "path": "b.####.exr" }
        """#), "g.json")
    let check = try Command.run("check", file)
    for path in ["plate", "lut", "soft", "a", "other"] {
      #expect(
        check.errors.components(separatedBy: "nodes.\(path):").count == 2,
        "\(path): \(check.errors)")
    }
    #expect(check.errors.contains("has 5 errors"))
    #expect(check.status == 3)
    #expect(try Command.run("render", file).status == 3)
  }

  /// A frame missing in the middle is found, in the range that is asked for.
  @Test func plansTheFramesAskedFor() throws {
    let scratch = try Scratch()
    let pool = BlockPool()
    let spec = ImageSpec(format: Format(width: 2, height: 1), channels: [.red])
    for frame in [1, 2, 4] {
      try ImageFile.write(
        Image(spec: spec, pool: pool, pixels: [.red: [0, 1]]),
        to: scratch.path("p.000\(frame).exr"))
    }
    let file = try scratch.write(
      Self.graph(#""x": { "type": "Read", "path": "p.####.exr" }, "# + Self.out), "g.json")
    let all = try Command.run("check", file)
    #expect(all.status == 3)
    #expect(all.errors.contains("(frame 3)"), "\(all.errors)")
    let some = try Command.run("check", file, "-F", "1-2")
    #expect(some.status == 0, "\(some.errors)")
    #expect(some.output.contains("frames 1-2"))
  }

  /// The mask of a node that passes its picture on is not needed.
  @Test(arguments: [#""disabled": true"#, #""mix": 0"#])
  func aMaskOfNothingIsNotRead(_ off: String) throws {
    let scratch = try Scratch()
    let file = try scratch.write(
      Self.graph(
        #""m": { "type": "Read", "path": "no.exr" }, "#
          + #""x": { "type": "Invert", "source": "bars", "mask": "m", \#(off) }, "# + Self.out),
      "g.json")
    #expect(try Command.run("check", file).status == 0)
    #expect(try Command.run("render", file).status == 0)
  }

  /// What no file depends on cannot fail a render: it is a warning.
  @Test func warnsOfWhatNobodyNeeds() throws {
    let scratch = try Scratch()
    let file = try scratch.write(
      Self.graph(
        #""idle": { "type": "Read", "path": "p.exr" }, "x": { "type": "Invert", "source": "bars" }, "#
          + Self.out), "g.json")
    let check = try Command.run("check", file)
    #expect(check.status == 0, "\(check.errors)")
    #expect(check.errors.contains("no file that is written needs it"))
    #expect(try Command.run("check", file, "--strict").status != 0)
    #expect(try Command.run("render", file).status == 0)
  }

  /// Where measured values would be needed, the rest is still checked.
  @Test func goesOnBesideMeasuredValues() throws {
    let scratch = try Scratch()
    let file = try scratch.write(
      Self.graph(
        #"""
        "stats": { "type": "ImageStats", "source": "bars" },
        "plate": { "type": "Read", "path": "p.exr" },
        "x": { "type": "Multiply", "source": "plate", "value": { "from": "stats.mean" } },
        """# + Self.out), "g.json")
    let check = try Command.run("check", file)
    #expect(check.status == 3, "\(check.errors)")
    #expect(check.errors.contains("nodes.plate"))
  }

  @Test func boundsLongRanges() throws {
    let scratch = try Scratch()
    let file = try scratch.write(
      Self.graph(
        #""x": { "type": "Invert", "source": "bars" }, "# + Self.out, frames: "[1, 9000000]"),
      "g.json")
    let check = try Command.run("check", file, "-F", "1-900000")
    #expect(check.status == 0, "\(check.errors)")
    #expect(check.output.contains(" of 900000 frames planned"), "\(check.output)")
    for command in ["check", "render"] {
      let all = try Command.run(command, file)
      #expect(all.status == 2 && all.errors.contains("name those to render with -F"))
    }
  }

  private static let write = #""out": { "type": "Write", "source": "bars", "path": "#

  /// Graphs that render refuses for what they write: nodes, the exit code of both, what is said.
  static let unwritable: [(nodes: String, status: Int32, words: String)] = [
    (write + #""a.exr", "disabled": true }"#, 2, "nodes.out is disabled"),
    (
      write + #""\#(String(repeating: "a", count: 260)).exr" }"#, 75, "File name too long"
    ),
    (write + #""g.json/a.exr" }"#, 75, "Not a directory"),
    (write + #""none/a.exr", "createDirectories": false }"#, 75, "no such file or folder"),
    (write + #""folder.exr" }"#, 75, "not a regular file"),
    (write + #""a.jp2" }"#, 1, "can be read but not written"),
    (write + #""a.null" }"#, 1, "can be read but not written"),
    (write + #""a.zfile" }"#, 1, "3 channels"),
    (large(70_000) + write.replacing("bars", with: "x") + #""a.jpg" }"#, 1, "at most 65500"),
    (large(70_000) + write.replacing("bars", with: "x") + #""a.gif" }"#, 1, "at most 65535"),
    (large(17_000) + write.replacing("bars", with: "x") + #""a.webp" }"#, 1, "at most 16383"),
    (large(300) + write.replacing("bars", with: "x") + #""a.ico" }"#, 1, "at most 256"),
    (
      #""s": { "type": "ImageStats", "source": "bars", "layer": "nope" }, "x": { "type": "Multiply", "source": "bars", "value": { "from": "s.mean" } }, "#
        + write.replacing("bars", with: "x") + #""a.exr" }"#, 1, "no layer 'nope'; it has rgba"
    ),
    (write + #""dangling/a.exr" }"#, 75, "no such file or folder"),
    (
      #""x": { "type": "Shuffle", "source": "bars", "mapping": "\#(String(repeating: "a", count: 300)).Z=R" }, "#
        + write.replacing("bars", with: "x") + #""a.exr" }"#, 1, "cannot be stored"
    ),
    (
      #""s": { "type": "ImageStats", "source": "bars", "area": [9, 0, 3, 4] }, "x": { "type": "Multiply", "source": "bars", "value": { "from": "s.mean" } }, "#
        + write.replacing("bars", with: "x") + #""a.exr" }"#, 1, "the area is empty"
    ),
  ]

  private static func large(_ width: Int) -> String {
    #""x": { "type": "Constant", "format": "\#(width)x8" }, "#
  }

  @Test(arguments: unwritable.indices)
  func agreesWithRenderOnWhatIsWritten(_ index: Int) throws {
    let (nodes, status, words) = Self.unwritable[index]
    let scratch = try Scratch()
    let file = try scratch.write(Self.graph(nodes, frames: "[1, 1]"), "g.json")
    try FileManager.default.createDirectory(
      atPath: scratch.path("folder.exr"), withIntermediateDirectories: true)
    try FileManager.default.createSymbolicLink(
      atPath: scratch.path("dangling"), withDestinationPath: scratch.path("nowhere"))
    let check = try Command.run("check", file)
    #expect(check.status == status, "\(check.errors)")
    #expect(check.errors.contains(words), "\(check.errors)")
    let render = try Command.run("render", file)
    #expect(render.status == status, "\(render.errors)")
    #expect(render.errors.contains(words), "\(render.errors)")
  }

  /// A graph without a Write is a graph all the same: what is wrong is the call that renders it.
  @Test func aGraphThatWritesNothingIsChecked() throws {
    let scratch = try Scratch()
    let file = try scratch.write(
      Self.graph(#""x": { "type": "Invert", "source": "bars" }"#), "g.json")
    let check = try Command.run("check", file)
    #expect(check.status == 0 && check.output.contains("writes no file"), "\(check.errors)")
    let render = try Command.run("render", file)
    #expect(render.status == 2 && render.errors.contains("it has no Write node"))
  }

  /// Beyond its data window a picture is black, and black can be measured.
  @Test func blackIsMeasured() throws {
    let scratch = try Scratch()
    let file = try scratch.write(
      Self.graph(
        #"""
        "left": { "type": "Crop", "source": "bars", "box": [0, 0, 4, 8] },
        "s": { "type": "ImageStats", "source": "left", "area": [8, 0, 12, 8] },
        "x": { "type": "Multiply", "source": "bars", "value": { "from": "s.mean" } },
        """# + Self.out), "g.json")
    #expect(try Command.run("check", file).status == 0)
    #expect(try Command.run("render", file).status == 0)
  }

  /// A branch that a measured choice may leave out is no error; what is read in any case is.
  @Test(arguments: [
    #"{ "expr": "stats.luminance > 2" }"#, #"{ "expr": "stats.mean.r > stats.max.r ? 1 : 0" }"#,
    #"{ "expr": "stats.luminance > 100 ? 1 : 0" }"#, #"{ "expr": "stats.luminance(2) < -3" }"#,
  ])
  func aBranchNotTakenIsAWarning(_ which: String) throws {
    let scratch = try Scratch()
    let file = try scratch.write(
      Self.graph(
        #"""
        "stats": { "type": "ImageStats", "source": "bars" },
        "plate": { "type": "Read", "path": "p.exr" },
        "x": { "type": "Switch", "inputs": ["bars", "plate"], "which": \#(which) },
        """# + Self.out), "g.json")
    let check = try Command.run("check", file)
    #expect(check.status == 0, "\(check.errors)")
    #expect(check.errors.contains("measured values decide whether it is read"), "\(check.errors)")
    #expect(try Command.run("render", file).status == 0)
  }

  /// `check` takes what says which files a render makes.
  @Test func takesTheOptionsOfRender() throws {
    let scratch = try Scratch()
    let file = try scratch.write(
      Self.graph(
        #"""
        "x": { "type": "Read", "path": "p.exr" }, "y": { "type": "Invert", "source": "bars" },
        "s": { "type": "ImageStats", "source": "bars" },
        """# + Self.out), "g.json")
    let good = scratch.path("a.####.png")
    let calls: [([String], Int32)] = [
      ([], 3), (["-o", "out"], 3), (["-o", "y", "--to", good], 0), (["-o", "y"], 2),
      (["-o", "y", "--to", scratch.path("a.####.xyz")], 1), (["-o", "nothing"], 2),
      (["-o", "y", "--to", scratch.path("a.png")], 2), (["-o", "s", "--to", file], 2),
      (["-o", "s", "--to", scratch.path("values.json")], 0), (["-o", "y", "--to", "x.json"], 2),
      (["--view", "left"], 2), (["-o", "y", "--to", good, "--proxy", "2"], 0),
      (["-o", "y", "--to", scratch.path("b.####.png"), "--memory", "1k"], 33),
      (["-o", "s", "--to", scratch.path("none/values.json")], 75),
    ]
    for (options, status) in calls {
      let check = try Command.run(["check", file] + options)
      let render = try Command.run(["render", file] + options)
      #expect(check.status == status, "check \(options): \(check.errors)")
      #expect(render.status == status, "render \(options): \(render.errors)")
    }
  }

  /// Two graphs of one call may not write the same file.
  @Test func severalGraphsAreCheckedTogether() throws {
    let scratch = try Scratch()
    let text = Self.graph(Self.write + #""a.####.exr" }"#)
    let files = [try scratch.write(text, "a.json"), try scratch.write(text, "b.json")]
    for command in ["check", "render"] {
      let result = try Command.run([command] + files)
      #expect(result.status == 2, "\(result.errors)")
      #expect(result.errors.contains("is written by"), "\(result.errors)")
    }
  }
}
