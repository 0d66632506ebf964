import Foundation
import Testing

/// `--memory` holds for the process, measured from outside: kernels that hold whole frames say in the
/// plan what they take.
@Suite(.serialized) struct BudgetTests {
  private func peak(_ graph: String, _ arguments: [String]) throws -> (status: Int32, peak: Int) {
    let scratch = try Scratch()
    let file = try scratch.write(graph, "g.json")
    let child = try Command.start(["render", file, "--events", "--stats"] + arguments)
    let status = child.wait()
    var peak = 0
    for line in child.output.split(separator: "\n") {
      let event = try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any]
      if let found = event?["peakResidentBytes"] as? Int { peak = found }
    }
    return (status, peak)
  }

  private static func graph(_ node: String) -> String {
    """
    { "bipack": 1, "format": { "width": 1280, "height": 720 }, "nodes": {
        "shot": { "type": "Noise", "size": [90, 60] },
        "matte": { "type": "Noise", "size": [400, 300], "seed": 3 },
        "x": \(node),
        "out": { "type": "Write", "source": "x", "path": "out.exr", "compression": "none" } } }
    """
  }

  static let nodes = [
    #"{ "type": "Matting", "source": "shot", "trimap": "matte" }"#,
    #"{ "type": "ForegroundColor", "source": "shot", "matte": "matte" }"#,
    #"{ "type": "Despot", "source": "shot", "specks": 40, "holes": 30 }"#,
  ]

  @Test(arguments: nodes) func aBudgetIsKept(_ node: String) throws {
    let graph = Self.graph(node)
    var answers: [Int32] = []
    for megabytes in [60, 120, 250, 600] {
      let (status, peak) = try peak(graph, ["--memory", "\(megabytes)M"])
      answers.append(status)
      #expect(status == 0 || status == 33)
      // The program and its libraries are not pixels.
      let program = 60 << 20
      #expect(peak <= (megabytes << 20) + program, "\(megabytes) MB: \(peak >> 20) MB, \(node)")
    }
    #expect(answers.contains(0))
  }
}
