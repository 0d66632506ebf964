import BipackPixels
import Testing

@testable import BipackGraph

@Suite struct CompTests {
  @Test func connectsAndDecodes() throws {
    let comp = try comp(
      """
      "plate": {"type": "Plate", "path": "a.exr"},
      "bg": {"type": "Plate"},
      "soft": {"type": "Soften", "source": "plate", "size": [4, 2], "filter": "box"},
      "over": {"type": "Over", "a": "soft", "b": "bg", "mask": "bg", "maskChannel": "red",
               "invertMask": true, "mix": 0.5, "cache": true, "note": "The comp."},
      "pick": {"type": "Pick", "inputs": ["over", "bg", "plate"], "which": 2},
      "out": {"type": "Out", "source": "pick"}
      """)
    #expect(comp.nodes.map(\.path) == ["plate", "bg", "soft", "over", "pick", "out"])
    #expect(comp.nodes[3].inputs == [2, 1, nil])
    #expect(comp.nodes[3].mask == 1)
    #expect(comp.nodes[3].maskChannel == .red)
    #expect(comp.nodes[3].invertMask)
    #expect(comp.nodes[3].isCachePoint)
    #expect(comp.nodes[4].inputs == [3, 1, 0])
    #expect(comp.sinks == [5])
    #expect(comp.format == Format(width: 200, height: 100))
    #expect(comp.fps == 25)
    #expect(comp.frames == 1...100)
    #expect(comp.id(of: "over") == 3)
    #expect(comp.id(of: "nobody") == nil)
    let soft = try comp.node("soft", as: Soften.self)
    #expect(soft.size == Vec2(4, 2))
    #expect(soft.filter == .box)
    #expect(try comp.resolved("over").mix == 0.5)
    #expect(try comp.node("pick", as: Pick.self).inputs.slots == 0..<3)
  }

