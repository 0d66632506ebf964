import BipackIO
import BipackPixels
import Foundation
import Testing

@Suite("EXR files with several parts") struct EXRPartsTests {
  private static let channels: [Channel] = [
    "R", "G", "B", "A", "depth.Z", "right.R", "right.G", "right.B", "right.A", "depth.right.Z",
  ]
  private static let views = ["left", "right"]

  private func written(
    _ split: WriteOptions.Split, compression: WriteOptions.Compression = .zip,
    tile: SubImage.TileSize? = nil, bands: Int = 1
  ) throws -> (image: Image, path: String, pad: Scratchpad) {
    let pad = Scratchpad()
    var image = testImage(channels: Self.channels)
    // Of the left view's depth the standard says `depth.left.Z`.
    image.spec.metadata["multiView"] = .strings(Self.views)
    var options = WriteOptions()
    options.compression = compression
    options.type = .float
    options.tile = tile
    options.record = "a record"
    options.parts = WriteOptions.split(image.channels, split, views: Self.views)
    let path = pad.file("parts.exr")
    let writer = try #require(try ImageFile.beginWrite(path, spec: image.spec, options: options))
    let window = writer.window
    for band in 0..<bands {
      let (from, to) = (window.height * band / bands, window.height * (band + 1) / bands)
      try writer.append(image, rows: window.y0 + from..<window.y0 + to, loops: .dispatch)
    }
    try writer.finish()
    return (image, path, pad)
  }

  @Test(arguments: [WriteOptions.Compression.none, .rle, .zips, .zip, .piz, .dwab])
  func everyPixelComesBack(compression: WriteOptions.Compression) throws {
    for tile in [nil, SubImage.TileSize(width: 32, height: 48)] {
      for split in [WriteOptions.Split.views, .layers] {
        let (image, path, pad) = try written(split, compression: compression, tile: tile)
        defer { withExtendedLifetime(pad) {} }
        let back = try ImageFile.read(path, pool: pool)
        #expect(back.image.dataWindow == image.dataWindow)
        #expect(back.source.views == Self.views)
        for channel in Self.channels {
          let stored: Channel = channel == "depth.Z" ? "depth.left.Z" : channel
          if compression == .dwab {
            #expect(back.image.spec.has(stored))
          } else {
            #expect(back.image.all(stored) == image.all(channel), "\(channel)")
          }
        }
      }
    }
  }

  /// Long names become short ones, but never so that one channel hides another.
  @Test func aLongNameBesideItsShortOneStays() throws {
    let pad = Scratchpad()
    let image = testImage(channels: ["R", "red", "green", "id.alpha", "id.A"])
    var options = WriteOptions()
    options.type = .float
    let path = pad.file("both.exr")
    try ImageFile.write(image, to: path, options: options)
    let back = try ImageFile.read(path, pool: pool).image
    #expect(Set(back.channels) == ["R", "red", "G", "id.A", "id.alpha"])
    for (there, written) in [("R", "R"), ("red", "red"), ("G", "green"), ("id.alpha", "id.alpha")] {
      #expect(back.all(Channel(there)) == image.all(Channel(written)), "\(there)")
    }
  }

  private func bytes(_ path: String) throws -> [UInt8] {
    [UInt8](try Data(contentsOf: URL(fileURLWithPath: path)))
  }

  @Test func partsAreNamedAsTheStandardWantsThem() throws {
    let (_, byView, pad) = try written(.views)
    let views = try ImageFile.info(byView)
    #expect(views.map(\.name) == ["left", "right"])
    #expect(views.map(\.view) == ["left", "right"])
    #expect(
      views.map { $0.spec.channels.map(\.name) }.allSatisfy {
        $0 == ["R", "G", "B", "A", "depth.Z"]
      })
    let (_, byLayer, other) = try written(.layers)
    let layers = try ImageFile.info(byLayer)
    #expect(layers.map(\.name) == ["rgba.left", "depth.left", "rgba.right", "depth.right"])
    #expect(layers.map(\.view) == ["left", "left", "right", "right"])
    withExtendedLifetime((pad, other)) {}
  }

  @Test func bandsGiveTheSameBytes() throws {
    let (_, whole, a) = try written(.layers, compression: .zip)
    let (_, cut, b) = try written(.layers, compression: .zip, bands: 7)
    #expect(try bytes(whole) == bytes(cut))
    withExtendedLifetime((a, b)) {}
  }

  @Test func theRecordIsSealedAndFound() throws {
    let (_, path, pad) = try written(.layers)
    guard case .record(let text) = WrittenRecord(path: path) else {
      Issue.record("no record")
      return
    }
    #expect(text == "a record")
    // Another byte in the header of the second part, and the seal does not fit.
    var bytes = try bytes(path)
    let place = try #require(bytes.firstRange(of: Array("rgba.right".utf8)))
    bytes[place.lowerBound] = UInt8(ascii: "q")
    pad.make("parts.exr", bytes)
    guard case .changed = WrittenRecord(path: path) else {
      Issue.record("the change was not noticed")
      return
    }
  }

  @Test func twoPartsOfOneNameAreRefused() throws {
    let pad = Scratchpad()
    var options = WriteOptions()
    options.parts = [
      .init(name: "a", channels: [.init("R", as: "R")]),
      .init(name: "a", channels: [.init("G", as: "G")]),
    ]
    #expect(throws: ImageFileError.self) {
      try ImageFile.write(testImage(), to: pad.file("a.exr"), options: options)
    }
  }
}
