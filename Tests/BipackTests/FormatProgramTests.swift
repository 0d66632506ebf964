import Foundation
import Testing

/// The program that reads and writes other formats, seen from the command line.
@Suite struct FormatProgramTests {
  @Test func aMissingProgramIsNamedWithTheRemedy() throws {
    let pad = try Scratch()
    let file = try pad.write("no picture", "x.jpg")
    let result = try Command.run("info", file, environment: ["BIPACK_FORMATS": "/no/such/program"])
    #expect(result.status == 3)
    #expect(result.errors.contains("BIPACK_FORMATS names /no/such/program, which is no program"))
    #expect(result.errors.contains("build the product bipack-formats"))
  }
}
