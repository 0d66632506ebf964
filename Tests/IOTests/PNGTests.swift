import BipackIO
import BipackPixels
import Foundation
import Testing

/// A PNG written by hand: chunks, checksums and stored (uncompressed) deflate blocks, so that
/// libpng is not tested with libpng.
struct HandmadePNG {
  static func crc(_ bytes: [UInt8]) -> UInt32 {
    var c: UInt32 = 0xffff_ffff
    for byte in bytes {
      c ^= UInt32(byte)
      for _ in 0..<8 { c = c & 1 != 0 ? 0xedb8_8320 ^ (c >> 1) : c >> 1 }
    }
    return c ^ 0xffff_ffff
  }

  static func big(_ v: UInt32) -> [UInt8] {
    [UInt8(v >> 24), UInt8(v >> 16 & 255), UInt8(v >> 8 & 255), UInt8(v & 255)]
  }

  static func chunk(_ name: String, _ data: [UInt8]) -> [UInt8] {
    let body = Array(name.utf8) + data
    return big(UInt32(data.count)) + body + big(crc(body))
  }

  static func deflated(_ data: [UInt8]) -> [UInt8] {
    var out: [UInt8] = [0x78, 0x01]
    var at = 0
    repeat {
      let n = min(65535, data.count - at)
      let last: UInt8 = at + n == data.count ? 1 : 0
      out += [last, UInt8(n & 255), UInt8(n >> 8), UInt8(~n & 255), UInt8((~n >> 8) & 255)]
      out += data[at..<at + n]
      at += n
    } while at < data.count
    var (a, b): (UInt32, UInt32) = (1, 0)
    for byte in data {
      a = (a + UInt32(byte)) % 65521
      b = (b + a) % 65521
    }
    return out + big(b << 16 | a)
  }

  /// `sample(x, y, channel)` gives stored values.
  static func make(
    width: Int, height: Int, color: UInt8, bits: Int, interlaced: Bool = false,
    extra: [UInt8] = [], sample: (Int, Int, Int) -> Int
  ) -> [UInt8] {
    let channels = [0: 1, 2: 3, 3: 1, 4: 2, 6: 4][color] ?? 1
    func rows(_ xs: [Int], _ ys: [Int]) -> [UInt8] {
      if xs.isEmpty { return [] }
      var data: [UInt8] = []
      for y in ys {
        data.append(0)
        var (packed, filled) = (0, 0)
        for x in xs {
          for c in 0..<channels {
            let v = sample(x, y, c)
            if bits == 16 {
              data += [UInt8(v >> 8), UInt8(v & 255)]
            } else {
              packed = packed << bits | v
              filled += bits
              if filled == 8 {
                data.append(UInt8(packed))
                (packed, filled) = (0, 0)
              }
            }
          }
        }
        if filled > 0 { data.append(UInt8(packed << (8 - filled))) }
      }
      return data
    }
    var data: [UInt8] = []
    if interlaced {
      for (x0, y0, dx, dy) in [
        (0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2),
        (0, 1, 1, 2),
      ] {
        data += rows(
          Array(stride(from: x0, to: width, by: dx)), Array(stride(from: y0, to: height, by: dy)))
      }
    } else {
      data = rows(Array(0..<width), Array(0..<height))
    }
    let header =
      big(UInt32(width)) + big(UInt32(height))
      + [UInt8(bits), color, 0, 0, interlaced ? 1 : 0]
    return [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a] + chunk("IHDR", header) + extra
      + chunk("IDAT", deflated(data)) + chunk("IEND", [])
  }
}

@Suite struct PNGReading {
  let pad = Scratchpad()

  func read(_ bytes: [UInt8], _ options: ReadOptions = ReadOptions()) throws -> ReadImage {
    try Data(bytes).write(to: URL(fileURLWithPath: pad.file("a.png")))
    return try ImageFile.read(pad.file("a.png"), options: options, pool: pool)
  }

  static let kinds: [(UInt8, Int)] = [
    (0, 1), (0, 2), (0, 4), (0, 8), (0, 16), (2, 8), (2, 16), (4, 8), (4, 16), (6, 8), (6, 16),
  ]

