import Bipack
import BipackGraph
import BipackIO
import Foundation
import Testing

@testable import BipackNodes

/// A node that reads a file besides pictures, and two contents of the file, which make different pictures.
struct FileReader: Sendable, CustomStringConvertible {
  let kind: String
  let param: String
  let name: String
  let node: String
  let contents: [String]
  /// How often the file at a path was parsed.
  let count: @Sendable (String) -> Int

  var description: String { kind }

  static func curve(_ end: Double) -> String { "LUT_1D_SIZE 2\n0 0 0\n\(end) 1 1\n" }

  static func correction(_ slope: Double) -> String {
    """
    <ColorCorrection id="a"><SOPNode><Slope>\(slope) 2 2</Slope><Offset>0 0 0</Offset>
    <Power>1 1 1</Power></SOPNode></ColorCorrection>
    """
  }

  static let all = [
    FileReader(
      kind: "LUT", param: "path", name: "f.cube",
      node: #""type": "LUT", "source": "ids", "path": "f.cube""#,
      contents: [curve(1), curve(0.5)], count: { ColorConfig.tables.count(of: $0) }),
    FileReader(
      kind: "CDL", param: "path", name: "f.cc",
      node: #""type": "CDL", "source": "ids", "path": "f.cc""#,
      contents: [correction(2), correction(3)], count: { ColorConfig.tables.count(of: $0) }),
    FileReader(
      kind: "manifest", param: "manifest", name: "f.json",
      node: #""type": "Cryptomatte", "source": "ids", "names": "ball", "manifest": "f.json""#,
      contents: [#"{ "ball": "645d3bc4" }"#, #"{ "ball": "13851a76" }"#],
      count: { CryptomatteManifest.files.count(of: $0) }),
  ]

  var graph: String {
    """
    { "bipack": 1, "format": { "width": 16, "height": 8 }, "frames": [1, 8],
      "nodes": {
        "grey": { "type": "Constant", "color": [0.4, 0.3, 0.2, 1] },
        "ids": { "type": "Shuffle", "source": "grey",
          "mapping": "CryptoObject00.R=1.6324148029733936e+22, CryptoObject00.G=1" },
        "all": { "type": "Shuffle", "source": "ids",
          "mapping": "CryptoObject00.B=0, CryptoObject00.A=0" },
        "x": { \(node.replacingOccurrences(of: "\"ids\"", with: "\"all\"")) },
        "moving": { "type": "Multiply", "source": "x", "value": { "expr": "frame / 8" } },
        "w": { "type": "Write", "source": "moving", "path": "out.####.exr", "channels": "rgba" } } }
    """
  }
}

@Suite("Files that nodes read besides pictures") struct FileInputTests {
  @Test(arguments: FileReader.all)
  func onlyAnotherContentRendersAgain(_ reader: FileReader) throws {
    let scratch = try Scratch()
    let file = try scratch.write(reader.graph, "g.json")
    func run() throws -> (status: Int32, output: String, errors: String) {
      let outcome = try Command.run("render", file, "-F", "1", "--events", "--why")
      return (outcome.status, outcome.output, outcome.errors)
    }
    _ = try scratch.write(reader.contents[0], reader.name)
    let first = try run()
    #expect(first.status == 0 && first.output.contains("not there yet"), "\(first.errors)")
    #expect(try run().output.contains("\"upToDate\""))
    // Written again: another inode, another time, the same bytes.
    _ = try scratch.write(reader.contents[0], reader.name)
    #expect(try run().output.contains("\"upToDate\""))
    _ = try scratch.write(reader.contents[1], reader.name)
    let changed = try run()
    #expect(
      changed.output.contains("nodes.x.\(reader.param).file has other contents"),
      "\(changed.output)\(changed.errors)")
    #expect(try run().output.contains("\"upToDate\""))
  }

  @Test(arguments: FileReader.all)
  func aMissingFileIsSaidWithTheParameterThatNamesIt(_ reader: FileReader) throws {
    let scratch = try Scratch()
    let file = try scratch.write(reader.graph, "g.json")
    for command in ["check", "render"] {
      let outcome = try Command.run(command, file)
      #expect(outcome.status == 3)
      for words in [
        "nodes.x", "the \(reader.kind) file '\(scratch.path(reader.name))' does not exist",
        "'\(reader.param)' names '\(reader.name)'", "the folder of the document",
      ] {
        #expect(outcome.errors.contains(words), "\(outcome.errors)")
      }
    }
  }

  @Test(arguments: FileReader.all)
  func aFileIsParsedOnceForEightFrames(_ reader: FileReader) async throws {
    let scratch = try Scratch()
    let folder = scratch.url.path
    let path = try scratch.write(reader.contents[0], reader.name)
    let result = Comp.check(
      text: reader.graph, directory: folder, registry: Registry(Catalog.nodes))
    let comp = try #require(result.comp, "\(result.diagnostics)")
    let renderer = Renderer()
    for frame in 1...8 { _ = try await renderer.image(comp, "moving", frame: Double(frame)) }
    #expect(reader.count(path) == 1)
    let before = try await renderer.image(comp, "moving", frame: 8)
    _ = try scratch.write(reader.contents[1], reader.name)
    let after = try await renderer.image(comp, "moving", frame: 8)
    #expect(reader.count(path) == 1)
    #expect(
      Channel.rgba.contains { before.value($0, x: 3, y: 3) != after.value($0, x: 3, y: 3) })
    #expect(scratch.names.contains(reader.name))
  }
}
