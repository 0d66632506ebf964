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
    #expect(check.status == 1)
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
    let check = try Command.run("check", file)
    #expect(check.status == 0, "\(check.errors)")
    #expect(check.output.contains(" of 9000000 frames planned"), "\(check.output)")
  }
}