  @Test(arguments: kinds, [false, true]) func everyKind(kind: (UInt8, Int), interlaced: Bool) throws
  {
    let (color, bits) = kind
    let most = (1 << bits) - 1
    func sample(_ x: Int, _ y: Int, _ c: Int) -> Int {
      (x * 7919 + y * 104_729 + c * 31) % (most + 1)
    }
    let file = HandmadePNG.make(
      width: 131, height: 13, color: color, bits: bits, interlaced: interlaced, sample: sample)
    let result = try read(file)
    let image = result.image
    let hasAlpha = color & 4 != 0
    #expect(image.channels == (hasAlpha ? Channel.rgba : Channel.rgb))
    #expect(result.isUnassociated == hasAlpha)
    #expect(result.isCoded)
    #expect(image.format == Format(width: 131, height: 13))
    for channel in image.channels {
      let isGrey = color == 0 || color == 4
      let c = channel == .alpha ? (isGrey ? 1 : 3) : isGrey ? 0 : channel.slot ?? 0
      for y in 0..<13 {
        for x in 0..<131 {
          #expect(image.value(channel, x: x, y: y) == Float(sample(x, y, c)) / Float(most))
        }
      }
    }
  }

  @Test(arguments: [1, 2, 4, 8]) func palettes(bits: Int) throws {
    let count = min(5, 1 << bits)
    let colors: [[UInt8]] = (0..<count).map { (i: Int) -> [UInt8] in
      [UInt8(i * 40), UInt8(255 - i * 50), UInt8(i)]
    }
    let extra =
      HandmadePNG.chunk("PLTE", colors.flatMap { $0 })
      + HandmadePNG.chunk("tRNS", [0, 128])
    let file = HandmadePNG.make(width: 9, height: 4, color: 3, bits: bits, extra: extra) {
      x, y, _ in
      (x + y) % count
    }
    let result = try read(file)
    #expect(result.image.channels == Channel.rgba && result.isUnassociated)
    for x in 0..<9 {
      let i = (x + 1) % count
      for (c, channel) in Channel.rgb.enumerated() {
        #expect(result.image.value(channel, x: x, y: 1) == Float(colors[i][c]) / 255)
      }
      let cover: Float = i == 0 ? 0 : i == 1 ? 128 / 255 : 1
      #expect(result.image.value(.alpha, x: x, y: 1) == cover)
    }
  }

  @Test func transparentColor() throws {
    let extra = HandmadePNG.chunk("tRNS", [0, 1, 0, 2, 0, 3])
    let file = HandmadePNG.make(width: 2, height: 1, color: 2, bits: 8, extra: extra) { x, _, c in
      x == 0 ? c + 1 : 9
    }
    let image = try read(file).image
    #expect(image.value(.alpha, x: 0, y: 0) == 0 && image.value(.alpha, x: 1, y: 0) == 1)
  }

  @Test func tags() throws {
    let extra =
      HandmadePNG.chunk("sRGB", [0])
      + HandmadePNG.chunk("pHYs", HandmadePNG.big(100) + HandmadePNG.big(200) + [0])
      + HandmadePNG.chunk("tEXt", Array("Title\0A wire".utf8))
    let file = HandmadePNG.make(width: 2, height: 1, color: 0, bits: 8, extra: extra) { _, _, _ in 5
    }
    let spec = try read(file).image.spec
    #expect(spec.metadata["png/Title"] == .string("A wire"))
    #expect(spec.metadata["png/sRGB"] == .int(0))
    #expect(spec.format.pixelAspect == 2)
  }

  @Test func damaged() throws {
    let file = HandmadePNG.make(width: 40, height: 30, color: 6, bits: 8) { x, y, c in x ^ y ^ c }
    for cut in stride(from: 8, to: file.count - 12, by: 37) {
      #expect(failure { _ = try read(Array(file[..<cut])) } != nil, "cut at \(cut)")
    }
    var bad = file
    bad[60] ^= 255
    #expect(failure { _ = try read(bad) } != nil)
    var huge = HandmadePNG.make(width: 1, height: 1, color: 6, bits: 16) { _, _, _ in 0 }
    let header = HandmadePNG.big(2_000_000) + HandmadePNG.big(2_000_000) + [16, 6, 0, 0, 0]
    huge.replaceSubrange(8..<33, with: HandmadePNG.chunk("IHDR", header))
    #expect(failure { _ = try read(huge) }?.kind == .overLimit)
  }

  @Test func selection() throws {
    let file = HandmadePNG.make(width: 4, height: 4, color: 6, bits: 8) { x, y, c in x + y + c }
    var options = ReadOptions()
    options.channels = ["A"]
    #expect(try read(file, options).image.channels == ["A"])
    options.channels = ["Z"]
    #expect(failure { _ = try read(file, options) }?.kind == .request)
    options = ReadOptions()
    options.selection = .index(1)
    #expect(failure { _ = try read(file, options) }?.kind == .request)
  }
}