  @Test func aListOfNumbersMayBeRows() throws {
    let comp = try comp(
      """
      "plate": {"type": "Plate"},
      "flat": {"type": "Lookup", "source": "plate", "numbers": [1, 2, 3, 4]},
      "rows": {"type": "Lookup", "source": "plate", "numbers": [[1, 2], [3, 4]]},
      "moving": {"type": "Lookup", "source": "plate",
        "numbers": {"keys": [[1, [[1, 2], [3, 4]]], [3, [[3, 4], [5, 6]]]]},
        "master": [[0, 0, 2], [0.5, 1, "linear"], [1, 1, 0, 0.5]]}
      """)
    #expect(try comp.node("flat", as: Lookup.self).numbers == [1, 2, 3, 4])
    #expect(try comp.node("rows", as: Lookup.self).numbers == [1, 2, 3, 4])
    let moving = try comp.node("moving", 2, as: Lookup.self)
    #expect(moving.numbers == [2, 3, 4, 5])
    #expect(
      moving.master
        == LookupCurve([
          .init(0, 0, slope: 2), .init(0.5, 1, linear: true), .init(1, 1, left: 0, right: 0.5),
        ]))
  }

  @Test func keyFramesAnimate() throws {
    let comp = try comp(
      """
      "plate": {"type": "Plate", "level": {"keys": [[1, 0], [11, 5]]}},
      "grade": {"type": "Grade", "source": "plate",
        "gain": {"keys": [[1, 1], [11, [2, 3, 4]]]}, "reverse": {"keys": [[1, false], [5, true]]},
        "channels": {"keys": [[1, "rgb"], [3, "alpha"]]}},
      "soft": {"type": "Soften", "source": "grade", "size": [{"expr": "frame * 2"}, 7],
        "passes": {"keys": [[1, 1], [11, 10]]}, "disabled": {"keys": [[1, false], [9, true]]}}
      """)
    #expect(try comp.node("plate", 6, as: Plate.self).level == 2.5)
    let grade = try comp.node("grade", 6, as: Grade.self)
    #expect(grade.gain.g == 2)
    #expect(grade.reverse)
    #expect(grade.channels == .alpha)
    let soft = try comp.node("soft", 6, as: Soften.self)
    #expect(soft.size == Vec2(12, 7))
    #expect(soft.passes == 6)
    #expect(try comp.resolved("soft", 8).isDisabled == false)
    #expect(try comp.resolved("soft", 9).isDisabled == true)
    #expect(comp.nodes[1].isAnimated)
  }

  @Test func equalValuesHashAlike() throws {
    let comp = try comp(
      """
      "plate": {"type": "Plate"},
      "a": {"type": "Grade", "source": "plate", "gain": 2},
      "b": {"type": "Grade", "source": "plate", "gain": {"keys": [[1, 1], [3, 3]]}},
      "c": {"type": "Grade", "source": "plate", "gain": {"expr": "4 / 2"}}
      """)
    let a = try comp.resolved("a").hash
    #expect(try comp.resolved("b", 2).hash == a)
    #expect(try comp.resolved("b", 3).hash != a)
    #expect(try comp.resolved("c").hash == a)
    #expect(!comp.nodes[3].isAnimated)
    var grade = Grade()
    grade.gain = 2
    var hasher = StableHasher()
    hasher.combine("Grade")
    hasher.combine(1)
    grade.hash(into: &hasher)
    #expect(hasher.finalize() == a)
    // Never changes: it names files in disk caches.
    #expect(a.description == "e5bd44613097945b4561a4d297c3bdcb")
  }

  @Test func proxyScalesPixels() throws {
    let comp = try comp(
      """
      "plate": {"type": "Plate"},
      "still": {"type": "Soften", "source": "plate", "size": 6},
      "usual": {"type": "Soften", "source": "plate"},
      "moving": {"type": "Soften", "source": "plate", "size": {"expr": "width / 50"}},
      "follower": {"type": "Soften", "source": "plate", "size": {"expr": "moving.size.x"}}
      """)
    for (name, size) in [("still", 3.0), ("usual", 0.5), ("moving", 2), ("follower", 2)] {
      #expect(try comp.node(name, as: Soften.self, proxy: 2).size == Vec2(size, size))
      #expect(try comp.node(name, as: Soften.self).size == Vec2(size * 2, size * 2))
    }
  }

  @Test func linksComeFromDataNodes() throws {
    let comp = try comp(
      """
      "plate": {"type": "Plate"},
      "stats": {"type": "Stats", "source": "plate"},
      "whole": {"type": "Grade", "source": "plate", "gain": {"from": "stats.mean"}},
      "one": {"type": "Grade", "source": "plate", "gamma": {"from": "stats.mean.g"}},
      "luma": {"type": "Grade", "source": "plate", "gain": {"from": "stats.luma"}},
      "expr": {"type": "Grade", "source": "plate", "gamma": {"expr": "2 * stats.mean.1"}},
      "far": {"type": "Grade", "source": "plate", "gamma": {"expr": "expr.gamma + 1"}}
      """)
    let values: [String: ValueData] = ["mean": .vector([1, 2, 3, 4]), "luma": .number(0.5)]
    let mean = DataLink(node: 1, value: "mean")
    #expect(comp.nodes[2].links == [mean])
    #expect(comp.nodes[6].links == [mean])
    #expect(try comp.node("whole", as: Grade.self, values: values).gain == ColorValue(1, 2, 3, 4))
    #expect(try comp.node("one", as: Grade.self, values: values).gamma == 2)
    #expect(try comp.node("luma", as: Grade.self, values: values).gain == 0.5)
    #expect(try comp.node("expr", as: Grade.self, values: values).gamma == 4)
    #expect(try comp.node("far", as: Grade.self, values: values).gamma == 5)
  }

  @Test func variablesFillTextsAndExpressions() throws {
    let text = """
      "plate": {"type": "Plate", "path": "plates/${shot}/$${x}.exr", "level": {"expr": "up * 2"}}
      """
    let variables = "\"variables\": {\"shot\": \"010\", \"up\": 1.5},"
    let plain = try comp(text, variables)
    #expect(try plain.node("plate", as: Plate.self).path.text == "plates/010/${x}.exr")
    #expect(try plain.node("plate", as: Plate.self).level == 3)
    let other = try comp(
      text, variables, LoadOptions(variables: [("shot", "020"), ("up", "2")]))
    #expect(try other.node("plate", as: Plate.self).path.text == "plates/020/${x}.exr")
    #expect(try other.node("plate", as: Plate.self).level == 4)
  }

  @Test func overridesReplaceParameters() throws {
    let comp = try comp(
      """
      "plate": {"type": "Plate"}, "other": {"type": "Plate"},
      "soft": {"type": "Soften", "source": "plate", "size": 2, "filter": "box"}
      """, "",
      LoadOptions(overrides: [
        ("soft.size", "[3, 4]"), ("soft.filter", "triangle"), ("soft.source", "other"),
        ("plate.path", "x.exr"),
      ]))
    let soft = try comp.node("soft", as: Soften.self)
    #expect(soft.size == Vec2(3, 4))
    #expect(soft.filter == .triangle)
    #expect(comp.nodes[2].inputs == [1])
    #expect(try comp.node("plate", as: Plate.self).path.text == "x.exr")
  }

  @Test func renderErrorsNameParameterAndFrame() throws {
    let comp = try comp(
      """
      "plate": {"type": "Plate", "level": {"expr": "1 / (frame - 5)"}},
      "high": {"type": "Plate", "level": {"keys": [[1, 0], [10, 10]], "after": "linear"}},
      "next": {"type": "Plate", "level": {"expr": "plate.level(frame + 1)"}}
      """)
    #expect(try comp.node("plate", 6, as: Plate.self).level == 1)
    func message(_ path: String, _ frame: Double) -> String {
      do {
        _ = try comp.resolved(path, frame)
        return ""
      } catch {
        return (error as? NodeError)?.message ?? "\(error)"
      }
    }
    #expect(
      message("plate", 5)
        == "parameter 'level' at frame 5: the expression \"1 / (frame - 5)\" gives infinity")
    #expect(
      message("next", 4)
        == "parameter 'plate.level' at frame 5: the expression \"1 / (frame - 5)\" gives infinity")
    #expect(
      message("high", 19) == "parameter 'level' at frame 19: 20 is outside the range: 0 to 10")
    #expect(
      message("plate", 1) == "parameter 'level' at frame 1: -0.25 is outside the range: 0 to 10")
  }
}
