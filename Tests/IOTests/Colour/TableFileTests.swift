import BipackIO
import BipackPixels
import Foundation
import Testing

@testable import BipackIO

/// LUT, CDL and config files are bounded before OpenColorIO sees them.
@Suite("files of tables") struct TableFileTests {
  private func withFolder(_ body: (String) throws -> Void) throws {
    let folder = NSTemporaryDirectory() + "bipack-tables-" + UUID().uuidString
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: folder) }
    try body(folder)
  }

  /// What is refused before it is read, and a word of why.
  static let refused: [(ending: String, text: String, word: String)] = [
    ("csp", "CSPLUTV100\n3D\nBEGIN METADATA\nforgotten\n", "no END METADATA"),
    ("csp", "\n csplutv100 \n1D\n begin metadata\n\n\n", "no END METADATA"),
    // OpenColorIO tries every reader on every file.
    ("cube", "CSPLUTV100\n3D\nBEGIN METADATA\n0 0 0\n", "no END METADATA"),
    ("csp", "CSPLUTV100\n3D \n2\n0 1\n0 1\n2\n0 1\n0 1\n2\n0 1\n0 1\n99 99 99\n", "claims"),
    ("csp", "CSPLUTV100\n4D\n", "1D or 3D"),
    ("csp", "CSPLUTV100\n1D\n2000000000\n", "claims"),
    ("cube", "LUT_3D_SIZE 129\n0 0 0\n", "claims"),
    ("cube", "TITLE \"x\"\nLUT_1D_SIZE 1000000\n0 0 0\n", "claims"),
    ("cube", "LUT_3D_SIZE 99999999999999999999999999\n", "claims"),
    ("spi1d", "Version 1\nFrom 0 1\nLength 2000000000\nComponents 1\n{\n0\n}\n", "claims"),
    ("spi3d", "SPILUT 1.0\n3 3\n4096 4096 4096\n0 0 0 0 0 0\n", "claims"),
    ("vf", "#Inventor V2.1 ascii\ngrid_size 1000 1000 1000\n", "claims"),
    ("cub", "# Truelight Cube v2.0\n# lutLength 100000000\n", "claims"),
    ("lut", "LUT: 3 65536\n0\n", "claims"),
    ("clf", "<?xml version=\"1.0\"?>\n<ProcessList><LUT3D><Array dim=\"129 129 129 3\">", "claims"),
    ("look", "<?xml version=\"1.0\"?><look><LUT><size>\"900\"</size>", "claims"),
    ("cc", "<!DOCTYPE a [<!ENTITY b \"c\">]><ColorCorrection/>", "document type"),
    ("cube", "LUT_3D_SIZE 2\n0 0 0\n\0\0\0\0", "zero"),
  ]

  @Test(arguments: refused.indices) func refuses(_ index: Int) throws {
    let (ending, text, word) = Self.refused[index]
    try withFolder { folder in
      let path = folder + "/t." + ending
      try text.write(toFile: path, atomically: true, encoding: .utf8)
      #expect(TableFile.refusal(table: path)?.contains(word) == true)
      let error = #expect(throws: ColorError.self) {
        try ColorConfig.builtIn().file(path, cccID: ending == "cc" ? "0" : nil)
      }
      #expect(error?.description.contains(word) == true)
    }
  }

  /// A file of 3 GB without a block on disk.
  @Test(arguments: ["cube", "cc", "clf", "spi1d", "icc", "ocio"])
  func aSparseFileIsRefusedUnread(_ ending: String) throws {
    try withFolder { folder in
      let path = folder + "/sparse." + ending
      _ = FileManager.default.createFile(atPath: path, contents: Data("LUT_3D_SIZE 2\n".utf8))
      #expect(truncate(path, 3 << 30) == 0)
      let clock = ContinuousClock.now
      #expect(throws: ColorError.self) {
        if ending == "ocio" {
          _ = try ColorConfig.open(path)
        } else {
          _ = try ColorConfig.builtIn().file(path)
        }
      }
      #expect(ContinuousClock.now - clock < .seconds(1))
    }
  }

  @Test(arguments: [
    ("a: " + String(repeating: "[", count: 5000), "nested"),
    (String(repeating: "- ", count: 5000), "nested"),
    ((0..<2000).map { String(repeating: " ", count: $0) + "a:\n" }.joined(), "nested"),
    ("ocio_profile_version: 2\nroles: &r\n  a: *r\n", "refers"),
    ("ocio_profile_version: 2\n\0", "zero"),
  ]) func refusesConfigs(_ text: String, _ word: String) throws {
    try withFolder { folder in
      let path = folder + "/c.ocio"
      try text.write(toFile: path, atomically: true, encoding: .utf8)
      let error = #expect(throws: ColorError.self) { try ColorConfig.open(path) }
      #expect(error?.description.contains(word) == true)
    }
  }

  /// The table of a config is looked at too.
  @Test func aTableOfAConfigIsBounded() throws {
    try withFolder { folder in
      try "CSPLUTV100\n3D\nBEGIN METADATA\n".write(
        toFile: folder + "/hang.csp", atomically: true, encoding: .utf8)
      let text = ColorConfig.builtInText
      let space = """

          - !<ColorSpace>
            name: hanging
            to_scene_reference: !<GroupTransform>
              children:
                - !<FileTransform> {src: hang.csp}
        """
      let place = try #require(text.range(of: "\ncolorspaces:"))
      let changed = text.replacingCharacters(in: place.upperBound..<place.upperBound, with: space)
      let path = folder + "/c.ocio"
      try changed.write(toFile: path, atomically: true, encoding: .utf8)
      let config = try ColorConfig.open(path)
      let error = #expect(throws: ColorError.self) {
        try config.convert(from: "hanging", to: config.workingSpace)
      }
      #expect(error?.description.contains("END METADATA") == true)
    }
  }

  /// A call that never ends is left after its time, or when its task is cancelled.
  @Test func aCallThatHangsIsLeft() async {
    #expect(throws: PatientCall.Failure.tookTooLong) {
      try PatientCall.run(seconds: 0.1) { while true { sleep(100) } }
    }
    let task = Task { () -> (PatientCall.Failure?, Duration) in
      let clock = ContinuousClock.now
      do throws(PatientCall.Failure) {
        try PatientCall.run(seconds: 100) { while true { sleep(100) } }
        return (nil, .zero)
      } catch { return (error, ContinuousClock.now - clock) }
    }
    task.cancel()
    let (failure, time) = await task.value
    #expect(failure == .cancelled)
    #expect(time < .seconds(2))
    #expect((try? PatientCall.run(seconds: 10) { 7 }) == 7)
  }
}

