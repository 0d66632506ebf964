import Bipack
import BipackGraph
import Testing

/// Every node with a path among its parameters says which file it reads (`Node.filesRead`), so that no
/// render writes over it.
@Suite("Laws of nodes that read files") struct FileLaws {
  static let nodes = Catalog.nodes.map { NodeDeclaration.of($0) }.filter { node in
    !node.isSink && node.params.contains { $0.kind == .file }
  }

  @Test(arguments: nodes.map(\.typeName)) func saysWhichFilesItReads(_ name: String) throws {
    let declaration = try #require(Self.nodes.first { $0.typeName == name })
    for (index, param) in declaration.params.enumerated() where param.kind == .file {
      var values = [ValueData?](repeating: nil, count: declaration.params.count)
      values[index] = .string("shot/given.file")
      let made = try #require(declaration.makeHashed(values: values, lists: []))
      let context = NodeContext(
        frame: 1, frames: 1...1, fps: 24, format: Format(width: 8, height: 8), proxy: 1,
        settings: DocumentSettings(directory: "/show"), inputs: [])
      #expect(try made.node.filesRead(context) == ["/show/shot/given.file"], "\(param.name)")
    }
  }
}
