import Foundation
import Testing

/// The short form of `Scripts/soak`: eight processes on one cache, some of them killed, entries
/// damaged meanwhile, and no wrong picture.
@Suite struct SoakTests {
  @Test func processesShareACacheAndDie() throws {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = [
      "python3", Package.root.appendingPathComponent("Scripts/soak.py").path, "60",
    ]
    process.environment = ProcessInfo.processInfo.environment.merging(
      ["BIPACK": Command.executable.path]
    ) { $1 }
    process.currentDirectoryURL = Package.root
    let output = Pipe()
    process.standardOutput = output
    try process.run()
    let said = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    process.waitUntilExit()
    #expect(process.terminationStatus == 0, "\(said)")
    #expect(said.contains("hits") && !said.contains("WRONG"))
  }
}
