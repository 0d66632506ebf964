import BipackIO
import BipackPixels
import Testing

/// What the samples of a file are, where OpenImageIO does not tell.
@Suite(.enabled(if: hasFormats)) struct DeliveredChannelsTests {
  let pad = Scratchpad()

  /// What eight bits are, as they are read.
  private static func level(_ byte: Float) -> Float { byte * (1 / 255) }

  private func little(_ value: Int, _ count: Int) -> [UInt8] {
    (0..<count).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) }
  }

  /// One pixel of 8 bits.
  private func tiff(_ pixel: [UInt8], extra: Int?, isWide: Bool = false) -> [UInt8] {
    var entries = [
      (256, 1), (257, 1), (258, 8), (259, 1), (262, pixel.count < 3 ? 1 : 2), (273, 400),
      (277, pixel.count), (278, 1), (279, pixel.count), (284, 1),
    ]
    if let extra { entries.append((338, extra)) }
    var file =
      isWide
      ? Array("II".utf8) + little(43, 2) + little(8, 2) + little(0, 2) + little(16, 8)
      : Array("II".utf8) + little(42, 2) + little(8, 4)
    file += little(entries.count, isWide ? 8 : 2)
    for (tag, value) in entries {
      file += little(tag, 2) + little(3, 2) + little(1, isWide ? 8 : 4)
      file += little(value, isWide ? 8 : 4)
    }
    file += [UInt8](repeating: 0, count: 400 - file.count)
    return file + pixel
  }

  private func read(_ name: String, _ bytes: [UInt8]) throws -> ReadImage {
    pad.make(name, bytes)
    let told = try ImageFile.source(pad.file(name))
    let read = try ImageFile.read(pad.file(name), pool: pool)
    #expect(told.spec.channels == read.image.channels)
    #expect(told.isUnassociated == read.isUnassociated)
    return read
  }

  /// A fourth sample of which nothing is said is alpha; colour above it means straight.
  @Test(arguments: [nil, 0] as [Int?], [false, true])
  func aTIFFThatDoesNotSayIsJudgedByItsPixels(_ extra: Int?, _ isWide: Bool) throws {
    let name = "\(extra ?? -1)\(isWide).tif"
    let straight = try read("s" + name, tiff([255, 128, 0, 51], extra: extra, isWide: isWide))
    #expect(straight.image.channels == Channel.rgba)
    #expect(straight.image.all(.alpha) == [Self.level(51)])
    #expect(straight.isUnassociated)
    let multiplied = try read("m" + name, tiff([51, 20, 0, 51], extra: extra, isWide: isWide))
    #expect(!multiplied.isUnassociated)
  }

  @Test func aTIFFThatSaysIsBelieved() throws {
    let bright: [UInt8] = [255, 128, 0, 51]
    #expect(try !read("1.tif", tiff(bright, extra: 1)).isUnassociated)
    #expect(try read("2.tif", tiff([51, 20, 0, 51], extra: 2)).isUnassociated)
    #expect(try !read("w.tif", tiff(bright, extra: 1, isWide: true)).isUnassociated)
  }

  /// Directories that lead nowhere or in a circle are an error or nothing, never a crash.
  @Test(arguments: [0, 7, 398, 1 << 31, (1 << 32) - 1])
  func aTIFFWithoutADirectoryIsAnError(_ place: Int) {
    var bytes = tiff([255, 128, 0, 51], extra: 0)
    bytes.replaceSubrange(4..<8, with: little(place, 4))
    pad.make("d.tif", bytes)
    #expect(throws: ImageFileError.self) { try ImageFile.source(pad.file("d.tif")) }
  }

  @Test func greyWithAlphaIsGreyWithAlpha() throws {
    // Grey of 8 bits and an alpha of 8: twice, with the alpha straight.
    let tga: [UInt8] =
      [0, 0, 3] + [UInt8](repeating: 0, count: 9) + [2, 0, 1, 0, 16, 0x28] + [255, 51, 102, 255]
    let read = try read("g.tga", tga)
    #expect(read.image.channels == Channel.rgba)
    for channel in Channel.rgb { #expect(read.image.all(channel) == [1, Self.level(102)]) }
    #expect(read.image.all(.alpha) == [Self.level(51), 1])
    #expect(read.isUnassociated)
    let tiff = try self.read("g.tif", tiff([255, 51], extra: 2))
    #expect(tiff.image.channels == Channel.rgba)
    #expect(tiff.image.all(.green) == [1])
    #expect(tiff.isUnassociated)
  }
}
