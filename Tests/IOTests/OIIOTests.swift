import BipackIO
import BipackPixels
import Foundation
import Testing

/// Whether the helper runs here: it is built beside the tests unless the trait is off.
let hasFormats: Bool = {
  let pad = Scratchpad()
  pad.make("x", Array("not an image".utf8))
  let error = failure { _ = try ImageFile.info(pad.file("x")) }
  if error?.kind == .library { print("IOTests: \(error?.description ?? "")") }
  return error?.kind != .library
}()

@Suite(.enabled(if: hasFormats)) struct OtherFormats {
  let pad = Scratchpad()

  func picture(_ channels: [Channel]) -> Image {
    let spec = ImageSpec(format: Format(width: 150, height: 40), channels: channels)
    var pixels: [Channel: [Float]] = [:]
    for (c, channel) in channels.enumerated() {
      pixels[channel] = (0..<6000).map { i in
        let (x, y) = (Float(i % 150) / 149, Float(i / 150) / 39)
        return channel == .alpha ? y : c == 0 ? x : c == 1 ? y : (x + y) / 2
      }
    }
    return Image(spec: spec, pool: pool, pixels: pixels)
  }

  static let cases: [(String, SampleType?, Int, Float)] = [
    ("tif", nil, 4, 1 / 509.0), ("tif", .uint16, 4, 1 / 131_000.0),
    ("tif", .float, 4, 0), ("dpx", nil, 3, 1 / 1023.0), ("dpx", .uint16, 3, 1 / 131_000.0),
    ("hdr", nil, 3, 0.008), ("tga", nil, 4, 1 / 509.0), ("jpg", nil, 3, 0.06),
    ("bmp", nil, 3, 1 / 509.0),
  ]

  @Test(arguments: cases) func roundTrip(
    suffix: String, type: SampleType?, channels: Int, tolerance: Float
  ) throws {
    let image = picture(channels == 4 ? Channel.rgba : Channel.rgb)
    var options = WriteOptions()
    options.type = type
    options.isUnassociated = true
    let path = pad.file("a." + suffix)
    try ImageFile.write(image, to: path, options: options)
    let first = try Data(contentsOf: URL(fileURLWithPath: path))
    let back = try ImageFile.read(path, pool: pool)
    #expect(back.image.channels == image.channels)
    #expect(back.image.format.window == image.format.window)
    for channel in image.channels {
      #expect(
        difference(back.image.all(channel), image.all(channel)) <= tolerance, "\(suffix) \(channel)"
      )
    }
    if channels == 4 { #expect(back.isUnassociated) }
    #expect(back.isCoded == !(suffix == "hdr" || type == .half || type == .float))
    Thread.sleep(forTimeInterval: 1.1)
    try ImageFile.write(image, to: path, options: options)
    #expect(try Data(contentsOf: URL(fileURLWithPath: path)) == first, "\(suffix) is reproducible")
    #expect(pad.contents == ["a." + suffix])
  }

  @Test func refusals() throws {
    let image = picture(Channel.rgb)
    for name in ["a.xyz", "a", "a.psd", "a.cin"] {
      #expect(
        failure { try ImageFile.write(image, to: pad.file(name)) }?.kind == .request, "\(name)")
    }
    var options = WriteOptions()
    options.type = .float
    #expect(
      failure { try ImageFile.write(image, to: pad.file("a.jpg"), options: options) }?.kind
        == .request)
    pad.make("junk.jpg", [UInt8](repeating: 7, count: 999))
    #expect(failure { _ = try ImageFile.read(pad.file("junk.jpg"), pool: pool) } != nil)
    #expect(pad.contents == ["junk.jpg"])
    try ImageFile.write(image, to: pad.file("b.tif"))
    var read = ReadOptions()
    read.selection = .index(1)
    #expect(
      failure { _ = try ImageFile.read(pad.file("b.tif"), options: read, pool: pool) }?.kind
        == .request)
    read = ReadOptions()
    read.limits.axis = 100
    #expect(
      failure { _ = try ImageFile.read(pad.file("b.tif"), options: read, pool: pool) }?.kind
        == .overLimit)
  }

  @Test func aRegionFillsItsTilesOnly() throws {
    let image = picture(Channel.rgba)
    try ImageFile.write(image, to: pad.file("r.tif"))
    let small = BlockPool(grid: TileGrid(log2Size: 4))
    var options = ReadOptions()
    options.region = Rect(x0: 35, y0: 10, x1: 60, y1: 20)
    let read = try ImageFile.read(pad.file("r.tif"), options: options, pool: small)
    let whole = try ImageFile.read(pad.file("r.tif"), pool: small)
    for channel in Channel.rgba {
      #expect(
        read.image.pixels(channel, in: Rect(x0: 35, y0: 10, x1: 60, y1: 20), pool: small)
          == whole.image.pixels(channel, in: Rect(x0: 35, y0: 10, x1: 60, y1: 20), pool: small))
    }
    #expect(read.image.bytes < whole.image.bytes / 3)
    #expect(read.source.decodingBytes == 150 * 40 * 4)
  }

  @Test(.enabled(if: Plates.isHere)) func plates() throws {
    let jpeg = try ImageFile.read(
      (Plates.root ?? "") + "/keying/01_two_people_green.jpg", pool: pool)
    #expect(jpeg.image.format.window == Rect(width: 500, height: 375))
    #expect(jpeg.isCoded && !jpeg.isUnassociated)
    #expect(jpeg.source.types["R"] == .uint8)
    let hdr = try ImageFile.read((Plates.root ?? "") + "/hdr/parliament.hdr", pool: pool)
    #expect(hdr.image.format.window == Rect(width: 144, height: 220))
    #expect(!hdr.isCoded)
    #expect(hdr.image.all("R").max() ?? 0 > 1)
  }
}
