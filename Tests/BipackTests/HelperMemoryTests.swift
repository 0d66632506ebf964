import Foundation
import Testing

private let helperProgram = Command.executable.deletingLastPathComponent()
  .appendingPathComponent("bipack-formats").path

/// Pictures that claim to be huge cost the helper program next to nothing either: the headers of DPX, PSD,
/// TIFF, Targa, SGI and BMP are judged before room is made.
@Suite(.serialized, .enabled(if: FileManager.default.isExecutableFile(atPath: helperProgram)))
struct HelperMemoryTests {
  /// The most memory the helper has had while a file was looked at, in bytes.
  private func peak(_ bytes: [UInt8], _ name: String) throws -> (status: Int32, peak: Int) {
    let scratch = try Scratch()
    try Data(bytes).write(to: URL(fileURLWithPath: scratch.path(name)))
    let watch = try scratch.write(
      """
      #!/bin/sh
      "\(helperProgram)" "$@" <&0 &
      while kill -0 $! 2>/dev/null; do
        grep VmHWM /proc/$!/status >> "\(scratch.path("peaks"))" 2>/dev/null
        sleep 0.01
      done
      """, "watch")
    chmod(watch, 0o755)
    let run = try Command.run(
      "info", scratch.path(name), environment: ["BIPACK_FORMATS": watch])
    let text = try String(contentsOfFile: scratch.path("peaks"), encoding: .utf8)
    let peaks = text.split(separator: "\n").compactMap {
      $0.split(whereSeparator: \.isWhitespace).dropFirst().first.flatMap { Int($0) }
    }
    return (run.status, 1024 * (try #require(peaks.max())))
  }

  private static func big(_ v: Int, _ count: Int) -> [UInt8] {
    (0..<count).reversed().map { UInt8(truncatingIfNeeded: v >> (8 * $0)) }
  }
  private static func little(_ v: Int, _ count: Int) -> [UInt8] { big(v, count).reversed() }
  private static func zeros(_ count: Int) -> [UInt8] { [UInt8](repeating: 0, count: count) }

  private static func dpx(_ side: Int) -> [UInt8] {
    var file = Array("SDPX".utf8) + big(2048, 4) + Array("V1.0".utf8) + zeros(2036 + 500)
    func put(_ at: Int, _ bytes: [UInt8]) {
      file.replaceSubrange(at..<at + bytes.count, with: bytes)
    }
    put(768, big(0, 2) + big(1, 2) + big(side, 4) + big(side, 4))
    put(800, [50, 2, 2, 10] + big(1, 2) + big(0, 2) + big(2048, 4))
    return file
  }

  private static func psd(_ side: Int) -> [UInt8] {
    Array("8BPS".utf8) + big(1, 2) + zeros(6) + big(56, 2) + big(side, 4) + big(side, 4)
      + big(32, 2) + big(3, 2) + zeros(12) + big(1, 2) + zeros(100)
  }

  private static func tiff(_ side: Int) -> [UInt8] {
    let entries = [
      (256, 4, side), (257, 4, side), (258, 3, 8), (259, 3, 1), (262, 3, 1), (273, 4, 200),
      (277, 3, 1), (278, 4, side), (279, 4, 100),
    ]
    return Array("II*\0".utf8) + little(8, 4) + little(entries.count, 2)
      + entries.flatMap { little($0.0, 2) + little($0.1, 2) + little(1, 4) + little($0.2, 4) }
      + zeros(300)
  }

  static let claims: [(name: String, bytes: [UInt8])] = [
    ("a.dpx", dpx(32_768)), ("b.psd", psd(30_000)), ("c.tif", tiff(46_000)),
    (
      "d.tga",
      [0, 0, 2] + zeros(9) + little(46_000, 2) + little(46_000, 2) + [32, 8] + zeros(50)
    ),
    (
      "e.sgi",
      big(474, 2) + [0, 1] + big(3, 2) + big(23_000, 2) + big(23_000, 2) + big(4, 2)
        + zeros(4) + big(255, 4) + zeros(500)
    ),
    (
      "f.bmp",
      Array("BM".utf8) + little(200, 4) + zeros(4) + little(54, 4) + little(40, 4)
        + little(40_000, 4) + little(40_000, 4) + little(1, 2) + little(24, 2) + zeros(24)
        + zeros(100)
    ),
  ]

  @Test func hugeClaimsCostNothing() throws {
    let plain = try peak(Self.dpx(8), "plain.dpx")
    #expect(plain.status == 0)
    for (name, bytes) in Self.claims {
      let (status, peak) = try peak(bytes, name)
      #expect(status == 3, "\(name)")
      #expect(peak <= plain.peak + (64 << 20), "\(name): \(peak >> 20) MB of \(plain.peak >> 20)")
    }
  }
}
