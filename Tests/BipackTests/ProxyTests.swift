import Bipack
import Foundation
import Testing

/// A proxy never lies where the full size does.
@Suite struct ProxyTests {
  private func graph(_ path: String) -> String {
    """
    { "bipack": 1, "format": { "width": 40, "height": 30 },
      "nodes": {
        "bars": { "type": "ColorBars" },
        "out": { "type": "Write", "source": "bars", "path": "\(path)" } } }
    """
  }

  private func width(_ path: String) throws -> Int {
    try ImageFile.info(path)[0].spec.format.width
  }

  @Test func proxiesGoBeside() throws {
    let scratch = try Scratch()
    let file = try scratch.write(graph("render/a.####.exr"), "g.json")
    #expect(try Command.run("render", file).status == 0)
    let outcome = try Command.run("render", file, "--proxy", "2")
    #expect(outcome.status == 0 && outcome.errors.contains("render/proxy2/a.0001.exr"))
    #expect(try Command.run("render", file, "--proxy", "2.5").status == 0)
    #expect(try width(scratch.path("render/a.0001.exr")) == 40)
    #expect(try width(scratch.path("render/proxy2/a.0001.exr")) == 20)
    #expect(try width(scratch.path("render/proxy2.5/a.0001.exr")) == 16)
  }

  @Test func orWhereThePathSays() throws {
    let scratch = try Scratch()
    let file = try scratch.write(graph("size${proxy}/a.exr"), "g.json")
    #expect(try Command.run("render", file).status == 0)
    #expect(try Command.run("render", file, "--proxy", "2").status == 0)
    #expect(try width(scratch.path("size1/a.exr")) == 40)
    #expect(try width(scratch.path("size2/a.exr")) == 20)
    let reader = try scratch.write(
      graph("b.exr").replacingOccurrences(
        of: #""ColorBars""#, with: #""Read", "path": "size${proxy}/a.exr""#), "r.json")
    let refused = try Command.run("check", reader)
    #expect(refused.status == 2 && refused.errors.contains("only the path of a node that writes"))
  }

  @Test(arguments: ["~/a.exr", "$HOME/a.exr", "${HOME}/a.exr"])
  func homesAreNotGuessed(_ path: String) throws {
    let scratch = try Scratch()
    let outcome = try Command.run("check", try scratch.write(graph(path), "g.json"))
    #expect(outcome.status == 2)
    let words = path.hasPrefix("~") ? "write the folder out" : "--var HOME=\"$HOME\""
    #expect(outcome.errors.contains(words), "\(outcome.errors)")
  }
}
