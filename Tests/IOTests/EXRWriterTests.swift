import BipackIO
import BipackPixels
import Foundation
import Testing

/// A picture with every kind of value, odd sizes, windows off the origin and layers.
func testImage(
  _ window: Rect = Rect(x: -7, y: 3, width: 205, height: 77),
  channels: [Channel] = ["R", "G", "B", "A", "depth.Z"]
) -> Image {
  var spec = ImageSpec(
    format: Format(window: Rect(x: 0, y: 0, width: 200, height: 80), pixelAspect: 2),
    dataWindow: window, channels: channels)
  spec.metadata["owner"] = .string("tests")
  spec.metadata["frames"] = .int(-3)
  spec.metadata["framesPerSecond"] = .rational(24000, 1001)
  spec.metadata["timeCode"] = .timeCode(0x0102_0304, 5)
  spec.metadata["chromaticities"] = .floats(
    [0.64, 0.33, 0.3, 0.6, 0.15, 0.06, 0.3127, 0.329]
      .map { Double(Float($0)) })
  spec.metadata["worldToCamera"] = .floats((0..<16).map { Double($0) })
  spec.metadata["center"] = .floats([1.5, -2])
  spec.metadata["list"] = .strings(["a", "", "bc"])
  spec.metadata["someProgramsOwn"] = .opaque(type: "tangle", bytes: [1, 0, 255])
  spec.metadata["aNameThatIsLongerThanThirtyOneCharacters"] = .float(0.1)
  var pixels: [Channel: [Float]] = [:]
  var state: UInt32 = 1
  for (c, channel) in channels.enumerated() {
    pixels[channel] = (0..<window.area).map { i in
      state = state &* 1_664_525 &+ 1_013_904_223
      let noise = Float(state >> 8) / Float(1 << 24)
      let x = Float(i % max(1, window.width))
      return (x * 0.01 + noise * 0.02 - 0.1) * Float(c + 1)
    }
  }
  return Image(spec: spec, pool: pool, pixels: pixels)
}

@Suite struct EXRWriting {
  @Test(arguments: WriteOptions.Compression.allCases, [SampleType.half, .float, .uint32])
  func roundTrip(compression: WriteOptions.Compression, type: SampleType) throws {
    let pad = Scratchpad()
    let image = testImage()
    for tile in [nil, SubImage.TileSize(width: 32, height: 48)] {
      var options = WriteOptions()
      options.compression = compression
      options.type = type
      options.tile = tile
      let path = pad.file("a.exr")
      try ImageFile.write(image, to: path, options: options)
      let back = try ImageFile.read(path, pool: pool)
      #expect(back.image.spec.format == image.spec.format)
      #expect(back.image.dataWindow == image.dataWindow)
      #expect(back.image.channels == image.channels)
      #expect(back.image.spec.metadata == image.spec.metadata)
      #expect(back.source.compression == compression.rawValue)
      #expect(back.source.tile == tile)
      #expect(back.source.types["G"] == type)
      for channel in image.channels {
        let want = image.all(channel).map { value -> Float in
          switch type {
          case .half: Float(Float16(value))
          case .uint32: value > 0 ? (value + 0.5).rounded(.down) : 0
          default: value
          }
        }
        let got = back.image.all(channel)
        switch (compression, type) {
        case (.b44, .half), (.b44a, .half):
          #expect(difference(got, want) < 0.2)
        case (.dwaa, .half), (.dwab, .half), (.dwaa, .float), (.dwab, .float):
          #expect(difference(got, want) < (channel.isAlpha ? 0.03 : 0.25))
        case (.pxr24, .float):
          #expect(zip(got, want).allSatisfy { abs($0 - $1) <= abs($1) * 0x1p-15 })
        default:
          #expect(got == want, "\(compression) \(type) \(channel)")
        }
      }
      #expect(pad.contents == ["a.exr"])
    }
  }

  @Test func bytesDoNotDependOnThreadsOrTime() throws {
    let pad = Scratchpad()
    let image = testImage()
    for compression in WriteOptions.Compression.allCases {
      var options = WriteOptions()
      options.compression = compression
      try ImageFile.write(image, to: pad.file("a.exr"), options: options)
      try ImageFile.write(
        image, to: pad.file("b.exr"), options: options, loops: .serial)
      let a = try Data(contentsOf: URL(fileURLWithPath: pad.file("a.exr")))
      let b = try Data(contentsOf: URL(fileURLWithPath: pad.file("b.exr")))
      #expect(a == b)
    }
  }

