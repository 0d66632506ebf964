import BipackIO
import BipackPixels
import Foundation
import Testing

@Suite struct LeftoverFilesTests {
  /// The number of a process that has ended.
  private func deadProcess() throws -> pid_t {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/bin/true")
    try process.run()
    process.waitUntilExit()
    return process.processIdentifier
  }

  @Test func ofDeadProcessesOnly() throws {
    let pad = Scratchpad()
    let dead = try deadProcess()
    let left = [".a.0001.exr.\(dead).3.part", ".a.png.\(dead).12.part"]
    let kept = [
      ".a.0002.exr.\(getpid()).99.part",  // a living process
      ".a.0003.exr.1.7.part", ".note.part", "a.\(dead).1.part", ".a.\(dead).1.partial",
      ".a.exr.\(dead).part", ".a.exr.\(dead).x.part",
    ]
    for name in left + kept { pad.make(name, [1]) }
    // Locked: its process has our number on another machine.
    let locked = ".b.exr.\(dead).1.part"
    pad.make(locked, [1])
    let file = open(pad.file(locked), O_RDWR)
    defer { close(file) }
    #expect(flock(file, LOCK_EX | LOCK_NB) == 0)
    try ImageFile.write(testImage(), to: pad.file("new.exr"))
    #expect(pad.contents == (kept + [locked, "new.exr"]).sorted())
  }

  /// A file being written is locked until it has its name.
  @Test func writersHoldALock() throws {
    let pad = Scratchpad()
    let file = try AtomicFile(pad.file("a.exr"))
    try file.write([1, 2, 3])
    let other = open(file.temporaryPath, O_RDWR)
    defer { close(other) }
    #expect(flock(other, LOCK_EX | LOCK_NB) != 0)
    try file.commit()
    #expect(flock(other, LOCK_EX | LOCK_NB) == 0)
    #expect(pad.contents == ["a.exr"])
  }
}
