import Bipack
import Foundation
import Testing

/// `bipack import`, as a person runs it.
@Suite struct ImportCommandTests {
  /// The worked example of the page, word for word.
  @Test func theExampleOfThePageIsTrue() throws {
    let scratch = try Scratch()
    let blocks = try Package.text("Docs/import.md").components(separatedBy: "```")
    let script = try #require(blocks.first { $0.contains("name screen_pin") })
    let document = try #require(blocks.first { $0.hasPrefix("json") && $0.contains("screen_pin") })
    let (from, to) = (try scratch.write(script, "pin.nk"), scratch.path("pin.json"))
    let asked = try Command.run("import", from)
    #expect(asked.status == 3 && asked.errors.contains("--width 1920 and --height 1080"))
    let made = try Command.run(
      "import", from, "--width", "1280", "--height", "720", "-o", to)
    #expect(made.status == 0 && made.output == "\(to): 1 corner pin\n", "\(made.errors)")
    #expect(made.errors.contains("warning: screen_pin: not read are the knobs filter"))
    let text = try String(contentsOfFile: to, encoding: .utf8)
    #expect(text == String(document.dropFirst("json\n".count)))
    #expect(
      try Command.run("check", to, "-o", "screen_pin", "--to", scratch.path("a.####.png")).status
        == 0)
  }

  /// A graph takes the values from the file.
  @Test func valuesAreTakenByGraphs() throws {
    let scratch = try Scratch()
    let pin =
      "Root {\n format \"64 32 0 0 64 32 1 s\"\n}\nTransform {\n translate {{curve L x1 0 x5 8} 0}\n name move\n}\n"
    let track = "TrackName nose\n Frame X Y Correlation\n 1 5 6 1\n"
    let files = [try scratch.write(pin, "a.nk"), try scratch.write(track, "b.txt")]
    let made = try Command.run(
      ["import"] + files + ["--height", "32", "-o", scratch.path("values.json")])
    #expect(made.status == 0 && made.output.hasSuffix("1 track, 1 transform\n"), "\(made.errors)")
    let graph = """
      { "bipack": 1, "format": { "width": 64, "height": 32 }, "nodes": {
        "bars": { "type": "ColorBars" },
        "move": { "type": "Transform", "source": "bars",
                  "translate": { "file": "values.json", "value": "move.translate" } } } }
      """
    let name = try scratch.write(graph, "g.json")
    let checked = try Command.run(
      "check", name, "--strict", "-o", "move", "--to", scratch.path("a.####.png"))
    #expect(checked.status == 0, "\(checked.output)\(checked.errors)")
    let comp = try Comp.load(name, registry: .standard)
    #expect(comp.id(of: "move") != nil)
  }

  @Test func problemsNameFileLineAndRemedy() throws {
    let scratch = try Scratch()
    let broken = try scratch.write("1\nnose\n0\n1\n5 20 x\n", "a.txt")
    let outcome = try Command.run("import", broken, "--height", "100", "-o", scratch.path("o.json"))
    #expect(outcome.status == 3 && outcome.output.isEmpty)
    #expect(outcome.errors.contains("a.txt:5:6: error: found 'x'; expected a number for y"))
    #expect(scratch.names == ["a.txt"])
    let word = try Command.run("import", broken, "--format", "nuk")
    #expect(word.status == 2 && word.errors.contains("did you mean 'nuke'?"))
    let shake = try scratch.write("TrackName a\n Frame X Y Correlation\n 1 5 6 1\n", "s.txt")
    let frames = try Command.run("import", shake, "--height", "9", "--first-frame", "1001")
    #expect(frames.status == 2 && frames.errors.contains("which frames of the shot they mean"))
    let help = try Command.run("import", "--help")
    #expect(
      help.status == 0 && help.output.contains("silhouette")
        && help.output.contains("--first-frame"))
  }
}