  @Test func levelsTradeSizeForTime() throws {
    let pad = Scratchpad()
    var sizes: [Int] = []
    for level: Float in [1, 4, 9] {
      var options = WriteOptions()
      options.level = level
      try ImageFile.write(testImage(), to: pad.file("a.exr"), options: options)
      sizes.append(try FileStamp(path: pad.file("a.exr")).size)
    }
    #expect(sizes[0] >= sizes[1] && sizes[1] >= sizes[2])
  }

  @Test func halfBoundaries() throws {
    let pad = Scratchpad()
    let values: [Float] = [
      65503, 65504, 65505, 65519.996, 65520, 65536, -65520, 1e30, -1e30, .infinity, -.infinity,
      .nan, 0, -0.0, 0x1p-24, 0x1p-25, 0x1.8p-25, -0x1p-14, 0x1.ffcp-15, 0x1.ffep-15, 1.00048828125,
      1.00146484375, 2049, 2051, Float.leastNonzeroMagnitude,
    ]
    let spec = ImageSpec(format: Format(width: values.count, height: 1), channels: ["R"])
    let image = Image(spec: spec, pool: pool, pixels: ["R": values])
    for policy in WriteOptions.HalfOverflow.allCases {
      var options = WriteOptions()
      options.halfOverflow = policy
      try ImageFile.write(image, to: pad.file("a.exr"), options: options)
      let got = try ImageFile.read(pad.file("a.exr"), pool: pool).image.all("R")
      for (value, result) in zip(values, got) {
        var want = Float(Float16(value))
        if policy == .clamp, value.isFinite, want.isInfinite { want = value < 0 ? -65504 : 65504 }
        if value.isNaN {
          #expect(result.isNaN)
        } else {
          #expect(result.bitPattern == want.bitPattern, "\(value) \(policy)")
        }
      }
    }
  }

  @Test func everyHalfSurvives() throws {
    let pad = Scratchpad()
    let values = (0..<65536).map { i -> Float in
      // Float16 to Float by the language quietens signalling NaNs; build the bits by hand.
      let h = UInt32(i)
      if h & 0x7c00 == 0x7c00 {
        return Float(bitPattern: (h & 0x8000) << 16 | 0x7f80_0000 | (h & 0x3ff) << 13)
      }
      return Float(Float16(bitPattern: UInt16(h)))
    }
    let spec = ImageSpec(format: Format(width: 256, height: 256), channels: ["R"])
    let image = Image(spec: spec, pool: pool, pixels: ["R": values])
    try ImageFile.write(image, to: pad.file("a.exr"))
    #expect(
      try ImageFile.read(pad.file("a.exr"), pool: pool).image.bits("R") == values.map(\.bitPattern))
  }

  @Test func windowsChannelsAndTypes() throws {
    let pad = Scratchpad()
    let image = testImage()
    var options = WriteOptions()
    options.channels = ["depth.Z", "G"]
    options.types = ["depth.Z": .float]
    options.dataWindow = Rect(x: -20, y: -5, width: 40, height: 20)
    try ImageFile.write(image, to: pad.file("sub/folder/a.exr"), options: options)
    let back = try ImageFile.read(pad.file("sub/folder/a.exr"), pool: pool)
    #expect(Set(back.image.channels) == ["depth.Z", "G"])
    #expect(back.source.types == ["depth.Z": .float, "G": .half])
    #expect(back.image.dataWindow == options.dataWindow)
    #expect(back.image.value("depth.Z", x: -8, y: 3) == 0)
    #expect(back.image.value("depth.Z", x: -7, y: 3) == image.value("depth.Z", x: -7, y: 3))
    options.channels = ["nope"]
    #expect(
      failure { try ImageFile.write(image, to: pad.file("b.exr"), options: options) }?.kind
        == .request)
    #expect(pad.contents == ["sub"])
  }

  @Test func emptyAndOnePixel() throws {
    let pad = Scratchpad()
    let empty = Image(spec: ImageSpec(format: Format(width: 10, height: 5), dataWindow: .empty))
    try ImageFile.write(empty, to: pad.file("e.exr"))
    let back = try ImageFile.read(pad.file("e.exr"), pool: pool).image
    #expect(back.dataWindow.area == 1 && back.format.width == 10)
    #expect(back.all("R") == [0])
  }

  @Test func extremeTypesOfMetadata() throws {
    let pad = Scratchpad()
    var spec = ImageSpec(format: Format(width: 2, height: 2), channels: ["R"])
    spec.metadata["double"] = .float(0.1)
    spec.metadata["big"] = .int(1 << 40)
    spec.metadata["key"] = .ints([1, 2, 3, 4, 5, 6, 7])
    spec.metadata["vector"] = .floats([1, 2, 3, 4, 5])
    spec.metadata["matrix"] = .floats((0..<9).map { Double($0) })
    spec.metadata["compression"] = .string("a lie")
    spec.metadata["unicode"] = .string("Straße 🎬")
    let image = Image(spec: spec, pool: pool, pixels: ["R": [1, 2, 3, 4]])
    try ImageFile.write(image, to: pad.file("m.exr"))
    var want = spec.metadata
    want["compression"] = nil
    want["big"] = .string("1099511627776")
    #expect(try ImageFile.read(pad.file("m.exr"), pool: pool).image.spec.metadata == want)
  }
}

