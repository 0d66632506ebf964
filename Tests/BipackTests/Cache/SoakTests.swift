import Foundation
import Testing

/// The short form of `Scripts/soak`: eight processes on one cache, some of them killed, entries
/// damaged meanwhile, and no wrong picture.
@Suite struct SoakTests {
  @Test func processesShareACacheAndDie() throws {
    let child = try Child(
      "/usr/bin/env",
      ["python3", Package.root.appendingPathComponent("Scripts/soak.py").path, "60"],
      environment: ["BIPACK": Command.executable.path])
    let status = child.wait()
    let said = child.output
    #expect(status == 0, "\(said)\(child.errors)")
    #expect(said.contains("hits") && !said.contains("WRONG"))
  }
}
