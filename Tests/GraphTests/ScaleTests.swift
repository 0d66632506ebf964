import BipackPixels
import Testing

@testable import BipackGraph

@Suite struct ScaleTests {
  private func chain(_ count: Int) -> String {
    "\"n0\": {\"type\": \"Plate\"}"
      + (1..<count).map { i in
        ",\n\"n\(i)\": {\"type\": \"Grade\", \"source\": \"n\(i - 1)\", \"gain\": [1, 2, 3],"
          + " \"gamma\": {\"keys\": [[1, 1], [10, 2]]}}"
      }.joined()
  }

  @Test func tenThousandNodes() throws {
    let text = document(chain(10_000))
    var result: CheckResult?
    let time = ContinuousClock().measure { result = check(text) }
    #expect(result?.comp?.nodes.count == 10_000)
    print("10,000 nodes parsed and checked in \(time)")
    #expect(time < .seconds(5))
  }

  @Test func twoHundredNodesResolveQuickly() throws {
    let comp = try comp(chain(200))
    let time = try ContinuousClock().measure {
      for frame in 1...10 {
        for id in comp.nodes.indices {
          _ = try comp.resolve(id, frame: Double(frame)) { _, _ throws(NodeError) in .number(0) }
        }
      }
    }
    print("200 animated nodes resolved in \(time / 10) per frame")
    #expect(time < .milliseconds(500))
  }

  @Test func nodesBeyondTheLimitAreRefused() {
    var options = LoadOptions()
    options.limits.nodes = 100
    #expect(check(document(chain(100)), options).errors.isEmpty)
    #expect(
      check(document(chain(101)), options).errors.map(\.message)
        == ["the object has more than 100 keys"])
  }

  @Test func deepNestingIsAnError() {
    for depth in [1_000, 100_000, 1_000_000] {
      for open in ["[", "{\"a\":"] {
        let result = check(String(repeating: open, count: depth))
        #expect(
          result.diagnostics.map(\.message) == ["arrays and objects are nested more than 128 deep"])
      }
    }
    let fits = String(repeating: "[", count: 128) + String(repeating: "]", count: 128)
    #expect(
      JSONParser.parse(SourceText(file: "", bytes: Array(fits.utf8)), limits: .trusted)
        .diagnostics.isEmpty)
  }

  @Test func groupBombsAreRefused() {
    // Thirty doublings of a group, with a node at the bottom and without.
    for bottom in ["\"x\": {\"type\": \"Grade\", \"source\": \"source\"}", ""] {
      let output = bottom.isEmpty ? "source" : "x"
      var groups =
        "\"G0\": {\"inputs\": {\"source\": \"In.\"}, \"nodes\": {\(bottom)}, \"output\": \"\(output)\"}"
      for i in 1...30 {
        groups += """
          , "G\(i)": {"inputs": {"source": "In."}, "nodes": {
          "a": {"type": "G\(i - 1)", "source": "source"}, "b": {"type": "G\(i - 1)", "source": "a"}},
          "output": "b"}
          """
      }
      let text = document(
        "\"p\": {\"type\": \"Plate\"}, \"x\": {\"type\": \"G30\", \"source\": \"p\"}",
        "\"groups\": {\(groups)},")
      let result = check(text)
      #expect(
        result.errors.map(\.message) == [
          "the comp has more than 100000 nodes and groups, those inside groups included"
        ])
    }
    var groups = "\"G0\": {\"nodes\": {\"p\": {\"type\": \"Plate\"}}, \"output\": \"p\"}"
    for i in 1...40 {
      groups += ", \"G\(i)\": {\"nodes\": {\"p\": {\"type\": \"G\(i - 1)\"}}, \"output\": \"p\"}"
    }
    let deep = check(document("\"x\": {\"type\": \"G40\"}", "\"groups\": {\(groups)},"))
    #expect(deep.errors.first?.message == "groups are nested more than 32 deep")
  }

  @Test func manyMistakesAreReportedQuickly() {
    let nodes = (0..<5_000).map {
      "\"n\($0)\": {\"type\": \"Grade\", \"source\": \"nn\($0)\", \"mix\": {\"expr\": \"n1.gamma\"}}"
    }
    var result: CheckResult?
    let time = ContinuousClock().measure {
      result = check(document(nodes.joined(separator: ",\n")))
    }
    #expect(result?.errors.count == 5_000)
    #if !BIPACK_SANITIZED
      #expect(time < .seconds(10))
    #endif
  }

  @Test func manyPathsThroughDiamonds() throws {
    var nodes = "\"d0\": {\"type\": \"Plate\"}"
    for i in 1...1000 {
      nodes +=
        ", \"d\(i)\": {\"type\": \"Over\", \"a\": \"d\(i - 1)\", \"b\": \"d\(i - 1)\","
        + " \"mask\": \"d\(i - 1)\"}"
    }
    #expect(try comp(nodes).nodes.count == 1001)
  }

  @Test func garbageNeverCrashes() {
    let seed = Array(
      document(
        """
        "p": {"type": "Plate", "level": {"expr": "sin(frame) * 2"}, "path": "${x}"},
        "g": {"type": "Grade", "source": "p", "gain": {"keys": [[1, [1, 2, 3]], [2, 4, "cubic"]]}}
        """, "\"variables\": {\"x\": \"a\\u00e9\"},"
      ).utf8)
    let spice = Array("{}[]\",:0123456789.eE+-\\/utrn'#*$ \u{e9}".utf8) + [0, 0xff]
    for round in 0..<3000 {
      var bytes = seed
      for edit in 0..<3 {
        let at = Int(HashNoise.random([Double(round), Double(edit), 1]) * Double(bytes.count))
        let pick = spice[
          Int(HashNoise.random([Double(round), Double(edit), 2]) * Double(spice.count))]
        switch Int(HashNoise.random([Double(round), Double(edit), 3]) * 3) {
        case 0: bytes[at] = pick
        case 1: bytes.insert(pick, at: at)
        default: bytes.remove(at: at)
        }
      }
      let result = Comp.check(bytes: bytes, name: "x", directory: ".", registry: registry)
      #expect((result.comp == nil) == !result.errors.isEmpty)
    }
  }
}