@Suite struct Damage {
  /// Cut at many lengths: always an error in words, never a silent picture.
  @Test(arguments: [WriteOptions.Compression.zip, .piz, .none, .dwaa, .rle, .pxr24, .b44])
  func truncation(compression: WriteOptions.Compression) throws {
    let pad = Scratchpad()
    var options = WriteOptions()
    options.compression = compression
    let image = testImage(Rect(width: 61, height: 70), channels: ["R", "G"])
    for tiled in [false, true] {
      options.tile = tiled ? SubImage.TileSize(width: 16, height: 16) : nil
      try ImageFile.write(image, to: pad.file("a.exr"), options: options)
      let whole = try Data(contentsOf: URL(fileURLWithPath: pad.file("a.exr")))
      var cuts = Array(stride(from: 0, to: whole.count, by: max(1, whole.count / 200)))
      cuts += [whole.count - 1, 1, 3, 4, 7, 8]
      for cut in cuts {
        try whole.prefix(cut).write(to: URL(fileURLWithPath: pad.file("c.exr")))
        let error = failure { _ = try ImageFile.read(pad.file("c.exr"), pool: pool) }
        #expect(error != nil, "\(compression) cut at \(cut)")
      }
    }
  }

  /// Bytes changed anywhere: an answer or an error, in finite time, and no crash.
  @Test(arguments: WriteOptions.Compression.allCases)
  func mutation(compression: WriteOptions.Compression) throws {
    let pad = Scratchpad()
    var options = WriteOptions()
    options.compression = compression
    let image = testImage(Rect(width: 61, height: 70), channels: ["R", "G"])
    var state: UInt64 = 0x1234_5678_9abc_def1 &+ UInt64(compression.rawValue.utf8.count)
    func random(_ n: Int) -> Int {
      state ^= state << 13
      state ^= state >> 7
      state ^= state << 17
      return Int(state % UInt64(n))
    }
    for tiled in [false, true] {
      options.tile = tiled ? SubImage.TileSize(width: 16, height: 16) : nil
      try ImageFile.write(image, to: pad.file("a.exr"), options: options)
      let whole = [UInt8](try Data(contentsOf: URL(fileURLWithPath: pad.file("a.exr"))))
      for round in 0..<150 {
        var bytes = whole
        // Half the rounds hit the header, where sizes and types live.
        let reach = round % 2 == 0 ? min(700, bytes.count) : bytes.count
        for _ in 0...random(4) { bytes[random(reach)] = UInt8(random(256)) }
        try Data(bytes).write(to: URL(fileURLWithPath: pad.file("c.exr")))
        _ = failure { _ = try ImageFile.read(pad.file("c.exr"), pool: pool) }
      }
    }
  }

