import Bipack
import Foundation
import Testing

@Suite struct DocumentationTests {
  @Test func nodeReferenceIsCurrent() throws {
    let pages = NodeReference(.standard).pages()
    for page in pages {
      let text = try? Package.text("Docs/nodes/\(page.file)")
      #expect(
        text == page.text,
        "Docs/nodes/\(page.file) is not current: run 'bipack nodes --markdown Docs/nodes'")
    }
    #expect(Package.files("Docs/nodes", ".md").count == pages.count)
  }

  @Test func declarationsHaveNoProblems() {
    #expect(Registry.standard.problems == [])
  }

  @Test func documentsInTheDocsAreValid() throws {
    for page in ["Docs/format.md", "Docs/import.md", "Docs/roto.md", "README.md"] {
      for block in try blocks("json", page) where block.contains("\"bipack\"") {
        let result = Comp.check(text: block, name: page, registry: .standard)
        #expect(result.diagnostics == [], "\(page)")
      }
    }
  }

  /// Every graph and group of the project.
  private static let graphs: [String] = [
    "Graphs", "Docs/graphs", "Benchmarks/Graphs", "Benchmarks/quality", "Tests/Data/Graphs",
  ].flatMap { Package.files($0, ".json") }

  @Test func everyFolderHasGraphs() {
    let folders = Set(Self.graphs.map { $0.split(separator: "/").first ?? "" })
    #expect(folders == ["Graphs", "Docs", "Benchmarks", "Tests"])
  }

  @Test(arguments: graphs) func aGraphIsValidAndFormatted(_ path: String) throws {
    let text = try Package.text(path)
    #expect(try JSONFormatter.format(text, name: path) == text, "run 'bipack fmt \(path)'")
    let result = Comp.check(Package.root.appendingPathComponent(path).path, registry: .standard)
    #expect(result.diagnostics == [])
  }

  @Test(arguments: graphs) func aGraphStaysWithinTheProject(_ path: String) throws {
    let file = Package.root.appendingPathComponent(path)
    let document = try JSONSerialization.jsonObject(with: Data(contentsOf: file))
    for text in texts(document) where text.hasPrefix("/") || text.contains("../") {
      let named = file.deletingLastPathComponent().appendingPathComponent(text).standardized
      let isWithin = !text.hasPrefix("/") && named.path.hasPrefix(Package.root.path + "/")
      #expect(isWithin, "'\(text)' is outside the project")
    }
  }

  private func texts(_ value: Any) -> [String] {
    switch value {
    case let text as String: [text]
    case let list as [Any]: list.flatMap(texts)
    case let members as [String: Any]: members.values.flatMap(texts)
    default: []
    }
  }

  /// The program and the node in the README are those that are compiled here.
  @Test func swiftInTheReadmeIsCompiled() throws {
    let compiled = try ["Tests/BipackTests/Embedding.swift", "Examples/bipack-halve/main.swift"]
      .map(Package.text).joined()
    let blocks = try blocks("swift", "README.md")
    #expect(!blocks.isEmpty)
    for block in blocks where !block.contains(".package(url:") {
      #expect(compiled.contains(block), "no program has\n\(block)")
    }
  }

  /// Fenced blocks of a language in a Markdown page.
  private func blocks(_ language: String, _ page: String) throws -> [String] {
    try Package.text(page).components(separatedBy: "```\(language)\n").dropFirst().map {
      $0.components(separatedBy: "\n```")[0]
    }
  }
}
