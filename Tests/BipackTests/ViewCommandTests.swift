import Bipack
import Foundation
import Testing

/// Views from the document to files and back.
@Suite("Views in files") struct ViewCommandTests {
  private func graph(_ path: String, _ more: String = "") -> String {
    """
    { "bipack": 1, "format": { "width": 40, "height": 30 }, "views": ["left", "right"],
      "nodes": {
        "flat": { "type": "Constant", "color": { "views": { "left": [0.25, 0, 0, 1], "right": [0.75, 0, 0, 1] } } },
        "deep": { "type": "Shuffle", "source": "flat", "mapping": "rgba=rgba, depth.Z=R" },
        "out": { "type": "Write", "source": "deep", "path": "\(path)", "dataType": "float" \(more) } } }
    """
  }

  private func red(_ path: String, _ channel: Channel = .red) throws -> Float {
    let pool = BlockPool()
    let image = try ImageFile.read(path, pool: pool).image
    return image.pixels(channel, in: image.dataWindow, pool: pool)[0]
  }

  @Test(arguments: ["a.%V.exr", "a.${view}.exr"])
  func aFileForEachView(_ path: String) throws {
    let scratch = try Scratch()
    let file = try scratch.write(graph(path), "g.json")
    let outcome = try Command.run("render", file)
    #expect(outcome.status == 0, "\(outcome.errors)")
    #expect(scratch.names == ["a.left.exr", "a.right.exr", "g.json"])
    #expect(try red(scratch.path("a.left.exr")) == 0.25)
    #expect(try red(scratch.path("a.right.exr")) == 0.75)
    // Both are up to date now, each by its own record.
    let again = try Command.run("render", file, "--why")
    #expect(again.status == 0 && again.errors.contains("1 frame, up to date"), "\(again.errors)")
  }

  @Test func onlyOneView() throws {
    let scratch = try Scratch()
    let file = try scratch.write(graph("%v/a.exr"), "g.json")
    #expect(try Command.run("render", file, "--view", "right").status == 0)
    #expect(scratch.names == ["g.json", "r"])
    let plain = try scratch.write(
      graph("plain.png").replacingOccurrences(of: "float", with: "uint16"), "p.json")
    let one = try Command.run("render", plain, "--view", "right")
    #expect(one.status == 0, "\(one.errors)")
    let unknown = try Command.run("render", plain, "--view", "centre")
    #expect(unknown.status == 2 && unknown.errors.contains("left, right"))
    // A PNG holds one view.
    let both = try Command.run("render", plain)
    #expect(both.status != 0 && both.errors.contains("put %V"), "\(both.errors)")
  }

  @Test(arguments: ["views", "layers", "channels"])
  func allViewsInOneFile(_ interleave: String) throws {
    let scratch = try Scratch()
    let file = try scratch.write(
      graph("both.exr", #", "interleave": "\#(interleave)""#), "g.json")
    let outcome = try Command.run("render", file)
    #expect(outcome.status == 0, "\(outcome.errors)")
    let path = scratch.path("both.exr")
    let parts = try ImageFile.info(path)
    #expect(parts.count == ["views": 1, "layers": 2, "channels": 4][interleave])
    #expect(try red(path) == 0.25)
    #expect(try red(path, "right.R") == 0.75)
    #expect(try red(path, "depth.right.Z") == 0.75)

    // A document with views reads each its own channels, under their plain names.
    let reader = """
      { "bipack": 1, "format": { "width": 40, "height": 30 }, "views": ["right", "left"],
        "nodes": {
          "in": { "type": "Read", "path": "both.exr" },
          "out": { "type": "Write", "source": "in", "path": "back.%V.exr", "dataType": "float" } } }
      """
    let back = try Command.run("render", try scratch.write(reader, "r.json"))
    #expect(back.status == 0, "\(back.errors)")
    #expect(try red(scratch.path("back.left.exr")) == 0.25)
    #expect(try red(scratch.path("back.right.exr")) == 0.75)
    #expect(try red(scratch.path("back.right.exr"), "depth.Z") == 0.75)
    #expect(try ImageFile.info(scratch.path("back.left.exr"))[0].spec.channels.count == 5)

    let stranger = reader.replacingOccurrences(of: "\"right\", \"left\"", with: "\"centre\"")
    let lost = try Command.run("render", try scratch.write(stranger, "s.json"))
    #expect(lost.status != 0 && lost.errors.contains("no view 'centre'"), "\(lost.errors)")

    // What must be typed to name them.
    let info = try Command.run("info", path)
    #expect(info.output.contains("right.R"), "\(info.output)")
  }

  @Test func twoViewsToOneFileAreRefused() throws {
    let scratch = try Scratch()
    let text = graph("a.exr", #", "compression": { "views": { "left": "zip", "right": "piz" } }"#)
    let outcome = try Command.run("render", try scratch.write(text, "g.json"))
    #expect(outcome.status != 0 && outcome.errors.contains("put %V"), "\(outcome.errors)")
  }

  @Test func layersAsPartsWithoutViews() throws {
    let scratch = try Scratch()
    let text = graph("a.exr", #", "interleave": "channels""#)
      .replacingOccurrences(of: #""views": ["left", "right"],"#, with: "")
      .replacingOccurrences(
        of: #"{ "views": { "left": [0.25, 0, 0, 1], "right": [0.75, 0, 0, 1] } }"#, with: "0.5")
    let outcome = try Command.run("render", try scratch.write(text, "g.json"))
    #expect(outcome.status == 0, "\(outcome.errors)")
    #expect(try ImageFile.info(scratch.path("a.exr")).map(\.name) == ["rgba", "depth"])
    #expect(try red(scratch.path("a.exr"), "depth.Z") == 0.5)
  }
}
