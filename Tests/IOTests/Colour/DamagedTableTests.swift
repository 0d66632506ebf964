import BipackIO
import Foundation
import Testing

@testable import BipackIO

/// LUT and CDL files of every ending, valid, then cut, changed and lengthened: each is read or refused,
/// soon, and nothing falls.
@Suite("damaged tables") struct DamagedTableTests {
  private static let cube = """
    LUT_3D_SIZE 2
    0 0 0
    1 0 0
    0 1 0
    1 1 0
    0 0 1
    1 0 1
    0 1 1
    1 1 1
    """
  private static let sop = """
    <SOPNode><Slope>1.1 1 0.9</Slope><Offset>0.1 0 0</Offset><Power>1 1.2 1</Power></SOPNode>\
    <SatNode><Saturation>0.8</Saturation></SatNode>
    """
  private static let clf = """
    <?xml version="1.0" encoding="UTF-8"?>
    <ProcessList id="a" compCLFversion="3"><Matrix inBitDepth="32f" outBitDepth="32f">
    <Array dim="3 3">1 0 0 0 1 0 0 0 1</Array></Matrix>
    <LUT1D inBitDepth="32f" outBitDepth="32f"><Array dim="3 1">0 0.4 1</Array></LUT1D></ProcessList>
    """

  /// One small file of each ending. Those that are not meant to be read whatever is in them hold a
  /// table of another format: OpenColorIO tries every reader.
  static let files: [(ending: String, text: String)] = [
    ("cube", cube), ("cube", "LUT_1D_SIZE 3\n0 0 0\n0.4 0.5 0.6\n1 1 1\n"),
    ("spi1d", "Version 1\nFrom 0 1\nLength 3\nComponents 1\n{\n0\n0.4\n1\n}\n"),
    (
      "spi3d",
      "SPILUT 1.0\n3 3\n2 2 2\n"
        + (0..<8).map { "\($0 >> 2) \($0 >> 1 & 1) \($0 & 1) 0.\($0) 0.5 1\n" }.joined()
    ),
    ("spimtx", "1 0 0 0\n0 1 0 0\n0 0 1 6553\n"),
    ("csp", "CSPLUTV100\n1D\n\nBEGIN METADATA\nx\nEND METADATA\n\n" + preLUT + "2\n0 0 0\n1 1 1\n"),
    ("csp", "CSPLUTV100\n3D\n\n" + preLUT + "2 2 2\n" + cube.dropFirst(14)),
    ("3dl", "0 512 1023\n" + (0..<27).map { "\($0 * 150) \($0 * 100) 4095\n" }.joined()),
    (
      "vf",
      "#Inventor V2.1 ascii\ngrid_size 2 2 2\nglobal_transform 1 0 0 0 0 1 0 0 0 0 1 0 0 0 0 1\ndata\n"
        + cube.dropFirst(14)
    ),
    ("m3d", "channel 3d\nin 8\nout 256\nformat lut\nvalues red green blue\n" + ints),
    ("itx", cube), ("lut", "LUT: 1 256\n" + (0..<256).map { "\($0)\n" }.joined()),
    ("cub", "# Truelight Cube v2.0\n# width 2 2 2\n# Cube\n" + cube.dropFirst(14) + "\n# end\n"),
    ("cc", "<ColorCorrection id=\"a\">\(sop)</ColorCorrection>"),
    (
      "ccc",
      "<ColorCorrectionCollection xmlns=\"urn:ASC:CDL:v1.2\"><ColorCorrection id=\"a\">\(sop)"
        + "</ColorCorrection></ColorCorrectionCollection>"
    ),
    (
      "cdl",
      "<ColorDecisionList xmlns=\"urn:ASC:CDL:v1.2\"><ColorDecision><ColorCorrection id=\"a\">\(sop)"
        + "</ColorCorrection></ColorDecision></ColorDecisionList>"
    ),
    ("clf", clf), ("ctf", clf),
    ("look", "<look><LUT><size>\"2\"</size><data>\"\(hex)\"</data></LUT></look>"),
    ("1dl", cube), ("hdl", cube), ("mga", "channel 3d\nin 8\nout 256\nformat lut\n" + ints),
    ("icc", cube), ("icm", cube), ("amf", clf), ("txt", cube),
  ]

  private static let preLUT = String(repeating: "2\n0 1\n0 1\n", count: 3) + "\n"
  private static let ints = (0..<8).map { "\($0) \($0 * 30) \($0 * 20) \($0 * 10)\n" }.joined()
  private static let hex = String(repeating: "00000000", count: 24)

  @Test func endings() { #expect(Set(Self.files.map(\.ending)).count >= 22) }

  @Test(arguments: files.indices) func isReadOrRefused(_ index: Int) throws {
    let (ending, text) = Self.files[index]
    let folder = NSTemporaryDirectory() + "bipack-damaged-" + UUID().uuidString
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let config = try ColorConfig.builtIn()
    let clock = ContinuousClock.now
    for (number, bytes) in Self.damaged(Array(text.utf8), seed: UInt64(index) + 1).enumerated() {
      // A new name each time: tables are remembered by path.
      let path = "\(folder)/\(number).\(ending)"
      #expect(FileManager.default.createFile(atPath: path, contents: Data(bytes)))
      do throws(ColorError) {
        let id = ["ccc", "cdl"].contains(ending) ? "0" : nil
        _ = try config.file(path, cccID: id).convert(0.25, 0.5, 0.75)
      } catch {
        #expect(error.description.contains(path))
      }
    }
    #expect(ContinuousClock.now - clock < .seconds(20))
  }

  /// The configuration, too, which is larger: fewer of them.
  @Test func configurationsAreReadOrRefused() throws {
    let folder = NSTemporaryDirectory() + "bipack-damaged-" + UUID().uuidString
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let text = """
      ocio_profile_version: 2
      roles: {default: raw, scene_linear: lin}
      displays:
        sRGB: [!<View> {name: Raw, colorspace: raw}]
      colorspaces:
        - !<ColorSpace> {name: raw, isdata: true}
        - !<ColorSpace>
          name: lin
          to_scene_reference: !<MatrixTransform> {matrix: [2, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1]}
      """
    for (number, bytes) in Self.damaged(Array(text.utf8), seed: 77).enumerated() {
      let path = "\(folder)/\(number).ocio"
      #expect(FileManager.default.createFile(atPath: path, contents: Data(bytes)))
      do throws(ColorError) {
        let config = try ColorConfig.open(path)
        _ = try config.convert(from: "lin", to: "raw")
      } catch {
        #expect(!error.description.isEmpty)
      }
    }
  }

  /// The whole, cut at four places, with a few bytes changed, and once more behind itself.
  private static func damaged(_ bytes: [UInt8], seed: UInt64) -> [[UInt8]] {
    var state = seed &* 0x9E37_79B9_7F4A_7C15 | 1
    func dice(_ sides: Int) -> Int {
      state ^= state << 13
      state ^= state >> 7
      state ^= state << 17
      return Int(state % UInt64(sides))
    }
    var all = [bytes] + [25, 50, 75, 99].map { Array(bytes.prefix(bytes.count * $0 / 100)) }
    for round in 0..<24 {
      var changed = bytes
      for _ in 0...round % 6 {
        let place = dice(changed.count)
        changed[place] =
          [changed[place] ^ UInt8(1 << dice(8)), UInt8(48 + dice(10)), 32, 10, 45, 255][
            dice(6)]
      }
      all.append(changed)
    }
    return all + [bytes + bytes, bytes + [UInt8](repeating: 57, count: 5000)]
  }
}
