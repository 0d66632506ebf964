import Bipack
import Foundation
import Testing

/// A render never writes over what it reads, nor one file twice: refused before the first frame.
@Suite struct ConflictTests {
  /// A folder with plates 1 to 3, `still.exr`, and ways to reach them.
  private static func plates(_ scratch: borrowing Scratch) throws {
    let make = try scratch.write(
      """
      { "bipack": 1, "format": { "width": 16, "height": 8 }, "frames": [1, 3],
        "nodes": {
          "color": { "type": "Constant", "color": [{ "expr": "frame" }, 0, 0, 1] },
          "out": { "type": "Write", "source": "color", "path": "in/plate.####.exr" } } }
      """, "make.json")
    #expect(try Command.run("render", make).status == 0)
    let files = FileManager.default
    try files.copyItem(atPath: scratch.path("in/plate.0001.exr"), toPath: scratch.path("still.exr"))
    try files.createSymbolicLink(atPath: scratch.path("linked"), withDestinationPath: "in")
    try files.createSymbolicLink(
      atPath: scratch.path("alias.exr"), withDestinationPath: "still.exr")
    try files.linkItem(atPath: scratch.path("still.exr"), toPath: scratch.path("hard.exr"))
  }

  private static func graph(_ nodes: String) -> String {
    """
    { "bipack": 1, "format": { "width": 16, "height": 8 }, "frames": [1, 3],
      "nodes": { \(nodes) } }
    """
  }

  private static func contents(_ scratch: borrowing Scratch) throws -> [Data] {
    try ["in/plate.0001.exr", "in/plate.0002.exr", "in/plate.0003.exr", "still.exr", "g.json"].map {
      try Data(contentsOf: URL(fileURLWithPath: scratch.path($0)))
    }
  }

  private static let plate = #""plate": { "type": "Read", "path": "in/plate.####.exr" },"#
  private static let still = #""plate": { "type": "Read", "path": "still.exr" },"#
  private static let dark =
    #""dark": { "type": "Multiply", "source": "plate", "value": 0.5 },"#

  private static func write(_ path: String, _ name: String = "out") -> String {
    #""\#(name)": { "type": "Write", "source": "dark", "path": "\#(path)" }"#
  }

  /// Nodes, and what the message must say.
  static let refused: [(nodes: String, words: [String])] = [
    (plate + dark + write("in/plate.####.exr"), ["nodes.out", "nodes.plate reads it"]),
    (plate + dark + write("./in/plate.%04d.exr"), ["nodes.plate reads it"]),
    (plate + dark + write("in/../in//plate.####.exr"), ["nodes.plate reads it"]),
    (plate + dark + write("linked/plate.####.exr"), ["nodes.plate reads it"]),
    (still + dark + write("alias.exr"), ["nodes.plate reads it"]),
    (still + dark + write("hard.exr"), ["nodes.plate reads it"]),
    // Read at another frame of the same render.
    (
      #""plate": { "type": "Read", "path": "in/plate.####.exr", "after": "hold" },"#
        + #""later": { "type": "TimeOffset", "source": "plate", "timeOffset": -1 },"#
        + #""dark": { "type": "Multiply", "source": "later", "value": 0.5 },"#
        + write("in/plate.0003.exr"),
      ["nodes.plate reads it at frame"]
    ),
    (
      plate + #""dark": { "type": "Multiply", "source": "plate", "mask": "matte" },"#
        + #""matte": { "type": "Read", "path": "still.exr" },"# + write("alias.exr"),
      ["nodes.matte reads it"]
    ),
    // Two writers.
    (
      plate + dark + write("new/a.####.exr") + "," + write("./new/x/../a.####.exr", "two"),
      ["nodes.two", "is written by nodes.out too"]
    ),
    (
      plate + dark + write("in/b.####.exr") + "," + write("linked/b.%04d.exr", "two"),
      ["is written by nodes.out too"]
    ),
    (plate + dark + write("one.exr"), ["is the file of frame 1 too; put ####"]),
    // What is no picture.
    (
      still + #""dark": { "type": "LUT", "source": "plate", "path": "grade.cube" },"#
        + write("grade.exr"),
      ["nodes.dark reads it"]
    ),
    (still + dark + write("graph.exr"), ["this graph is read from it"]),
  ]

