import BipackIO
import BipackPixels
import Foundation
import Testing

/// Files of every format Bipack writes, cut, flipped and lengthened: each is an error or a whole
/// picture. What crashes a reader that is not ours is an error too (`FormatHelper`).
@Suite struct DamagedPictureTests {
  let pad = Scratchpad()

  struct Format: CustomTestStringConvertible {
    var suffix: String
    var compression = WriteOptions.Compression.zip
    var type: SampleType?
    var name: String { "\(compression.rawValue).\(suffix)" }
    var testDescription: String { "\(suffix) \(compression.rawValue)" }
  }

  static let own: [Format] =
    [.none, .rle, .zip, .piz, .pxr24, .b44, .dwaa].map { Format(suffix: "exr", compression: $0) }
    + [
      Format(suffix: "png"), Format(suffix: "png", type: .uint16),
    ]
  static let others: [Format] = [
    "tif", "jpg", "dpx", "hdr", "tga", "bmp", "webp", "gif", "ico", "sgi", "ppm", "rla", "iff",
  ].map { Format(suffix: $0) }
  static let all = own + (hasFormats ? others : [])

  /// Noise that is nowhere black, grey, or the same as its neighbours.
  private static func picture(_ width: Int = 64, _ height: Int = 48) -> Image {
    let spec = ImageSpec(
      format: BipackPixels.Format(width: width, height: height), channels: Channel.rgb)
    var state: UInt32 = 7
    var pixels: [Channel: [Float]] = [:]
    for channel in Channel.rgb {
      pixels[channel] = (0..<width * height).map { _ in
        state = state &* 1_664_525 &+ 1_013_904_223
        return 0.2 + 0.7 * Float(state >> 8) / Float(1 << 24)
      }
    }
    return Image(spec: spec, pool: pool, pixels: pixels)
  }

  private func bytes(_ format: Format) throws -> [UInt8] {
    var options = WriteOptions()
    options.compression = format.compression
    options.type = format.type
    let path = pad.file("whole." + format.name)
    try ImageFile.write(Self.picture(), to: path, options: options)
    return Array(try Data(contentsOf: URL(fileURLWithPath: path)))
  }

  /// The picture, or nil when the file is refused as a damaged one is.
  private func read(_ bytes: [UInt8], _ format: Format) throws -> Image? {
    let path = pad.file("damaged." + format.name)
    pad.make("damaged." + format.name, bytes)
    var image: Image?
    let error = failure { image = try ImageFile.read(path, pool: pool).image }
    if let error {
      let kinds: [ImageFileError.Kind] = [.corrupt, .incomplete, .unsupported, .overLimit]
      #expect(kinds.contains(error.kind), "\(format): \(error)")
    }
    return image
  }

  private func same(_ a: Image, _ b: Image) -> Bool {
    a.channels == b.channels && a.dataWindow == b.dataWindow
      && a.channels.allSatisfy { a.bits($0) == b.bits($0) }
  }

  @Test(arguments: all) func cutFilesAreNeverHalfAPicture(_ format: Format) throws {
    let file = try bytes(format)
    let whole = try #require(try read(file, format))
    for percent in [25, 50, 75, 99] {
      if let image = try read(Array(file[..<(file.count * percent / 100)]), format) {
        #expect(same(image, whole), "\(format) at \(percent) % of \(file.count) bytes")
      }
    }
  }

  @Test(arguments: all) func flippedFilesAreRefusedOrRead(_ format: Format) throws {
    let file = try bytes(format)
    var state: UInt32 = 99
    func dice(_ below: Int) -> Int {
      state = state &* 1_664_525 &+ 1_013_904_223
      return Int(state >> 8) % below
    }
    for round in 0..<8 {
      var damaged = file
      for _ in 0...round % 3 {
        // Half of them in the header.
        let at = dice(round % 2 == 0 ? min(200, file.count) : file.count)
        damaged[at] = [0, 255, 128, 127, 1, UInt8(dice(256))][dice(6)]
      }
      _ = try read(damaged, format)
    }
  }

  @Test(arguments: all) func lengthenedFilesAreRefusedOrWhole(_ format: Format) throws {
    let file = try bytes(format)
    let whole = try #require(try read(file, format))
    if let image = try read(file + (0..<1000).map { UInt8($0 & 255) }, format) {
      #expect(same(image, whole), "\(format)")
    }
  }
}