/// A part of a picture has the pixels the whole picture has there.
@Suite struct PNGRegions {
  let pad = Scratchpad()

  @Test(arguments: [false, true]) func crops(interlaced: Bool) throws {
    let file = HandmadePNG.make(
      width: 300, height: 400, color: 6, bits: 16, interlaced: interlaced
    ) { x, y, c in (x * 37 + y * 1009 + c * 5) & 0xffff }
    // A picture that fits the short way, and one with transparency, which does not.
    let extra = HandmadePNG.chunk("tRNS", [0, 1, 0, 2, 0, 3])
    let expanded = HandmadePNG.make(
      width: 300, height: 400, color: 2, bits: 8, interlaced: interlaced, extra: extra
    ) { x, y, c in (x + y * 3 + c) & 255 }
    for bytes in [file, expanded] {
      try Data(bytes).write(to: URL(fileURLWithPath: pad.file("a.png")))
      let whole = try ImageFile.read(pad.file("a.png"), pool: pool).image
      for region in [
        Rect(x: 0, y: 0, width: 1, height: 1), Rect(x: 130, y: 140, width: 20, height: 130),
        Rect(x: 299, y: 399, width: 1, height: 1), Rect(x: -50, y: 200, width: 1000, height: 60),
      ] {
        var options = ReadOptions()
        options.region = region
        let part = try ImageFile.read(pad.file("a.png"), options: options, pool: pool).image
        #expect(part.isComplete(in: region, channels: part.channels))
        #expect(part.bytes < whole.bytes || region.width == 1000)
        let inside = region.intersection(whole.dataWindow)
        for channel in whole.channels {
          #expect(
            part.pixels(channel, in: inside, pool: pool)
              == whole.pixels(channel, in: inside, pool: pool))
        }
      }
      var outside = ReadOptions()
      outside.region = Rect(x: 1000, y: 1000, width: 5, height: 5)
      _ = try ImageFile.read(pad.file("a.png"), options: outside, pool: pool)
    }
  }

  /// The short way and libpng agree on every filter: this file's rows use them in turn.
  @Test(arguments: [(0, 8), (0, 16), (2, 8), (2, 16), (4, 8), (4, 16), (6, 8), (6, 16)])
  func everyFilter(kind: (Int, Int)) throws {
    let (color, bits) = kind
    let channels = [0: 1, 2: 3, 4: 2, 6: 4][color] ?? 1
    let (width, height, pixel) = (37, 25, channels * bits / 8)
    var state: UInt32 = 7
    var filtered: [UInt8] = []
    var rows: [[UInt8]] = []
    var above = [UInt8](repeating: 0, count: width * pixel)
    for y in 0..<height {
      let filter = (y * 3 + 1) % 5
      let row = (0..<width * pixel).map { _ -> UInt8 in
        state = state &* 1_664_525 &+ 1_013_904_223
        return UInt8(state >> 24)
      }
      filtered.append(UInt8(filter))
      for i in row.indices {
        let left = i >= pixel ? Int(row[i - pixel]) : 0
        let corner = i >= pixel ? Int(above[i - pixel]) : 0
        let up = Int(above[i])
        let guess = left + up - corner
        let (a, b, c) = (abs(guess - left), abs(guess - up), abs(guess - corner))
        let paeth = a <= b && a <= c ? left : b <= c ? up : corner
        let from = [0, left, up, (left + up) / 2, paeth][filter]
        filtered.append(UInt8(truncatingIfNeeded: Int(row[i]) - from))
      }
      rows.append(row)
      above = row
    }
    let header =
      HandmadePNG.big(UInt32(width)) + HandmadePNG.big(UInt32(height))
      + [UInt8(bits), UInt8(color), 0, 0, 0]
    let file =
      [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a] + HandmadePNG.chunk("IHDR", header)
      + HandmadePNG.chunk("IDAT", HandmadePNG.deflated(filtered)) + HandmadePNG.chunk("IEND", [])
    try Data(file).write(to: URL(fileURLWithPath: pad.file("f.png")))
    let image = try ImageFile.read(pad.file("f.png"), pool: pool).image
    let grey = channels <= 2
    for channel in image.channels {
      let c = channel == .alpha ? channels - 1 : grey ? 0 : channel.slot ?? 0
      for y in 0..<height {
        for x in 0..<width {
          let at = x * pixel + c * bits / 8
          let want =
            bits == 8
            ? Float(rows[y][at]) / 255
            : Float(Int(rows[y][at]) << 8 | Int(rows[y][at + 1])) / 65535
          #expect(image.value(channel, x: x, y: y) == want)
        }
      }
    }
  }
}

