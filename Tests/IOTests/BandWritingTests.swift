import BipackIO
import BipackPixels
import Foundation
import Testing

/// Pictures written band by band: the bytes are those of the whole picture, wherever it was cut.
@Suite struct BandWriting {
  let pad = Scratchpad()

  private func bytes(_ name: String) throws -> Data {
    try Data(contentsOf: URL(fileURLWithPath: pad.file(name)))
  }

  /// Rows `rows` of a picture and nothing else.
  private func band(_ image: Image, _ rows: Range<Int>) -> Image {
    var band = Image(spec: image.spec, grid: image.grid)
    let window = image.dataWindow
    let tiles = image.grid.tiles(
      covering: Rect(x0: window.x0, y0: rows.lowerBound, x1: window.x1, y1: rows.upperBound)
        .intersection(window))
    for channel in image.channels {
      guard let plane = image[channel] else { continue }
      var part = TiledPlane(grid: image.grid, tiles: plane.tiles)
      for y in tiles.y0..<tiles.y1 {
        for x in tiles.x0..<tiles.x1 { part[x, y] = plane[x, y] }
      }
      band[channel] = part
    }
    return band
  }

  private func writeInBands(
    _ image: Image, _ name: String, _ options: WriteOptions, height: Int
  ) throws {
    let path = pad.file(name)
    let writer = try #require(
      try ImageFile.beginWrite(path, spec: image.spec, options: options))
    while writer.nextRow < writer.window.y1 {
      let rows = writer.nextRow..<min(writer.nextRow + height, writer.window.y1)
      try writer.append(band(image, rows), rows: rows)
    }
    #expect(pad.contents.filter { !$0.hasPrefix(".") } == ["whole." + name.suffix(3)])
    try writer.finish()
  }

  @Test(arguments: WriteOptions.Compression.allCases, [1, 7, 16, 50, 300])
  func exr(compression: WriteOptions.Compression, height: Int) throws {
    let image = testImage(Rect(x: -7, y: -13, width: 205, height: 301))
    for tile in [nil, SubImage.TileSize(width: 64, height: 40)] {
      for window in [nil, Rect(x: -20, y: -30, width: 150, height: 170)] {
        var options = WriteOptions()
        options.compression = compression
        options.tile = tile
        options.dataWindow = window
        options.types = ["depth.Z": .float]
        try ImageFile.write(image, to: pad.file("whole.exr"), options: options)
        try writeInBands(image, "bands.exr", options, height: height)
        #expect(try bytes("whole.exr") == bytes("bands.exr"))
        try FileManager.default.removeItem(atPath: pad.file("bands.exr"))
      }
    }
  }

  @Test(arguments: [SampleType.uint8, .uint16], [1, 33, 64, 400])
  func png(type: SampleType, height: Int) throws {
    // Wider than the data window, so that some rows have no picture; several bands.
    var image = testImage(Rect(x: 5, y: 7, width: 2300, height: 201), channels: Channel.rgba)
    image.spec.format = Format(width: 2400, height: 320)
    for level: Float in [0, 1, 2, 5] {
      var options = WriteOptions()
      options.type = type
      options.level = level
      try ImageFile.write(image, to: pad.file("whole.png"), options: options)
      try writeInBands(image, "bands.png", options, height: height)
      #expect(try bytes("whole.png") == bytes("bands.png"))
      try FileManager.default.removeItem(atPath: pad.file("bands.png"))
    }
  }

  @Test func droppedAndFailed() throws {
    let image = testImage()
    do {
      let writer = try #require(try ImageFile.beginWrite(pad.file("a.exr"), spec: image.spec))
      try writer.append(image, rows: 3..<20)
      #expect(pad.contents.count == 1)
      #expect(failure { try writer.append(image, rows: 21..<30) }?.kind == .request)
      #expect(failure { try writer.append(image, rows: 20..<81) }?.kind == .request)
      #expect(failure { try writer.finish() }?.kind == .request)
      #expect(writer.nextRow == 20)
    }
    #expect(pad.contents == [])
    let writer = try #require(try ImageFile.beginWrite(pad.file("a.exr"), spec: image.spec))
    writer.cancel()
    #expect(pad.contents == [])
    #expect(failure { try writer.append(image, rows: 3..<20) }?.kind == .request)
  }

  @Test func otherFormatsNeedThePictureWhole() throws {
    let image = testImage()
    #expect(try ImageFile.beginWrite(pad.file("a.jpg"), spec: image.spec) == nil)
    #expect(pad.contents == [])
  }
}
