import Bipack
import Foundation
import Testing

/// Where somebody looks for a node: its file in the folder of its family, and its tests in the folder
/// of the same name, in a file of its own or with its brothers. (`ExampleTests` asks for its example.)
@Suite("Trees of the nodes") struct TreeTests {
  private static let root = URL(fileURLWithPath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

  /// The Swift files under a folder of the project.
  private static func files(_ folder: String) -> [URL] {
    let all = FileManager.default.enumerator(
      at: root.appendingPathComponent(folder), includingPropertiesForKeys: nil)
    return (all?.compactMap { $0 as? URL } ?? []).filter { $0.pathExtension == "swift" }
  }

  private static let sources = files("Sources/BipackNodes")

  private static func family(_ file: URL) -> String {
    file.deletingLastPathComponent().lastPathComponent
  }

  /// The words of every family's tests.
  private static let words: [String: Set<Substring>] = Dictionary(
    grouping: files("Tests/NodesTests"), by: family
  ).mapValues { files in
    Set(
      files.flatMap { file in
        ((try? String(contentsOf: file, encoding: .utf8)) ?? "")
          .split { !($0.isLetter || $0.isNumber || $0 == "_") }
      })
  }

  @Test(arguments: Catalog.nodes.map { String(describing: $0) })
  func aNodeAndItsTestsAreInFoldersOfOneName(_ type: String) throws {
    let own = Self.sources.filter { $0.lastPathComponent == type + ".swift" }
    #expect(own.count == 1, "Sources/BipackNodes has \(own.count) files of the name \(type).swift")
    let family = try Self.family(#require(own.first))
    let isTested = Self.words[family]?.contains(Substring(type)) == true
    #expect(isTested, "no test in Tests/NodesTests/\(family) speaks of \(type)")
  }
}