  @Test func limitsAreNamed() throws {
    let pad = Scratchpad()
    try ImageFile.write(testImage(), to: pad.file("a.exr"))
    let changes: [(String, (inout ImageLimits) -> Void)] = [
      ("--max-image-axis", { $0.axis = 204 }), ("--max-image-pixels", { $0.pixels = 205 * 77 - 1 }),
      ("--max-image-channels", { $0.channels = 4 }),
      ("--max-image-header", { $0.headerBytes = 64 }),
      ("--max-image-parts", { $0.parts = 0 }),
      (
        "--max-image-ratio",
        {
          $0.ratio = 0
          $0.ratioAbove = 0
        }
      ),
    ]
    for (flag, change) in changes {
      var options = ReadOptions()
      change(&options.limits)
      let error = failure {
        _ = try ImageFile.read(pad.file("a.exr"), options: options, pool: pool)
      }
      #expect(error?.kind == .overLimit)
      #expect(error?.suggestion?.contains(flag) == true)
    }
    var exact = ReadOptions()
    exact.limits.axis = 205
    exact.limits.pixels = 205 * 77
    exact.limits.channels = 5
    exact.limits.parts = 1
    _ = try ImageFile.read(pad.file("a.exr"), options: exact, pool: pool)
  }

  @Test func missingAndForbidden() throws {
    let pad = Scratchpad()
    #expect(failure { _ = try ImageFile.read(pad.file("no.exr"), pool: pool) }?.kind == .missing)
    #expect(failure { _ = try ImageFile.read(pad.path, pool: pool) }?.kind == .missing)
    #expect(failure { _ = try ImageFile.read("", pool: pool) }?.kind == .request)
    try Data().write(to: URL(fileURLWithPath: pad.file("empty.exr")))
    #expect(
      failure { _ = try ImageFile.read(pad.file("empty.exr"), pool: pool) }?.kind == .incomplete)
  }
}

@Suite(.serialized) struct AtomicWriting {
  /// A full disk, as the system shows it: the file size limit, met at many places. The limit is the
  /// whole process's, so it lies above what the tests at work beside this one write.
  @Test func fullDisk() throws {
    let pad = Scratchpad()
    let path = pad.file("a.exr")
    try Data("previous".utf8).write(to: URL(fileURLWithPath: path))
    signal(SIGXFSZ, SIG_IGN)
    var old = rlimit()
    getrlimit(.init(RLIMIT_FSIZE.rawValue), &old)
    defer { setrlimit(.init(RLIMIT_FSIZE.rawValue), &old) }
    let image = testImage(Rect(x: 3, y: 5, width: 2000, height: 1600), channels: ["R", "G"])
    var options = WriteOptions()
    options.type = .float
    options.compression = .none
    let least: rlim_t = 8 << 20
    for limit in [least, least + 1, least + 4096, 12_000_000, 20_000_001, 25_600_000] {
      var small = rlimit(rlim_cur: limit, rlim_max: old.rlim_max)
      setrlimit(.init(RLIMIT_FSIZE.rawValue), &small)
      let error = failure { try ImageFile.write(image, to: path, options: options) }
      setrlimit(.init(RLIMIT_FSIZE.rawValue), &old)
      #expect(error?.kind == .storage, "\(limit)")
      #expect(pad.contents == ["a.exr"], "no leftovers")
      #expect(try String(contentsOfFile: path, encoding: .utf8) == "previous")
    }
    try ImageFile.write(image, to: path, options: options)
    #expect(pad.contents == ["a.exr"])
  }

  @Test func droppedFilesVanish() throws {
    let pad = Scratchpad()
    do {
      let file = try AtomicFile(pad.file("x"))
      try file.write([1, 2, 3])
      #expect(pad.contents.count == 1)
      #expect(pad.contents[0].hasPrefix(".x.") && pad.contents[0].hasSuffix(".part"))
    }
    #expect(pad.contents == [])
  }

  @Test func oddNames() throws {
    let pad = Scratchpad()
    let long = String(repeating: "n", count: 251) + ".exr"
    for name in [
      "a b.exr", "é.exr", "e\u{301}.exr", "100%.exr", "#.exr", "new\nline.exr", long, "🎬.exr",
    ] {
      try ImageFile.write(testImage(Rect(width: 3, height: 2)), to: pad.file(name))
      #expect(pad.contents == [name])
      _ = try ImageFile.read(pad.file(name), pool: pool)
      try FileManager.default.removeItem(atPath: pad.file(name))
    }
    #expect(
      failure { try ImageFile.write(testImage(), to: pad.file("nul\0.exr")) }?.kind == .request)
    #expect(failure { try ImageFile.write(testImage(), to: "/proc/nope/a.exr") } != nil)
    try FileManager.default.createDirectory(
      atPath: pad.file("d.exr"), withIntermediateDirectories: true)
    #expect(failure { try ImageFile.write(testImage(), to: pad.file("d.exr")) } != nil)
  }
}
