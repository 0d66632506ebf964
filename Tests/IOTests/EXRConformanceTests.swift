import BipackIO
import BipackPixels
import Foundation
import Testing

/// The shared EXR set, each file against the truth its README states.
@Suite(.enabled(if: Plates.isHere)) struct EXRConformance {
  func read(_ name: String, _ change: (inout ReadOptions) -> Void = { _ in }) throws -> Image {
    var options = ReadOptions()
    change(&options)
    return try ImageFile.read(Plates.exr(name), options: options, pool: pool).image
  }

  @Test func losslessCodecsAgree() throws {
    let truth = try read("compression/comp_none.exr")
    #expect(truth.channels == Channel.rgba)
    for codec in ["rle", "zips", "zip", "piz"] {
      let image = try read("compression/comp_\(codec).exr")
      for channel in Channel.rgba {
        #expect(image.bits(channel) == truth.bits(channel), "\(codec) \(channel)")
      }
    }
  }

  @Test(arguments: ["dwaa", "dwab"]) func dwaMatchesItsTwin(codec: String) throws {
    let image = try read("compression/comp_\(codec)_v2.exr")
    let truth = try read("compression/comp_\(codec)_piz.exr")
    #expect(image.bits(.alpha) == truth.bits(.alpha))
    for channel in Channel.rgb {
      #expect(difference(image.all(channel), truth.all(channel)) <= 0.0055)
    }
  }

  /// The twin was rounded to half floats between and after the steps of the conversion.
  @Test func b44LuminanceChromaMatchesItsTwin() throws {
    let image = try read("compression/comp_b44.exr")
    let truth = try read("compression/comp_b44_piz.exr")
    #expect(image.channels == Channel.rgb)
    for channel in Channel.rgb {
      var most: Float = 0
      for (a, b) in zip(image.all(channel), truth.all(channel)) {
        most = max(most, abs(a - b) / (1 + abs(b)))
      }
      #expect(most < 0.004, "\(channel)")
    }
  }

  @Test func lineOrdersAgree() throws {
    let up = try read("compression/lineOrder_increasing.exr")
    let down = try read("compression/lineOrder_decreasing.exr")
    for channel in up.channels { #expect(up.bits(channel) == down.bits(channel)) }
  }

  @Test func oldFilesOpen() throws {
    let lines = try read("compression/v1.7.test.1.exr")
    #expect(lines.dataWindow == Rect(x: 20, y: 20, width: 178, height: 155))
    #expect(lines.format.window == Rect(width: 217, height: 197))
    let tiles = try read("compression/v1.7.test.tiled.exr")
    #expect(Set(tiles.channels) == ["G", "Z"])
    #expect(tiles.all("G").max() == 1)
  }

  @Test func multiPartEqualsSinglePart() throws {
    let parts = try read("multipart/beachball_multipart.0001.exr")
    let single = try read("multipart/beachball_singlepart.0001.exr")
    #expect(Set(parts.channels) == Set(single.channels))
    #expect(parts.channels.count == 20)
    #expect(parts.dataWindow == single.dataWindow)
    #expect(parts.spec.metadata["multiView"] == .strings(["right", "left"]))
    for channel in single.channels {
      #expect(parts.bits(channel) == single.bits(channel), "\(channel)")
    }
  }

  @Test func oneOfManyParts() throws {
    let name = "multipart/beachball_multipart.0001.exr"
    let depth = try read(name) { $0.selection = .name("depth_left") }
    #expect(depth.channels == ["Z"])
    #expect(depth.dataWindow == Rect(x0: 688, y0: 245, x1: 1565, y1: 1121))
    let mask = try read(name) { $0.selection = .index(3) }
    #expect(mask.channels == ["whitebarmask.mask"])
    let error = failure { _ = try read(name) { $0.selection = .name("depth_lift") } }
    #expect(error?.kind == .request)
    #expect(error?.suggestion == "did you mean 'depth_left'?")
    #expect(failure { _ = try read(name) { $0.selection = .index(10) } }?.kind == .request)
  }

  @Test func partsOfDifferentSizes() throws {
    let image = try read("multipart/gaffer_unsupportedMultipart.exr")
    #expect(image.dataWindow == Rect(width: 100, height: 100))
    let part = try read("multipart/gaffer_unsupportedMultipart.exr") { $0.selection = .index(0) }
    #expect(part.dataWindow == Rect(x: 20, y: 20, width: 60, height: 60))
    for y in 0..<100 {
      for x in 0..<100 {
        #expect(image.value("R", x: x, y: y) == part.value("R", x: x, y: y))
      }
    }
    #expect(image.pixels("A", in: Rect(width: 100, height: 20), pool: pool).allSatisfy { $0 == 0 })
  }

  static let names: [(String, String)] = [
    ("imitateProductionLayers1", "R G B character.R character.G character.B"),
    ("imitateProductionLayers2", "R G B depth.Z"),
    (
      "weirdPartNames",
      "R:part0 G:part1 B:part2 layer.R A:part3 layer.G layer.B layer.A"
    ),
    (
      "multipart",
      "R:customRgb G:customRgb B:customRgb R:customRgba G:customRgba B:customRgba A:customRgba "
        + "Z:customDepth"
    ),
    ("multipartDefaultChannels", "R G B A Z"),
    ("multipartDefaultChannelsOverlap", "R G B A"),
    ("singlePartBogusName", "R G B"),
    ("layers.10x10", "R G B A 0.R 0.G 0.B 1.R 1.G 1.B 2.R 2.G 2.B"),
    (
      "channelTestNukePartPerLayer",
      "R G B A character.R character.G character.B character.A character.Z character.ZBack "
        + "character.custom character.mask Z other.ZBack other.custom other.mask"
    ),
    (
      "channelTestPartPerLayer",
      "R G B A Z ZBack custom mask character.R character.G character.B character.A character.Z "
        + "character.ZBack character.custom character.mask"
    ),
  ]

  @Test(arguments: names) func channelNames(file: String, expected: String) throws {
    let image = try read("multipart/gaffer_\(file).exr")
    let want = expected.split(separator: " ").map { word -> String in
      let halves = word.split(separator: ":")
      return halves.count == 2 ? "\(halves[1]).\(halves[0])" : String(word)
    }
    #expect(image.channels.map(\.name) == want)
  }

  /// One picture, written in as many ways as there are programs.
  @Test func viewsAreNamedAlike() throws {
    let files = [
      "SinglePart", "PartPerView", "PartPerLayer",
    ]
    let truth = try read("multipart/gaffer_channelTestMultiViewSinglePart.exr")
    for file in files {
      let image = try read("multipart/gaffer_channelTestMultiView\(file).exr")
      #expect(Set(image.channels) == Set(truth.channels), "\(file)")
      for channel in truth.channels {
        #expect(difference(image.all(channel), truth.all(channel)) < 0.0005, "\(file) \(channel)")
      }
    }
  }

  @Test func deepIsRefusedInWords() {
    let error = failure { _ = try read("deep/trunks_lowres.exr") }
    #expect(error?.kind == .unsupported)
    #expect(error?.what.contains("deep image") == true)
    let info = try? ImageFile.info(Plates.exr("deep/trunks_lowres.exr"))
    #expect(info?.first?.isDeep == true)
  }

  @Test func levelZeroOfMipMaps() throws {
    let means: [(String, [Double])] = [
      ("ColorCodedLevels", [0.494569, 0.494569, 0.494569]),
      ("MirrorPattern", [0.215575, 0.126366, 0.126366]),
      ("PeriodicPattern", [0.211508, 0.210598, 0.199672]),
    ]
    for (file, expected) in means {
      let image = try read("tiled/\(file).exr")
      for (channel, mean) in zip(Channel.rgb, expected) {
        let values = image.all(channel)
        let sum = values.reduce(0.0) { $0 + Double($1) }
        #expect(abs(sum / Double(values.count) - mean) < 1e-5)
      }
    }
  }

  @Test func windows() throws {
    let display: [(Int, Rect, Double)] = [
      (1, Rect(width: 400, height: 300), 1), (4, Rect(width: 370, height: 280), 1),
      (8, Rect(width: 501, height: 401), 1), (9, Rect(x: 400, width: 200, height: 300), 1),
      (12, Rect(y: -100, width: 400, height: 100), 1),
      (14, Rect(x: -100, y: -100, width: 101, height: 101), 1),
      (15, Rect(x: -40, y: -40, width: 481, height: 371), 1.5),
    ]
    let truth = try read("windows/t01.exr")
    for (number, window, aspect) in display {
      let image = try read("windows/t\(number < 10 ? "0" : "")\(number).exr")
      #expect(image.format == Format(window: window, pixelAspect: aspect))
      #expect(image.dataWindow.width == 400 && image.dataWindow.height == 300)
      for channel in Channel.rgb { #expect(image.bits(channel) == truth.bits(channel)) }
    }
    let negative = try read("windows/gaffer_checkerWithNegWindows.200x150.exr")
    #expect(negative.dataWindow == Rect(x: -25, y: -99, width: 200, height: 150))
  }

  @Test func everyHalfValue() throws {
    let image = try read("values/AllHalfValues.exr")
    let bits = Set(image.bits(.red))
    #expect(bits.count == 65536)
    let expected = Set(
      (0..<65536).map { Float(Float16(bitPattern: UInt16($0))) }
        .filter { !$0.isNaN }.map(\.bitPattern))
    #expect(expected.isSubset(of: bits))
  }

  @Test func luminanceOnly() throws {
    let image = try read("values/GrayRampsHorizontal.exr")
    #expect(image.channels == Channel.rgb)
    let raw = try read("values/GrayRampsHorizontal.exr") { $0.raw = true }
    #expect(raw.channels == ["Y"])
    for channel in Channel.rgb { #expect(image.bits(channel) == raw.bits("Y")) }
  }

  @Test func luminanceChroma() throws {
    let image = try read("chroma/Rec709_YC.exr")
    let truth = try read("chroma/Rec709.exr")
    for channel in Channel.rgb {
      let (a, b) = (image.all(channel), truth.all(channel))
      let mean = zip(a, b).reduce(0.0) { $0 + Double(abs($1.0 - $1.1)) } / Double(a.count)
      #expect(mean < 0.01)
    }
    let raw = try read("chroma/Rec709_YC.exr") { $0.raw = true }
    #expect(Set(raw.channels) == ["Y", "RY", "BY"])
    // The weights rebuild Y from the converted colours.
    let (r, g, b, y) = (image.all("R"), image.all("G"), image.all("B"), raw.all("Y"))
    for i in stride(from: 0, to: y.count, by: 97) {
      #expect(abs(0.2126 * r[i] + 0.7152 * g[i] + 0.0722 * b[i] - y[i]) < 0.002 * (1 + y[i]))
    }
  }

  @Test func onlySomeChannels() throws {
    let name = "multipart/beachball_singlepart.0001.exr"
    let image = try read(name) { $0.channels = ["left.R", "Z"] }
    #expect(Set(image.channels) == ["left.R", "Z"])
    let whole = try read(name)
    #expect(image.bits("Z") == whole.bits("Z"))
    let layer = try read(name) { $0.layers = ["rgba"] }
    #expect(layer.channels == ["R", "G", "B", "A", "Z"])
    let error = failure { _ = try read(name) { $0.channels = ["left.Q"] } }
    #expect(error?.kind == .request)
  }

  @Test(arguments: [
    "compression/comp_zip.exr", "compression/comp_piz.exr", "compression/comp_b44.exr",
    "tiled/PeriodicPattern.exr", "windows/gaffer_checkerWithNegWindows.200x150.exr",
  ]) func regions(file: String) throws {
    let whole = try read(file)
    let dw = whole.dataWindow
    let region = Rect(x: dw.x0 + dw.width / 3, y: dw.y0 + dw.height / 3, width: 70, height: 40)
    let part = try read(file) { $0.region = region }
    #expect(part.dataWindow == dw)
    #expect(part.isComplete(in: region, channels: part.channels))
    for channel in whole.channels {
      let a = part.pixels(channel, in: region, pool: pool).map(\.bitPattern)
      let b = whole.pixels(channel, in: region, pool: pool).map(\.bitPattern)
      #expect(a == b)
    }
    let outside = try read(file) { $0.region = Rect(x: 100_000, y: 0, width: 5, height: 5) }
    #expect(outside.bytes == 0)
  }

  @Test func threadsDoNotMatter() throws {
    for file in ["compression/comp_dwaa_v2.exr", "compression/comp_b44.exr"] {
      let a = try ImageFile.read(Plates.exr(file), pool: pool, loops: .serial).image
      let b = try ImageFile.read(Plates.exr(file), pool: pool, loops: .dispatch).image
      for channel in a.channels { #expect(a.bits(channel) == b.bits(channel)) }
    }
  }

  /// These two contradict themselves mildly; any answer but a crash is right.
  static let ambiguous = ["scanline_with_deepscanline_type.exr", "tiled_with_deeptile_type.exr"]

  @Test(arguments: Plates.list("corrupt")) func corruptIsRefused(file: String) {
    let start = DispatchTime.now().uptimeNanoseconds
    let error = failure { _ = try read(file) }
    let seconds = Double(DispatchTime.now().uptimeNanoseconds - start) / 1e9
    #expect(seconds < 2)
    if !Self.ambiguous.contains(where: file.hasSuffix) {
      #expect(error != nil)
      #expect(error.map { !$0.what.isEmpty } == true)
    }
  }

  /// Headers that claim gigabytes are refused before anything is allocated for them.
  /// In a process of its own, since tests that run beside it take memory too.
  @Test func corruptFilesTakeNoMemory() async throws {
    await #expect(processExitsWith: .success) {
      let tests = EXRConformance()
      let before = peakResident()
      for file in Plates.list("corrupt") { _ = failure { _ = try tests.read(file) } }
      exit(peakResident() - before < 64 << 20 ? 0 : 1)
    }
  }
}

/// The most memory this process ever had, in bytes.
func peakResident() -> Int {
  var usage = rusage()
  getrusage(0, &usage)  // RUSAGE_SELF
  return Int(usage.ru_maxrss) * 1024
}
