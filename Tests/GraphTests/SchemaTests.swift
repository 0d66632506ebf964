import Testing

@testable import BipackGraph

@Suite struct SchemaTests {
  private func schema() throws -> JSONValue {
    let text = Schema.document(registry)
    let (value, errors) = JSONParser.parse(
      SourceText(file: "schema", bytes: Array(text.utf8)), limits: .trusted)
    #expect(errors.isEmpty)
    return try #require(value)
  }

  @Test func describesEveryNode() throws {
    let schema = try schema()
    let defs = try #require(schema["$defs"])
    for name in registry.names {
      #expect(defs["node." + name] != nil, "\(name)")
    }
    let grade = try #require(defs["node.Grade"])
    #expect(grade["required"]?.array?.compactMap(\.string) == ["source"])
    let gamma = grade["properties"]?["gamma"]
    #expect(gamma?["anyOf"]?.array?[0]["exclusiveMinimum"]?.number == 0)
    #expect(gamma?["default"]?.number == 1)
    #expect(grade["properties"]?["mask"] != nil)
    #expect(defs["node.Plate"]?["properties"]?["mask"] == nil)
    let size = defs["node.Soften"]?["properties"]?["size"]
    #expect(size?["description"]?.string == "Radius; larger is softer. (pixels)")
  }

  @Test func everyReferenceLeadsSomewhere() throws {
    let schema = try schema()
    let defs = Set(schema["$defs"]?.object?.map(\.name) ?? [])
    var rest = [schema]
    var count = 0
    while let value = rest.popLast() {
      rest += value.array ?? []
      for member in value.object ?? [] {
        if member.name == "$ref", let text = member.value.string {
          count += 1
          #expect(defs.contains(String(text.dropFirst("#/$defs/".count))), "\(text)")
        }
        rest.append(member.value)
      }
    }
    #expect(count > 50)
  }

  @Test func describesOneType() {
    let text = Schema.description(NodeDeclaration.of(Soften.self))
    #expect(text.contains("\"type\": \"Soften\""))
    #expect(text.contains("\"choices\": [\"box\", \"gaussian\", \"triangle\"]"))
    #expect(text.contains("\"unit\": \"pixels\""))
  }
}
