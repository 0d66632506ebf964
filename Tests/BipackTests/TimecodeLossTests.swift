import Bipack
import Foundation
import Testing

/// `check` and `render` say what a file cannot keep.
@Suite struct TimecodeLossTests {
  private func check(
    _ path: String, _ more: String = "", strict: Bool = false, command: String = "check"
  ) throws -> Command.Outcome {
    let scratch = try Scratch()
    let graph = try scratch.write(
      """
      { "bipack": 1, "format": { "width": 16, "height": 8 }, "frames": [1, 3], "nodes": {
        "c": { "type": "Constant" },
        "t": { "type": "Metadata", "source": "c", "fps": 25, "startcode": "10:00:00:00" },
        "m": { "type": "Metadata", "source": "t" \(more) },
        "out": { "type": "Write", "source": "m", "path": "\(path)" } } }
      """, "g.json")
    return try Command.run([command, graph] + (strict ? ["--strict"] : []))
  }

  @Test(arguments: ["a.####.tif", "a.####.png", "a.####.jpg"])
  func filesWithoutTheFieldAreNamed(_ path: String) throws {
    let outcome = try check(path)
    #expect(outcome.status == 0, "\(outcome.errors)")
    let warnings = outcome.errors.split(separator: "\n").filter { $0.contains("warning") }
    #expect(warnings.count == 1 && warnings[0].contains("timecode and frame rate"), "\(warnings)")
    let render = try check(path, command: "render")
    #expect(render.status == 0, "\(render.errors)")
    #expect(render.errors.components(separatedBy: "timecode and frame rate").count == 2)
    #expect(try check(path, strict: true).status == 2)
    #expect(
      try check(path, #", "remove": ["timeCode", "framesPerSecond"]"#, strict: true).status == 0)
  }

  @Test(arguments: ["a.####.exr", "a.####.dpx"]) func othersKeepIt(_ path: String) throws {
    #expect(try check(path, strict: true).status == 0)
  }
}
