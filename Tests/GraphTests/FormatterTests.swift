import Testing

@testable import BipackGraph

@Suite struct FormatterTests {
  private let messy = """
    {"bipack":1,"note":"Kept \\u00e9.","format":{"width":1920,"height":1080},"frames":[1,10],
    "variables":{"shot":"010","gain":1.50},
    "groups":{"G":{"inputs":{"source":"In."},"params":{"size":{"bind":"b.size","default":2}},
      "nodes":{"b":{"type":"Soften","source":"source"}},"output":"b"}},
    "nodes":{"a":{"type":"Plate","level":{"keys":[[1,0.0],[10,1e0,"cubic"]],"after":"loop"}},
    "b":{"type":"Lookup","source":"a","numbers":[1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,
    21,22,23,24,25,26,27,28,29,30],"note":"x"},"c":{}}}
    """

  @Test func writesTheHouseStyle() throws {
    #expect(
      try JSONFormatter.format(messy)
        == """
        {
          "bipack": 1,
          "note": "Kept é.",
          "format": { "width": 1920, "height": 1080 },
          "frames": [1, 10],
          "variables": {
            "shot": "010",
            "gain": 1.50
          },
          "groups": {
            "G": {
              "inputs": {
                "source": "In."
              },
              "params": {
                "size": { "bind": "b.size", "default": 2 }
              },
              "nodes": {
                "b": {
                  "type": "Soften",
                  "source": "source"
                }
              },
              "output": "b"
            }
          },
          "nodes": {
            "a": {
              "type": "Plate",
              "level": { "keys": [[1, 0.0], [10, 1e0, "cubic"]], "after": "loop" }
            },
            "b": {
              "type": "Lookup",
              "source": "a",
              "numbers": [
                1,
                2,
                3
              ],
              "note": "x"
            },
            "c": {}
          }
        }

        """.replacing(
          "1,\n        2,\n        3\n",
          with: (1...30).map(String.init).joined(separator: ",\n        ") + "\n"))
  }

  @Test func formattingTwiceChangesNothing() throws {
    let once = try JSONFormatter.format(messy)
    #expect(try JSONFormatter.format(once) == once)
    for text in ["[]", "{}", "[[]]", "\"a\\n\\u0001\\\"\\\\\"", "[{\"a\":[{\"type\":1}]}]", "-0.0"]
    {
      let once = try JSONFormatter.format(text)
      #expect(try JSONFormatter.format(once) == once)
    }
  }

  @Test func refusesBrokenJSON() {
    #expect(throws: DocumentError.self) { try JSONFormatter.format("{\"a\": 1,}") }
  }
}
