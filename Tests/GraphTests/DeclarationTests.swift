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
    let over = try #require(expansion.parts[0].node as? Over)
    #expect(over.b.slot == 1)
  }

  @Test func namesWhatIsWrongWithADeclaration() {
    #expect(
      NodeDeclaration.of(Badly.self).problems == [
        "badly made.source: the help is a sentence ending with a period",
        "badly made.Amount: a name is lowerCamelCase",
        "badly made.Amount: the default 2 is outside 0 to 1",
        "badly made.mix: the name is reserved",
        "badly made.loose: a stored property of a node is @Param, @Input or @Inputs",
        "badly made.depth: named by a condition, but not declared",
        "badly made.height: named by a condition, but not declared",
        "badly made: a type's name is letters and digits and begins with a capital",
        "badly made: the abstract is a sentence ending with a period",
        "badly made: the category is empty",
      ])
  }
}
