import Testing

@testable import BipackGraph

@Suite struct BadDocumentTests {
  @Test(arguments: badDocuments.indices)
  func saysExactlyThis(_ index: Int) {
    let bad = badDocuments[index]
    let result = check(
      bad.text, LoadOptions(overrides: bad.sets, variables: bad.variables))
    #expect(result.diagnostics.map(\.description) == bad.messages, "\(bad.title)")
    #expect((result.comp == nil) == !result.errors.isEmpty)
  }

  @Test func thereAreEnough() {
    #expect(badDocuments.count >= 130)
    #expect(Set(badDocuments.map(\.title)).count == badDocuments.count)
  }
}
