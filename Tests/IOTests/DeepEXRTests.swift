import BipackIO
import BipackPixels
import Foundation
import Testing

@Suite("Deep EXR") struct DeepEXRTests {
  private static let window = Rect(x: -7, y: 3, width: 205, height: 77)

  /// None to five samples a pixel, whole lines and a corner without, every kind of number.
  private func make(_ window: Rect = window, pool: BlockPool = pool) -> DeepImage {
    var spec = ImageSpec(
      format: Format(window: Rect(width: 200, height: 90), pixelAspect: 2), dataWindow: window,
      channels: Channel.rgba + [.z, .zBack, "id", "motion.u"],
      deep: DeepExtent(ids: ["id"], counts: SampleCounts(perPixel: 5, in: window)))
    spec.metadata["owner"] = .string("tests")
    spec.metadata["timeCode"] = .timeCode(0x0102_0304, 5)
    var state: UInt32 = 1
    func next() -> UInt32 {
      state = state &* 1_664_525 &+ 1_013_904_223
      return state >> 8
    }
    return DeepImage(spec: spec, pool: pool) { x, y in
      if y % 11 == 4 || (x > 120 && y > 50) { return [] }
      return (0..<Int(next() % 6)).map { _ in
        var sample: [Channel: Float] = ["id": Float(bitPattern: next() << 8 | 0xff)]
        for channel in spec.channels where channel != "id" {
          sample[channel] = Float(next()) / Float(1 << 20)
        }
        if next() % 50 == 0 { sample[.red] = Float(bitPattern: 0x7fc1_2345) }
        if next() % 50 == 0 { sample[.z] = .infinity }
        return sample
      }
    }
  }

  private func expectSame(
    _ a: DeepImage, _ b: DeepImage, in rect: Rect, _ channels: [Channel]? = nil, _ what: String = ""
  ) {
    var wrong = 0
    for y in rect.y0..<rect.y1 {
      for x in rect.x0..<rect.x1 {
        if a.count(x: x, y: y) != b.count(x: x, y: y) { wrong += 1 }
        for channel in channels ?? a.channels {
          let (one, other) = (a.values(channel, x: x, y: y), b.values(channel, x: x, y: y))
          if one.map(\.bitPattern) != other.map(\.bitPattern) { wrong += 1 }
        }
      }
    }
    #expect(wrong == 0, "\(what)")
  }

  // MARK: Writing

  @Test(arguments: [WriteOptions.Compression.none, .rle, .zips])
  func whatIsWrittenIsReadBackToTheBit(_ compression: WriteOptions.Compression) throws {
    let pad = Scratchpad()
    let image = make()
    var options = WriteOptions()
    options.compression = compression
    let path = pad.file("a.exr")
    try ImageFile.write(image, to: path, options: options)
    for size in [4, 7, 9] {
      let pool = BlockPool(grid: TileGrid(log2Size: size))
      let back = try ImageFile.readDeep(path, pool: pool)
      expectSame(image, back, in: Self.window, nil, "\(size)")
      #expect(back.ids == ["id"])
      #expect(back.spec.format == image.spec.format)
      #expect(back.spec.metadata == image.spec.metadata)
      #expect(back.channels == image.channels)
      #expect(pool.usage.live + pool.usage.scratch == back.bytes)
      #expect(back.bytes <= back.spec.bytes(Self.window, channels: 8, pool.grid))
    }
  }

