import BipackIO
import BipackPixels
import Foundation
import Testing

/// What files say of their colour is what the config computes.
@Suite struct ColorTagsTests {
  let pad = Scratchpad()

  private func tags(_ name: String) throws -> ColorTags {
    ColorTags(try ColorConfig.builtIn().require(name))
  }

  private func picture(_ channels: [Channel] = Channel.rgb) -> Image {
    let spec = ImageSpec(format: Format(width: 4, height: 2), channels: channels)
    return Image(
      spec: spec, pool: pool,
      pixels: Dictionary(
        uniqueKeysWithValues: channels.map { ($0, .init(repeating: 0.5, count: 8)) }))
  }

  private func written(_ name: String, _ color: ColorTags?) throws -> [UInt8] {
    var options = WriteOptions()
    options.color = color
    try ImageFile.write(picture(), to: pad.file(name), options: options)
    return Array(try Data(contentsOf: URL(fileURLWithPath: pad.file(name))))
  }

  // MARK: Primaries

  /// Red, green, blue and white of a linear space, taken to Rec.709 by the config, lie where the tags
  /// say once their white is adapted back.
  @Test(arguments: [
    "Linear Rec.709 (sRGB)", "ACES2065-1", "ACEScg", "Linear P3-D65", "Linear Rec.2020",
    "Linear ARRI Wide Gamut 3", "Linear ARRI Wide Gamut 4", "Linear DaVinci WideGamut",
    "Linear REDWideGamutRGB",
  ])
  func primariesAreTheConfigs(_ name: String) throws {
    let tags = try tags(name)
    #expect(tags.curve == .linear)
    let points = try #require(tags.primaries).chromaticities
    let config = try ColorConfig.builtIn()
    let toWorking = try config.convert(from: name, to: config.workingSpace)
    // Cameras' matrices adapt white by CAT02, not by Bradford.
    let isCamera = ["ARRI", "DaVinci", "RED"].contains { name.contains($0) }
    let tolerance = isCamera ? 5e-3 : 6e-4
    let colors: [(Float, Float, Float)] = [(1, 0, 0), (0, 1, 0), (0, 0, 1), (1, 1, 1)]
    for (i, color) in colors.enumerated() {
      let (r, g, b) = toWorking.convert(color.0, color.1, color.2)
      let xyz = adapted(Self.xyz(Double(r), Double(g), Double(b)), to: Array(points[6...]))
      let sum = xyz[0] + xyz[1] + xyz[2]
      #expect(abs(xyz[0] / sum - points[2 * i]) < tolerance, "\(name) \(i): \(xyz[0] / sum)")
      #expect(abs(xyz[1] / sum - points[2 * i + 1]) < tolerance, "\(name) \(i): \(xyz[1] / sum)")
    }
  }

  private static func xyz(_ r: Double, _ g: Double, _ b: Double) -> [Double] {
    [
      0.412390799265959 * r + 0.357584339383878 * g + 0.180480788401834 * b,
      0.21263900587151 * r + 0.715168678767756 * g + 0.0721923153607337 * b,
      0.0193308187155918 * r + 0.119194779794626 * g + 0.950532152249661 * b,
    ]
  }

  /// Bradford, from D65.
  private func adapted(_ xyz: [Double], to white: [Double]) -> [Double] {
    let cones = [
      [0.8951, 0.2664, -0.1614], [-0.7502, 1.7135, 0.0367], [0.0389, -0.0685, 1.0296],
    ]
    let back = [
      [0.9869929, -0.1470543, 0.1599627], [0.4323053, 0.5183603, 0.0492912],
      [-0.0085287, 0.0400428, 0.9684867],
    ]
    func times(_ m: [[Double]], _ v: [Double]) -> [Double] {
      m.map { $0[0] * v[0] + $0[1] * v[1] + $0[2] * v[2] }
    }
    func white3(_ p: [Double]) -> [Double] { [p[0] / p[1], 1, (1 - p[0] - p[1]) / p[1]] }
    let (from, to) = (times(cones, white3([0.3127, 0.3290])), times(cones, white3(white)))
    let seen = times(cones, xyz)
    return times(back, (0..<3).map { seen[$0] * to[$0] / from[$0] })
  }

