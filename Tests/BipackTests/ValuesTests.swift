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

  @Test func areKeyFrames() throws {
    let one = try values("stats.luminance")
    #expect(one.status == 0, "\(one.errors)")
    let words = one.output.split { $0 == " " || $0 == "\n" }.joined()
    #expect(
      words == #"{"node":"stats","values":{"luminance":{"keys":[[1,0.25],[2,0.5],[3,0.75]]}}}"#)
    let all = try values("stats", "-F", "2")
    #expect(all.output.contains("stddev") && all.output.contains("[[2, 0.5]]"), "\(all.output)")
  }

  /// A shot held at the brightness of one frame, and a colour taken at one.
  @Test(arguments: [("after.max", [0.5, 0.5, 0.5]), ("last.max", [0.1875, 0.375, 0.5625])])
  func comeFromOtherFrames(_ value: String, _ expected: [Double]) throws {
    let outcome = try values(value)
    for (index, red) in expected.enumerated() {
      #expect(outcome.output.contains("[\(index + 1), [\(red), "), "\(outcome.output)")
    }
  }

  @Test(arguments: [
    ("light", "computes no values"), ("stats.lumiance", "gives no 'lumiance'"),
    ("light.color", "computes no values"), ("none", "no node 'none'"), ("no.ne", "no node 'no.ne'"),
  ])
  func whatIsNoneIsNamed(_ node: String, _ words: String) throws {
    let outcome = try values(node)
    #expect(outcome.status == 2 && outcome.errors.contains(words), "\(outcome.errors)")
  }
}
