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
    for page in ["Docs/format.md", "README.md"] {
      for block in try blocks("json", page) where block.contains("\"bipack\"") {
        let result = Comp.check(text: block, name: page, registry: .standard)
        #expect(result.diagnostics == [], "\(page)")
      }
    }
  }

  @Test func graphsAreValidAndFormatted() throws {
    let graphs = Package.files("Graphs", ".json")
    #expect(!graphs.isEmpty)
    for path in graphs {
      let text = try Package.text(path)
      #expect(try JSONFormatter.format(text, name: path) == text, "run 'bipack fmt \(path)'")
      let result = Comp.check(Package.root.appendingPathComponent(path).path, registry: .standard)
      #expect(result.diagnostics == [], "\(path)")
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