  @Test(arguments: refused.indices) func refusesBeforeTheFirstFrame(_ index: Int) throws {
    let (nodes, words) = Self.refused[index]
    let scratch = try Scratch()
    try Self.plates(scratch)
    let file = try scratch.write(Self.graph(nodes), "g.json")
    let links = FileManager.default
    try links.createSymbolicLink(
      atPath: scratch.path("grade.exr"), withDestinationPath: "grade.cube")
    try links.createSymbolicLink(atPath: scratch.path("graph.exr"), withDestinationPath: "g.json")
    _ = try scratch.write("LUT_1D_SIZE 2\n0 0 0\n1 1 1\n", "grade.cube")
    let before = try Self.contents(scratch)
    let names = scratch.names
    for verb in ["render", "check"] {
      let outcome = try Command.run(verb, file)
      #expect(outcome.status == 2, "\(verb): \(outcome.errors)")
      for word in words { #expect(outcome.errors.contains(word), "\(verb): \(outcome.errors)") }
    }
    #expect(try Self.contents(scratch) == before)
    #expect(scratch.names == names)
  }

  /// What looks alike and is none: other frames of the sequence, a branch that is not taken, a node
  /// that is not rendered.
  @Test(arguments: [
    #""plate": { "type": "Read", "path": "in/plate.####.exr" },"# + dark
      + #""late": { "type": "TimeOffset", "source": "dark", "timeOffset": 10 },"#
      + #""out": { "type": "Write", "source": "late", "path": "in/plate.####.exr" }"#,
    still + #""other": { "type": "Read", "path": "in/plate.####.exr" },"#
      + #""dark": { "type": "Switch", "inputs": ["plate", "other"], "which": 1 },"#
      + write("still.####.exr"),
  ]) func letsOthersBe(_ nodes: String) throws {
    let scratch = try Scratch()
    try Self.plates(scratch)
    let file = try scratch.write(Self.graph(nodes), "g.json")
    let before = try Self.contents(scratch)
    let frames = nodes.contains("TimeOffset") ? "11-13" : "1-3"
    for _ in 0..<2 {
      let outcome = try Command.run("render", file, "-F", frames, "--force")
      #expect(outcome.status == 0, "\(outcome.errors)")
    }
    #expect(try Self.contents(scratch) == before)
  }

  @Test(arguments: ["exr", "png", "tif"]) func aLinkAtTheOutputStays(_ ending: String) throws {
    let scratch = try Scratch()
    let files = FileManager.default
    try files.createDirectory(atPath: scratch.path("disk"), withIntermediateDirectories: true)
    // One that points at a file, one at a name not there yet; relative to the link's folder.
    try Data("old".utf8).write(to: URL(fileURLWithPath: scratch.path("disk/a.1." + ending)))
    for frame in 1...2 {
      try files.createSymbolicLink(
        atPath: scratch.path("out.\(frame).\(ending)"),
        withDestinationPath: "disk/a.\(frame).\(ending)")
    }
    try files.createSymbolicLink(
      atPath: scratch.path("out.3." + ending), withDestinationPath: "out.3." + ending)
    let file = try scratch.write(
      """
      { "bipack": 1, "format": { "width": 16, "height": 8 }, "frames": [1, 3],
        "nodes": {
          "color": { "type": "Constant", "color": 1 },
          "out": { "type": "Write", "source": "color", "path": "out.%d.\(ending)" } } }
      """, "g.json")
    let outcome = try Command.run("render", file, "-F", "1-2")
    #expect(outcome.status == 0, "\(outcome.errors)")
    for frame in 1...2 {
      let link = scratch.path("out.\(frame).\(ending)")
      #expect(
        try files.destinationOfSymbolicLink(atPath: link) == "disk/a.\(frame).\(ending)")
      #expect(try Command.run("info", scratch.path("disk/a.\(frame).\(ending)")).status == 0)
    }
    #expect(try files.contentsOfDirectory(atPath: scratch.path("disk")).count == 2)
    // A link to itself leads nowhere.
    let circle = try Command.run("render", file, "-F", "3")
    #expect(circle.status == 75, "\(circle.errors)")
  }
}
