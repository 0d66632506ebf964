import Foundation
import Testing

/// Headers are judged before what they ask for is allocated: a small file never costs more than
/// 64 MB over a plain start.
@Suite struct HeaderMemoryTests {
  private struct Outcome {
    var peak = 0
    var seconds = 0.0
    var status: Int32 = 0
    var text = ""
  }

  /// Renders a graph that reads the file: its peak resident bytes are in its closing statistics.
  private func render(_ bytes: [UInt8], _ name: String, size: Int? = nil) throws -> Outcome {
    let scratch = try Scratch()
    try Data(bytes).write(to: URL(fileURLWithPath: scratch.path(name)))
    if let size { #expect(truncate(scratch.path(name), off_t(size)) == 0) }
    let graph = try scratch.write(
      """
      { "bipack": 1, "nodes": {
        "plate": { "type": "Read", "path": "\(name)" },
        "out": { "type": "Write", "source": "plate", "path": "out.exr" } } }
      """, "g.json")
    let start = Date()
    let run = try Command.run("render", graph, "--events", "--stats", "-F", "1")
    var outcome = Outcome(seconds: Date().timeIntervalSince(start), status: run.status)
    outcome.text = run.output + run.errors
    for line in run.output.split(separator: "\n") {
      let event = try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any]
      if let peak = event?["peakResidentBytes"] as? Int { outcome.peak = peak }
    }
    #expect(outcome.peak > 0, "\(outcome.text)")
    return outcome
  }

  private static func big(_ v: Int) -> [UInt8] {
    [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: v >> $0) }
  }
  private static func little(_ v: Int) -> [UInt8] { big(v).reversed() }

  private static func chunk(_ name: String, _ data: [UInt8]) -> [UInt8] {
    let body = Array(name.utf8) + data
    var c: UInt32 = 0xffff_ffff
    for byte in body {
      c ^= UInt32(byte)
      for _ in 0..<8 { c = c & 1 != 0 ? 0xedb8_8320 ^ (c >> 1) : c >> 1 }
    }
    return big(data.count) + body + big(Int(c ^ 0xffff_ffff))
  }

  private static func png(_ width: Int, _ height: Int, extra: [UInt8] = []) -> [UInt8] {
    [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]
      + chunk("IHDR", big(width) + big(height) + [8, 6, 0, 0, 0]) + extra
      + chunk("IDAT", [0x78, 0x01, 1, 0, 0, 0xff, 0xff, 0, 0, 0, 1]) + chunk("IEND", [])
  }

  /// A text of 7 MB of spaces in some bytes: one literal, then copies of 258 (bit by bit, since no
  /// deflate writer is at hand).
  private static func inflating(_ bytes: Int) -> [UInt8] {
    var out: [UInt8] = [0x78, 0x01]
    var (word, filled) = (0, 0)
    func bit(_ b: Int) {
      word |= b << filled
      filled += 1
      if filled == 8 {
        out.append(UInt8(word))
        (word, filled) = (0, 0)
      }
    }
    func code(_ value: Int, _ length: Int) {
      for i in stride(from: length - 1, through: 0, by: -1) { bit(value >> i & 1) }
    }
    bit(1)
    bit(1)
    bit(0)  // last block, fixed codes
    code(0x30 + 32, 8)
    let copies = bytes / 258
    for _ in 0..<copies {
      code(0b1100_0101, 8)  // length 258
      code(0, 5)  // distance 1
    }
    code(0, 7)
    while filled != 0 { bit(0) }
    let count = 1 + copies * 258
    var (a, b) = (1, 0)
    for _ in 0..<count {
      a = (a + 32) % 65521
      b = (b + a) % 65521
    }
    return out + big(b << 16 | a)
  }

  private func expectSmall(
    _ result: Outcome, _ words: String
  ) throws {
    let plain = try render(Self.png(1, 1), "plain.png")
    #expect(
      result.peak - plain.peak < 64 << 20, "\(result.peak >> 20) MB, plain \(plain.peak >> 20)")
    #expect(result.status == 3, "\(result.text)")
    #expect(result.text.contains(words), "\(result.text)")
  }

  @Test func hugePNG() throws {
    for (width, height) in [(1 << 30, 1), (1, 1 << 30), (1 << 20, 1 << 20)] {
      let result = try render(Self.png(width, height), "huge.png")
      try expectSmall(result, "the limit is")
    }
  }

  @Test func textsOfPNG() throws {
    let text = Self.chunk("zTXt", Array("Comment".utf8) + [0, 0] + Self.inflating(7_000_000))
    let texts = (0..<100).flatMap { _ in text }
    let result = try render(Self.png(1, 1, extra: texts), "texts.png")
    try expectSmall(result, "--max-image-header")
    #expect(result.seconds < 5)
  }

  // MARK: EXR

  private static func attribute(_ name: String, _ type: String, _ value: [UInt8], size: Int? = nil)
    -> [UInt8]
  {
    Array(name.utf8) + [0] + Array(type.utf8) + [0] + little(size ?? value.count) + value
  }

  private static func exr(_ extra: [UInt8], window: (Int, Int) = (0, 0), tile: Int? = nil)
    -> [UInt8]
  {
    let box = little(0) + little(0) + little(window.0) + little(window.1)
    let one: [UInt8] = [0, 0, 128, 63]
    return [0x76, 0x2f, 0x31, 0x01] + little(tile == nil ? 2 : 0x202)
      + attribute(
        "channels", "chlist",
        Array("A".utf8) + [0] + little(1) + [0, 0, 0, 0] + little(1) + little(1) + [0])
      + attribute("compression", "compression", [0]) + attribute("dataWindow", "box2i", box)
      + attribute("displayWindow", "box2i", box) + attribute("lineOrder", "lineOrder", [0])
      + attribute("pixelAspectRatio", "float", one)
      + attribute("screenWindowCenter", "v2f", [UInt8](repeating: 0, count: 8))
      + attribute("screenWindowWidth", "float", one)
      + (tile.map { attribute("tiles", "tiledesc", little($0) + little($0) + [0]) } ?? []) + extra
  }

  /// A sparse file whose text really is as long as it says.
  @Test func hugeAttributesOfEXR() throws {
    let size = 2_000_000_000
    for type in ["string", "stringvector", "floatvector", "iccProfile", "preview"] {
      let bytes = Self.exr(Self.attribute("a", type, [], size: size))
      try expectSmall(try render(bytes, "a.exr", size: size + 2000), "--max-image-header")
    }
    let channels: [UInt8] =
      [0x76, 0x2f, 0x31, 0x01] + Self.little(2)
      + Self.attribute("channels", "chlist", [], size: size)
    try expectSmall(try render(channels, "c.exr", size: size + 2000), "--max-image-channels")
  }

  @Test func manyAttributesOfEXR() throws {
    let many = (0..<20_000).flatMap { Self.attribute("n\($0)", "int", [0, 0, 0, 0]) }
    try expectSmall(try render(Self.exr(many + [0]), "m.exr"), "attributes")
  }

  @Test func tableOfEXR() throws {
    let bytes = Self.exr([0], window: (16_383, 16_383), tile: 1)
    try expectSmall(try render(bytes, "t.exr", size: 3_000_000_000), "chunks")
  }
}
