import BipackPixels
import Testing

@testable import BipackGraph

private let softenGroup = """
  "groups": {
    "Glow": {
      "inputs": {"source": "The picture.", "matte": {"help": "Where.", "optional": true}},
      "params": {
        "size": {"bind": "blur.size", "help": "Radius.", "range": [0, 50]},
        "strength": {"default": 0.25, "help": "How much."},
        "twice": {"bind": ["blur.passes", "again.passes"], "default": 3}
      },
      "nodes": {
        "blur": {"type": "Soften", "source": "source", "size": 8},
        "again": {"type": "Soften", "source": "blur", "size": {"expr": "blur.size.x / 2"}},
        "lift": {"type": "Grade", "source": "again", "gain": {"expr": "1 + strength"}},
        "join": {"type": "Over", "a": "lift", "b": "source", "matte": "matte"}
      },
      "outputs": {"picture": "join", "halo": "lift"}
    },
    "Double": {
      "inputs": {"source": "The picture."},
      "params": {"amount": {"bind": "second.size", "default": [1, 2]}},
      "nodes": {
        "first": {"type": "Glow", "source": "source"},
        "second": {"type": "Glow", "source": "first"}
      },
      "output": "second"
    }
  },
  """

@Suite struct GroupTests {
  @Test func flattensAndExposes() throws {
    let comp = try comp(
      """
      "plate": {"type": "Plate"},
      "one": {"type": "Glow", "source": "plate"},
      "two": {"type": "Glow", "source": "one.halo", "size": 5, "strength": {"keys": [[1, 1], [3, 3]]},
              "twice": 7, "matte": "plate"},
      "three": {"type": "Double", "source": "two", "amount": {"expr": "two.strength * 10"}},
      "out": {"type": "Out", "source": "three"}
      """, softenGroup)
    #expect(
      comp.nodes.map(\.path) == [
        "plate", "one.blur", "one.again", "one.lift", "one.join", "two.blur", "two.again",
        "two.lift", "two.join", "three.first.blur", "three.first.again", "three.first.lift",
        "three.first.join", "three.second.blur", "three.second.again", "three.second.lift",
        "three.second.join", "out",
      ])
    #expect(comp.nodes[1].inputs == [0])
    #expect(comp.nodes[4].inputs == [3, 0, nil])
    #expect(comp.nodes[5].inputs == [3])
    #expect(comp.nodes[8].inputs == [7, 3, 0])
    #expect(comp.nodes[17].inputs == [16])
    #expect(comp.id(of: "one") == 4)
    #expect(comp.id(of: "one.halo") == 3)
    #expect(comp.id(of: "three") == 16)
    #expect(try comp.node("one.blur", as: Soften.self).size == 8)
    #expect(try comp.node("one.again", as: Soften.self).size == 4)
    #expect(try comp.node("one.blur", as: Soften.self).passes == 3)
    #expect(try comp.node("two.blur", as: Soften.self).size == 5)
    #expect(try comp.node("two.blur", as: Soften.self).passes == 7)
    #expect(try comp.node("one.lift", as: Grade.self).gain == 1.25)
    #expect(try comp.node("two.lift", 2, as: Grade.self).gain == 3)
    #expect(try comp.node("three.second.blur", 2, as: Soften.self).size == 20)
    #expect(try comp.node("three.first.blur", 2, as: Soften.self).size == 8)
  }

  @Test func maskMixAndDisabledActOnTheWhole() throws {
    let comp = try comp(
      """
      "plate": {"type": "Plate"}, "matte": {"type": "Plate"},
      "one": {"type": "Glow", "source": "plate", "mask": "matte",
              "mix": {"keys": [[1, 0], [11, 1]]}, "disabled": {"keys": [[1, false], [20, true]]}},
      "out": {"type": "Out", "source": "one"}, "halo": {"type": "Out", "source": "one.halo"}
      """, softenGroup)
    let gate = try #require(comp.id(of: "one"))
    #expect(comp.nodes[gate].type is GroupOutput.Type)
    #expect(comp.nodes[gate].path == "one")
    #expect(comp.nodes[gate].inputs == [0, 5])
    #expect(comp.nodes[gate].mask == 1)
    #expect(try comp.resolved("one", 6).mix == 0.5)
    #expect(try comp.resolved("one", 20).isDisabled)
    let halo = try #require(comp.id(of: "one.halo"))
    #expect(comp.nodes[halo].inputs == [0, 4])
    #expect(comp.nodes[try #require(comp.id(of: "out"))].inputs == [gate])
    #expect(comp.nodes[try #require(comp.id(of: "halo"))].inputs == [halo])
  }

  @Test func overridesReachInside() throws {
    let comp = try comp(
      "\"plate\": {\"type\": \"Plate\"}, \"one\": {\"type\": \"Glow\", \"source\": \"plate\"}",
      softenGroup,
      LoadOptions(overrides: [("one.size", "9"), ("one.again.filter", "box")]))
    #expect(try comp.node("one.blur", as: Soften.self).size == 9)
    #expect(try comp.node("one.again", as: Soften.self).filter == .box)
  }
}