  @Test func theBytesDoNotDependOnHowTheLinesCame() throws {
    let pad = Scratchpad()
    let image = make()
    var options = WriteOptions()
    options.compression = .zips
    try ImageFile.write(image, to: pad.file("a.exr"), options: options)
    let writer = try #require(
      try ImageFile.beginWrite(pad.file("b.exr"), spec: image.spec, options: options))
    for end in [4, 5, 20, 63, 80] {
      try writer.append(.deep(image), rows: writer.nextRow..<end, loops: .serial)
    }
    try writer.finish()
    let bytes = try ["a.exr", "b.exr"].map {
      try Data(contentsOf: URL(fileURLWithPath: pad.file($0)))
    }
    #expect(bytes[0] == bytes[1])
  }

  @Test func halvesAreRoundedAndDepthsAreNot() throws {
    let pad = Scratchpad()
    let image = make()
    var options = WriteOptions()
    options.compression = .zips
    options.type = .half
    try ImageFile.write(image, to: pad.file("a.exr"), options: options)
    let back = try ImageFile.readDeep(pad.file("a.exr"), pool: pool)
    expectSame(image, back, in: Self.window, [.z, .zBack, "id"])
    let types = try ImageFile.deepSource(pad.file("a.exr")).types
    #expect(types[.red] == .half && types[.z] == .float && types["id"] == .uint32)
    #expect(abs(back.values(.green, x: 0, y: 5)[0] - image.values(.green, x: 0, y: 5)[0]) < 0.01)
  }

  @Test func whatCannotBeWrittenSaysSo() {
    let image = make()
    var options = WriteOptions()
    let path = Scratchpad().file("a.exr")
    func message(_ path: String) -> String {
      failure { try ImageFile.write(image, to: path, options: options) }?.description ?? "none"
    }
    #expect(message(path).contains("cannot be compressed with zip; expected none, rle or zips"))
    options.compression = .zips
    options.channels = [.red, .alpha]
    #expect(message(path).contains("have no depth"))
    #expect(message("a.png").contains(".png files hold no deep pictures"))
  }

  @Test func anEmptyPictureIsAFileOfOnePixel() throws {
    let pad = Scratchpad()
    var options = WriteOptions()
    options.compression = .zips
    let image = make(.empty)
    try ImageFile.write(image, to: pad.file("a.exr"), options: options)
    let back = try ImageFile.readDeep(pad.file("a.exr"), pool: pool)
    #expect(back.dataWindow.area == 1 && back.count(x: 0, y: 0) == 0 && back.bytes == 0)
  }

  // MARK: Reading

  private func write(_ parts: [DeepBytes.Part], _ pad: Scratchpad) -> String {
    pad.make("made.exr", DeepBytes.file(parts))
    return pad.file("made.exr")
  }

  @Test func tilesAndLinesAreReadAlike() throws {
    let pad = Scratchpad()
    let image = make()
    for tile in [nil, (width: 64, height: 32), (width: 500, height: 7)] {
      let path = write([DeepBytes.Part(image: image, tile: tile)], pad)
      expectSame(image, try ImageFile.readDeep(path, pool: pool), in: Self.window)
      var options = ReadOptions()
      options.region = Rect(x0: 40, y0: 30, x1: 90, y1: 41)
      options.channels = [.z, "id"]
      let part = try ImageFile.readDeep(path, options: options, pool: pool)
      expectSame(image, part, in: options.region ?? .empty, [.z, "id"])
      #expect(part.values(.alpha, x: 41, y: 31).allSatisfy { $0 == 0 })
    }
  }

  @Test func partsAreFoundByNameAndNumber() throws {
    let pad = Scratchpad()
    let (first, second) = (make(), make(Rect(x: 10, y: -20, width: 33, height: 8)))
    let path = write(
      [
        DeepBytes.Part(image: first, name: "near"),
        DeepBytes.Part(image: second, name: "far", tile: (16, 16)),
      ], pad)
    var options = ReadOptions()
    expectSame(first, try ImageFile.readDeep(path, pool: pool), in: Self.window)
    options.selection = .name("far")
    expectSame(
      second, try ImageFile.readDeep(path, options: options, pool: pool), in: second.dataWindow)
    options.selection = .index(1)
    #expect(try ImageFile.deepSource(path, options: options).name == "far")
    options.selection = .name("fat")
    let error = failure { _ = try ImageFile.deepSource(path, options: options) }
    #expect(error?.description.contains("no part 'fat'; expected one of 'near', 'far'") == true)
  }

  @Test func howManySamplesThereAreIsKnownBefore() throws {
    let pad = Scratchpad()
    let image = make()
    let lines = try ImageFile.deepSource(write([DeepBytes.Part(image: image)], pad))
    let counts = try #require(lines.spec.deep?.counts)
    for y in [3, 4, 20, 79] {
      let sum = (-7..<198).reduce(0) { $0 + image.count(x: $1, y: y) }
      #expect(counts.most(in: Rect(x0: 0, y0: y, x1: 1, y1: y + 1)) == sum)
    }
  }

  @Test func aFlatFileSaysWhatReadsIt() throws {
    let pad = Scratchpad()
    try ImageFile.write(testImage(), to: pad.file("flat.exr"))
    let error = failure { _ = try ImageFile.deepSource(pad.file("flat.exr")) }
    #expect(error?.description.contains("this is no deep image") == true)
    #expect(error?.suggestion?.contains("Read reads it") == true)
    let deep = failure {
      _ = try ImageFile.read(write([DeepBytes.Part(image: make())], pad), pool: pool)
    }
    #expect(deep?.suggestion == "DeepRead reads it, and DeepToImage makes it flat")
  }

  // MARK: Damage

  @Test func sizesThatLieAreErrors() {
    let pad = Scratchpad()
    let image = make(Rect(x: 0, y: 0, width: 40, height: 5))
    func message(_ change: (inout DeepBytes.Part) -> Void) -> ImageFileError? {
      var part = DeepBytes.Part(image: image)
      change(&part)
      let path = write([part], pad)
      return failure { _ = try ImageFile.readDeep(path, pool: pool) }
    }
    #expect(message { _ in } == nil)
    for lie in [-1, 1 << 62, Int.max, 1 << 40, 1 << 31, 7] {
      for place in 0..<3 {
        let error = message {
          $0.sizes = { sizes in
            var sizes = sizes
            sizes[place] = lie
            return sizes
          }
        }
        #expect(error != nil, "\(place): \(lie)")
        #expect(
          error?.kind == .corrupt || error?.kind == .incomplete,
          "\(place): \(lie): \(String(describing: error))")
      }
    }
    // Sums that fall, that are huge, and that say less than there is.
    let tables: [@Sendable ([UInt32]) -> [UInt32]] = [
      { Array($0.reversed()) }, { $0.map { _ in .max } }, { $0.map { $0 / 2 } },
      { $0.map { $0 &+ 0x8000_0000 } },
    ]
    for table in tables {
      let error = message { $0.table = table }
      #expect(error?.kind == .corrupt, "\(String(describing: error))")
    }
    #expect(pool.usage.peakTotal < 200 << 20)
  }

  @Test func everyCutIsAnError() throws {
    let pad = Scratchpad()
    var options = WriteOptions()
    options.compression = .zips
    try ImageFile.write(
      make(Rect(x: 0, y: 0, width: 50, height: 20)), to: pad.file("a.exr"), options: options)
    let bytes = [UInt8](try Data(contentsOf: URL(fileURLWithPath: pad.file("a.exr"))))
    for cut in stride(from: 0, to: bytes.count, by: max(1, bytes.count / 150)) {
      pad.make("cut.exr", Array(bytes[..<cut]))
      #expect(
        failure { _ = try ImageFile.readDeep(pad.file("cut.exr"), pool: pool) } != nil, "\(cut)")
    }
  }

  @Test func damagedBytesNeverCrash() throws {
    let pad = Scratchpad()
    let own = BlockPool(grid: TileGrid(log2Size: 5))
    var options = WriteOptions()
    let small = make(Rect(x: -3, y: 0, width: 50, height: 20))
    var files: [[UInt8]] = [
      DeepBytes.file([DeepBytes.Part(image: small, tile: (16, 16))]),
      DeepBytes.file([
        DeepBytes.Part(image: small, name: "a"), DeepBytes.Part(image: small, name: "b"),
      ]),
    ]
    for compression in [WriteOptions.Compression.none, .rle, .zips] {
      options.compression = compression
      try ImageFile.write(small, to: pad.file("a.exr"), options: options)
      files.append([UInt8](try Data(contentsOf: URL(fileURLWithPath: pad.file("a.exr")))))
    }
    var state: UInt64 = 88
    func next(_ below: Int) -> Int {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return Int(state >> 33) % below
    }
    var failures = 0
    let rounds = 400
    for file in files {
      for _ in 0..<rounds {
        var bytes = file
        for _ in 0...next(4) {
          // Mostly in the header, the table and the sizes of chunks.
          let at = next(3) == 0 ? next(bytes.count) : next(min(bytes.count, 1200))
          bytes[at] = [0, 255, 127, 128, UInt8(next(256))][next(5)]
        }
        pad.make("bad.exr", bytes)
        var limits = ReadOptions()
        limits.limits = .untrusted
        if failure({ _ = try ImageFile.readDeep(pad.file("bad.exr"), options: limits, pool: own) })
          != nil
        {
          failures += 1
        }
      }
    }
    #expect(failures > rounds)
    #expect(own.usage.live == 0 && own.usage.scratch == 0)
    #expect(own.usage.peakTotal < 600 << 20, "\(own.usage.peakTotal >> 20) MiB")
  }

  // MARK: The files of others

  @Test(.enabled(if: Plates.isHere)) func thePlatesHaveTheSamplesOthersCount() throws {
    let eleven = try ImageFile.readDeep(Plates.exr("deep/11.deep.exr"), pool: pool)
    let trunks = try ImageFile.readDeep(Plates.exr("deep/trunks_lowres.exr"), pool: pool)
    // As OpenImageIO 2.4 says.
    var totals = total(eleven, .alpha)
    #expect(totals.count == 6056 && abs(totals.sum / 6056 - 0.365220) < 1e-6)
    #expect(eleven.values(.z, x: 68, y: 159).min() == 171)
    #expect(eleven.ids == ["id", "particleid"])
    totals = total(trunks, .z)
    #expect(totals.count == 49152 && abs(totals.sum / 49152 - 362.106506) < 1e-3)
    #expect(trunks.dataWindow == Rect(x: 0, y: 141, width: 1024, height: 435))
  }

  private func total(_ image: DeepImage, _ channel: Channel) -> (count: Int, sum: Double) {
    var (count, sum) = (0, 0.0)
    let window = image.dataWindow
    for y in window.y0..<window.y1 {
      for x in window.x0..<window.x1 {
        for value in image.values(channel, x: x, y: y) {
          (count, sum) = (count + 1, sum + Double(value))
        }
      }
    }
    return (count, sum)
  }

  @Test(.enabled(if: Plates.isHere)) func aPlateIsWrittenAsItWasRead() throws {
    let pad = Scratchpad()
    let image = try ImageFile.readDeep(Plates.exr("deep/11.deep.exr"), pool: pool)
    var options = WriteOptions()
    options.compression = .zips
    try ImageFile.write(image, to: pad.file("a.exr"), options: options)
    let back = try ImageFile.readDeep(pad.file("a.exr"), pool: pool)
    expectSame(image, back, in: image.dataWindow)
  }
}
