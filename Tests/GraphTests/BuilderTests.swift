import BipackPixels
import Testing

@testable import BipackGraph

@Suite struct BuilderTests {
  private func built() -> CompBuilder {
    var builder = CompBuilder(
      format: Format(width: 200, height: 100), fps: 25, frames: 1...100)
    var plate = Plate()
    plate.path = "${odd}.exr"
    let a = builder.add(plate)
    let b = builder.add(Plate())
    var soften = Soften()
    soften.size = Vec2(3, 4)
    soften.filter = .box
    let soft = builder.add(soften, from: a) { node in
      node.animate(\.$passes, [Keyframe(1, 1), Keyframe(11, 10, .ease)], after: .loop)
      node.mask(b, channel: .red, inverted: true)
      node.mix(0.5)
    }
    let stats = builder.add(Stats(), from: a)
    let over = builder.add(Over(), name: "comp") { node in
      node.connect(\.b, b)
      node.connect(\.a, soft)
      node.note("The comp.")
    }
    let pick = builder.add(Pick()) { node in
      node.connect(\.inputs, [over, a, b])
      node.express(\.$which, "frame > 5")
    }
    builder.add(Grade(), from: pick) { node in
      node.link(\.$gain, to: stats, "mean")
      node.link(\.$gamma, to: stats, "luma", .offset(-1))
    }
    return builder
  }

  @Test func buildsRows() throws {
    var builder = CompBuilder()
    builder.table = Table(
      columns: ["name", "size"],
      rows: [[.string("Kim ${x}"), .number(2)], [.string("Park"), .vector([3, 4])]])
    let plate = builder.add(Plate())
    let soft = builder.add(Soften(), from: plate) { $0.take(\.$size, column: "size") }
    builder.add(Out(), from: soft) { $0.fill(\.$path, "out/${row} ${name}.exr") }
    let rows = try builder.rows()
    #expect(try rows.map { try $0.node("soften", as: Soften.self).size } == [2, Vec2(3, 4)])
    #expect(
      try rows.map { try $0.node("out", as: Out.self).path.text }
        == ["out/1 Kim ${x}.exr", "out/2 Park.exr"])
    #expect(try builder.comp().row?.number == 1)
  }

  @Test func buildsAComp() throws {
    let comp = try built().comp()
    #expect(
      comp.nodes.map(\.path) == ["plate", "plate2", "soften", "stats", "comp", "pick", "grade"])
    #expect(comp.nodes[4].inputs == [2, 1, nil])
    #expect(comp.nodes[5].inputs == [4, 0, 1])
    #expect(comp.nodes[2].mask == 1)
    #expect(comp.nodes[2].maskChannel == .red)
    #expect(comp.nodes[6].links.map(\.name) == ["mean", "luma"])
    #expect(try comp.node("plate", as: Plate.self).path.text == "${odd}.exr")
    #expect(try comp.node("soften", 6, as: Soften.self).passes == 6)
    #expect(try comp.node("soften", 6, as: Soften.self).size == Vec2(3, 4))
    #expect(try comp.node("pick", 6, as: Pick.self).which == 1)
    #expect(comp.fps == 25)
  }

  @Test func writesADocument() throws {
    let json = built().json
    #expect(
      json == """
        {
          "bipack": 1,
          "format": { "width": 200, "height": 100, "fps": 25 },
          "frames": [1, 100],
          "nodes": {
            "plate": {
              "type": "Plate",
              "path": "$${odd}.exr"
            },
            "plate2": {
              "type": "Plate"
            },
            "soften": {
              "type": "Soften",
              "source": "plate",
              "size": [3, 4],
              "passes": { "keys": [[1, 1], [11, 10, "ease"]], "after": "loop" },
              "filter": "box",
              "mask": "plate2",
              "maskChannel": "R",
              "invertMask": true,
              "mix": 0.5
            },
            "stats": {
              "type": "Stats",
              "source": "plate"
            },
            "comp": {
              "type": "Over",
              "a": "soften",
              "b": "plate2",
              "note": "The comp."
            },
            "pick": {
              "type": "Pick",
              "inputs": ["comp", "plate", "plate2"],
              "which": { "expr": "frame > 5" }
            },
            "grade": {
              "type": "Grade",
              "source": "pick",
              "gain": { "from": "stats.mean" },
              "gamma": { "from": "stats.luma", "offset": -1 }
            }
          }
        }

        """)
    #expect(try JSONFormatter.format(json) == json)
    #expect(check(json).comp != nil)
  }

  @Test func sameHashAsInADocument() throws {
    var grade = Grade()
    grade.gain = 2
    var builder = CompBuilder()
    let plate = builder.add(Plate())
    builder.add(grade, from: plate)
    let read = try comp(
      "\"plate\": {\"type\": \"Plate\"}, \"grade\": {\"type\": \"Grade\", \"source\": \"plate\", \"gain\": [2, 2, 2, 2]}"
    )
    #expect(try builder.comp().resolved("grade").hash == read.resolved("grade").hash)
  }

  @Test func mistakesAreTheDocuments() {
    var builder = CompBuilder()
    var plate = Plate()
    plate.level = .infinity
    builder.add(plate)
    builder.add(Grade())
    #expect {
      try builder.comp()
    } throws: { error in
      let text = "\(error)"
      return text.contains("nodes.plate.level: 'inf'")
        || text.contains("nodes.plate.level: inf is not a number JSON has")
          && text.contains("nodes.grade: input 'source' is not connected")
    }
  }
}
