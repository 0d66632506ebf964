import Bipack
import Testing

/// Values of each view, nodes that go from one view to another.
@Suite("Views") struct ViewTests {
  private func comp(_ nodes: String, views: String = #"["left", "right"]"#) throws -> Comp {
    let text = """
      { "bipack": 1, "format": { "width": 4, "height": 4 }, "views": \(views),
        "variables": { "shade": 0.25 }, "nodes": { \(nodes) } }
      """
    let result = Comp.check(text: text, name: "g.json", registry: .standard)
    return try #require(result.comp, "\(result.diagnostics)")
  }

  private func red(_ comp: Comp, _ node: String, _ view: Int) async throws -> Float {
    let renderer = Pictures.renderer
    let id = try #require(comp.id(of: node))
    let image = try await renderer.image(comp, node: id, frame: 1, view: view)
    return image.pixels(.red, in: image.dataWindow, pool: renderer.pool)[0]
  }

  private let perView = """
    "flat": { "type": "Constant", "color": { "views": { "left": 0.25,
      "right": { "keys": [[1, [0.75, 0, 0, 1]], [2, [0, 0, 0, 1]]] } } } }
    """

  @Test func everyViewHasItsValue() async throws {
    let comp = try comp(
      perView
        + #", "add": { "type": "Add", "source": "flat", "value": 1, "mix": { "views": { "left": 0, "right": { "expr": "shade * 2" } } } }"#
    )
    #expect(comp.views == ["left", "right"])
    #expect(try await red(comp, "flat", 0) == 0.25)
    #expect(try await red(comp, "flat", 1) == 0.75)
    #expect(try await red(comp, "add", 0) == 0.25)
    #expect(try await red(comp, "add", 1) == 1.25)
  }

  @Test func oneViewShowsAnother() async throws {
    let comp = try comp(
      perView
        + #", "right": { "type": "OneView", "source": "flat", "view": "right" }, "first": { "type": "OneView", "source": "flat" }"#
    )
    for view in 0...1 {
      #expect(try await red(comp, "right", view) == 0.75)
      #expect(try await red(comp, "first", view) == 0.25)
    }
  }

  @Test func joinViewsGivesEachItsOwn() async throws {
    let comp = try comp(
      """
      "a": { "type": "Constant", "color": 0.125 }, "b": { "type": "Constant", "color": 0.5 },
      "both": { "type": "JoinViews", "inputs": ["a", "b"] },
      "swapped": { "type": "JoinViews", "inputs": ["right", "left"] },
      "left": { "type": "OneView", "source": "both", "view": "left" },
      "right": { "type": "OneView", "source": "both", "view": "right" }
      """)
    #expect(try await red(comp, "both", 0) == 0.125)
    #expect(try await red(comp, "both", 1) == 0.5)
    #expect(try await red(comp, "swapped", 0) == 0.5)
    #expect(try await red(comp, "swapped", 1) == 0.125)
  }

  /// What the nodes themselves refuse.
  @Test(arguments: [
    (#""x": { "type": "OneView", "source": "flat", "view": "centre" }"#, "it has left, right"),
    (#""x": { "type": "JoinViews", "inputs": ["flat"] }"#, "1 inputs for 2 views"),
  ])
  func wrongViewsAreErrors(_ node: String, _ message: String) async throws {
    let comp = try comp(perView + ", " + node)
    let errors = await Pictures.renderer.dryRun(comp)
    #expect(errors.findings.contains { $0.error.message.contains(message) }, "\(errors)")
  }

  /// What is wrong with values for views.
  @Test(arguments: [
    (#"{ "views": { "left": 1 } }"#, "no value for view 'right'"),
    (#"{ "views": { "left": 1, "right": 2, "centre": 3 } }"#, "centre"),
    (
      #"{ "views": { "left": { "views": { "left": 1, "right": 1 } }, "right": 2 } }"#,
      "cannot be inside"
    ),
    (#"{ "views": { "left": 1, "right": 2 }, "expr": "1" }"#, "expr"),
    (#"{ "views": [1, 2] }"#, "a value for each view"),
    (#"{ "views": { "left": "one", "right": 2 } }"#, "nodes.flat.color.views.left"),
  ])
  func wrongValuesAreErrors(_ value: String, _ message: String) {
    let text = """
      { "bipack": 1, "views": ["left", "right"],
        "nodes": { "flat": { "type": "Constant", "color": \(value) } } }
      """
    let result = Comp.check(text: text, name: "g.json", registry: .standard)
    #expect(result.comp == nil)
    let texts = result.errors.map { "\($0.path) \($0.text)" }
    #expect(texts.contains { $0.contains(message) }, "\(texts)")
  }

  @Test(arguments: [
    #"[]"#, #""left""#, #"["left", "left"]"#, #"["left eye"]"#, #"["left", 2]"#,
  ])
  func wrongListsAreErrors(_ views: String) {
    let text = #"{ "bipack": 1, "views": \#(views), "nodes": { "c": { "type": "ColorBars" } } }"#
    let result = Comp.check(text: text, name: "g.json", registry: .standard)
    #expect(result.errors.count == 1 && result.errors[0].path.hasPrefix("views"))
  }

  @Test func valuesForViewsNeedViews() {
    for color in [#"{ "views": { "left": 1 } }"#] {
      let text =
        #"{ "bipack": 1, "nodes": { "flat": { "type": "Constant", "color": \#(color) } } }"#
      let result = Comp.check(text: text, name: "g.json", registry: .standard)
      #expect(result.errors.contains { $0.message.contains("the document has no views") })
    }
    let text = #"{ "bipack": 1, "nodes": { "w": { "type": "Read", "path": "${view}.exr" } } }"#
    let result = Comp.check(text: text, name: "g.json", registry: .standard)
    #expect(result.errors.contains { $0.message.contains("the document has no views") })
  }
}