/// Tables read at their nearest entries.
@Suite("nearest entries") struct NearestTableTests {
  private func file(_ text: String, _ name: String, _ body: (ColorProcessor) throws -> Void) throws
  {
    let path = NSTemporaryDirectory() + "bipack-" + UUID().uuidString + "." + name
    try text.write(toFile: path, atomically: true, encoding: .utf8)
    defer { try? FileManager.default.removeItem(atPath: path) }
    let config = try ColorConfig.builtIn()
    let nearest = try config.file(path, interpolation: .nearest)
    #expect(try nearest.hash != config.file(path, interpolation: .linear).hash)
    try body(nearest)
  }

  @Test func aCurveGivesItsOwnEntries() throws {
    // The square of 0...1 in 1024 steps.
    let entries = (0..<1024).map { Float($0 * $0) / (1023 * 1023) }
    let text =
      "Version 1\nFrom 0 1\nLength 1024\nComponents 1\n{\n"
      + entries.map { "\($0)\n" }.joined() + "}\n"
    try file(text, "spi1d") { table in
      for (value, at) in [(0.31958, 327), (0.3199, 327), (0.0, 0), (1, 1023), (-3, 0), (7, 1023)] {
        let result = table.convert(Float(value), 0.5, 1)
        #expect(result.0 == entries[at])
        #expect(result.1 == entries[512] && result.2 == 1)
      }
      #expect(table.convert(.nan, 0, 0).0 == 0)
    }
  }

  @Test func aCubeGivesItsOwnEntries() throws {
    var text = "LUT_3D_SIZE 3\n"
    for b in 0..<3 { for g in 0..<3 { for r in 0..<3 { text += "0.\(r) 0.\(g) 0.\(b)\n" } } }
    try file(text, "cube") { table in
      let result = table.convert(0.26, 0.24, 0.9)
      #expect(result == (0.1, 0, 0.2))
    }
  }

  /// What stands before the table stays as it is: here a range of -1...3.
  @Test func whatStandsBeforeStays() throws {
    let text = "Version 1\nFrom -1 3\nLength 5\nComponents 1\n{\n10\n11\n12\n13\n14\n}\n"
    try file(text, "spi1d") { table in
      #expect(table.convert(-0.6, 1.4, 2.6) == (10, 12, 14))
    }
  }

  /// A table that changes nothing where it is read between its entries changes much at the nearest.
  @Test func anIdentityIsNone() throws {
    try file("Version 1\nFrom 0 1\nLength 2\nComponents 1\n{\n0\n1\n}\n", "spi1d") { table in
      #expect(!table.isNoOp)
      #expect(table.convert(0.4, 0.6, 1) == (0, 1, 1))
    }
  }
}
