import BipackPixels
import Testing

@testable import BipackGraph

/// A part of a parameter.
struct Dab: ValueRecord {
  static let required = ["at"]
  static let shorthand: String? = "at"
  enum Tip: String, ParamChoice { case round, square }
  @Param(unit: .pixels, "Where it is.") var at = Vec2(0, 0)
  @Param(0...1, "How much it covers.") var opacity = 1.0
  @Param("Its form.") var tip = Tip.round
}

/// A parameter of every type.
struct Everything: PointNode {
  static let abstract = "Takes values of every type."
  static let category = "Test"
  @Input("The picture.") var source
  @Param("A matrix.") var matrix = Matrix.identity
  @Param(unit: .pixels, "Points.") var points: Points = []
  @Param("A curve.") var curve = FrameCurve(constant: 0)
  @Param("A path.") var path = Path()
  @Param("A track.") var track = Track()
  @Param("A camera.") var camera = Camera()
  @Param("A table.") var table = Table.empty
  @Param("One dab.") var dab = Dab()
  @Param("Some dabs.") var dabs: [Dab] = []
  @Param("A text.") var text = ""
  @Param("Texts.") var texts: TextList = []
  @Param("A number.") var number = 0.0
  func program(_ context: NodeContext) throws(NodeError) -> PointProgram { PointProgram() }
}

/// Measures a whole shot.
struct Flicker: ShotNode {
  static let abstract = "Measures how bright frames are."
  static let category = "Test"
  static let values = [
    ValuePort("level", .number, overFrames: true, "Luminance against the first frame."),
    ValuePort("frames", .list, "The frames that flicker."),
  ]
  @Input("The picture.") var source
  @Params var shot = ShotRange()
  func note(_ task: borrowing DataTask, after before: ValueData?) throws(NodeError) -> ValueData {
    .number(1)
  }
  func values(_ notes: [FrameNote]) throws(NodeError) -> [String: ValueData] {
    ["level": notes.curve { $0 }, "frames": .array([])]
  }
}

