import Foundation
import Testing

/// The executable of `Examples/bipack-halve`: the whole command, with one node more.
@Suite("A command of one's own") struct OwnCommandTests {
  private static let halve =
    Command.executable.deletingLastPathComponent().appendingPathComponent("bipack-halve").path

  private func run(_ arguments: String...) throws -> Child {
    let child = try Child(Self.halve, arguments)
    child.wait()
    return child
  }

  @Test func keepsEverySubcommand() throws {
    let ours = try run("--help")
    let theirs = try Command.run("--help")
    #expect(ours.wait() == 0 && ours.output == theirs.output)
  }

  @Test func knowsItsNode() throws {
    let scratch = try Scratch()
    let file = try scratch.write(
      """
      { "bipack": 1, "format": { "width": 16, "height": 8 },
        "nodes": {
          "flat": { "type": "Constant", "color": 0.5 },
          "half": { "type": "Halve", "source": "flat" },
          "out": { "type": "Write", "source": "half", "path": "out.exr" } } }
      """, "g.json")
    for arguments in [
      ["check", file], ["render", file], ["nodes", "Halve"], ["schema", "Halve"],
    ] {
      let child = try Child(Self.halve, arguments)
      #expect(child.wait() == 0, "\(arguments): \(child.errors)")
    }
    #expect(scratch.names.contains("out.exr"))
    #expect(try run("nodes", "Halve").output.contains("Halves the light."))
    let plain = try Command.run("check", file)
    #expect(plain.status == 2 && plain.errors.contains("'Halve'"))
  }
}