@Suite struct PNGWriting {
  let pad = Scratchpad()

  @Test(arguments: [SampleType.uint8, .uint16]) func roundTrip(type: SampleType) throws {
    let most: Float = type == .uint8 ? 255 : 65535
    for channels in [Channel.rgba, Channel.rgb, ["R"], ["R", "A"]] {
      let spec = ImageSpec(
        format: Format(width: 300, height: 40, pixelAspect: 2), channels: channels)
      var pixels: [Channel: [Float]] = [:]
      for (c, channel) in channels.enumerated() {
        pixels[channel] = (0..<12000).map { Float(($0 * 37 + c * 11) % (Int(most) + 1)) / most }
      }
      let image = Image(spec: spec, pool: pool, pixels: pixels)
      var options = WriteOptions()
      options.type = type
      options.color = .sRGB
      var back = try written(image, options)
      for level: Float in [0, 1, 3, 9] {
        options.level = level
        back = try written(image, options)
        for channel in channels {
          #expect(back.image.bits(channel) == image.bits(channel), "\(type) \(channels) \(level)")
        }
      }
      #expect(back.image.format == image.format)
      #expect(back.image.spec.metadata["png/sRGB"] == .int(0))
      #expect(back.source.types["R"] == type)
    }
    #expect(pad.contents == ["a.png"])
  }

  private func written(_ image: Image, _ options: WriteOptions) throws -> ReadImage {
    try ImageFile.write(image, to: pad.file("a.png"), options: options)
    return try ImageFile.read(pad.file("a.png"), pool: pool)
  }

  @Test func rounding() throws {
    let values: [Float] = [
      -1, 0, .nan, 0.50001 / 255, 0.49999 / 255, 1.50001 / 255, 0.5, 254.50001 / 255, 1, 2,
      .infinity,
      -.infinity,
    ]
    let want: [Float] = [0, 0, 0, 1, 0, 2, 128, 255, 255, 255, 255, 0]
    let spec = ImageSpec(format: Format(width: values.count, height: 1), channels: ["R"])
    let image = Image(spec: spec, pool: pool, pixels: ["R": values])
    try ImageFile.write(image, to: pad.file("a.png"))
    #expect(
      try ImageFile.read(pad.file("a.png"), pool: pool).image.all("R") == want.map { $0 / 255 })
  }

  @Test func theFormatIsWritten() throws {
    var spec = ImageSpec(
      format: Format(width: 6, height: 4), dataWindow: Rect(x: 2, y: 1, width: 10, height: 2),
      channels: ["R", "G", "B", "depth.Z"])
    spec.metadata["png/Title"] = .string("Straße")
    let ones = [Float](repeating: 1, count: 20)
    let image = Image(
      spec: spec, pool: pool, pixels: ["R": ones, "G": ones, "B": ones, "depth.Z": ones])
    try ImageFile.write(image, to: pad.file("a.png"))
    let back = try ImageFile.read(pad.file("a.png"), pool: pool).image
    #expect(back.format.window == Rect(width: 6, height: 4))
    #expect(back.channels == Channel.rgb)
    #expect(back.value("R", x: 2, y: 1) == 1 && back.value("R", x: 1, y: 1) == 0)
    #expect(back.spec.metadata["png/Title"] == .string("Straße"))
    var options = WriteOptions()
    options.channels = ["R", "depth.Z"]
    #expect(
      failure { try ImageFile.write(image, to: pad.file("b.png"), options: options) }?.kind
        == .request)
    options.channels = nil
    options.type = .half
    #expect(
      failure { try ImageFile.write(image, to: pad.file("b.png"), options: options) }?.kind
        == .request)
  }

  @Test func alphaIsExact() throws {
    let spec = ImageSpec(format: Format(width: 4, height: 1), channels: ["R", "A", "x.R"])
    let image = Image(
      spec: spec, pool: pool,
      pixels: ["R": [0.303, 0.5, 2, 0.25], "A": [0.005, 1, 0, 0.5], "x.R": [1, 1, 1, 1]])
    let multiplied = image.premultiplied(pool: pool)
    #expect(multiplied.all("R") == [0.303 * 0.005, 0.5, 0, 0.125])
    #expect(multiplied.all("x.R") == image.all("A"))
    #expect(multiplied.all("A") == image.all("A"))
    let back = multiplied.unpremultiplied(pool: pool)
    #expect(abs(back.all("R")[0] - 0.303) < 1e-7)
    #expect(image.unpremultiplied(pool: pool).all("R")[2] == 2)
  }
}