  // MARK: PNG

  /// The chunks before the pixels, by type.
  private func chunks(_ bytes: [UInt8]) -> [String: [UInt8]] {
    var result: [String: [UInt8]] = [:]
    var at = 8
    while at + 12 <= bytes.count {
      let count = bytes[at..<at + 4].reduce(0) { $0 << 8 | Int($1) }
      let type = String(decoding: bytes[at + 4..<at + 8], as: UTF8.self)
      let body = Array(bytes[at + 4..<at + 8 + count])
      #expect(
        Array(bytes[at + 8 + count..<at + 12 + count])
          == HandmadePNG.big(HandmadePNG.crc(body)), "\(type)")
      if type == "IDAT" { break }
      result[type] = Array(body[4...])
      at += 12 + count
    }
    return result
  }

  @Test(arguments: [
    ("sRGB - Texture", "sRGB"), ("sRGB - Display", "sRGB"),
    ("Rec.1886 Rec.709 - Display", "1/1"), ("Camera Rec.709", "1/1"),
    ("Rec.1886 Rec.2020 - Display", "9/14"), ("Display P3 - Display", "12/13"),
    ("sRGB Encoded P3-D65 - Texture", "12/13"), ("Rec.2100-PQ - Display", "9/16"),
    ("Rec.2100-HLG - Display", "9/18"), ("ST2084-P3-D65 - Display", "12/16"),
    ("Gamma 2.2 Rec.709 - Texture", "gamma 45455"), ("Gamma1.8", "gamma 55556"),
    ("P3-D65 - Display", "gamma 38462"), ("Linear P3-D65", "gamma 100000"), ("ACEScg", ""),
    ("ACES2065-1", ""),
    ("Cineon", ""), ("ARRI LogC3 (EI800)", ""), ("Raw", ""),
  ])
  func pngSaysWhatItHolds(_ name: String, _ expected: String) throws {
    let chunks = chunks(try written("a.png", try tags(name)))
    let tagged = Set(chunks.keys).intersection(["sRGB", "gAMA", "cHRM", "cICP", "iCCP"])
    switch expected {
    case "": #expect(tagged.isEmpty, "\(tagged)")
    case "sRGB": #expect(tagged == ["sRGB", "gAMA", "cHRM"])
    case let text where text.hasPrefix("gamma"):
      #expect(tagged == ["gAMA", "cHRM"])
      let gamma = (chunks["gAMA"] ?? []).reduce(0) { $0 << 8 | Int($1) }
      #expect("gamma \(gamma)" == text)
    default:
      #expect(tagged == ["cICP"])
      let codes = chunks["cICP"] ?? []
      #expect(codes.count == 4 && "\(codes[0])/\(codes[1])" == expected && codes[2...] == [0, 1])
    }
  }

  @Test func pngWithoutWordSaysNothing() throws {
    #expect(Set(chunks(try written("a.png", nil)).keys) == ["IHDR"])
    #expect(Set(chunks(try written("a.png", .data)).keys) == ["IHDR"])
  }

  // MARK: EXR

  @Test func exrSaysItsPrimariesOnlyOfLight() throws {
    func attributes(_ color: ColorTags?) throws -> Metadata {
      _ = try written("a.exr", color)
      return try ImageFile.info(pad.file("a.exr"))[0].spec.metadata
    }
    let acescg = try attributes(try tags("ACEScg"))
    #expect(acescg["colorInteropID"] == .string("lin_ap1_scene"))
    guard case .floats(let points)? = acescg["chromaticities"] else {
      Issue.record("no chromaticities")
      return
    }
    #expect(points.map(Float.init) == ColorTags.Primaries.ap1.chromaticities.map(Float.init))
    let pq = try attributes(try tags("Rec.2100-PQ - Display"))
    #expect(pq.keys == ["colorInteropID"])
    #expect(try attributes(try tags("Cineon")).isEmpty)
    #expect(try attributes(.data)["colorInteropID"] == .string("data"))
    #expect(try attributes(nil).isEmpty)
  }

  // MARK: Others

  @Test(
    .enabled(if: hasFormats),
    arguments: [
      ("Cineon", [1, 1]), ("Linear Rec.709 (sRGB)", [2, 6]), ("ARRI LogC3 (EI800)", [3, 0]),
      ("Camera Rec.709", [6, 6]), ("sRGB - Texture", [0, 6]), ("Rec.2100-PQ - Display", [0, 0]),
    ] as [(String, [UInt8])])
  func dpxFields(_ name: String, _ codes: [UInt8]) throws {
    let bytes = try written("shot.0001.dpx", try tags(name))
    #expect(Array(bytes[801...802]) == codes)
    #expect(String(decoding: bytes[36..<49], as: UTF8.self) == "shot.0001.dpx")
    #expect(bytes[136..<160].allSatisfy { $0 == 0 }, "a date")
    #expect(String(decoding: bytes[160..<166], as: UTF8.self) == "bipack")
  }

  /// The profile's columns make D50 together, and its curve is the space's.
  @Test(.enabled(if: hasFormats), arguments: ["jpg", "tif"]) func profiles(_ suffix: String) throws
  {
    let bytes = try written("a." + suffix, .sRGB)
    let profile = try #require(Self.profile(in: bytes))
    func number(_ at: Int) -> Double {
      Double(Int32(truncatingIfNeeded: profile[at..<at + 4].reduce(0) { $0 << 8 | Int($1) }))
        / 65536
    }
    func element(_ name: String) throws -> Int {
      let count = Int(profile[131])
      let entry = try #require(
        (0..<count).map { 132 + 12 * $0 }.first {
          profile[$0..<$0 + 4].elementsEqual(name.utf8)
        })
      return profile[entry + 4..<entry + 8].reduce(0) { $0 << 8 | Int($1) }
    }
    var white = [0.0, 0, 0]
    for name in ["rXYZ", "gXYZ", "bXYZ"] {
      let place = try element(name) + 8
      for i in 0..<3 { white[i] += number(place + 4 * i) }
    }
    for (got, want) in zip(white, [0.9642, 1, 0.8249]) { #expect(abs(got - want) < 1e-4) }
    // The published sRGB profile's red.
    let red = try element("rXYZ") + 8
    #expect(abs(number(red) - 0.43607) < 2e-4 && abs(number(red + 4) - 0.22249) < 2e-4)
    let curve = try element("rTRC")
    #expect(abs(number(curve + 12) - 2.4) < 1e-4 && abs(number(curve + 24) - 1 / 12.92) < 1e-4)
    #expect(Self.profile(in: try written("b." + suffix, try tags("Rec.2100-PQ - Display"))) == nil)
    #expect(Self.profile(in: try written("c." + suffix, .data)) == nil)
  }

  /// From the size before `mntr` on.
  private static func profile(in bytes: [UInt8]) -> [UInt8]? {
    let mark = Array("mntrRGB XYZ ".utf8)
    guard let at = bytes.indices.first(where: { bytes[$0...].starts(with: mark) }) else {
      return nil
    }
    let size = bytes[at - 12..<at - 8].reduce(0) { $0 << 8 | Int($1) }
    return Array(bytes[at - 12..<at - 12 + size])
  }

  /// No format of OpenImageIO's says when it was written, but the pixels of all are there.
  @Test(
    .enabled(if: hasFormats),
    arguments: [
      "tif", "jpg", "dpx", "tga", "bmp", "webp", "gif", "ico", "sgi", "ppm", "rla", "iff", "hdr",
    ])
  func noDates(_ suffix: String) throws {
    let bytes = try written("a." + suffix, .sRGB)
    let text = String(decoding: bytes, as: UTF8.self)
    let year = "\(Calendar(identifier: .gregorian).component(.year, from: Date()))"
    #expect(!text.contains("1970") && !text.contains(year))
    let metadata = try ImageFile.info(pad.file("a." + suffix))[0].spec.metadata
    #expect(metadata["DateTime"] == nil, "\(String(describing: metadata["DateTime"]))")
  }
}
