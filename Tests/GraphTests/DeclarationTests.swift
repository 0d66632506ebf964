import BipackPixels
import Testing

@testable import BipackGraph

private func hash(_ node: some Node) -> String {
  var hasher = StableHasher()
  node.hash(into: &hasher)
  return hasher.finalize().description
}

@Suite struct DeclarationTests {
  @Test func readsWrappersInOrder() {
    let soften = NodeDeclaration.of(Soften.self)
    #expect(soften.problems == [])
    #expect(soften.inputs.map(\.name) == ["source"])
    #expect(soften.params.map(\.name) == ["size", "passes", "filter"])
    #expect(soften.param("size")?.unit == .pixels)
    #expect(soften.param("filter")?.kind == .choice(["box", "gaussian", "triangle"]))
    #expect(soften.param("size")?.defaultValue == .array([.number(1), .number(1)]))
    #expect(soften === NodeDeclaration.of(Soften.self))
    #expect(soften.isMaskable)
    #expect(!NodeDeclaration.of(Plate.self).isMaskable)
    #expect(!NodeDeclaration.of(Stats.self).isMaskable)
    #expect(NodeDeclaration.of(Stats.self).values.map(\.name) == ["mean", "luma"])
  }

  /// Parameters of groups stand among the node's own, in their places, whatever the depth.
  @Test func groupsAreParametersOfTheNode() throws {
    let declaration = NodeDeclaration.of(Shaded.self)
    #expect(declaration.problems == [])
    #expect(declaration.params.map(\.name) == ["before", "tone", "depth", "near", "after"])
    #expect(declaration.param("depth")?.defaultValue == .number(7))
    #expect(declaration.conditions.flatMap(\.params) == ["near"])
    let made = try #require(
      declaration.make(values: [nil, .number(0.25), nil, .number(4)]) as? Shaded)
    #expect(made.shade.tone == 0.25 && made.shade.fog.depth == 7 && made.shade.fog.near == 4)
    #expect(declaration.make(values: [nil, nil, nil, .string("far")]) == nil)
    var own = Shaded()
    (own.shade.tone, own.shade.fog.near) = (0.25, 4)
    #expect(hash(own) == hash(made) && hash(own) != hash(Shaded()))
    #expect(NodeDeclaration.changed(own).map(\.name) == ["tone", "near"])
    #expect(NodeDeclaration.value("near", of: own) == .number(4))
    #expect(declaration.bound(own, inputs: 1).shade.fog.near == 4)
  }

  @Test func groupsAreReachedByKeyPath() throws {
    var builder = CompBuilder(format: Format(width: 8, height: 8))
    let plate = builder.add(Plate())
    builder.add(Shaded(), from: plate) { node in
      node.animate(\.shade.fog.$near, [Keyframe(1, 2), Keyframe(3, 4)])
    }
    let comp = try builder.comp()
    #expect(try comp.node("shaded", 2, as: Shaded.self).shade.fog.near == 3)
  }

  private struct Fog: ParamGroup {
    @Param("How deep.") var depth = 1.0
    @Param("Where it begins.") var near = 1.0
    static let conditions: [ParamCondition] = [.only("near", with: "depth")]
  }

  private struct Shade: ParamGroup {
    @Param("How dark.") var tone = 0.5
    @Params var fog = Fog()
    static var deep: Self {
      var shade = Self()
      shade.fog.depth = 7
      return shade
    }
  }

  private struct Shaded: PointNode {
    static let abstract = "Shades a picture."
    static let category = "Test"
    @Param("Stands before the group.") var before = 1.0
    @Input("The picture.") var source
    @Params var shade = Shade.deep
    @Param("Stands after the group.") var after = 2.0
    func program(_ context: NodeContext) throws(NodeError) -> PointProgram { PointProgram() }
  }

  @Test func decodesThroughTheCompilersInit() throws {
    let made = NodeDeclaration.of(Soften.self).make(values: [
      .array([.number(3), .number(4)]), nil, .string("box"),
    ])
    let soften = try #require(made as? Soften)
    #expect(soften.size == Vec2(3, 4))
    #expect(soften.passes == 1)
    #expect(soften.filter == .box)
    #expect(NodeDeclaration.of(Soften.self).make(values: [.string("wide")]) == nil)
  }

  @Test func assignsSlots() throws {
    let over = try #require(NodeDeclaration.of(Over.self).make(values: []) as? Over)
    #expect([over.a.slot, over.b.slot, over.matte.slot] == [0, 1, 2])
    let pick = try #require(NodeDeclaration.of(Pick.self).make(values: [], lists: [3]) as? Pick)
    #expect(pick.inputs.slots == 0..<3)
    #expect(NodeDeclaration.of(Over.self).bound(Over(), inputs: 2).b.slot == 1)
    #expect(NodeDeclaration.of(Pick.self).bound(Pick(), inputs: 4).inputs.slots == 0..<4)
  }

  @Test func nodeMadeInCodeHashesAsDecoded() throws {
    var grade = Grade()
    grade.gain = 2
    let decoded = try #require(
      NodeDeclaration.of(Grade.self).make(values: [.number(2)]) as? Grade)
    #expect(grade.gain == decoded.gain)
    #expect(hash(grade) == hash(decoded))
    #expect(hash(Grade()) != hash(decoded))
  }

  @Test func expansionBindsSlots() throws {
    var expansion = Expansion()
    _ = expansion.add(Over(), [.input(0), .input(1)])
    let over = try #require(expansion.parts[0].operator as? Over)
    #expect(over.b.slot == 1)
  }

  @Test func namesWhatIsWrongWithADeclaration() {
    #expect(
      NodeDeclaration.of(Badly.self).problems == [
        "badly made.source: the help is a sentence ending with a period",
        "badly made.Amount: a name is lowerCamelCase",
        "badly made.Amount: the default 2 is outside 0 to 1",
        "badly made.mix: the name is reserved",
        "badly made.loose: a stored property of a node is @Param, @Params, @Input or @Inputs",
        "badly made.depth: named by a condition, but not declared",
        "badly made.height: named by a condition, but not declared",
        "badly made: a type's name is letters and digits and begins with a capital",
        "badly made: the abstract is a sentence ending with a period",
        "badly made: the category is empty",
      ])
  }
}