@Suite("Typed values") struct ValueTests {
  private func node(_ fields: String, _ frame: Double = 1, proxy: Double = 1) throws -> Everything {
    try comp(#""p": {"type": "Plate"}, "e": {"type": "Everything", "source": "p", \#(fields)}"#)
      .node("e", frame, proxy: proxy)
  }

  private func messages(_ fields: String) -> [String] {
    check(
      document(#""p": {"type": "Plate"}, "e": {"type": "Everything", "source": "p", \#(fields)}"#)
    )
    .diagnostics.map {
      "\($0.path): \($0.message)" + ($0.expected.map { "; expected \($0)" } ?? "")
    }
  }

  @Test func everyTypeIsALiteral() throws {
    let all = try node(
      #"""
      "matrix": [[1, 2, 3], [4, 5, 6], [7, 8, 9]], "points": [[1, 2], [3, 4]],
      "curve": {"keys": [[1, 10], [3, 20, "hold"], [5, 0]], "after": "loop"},
      "path": {"closed": true, "points": [[0, 0], {"position": [10, 0], "right": [1, 2], "feather": 3}]},
      "track": {"position": {"keys": [[1, [5, 6]], [2, [7, 8]]]}},
      "camera": {"translate": {"keys": [[0, [0, 1, 2]], [2, [2, 3, 4]]]}, "rotOrder": "XYZ", "focal": 35},
      "table": [{"name": "Ada", "n": 1}, {"n": 2, "name": "Bo"}],
      "dab": [3, 4], "dabs": [[1, 2], {"at": [5, 6], "tip": "square"}], "text": "a", "texts": "b"
      """#)
    #expect(all.matrix[1, 2] == 6)
    #expect(all.points.points == [Vec2(1, 2), Vec2(3, 4)])
    #expect(all.camera.translate == Vec3(1, 2, 3) && all.camera.rotOrder == .xyz)
    #expect(all.camera.focal == 35 && all.camera.vaperture == 18.672)
    #expect([1, 2, 3, 4, 5.5, 7].map(all.curve.value(at:)) == [10, 15, 20, 20, 12.5, 20])
    #expect(all.path.closed)
    #expect(all.path.points.map(\.position) == [Vec2(0, 0), Vec2(10, 0)])
    #expect(all.path.points[1].right == Vec2(1, 2))
    #expect(all.track.position.values(at: 1.5) == [6, 7])
    #expect(all.table[1, "name"] == .string("Bo"))
    #expect(all.table.columns == ["name", "n"])
    #expect(all.dab.at == Vec2(3, 4))
    #expect(all.dabs.map(\.tip) == [.round, .square])
    // What was read is written as data that reads the same.
    let values = NodeDeclaration.values(of: all)
    let again = try #require(NodeDeclaration.of(Everything.self).make(values: values.map { $0 }))
    #expect(NodeDeclaration.values(of: again) == values)
  }

  @Test func aDocumentMadeInCodeReadsBack() throws {
    var everything = Everything()
    everything.path = Path([PathPoint(Vec2(1, 2)), PathPoint(Vec2(3, 4), right: Vec2(1, 0))])
    everything.curve = try #require(FrameCurve([(1, [1, 2]), (9, [3, 4])]))
    everything.table = try #require(Table(columns: ["a"], rows: [[.string("${x}")]]))
    everything.dabs = [Dab()]
    var builder = CompBuilder()
    let plate = builder.add(Plate())
    let added = builder.add(everything, from: plate)
    let read = try builder.comp().node(added.name, as: Everything.self)
    #expect(NodeDeclaration.values(of: read) == NodeDeclaration.values(of: everything))
  }

  @Test func partsOfARecordFollowTime() throws {
    let fields = #"""
      "number": 2,
      "dabs": [{"at": {"keys": [[1, [0, 0]], [11, [10, 20]]]}, "opacity": {"expr": "e.number / 4"}}, [7, 8]]
      """#
    let half = try node(fields, 6)
    #expect(half.dabs.map(\.at) == [Vec2(5, 10), Vec2(7, 8)])
    #expect(half.dabs[0].opacity == 0.5)
    // What measures pixels is scaled for a proxy, the rest is not.
    let proxy = try node(fields, 6, proxy: 2)
    #expect(proxy.dabs.map(\.at) == [Vec2(2.5, 5), Vec2(3.5, 4)])
    #expect(proxy.dabs[0].opacity == 0.5)
  }

  @Test func keyFramesOfWholePathsBlendWhereTheyHaveTheSameParts() throws {
    let fields = #"""
      "path": {"keys": [[1, [[0, 0], [10, 0]]], [3, [[0, 4], [20, 0]]], [5, [[1, 1]]]]}
      """#
    // The third has another count of points, so that all hold.
    #expect(try node(fields, 2).path.points.map(\.position) == [Vec2(0, 0), Vec2(10, 0)])
    let same = #""path": {"keys": [[1, [[0, 0], [10, 0]]], [3, [[0, 4], [20, 0]]]]}"#
    #expect(try node(same, 2).path.points.map(\.position) == [Vec2(0, 2), Vec2(15, 0)])
    let matrix =
      #""matrix": {"keys": [[1, [1, 0, 0, 0, 1, 0, 0, 0, 1]], [3, [3, 0, 0, 0, 1, 0, 0, 0, 1]]]}"#
    #expect(try node(matrix, 2).matrix[0, 0] == 2)
  }

  @Test func saysWhatIsWrongWithAPart() {
    #expect(
      messages(
        #""dabs": [[1, 2], {"at": [1, 2, 3], "opacity": 2, "tip": "rond", "size": 1}, {"tip": "round"}]"#
      )
        == [
          "nodes.e.dabs[1].at: found 3 numbers; expected a number or an array of 2 numbers",
          "nodes.e.dabs[1].opacity: 2 is outside the range: 0 to 1",
          "nodes.e.dabs[1].tip: \"rond\" is not among the choices; expected one of round, square",
          "nodes.e.dabs[1]: unknown key 'size'; expected one of at, opacity, tip",
          "nodes.e.dabs[2]: a dab needs 'at'",
        ])
    #expect(
      messages(#""dabs": {"keys": [[1, [{"at": [0, 0], "opacity": 7}]]]}"#)
        == ["nodes.e.dabs.keys[0][0].opacity: 7 is outside the range: 0 to 1"])
    // What is wrong with a part is said alike wherever it stands: all of it, each at its place.
    #expect(
      messages(
        #"""
        "dabs": {"keys": [[1, [[1, 2], {"at": [1, 2, 3], "opacity": 2, "tip": "rond", "size": 1}, {"tip": "round"},
          {"at": {"expr": "1"}, "tip": "${x}"}]]]}
        """#)
        == [
          "nodes.e.dabs.keys[0][1].at: found 3 numbers; expected a number or an array of 2 numbers",
          "nodes.e.dabs.keys[0][1].opacity: 2 is outside the range: 0 to 1",
          "nodes.e.dabs.keys[0][1].tip: \"rond\" is not among the choices; expected one of round, square",
          "nodes.e.dabs.keys[0][1]: unknown key 'size'; expected one of at, opacity, tip",
          "nodes.e.dabs.keys[0][2]: a dab needs 'at'",
          "nodes.e.dabs.keys[0][3].at: found an object; expected a number or an array of 2 numbers",
          "nodes.e.dabs.keys[0][3].tip: no variable is called 'x'",
        ])
    #expect(
      messages(#""table": [{"a": 1, "b": 2}, {"a": 1}], "matrix": [[1, 2], [3, 4]]"#) == [
        "nodes.e.table[1]: the row has no 'b'; expected the columns of the first row: a, b",
        "nodes.e.matrix: found an array; expected 3 rows of 3 numbers",
      ])
    #expect(
      messages(#""points": [[1, 2], [3]]"#) == [
        "nodes.e.points[1]: found an array; expected a point [x, y]"
      ])
    #expect(
      messages(#""path": {"points": 3}, "curve": 4"#) == [
        "nodes.e.path.points: found 3; expected an array, each a point { \"position\", \"left\", "
          + "\"right\", \"feather\", \"featherOffset\", \"featherLeft\", \"featherRight\", \"width\" }",
        "nodes.e.curve: found 4; expected a curve over frames { \"keys\": [[frame, value], ...] }",
      ])
  }

  // MARK: Files

  /// Checks a document in a folder.
  private func checked(_ fields: String, in folder: ScratchFiles) -> CheckResult {
    Comp.check(
      text: document(
        #""p": {"type": "Plate"}, "e": {"type": "Everything", "source": "p", \#(fields)}"#),
      name: "comp.json", directory: folder.path, registry: registry)
  }

  @Test func aValueMayStandInAFile() throws {
    let folder = try ScratchFiles([
      "wire.json": #"[[1, 2], [3, 4]]"#,
      "stats.json": #"{"node": "s", "values": {"mean": {"keys": [[1, 2], [3, 4]]}, "track": 5}}"#,
      "loop.json": #"{"file": "loop.json"}"#,
      "bad.json": "[[1, 2], [3,\n {\"x\": 1}]]",
    ])
    let result = checked(
      #""path": {"file": "wire.json"}, "number": {"file": "stats.json", "value": "mean"}, "curve": {"file": "stats.json", "value": "mean"}"#,
      in: folder)
    let comp = try #require(result.comp, "\(result.diagnostics)")
    let node = try comp.node("e", 2, as: Everything.self)
    #expect(node.path.points.map(\.position) == [Vec2(1, 2), Vec2(3, 4)])
    #expect(node.number == 3)
    #expect(node.curve.value(at: 2.5) == 3.5)
    func first(_ fields: String) -> String? {
      checked(fields, in: folder).diagnostics.first.map {
        "\($0)".replacing(folder.path + "/", with: "")
      }
    }
    #expect(
      first(#""points": {"file": "bad.json"}"#)
        == "bad.json:2:2: error: nodes.e.points[1][1]: found an object; expected points [[x, y], ...]"
    )
    #expect(
      first(#""number": {"file": "stats.json"}"#)?.contains(
        "'stats.json' holds several values; say which: \"value\": \"mean\" (mean, track)") == true)
    #expect(
      first(#""number": {"file": "stats.json", "value": "men"}"#)?.contains(
        "holds no value 'men' (it holds mean, track); did you mean 'mean'?") == true)
    #expect(
      first(#""number": {"file": "none.json"}"#)?.contains("cannot read the value in 'none.json'")
        == true)
    #expect(
      first(#""number": {"file": "loop.json"}"#)?.contains("'loop.json' leads back to itself")
        == true)
    #expect(
      first(#""number": {"file": "/etc/passwd"}"#)?.contains("a file of values is called .json")
        == true)
  }

  // MARK: Links

  @Test func textsTakeValuesAndMetadata() throws {
    let comp = try comp(
      #"""
      "p": {"type": "Plate"}, "s": {"type": "Stats", "source": "p"},
      "e": {"type": "Everything", "source": "p", "text": "luma ${s.luma}, $${x}, at ${p.metadata.timeCode}",
        "texts": ["plain", "${s.mean.g}"], "number": {"from": "p.metadata.exif.iso", "offset": 1}}
      """#)
    let node = try comp.node(
      "e", as: Everything.self,
      values: [
        "luma": .number(0.5), "metadata.timeCode": .string("01:00:00:00"),
        "mean": .vector([1, 2, 3, 4]),
        "metadata.exif.iso": .number(400),
      ])
    #expect(node.text == "luma 0.5, ${x}, at 01:00:00:00")
    #expect(node.texts.values == ["plain", "2"])
    #expect(node.number == 400)
    #expect(comp.nodes[2].links.count == 4)
  }

  @Test func aCurveIsTakenWhole() throws {
    let comp = try comp(
      #"""
      "p": {"type": "Plate"}, "s": {"type": "Flicker", "source": "p"},
      "e": {"type": "Everything", "source": "p", "curve": {"from": "s.level"}, "number": {"from": "s.level"}}
      """#)
    #expect(comp.nodes[2].links.map(\.isWhole).contains(true))
    #expect(
      messages(#""curve": {"from": "s.luma"}"#).contains { $0.contains("no node is called 's'") })
    let result = check(
      document(
        #"""
        "p": {"type": "Plate"}, "s": {"type": "Stats", "source": "p"},
        "e": {"type": "Everything", "source": "p", "curve": {"from": "s.luma"}, "path": {"from": "s.luma"}}
        """#))
    #expect(
      result.diagnostics.map(\.message) == [
        "'s.luma' is no curve over frames; a node that measures a whole shot gives one",
        "'s.luma' is a number, but the parameter is a path { \"closed\", \"points\" }",
      ])
  }

  @Test func groupsGiveValues() throws {
    let groups = #"""
      "groups": {
        "Meter": {
          "inputs": {"source": "A picture."},
          "nodes": {"inner": {"type": "Stats", "source": "source"}},
          "output": "inner", "values": {"mean": "inner.mean", "level": "inner.luma"}
        },
        "Twice": {
          "inputs": {"source": "A picture."},
          "nodes": {"m": {"type": "Meter", "source": "source"}},
          "values": {"green": "m.mean.g"}
        }
      },
      """#
    let comp = try comp(
      #"""
      "p": {"type": "Plate"}, "a": {"type": "Meter", "source": "p"}, "b": {"type": "Twice", "source": "p"},
      "e": {"type": "Everything", "source": "p", "number": {"from": "b.green"},
        "dab": {"at": [{"from": "a.mean.r"}, {"expr": "a.level * 2"}]}}
      """#, groups)
    let node = try comp.node(
      "e", as: Everything.self, values: ["mean": .vector([1, 2, 3, 4]), "luma": .number(3)])
    #expect(node.number == 2)
    #expect(comp.exports["a.mean"]?.link == DataLink(node: 1, value: "mean"))
    #expect(comp.exports["b.green"]?.component == 1)
    #expect(node.dab.at == Vec2(1, 6))
    let wrong = check(
      document(
        #""p": {"type": "Plate"}, "a": {"type": "Meter", "source": "p"}, "e": {"type": "Everything", "source": "p", "number": {"from": "a.men"}}"#,
        groups))
    #expect(
      wrong.diagnostics.map { $0.message } == ["the group 'a' gives no value 'men'"])
    let pictures = check(
      document(
        #""p": {"type": "Plate"}, "b": {"type": "Twice", "source": "p"}, "e": {"type": "Everything", "source": "b"}"#,
        groups))
    #expect(
      pictures.diagnostics.map { $0.message } == ["the group 'b' gives values and no picture"])
    let broken = check(
      document(
        #""p": {"type": "Plate"}, "a": {"type": "M", "source": "p"}"#,
        #""groups": {"M": {"inputs": {"source": ""}, "nodes": {"i": {"type": "Stats", "source": "source"}}, "values": {"x": "i.men"}}},"#
      ))
    #expect(broken.diagnostics.map(\.path) == ["groups.M.values.x"])
  }

  @Test func theSchemaKnowsParts() throws {
    let text = Schema.document(registry)
    #expect(text.contains("\"How much it covers.\""))
    let (value, _) = JSONParser.parse(
      SourceText(file: "schema", bytes: Array(text.utf8)), limits: .trusted)
    let dabs = try #require(value?["$defs"]?["node.Everything"]?["properties"]?["dabs"])
    let items = try #require(dabs["anyOf"]?.array?[0]["items"]?["anyOf"]?.array)
    #expect(items.last?["required"]?.array?.compactMap(\.string) == ["at"])
    #expect(items.last?["properties"]?["opacity"]?["anyOf"]?.array?[0]["maximum"]?.number == 1)
  }
}
