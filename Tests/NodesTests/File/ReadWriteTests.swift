import Bipack
import BipackEngine
import BipackGraph
import BipackIO
import BipackPixels
import FoundationEssentials
import Testing

@testable import BipackNodes

/// A folder that goes when the test is over.
final class Folder {
  let path: String

  init() throws {
    path = FileManager.default.temporaryDirectory.path + "/bipack-" + UUID().uuidString
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }

  var files: [String] {
    ((try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []).sorted()
  }
}

@Suite("Read and Write") struct ReadWriteTests {
  let folder: Folder
  init() throws { folder = try Folder() }

  func comp(_ nodes: String, width: Int = 64, height: Int = 40, frames: String = "[1, 10]") throws
    -> Comp
  {
    let text = """
      {"bipack": 1, "format": {"width": \(width), "height": \(height), "fps": 24},
       "frames": \(frames), "nodes": {\(nodes)}}
      """
    let result = Comp.check(
      text: text, directory: folder.path, registry: Registry(Catalog.nodes))
    guard let comp = result.comp else { throw DocumentError(result.diagnostics) }
    return comp
  }

  func render(
    _ nodes: String, width: Int = 64, height: Int = 40, frames: [Int] = [1], proxy: Double = 1,
    memory: Int? = nil
  ) async throws -> RenderSummary {
    var job = RenderJob(
      try comp(nodes, width: width, height: height), frames: frames, proxy: proxy)
    job.continues = true
    var options = RenderOptions(threads: 2)
    if let memory { options.memory = memory }
    return await Renderer(options).render(job)
  }

  func image(_ nodes: String, _ name: String, frame: Double = 1, proxy: Double = 1) async throws
    -> Image
  {
    let comp = try comp(nodes)
    let id = try #require(comp.id(of: name))
    return try await Renderer(RenderOptions(threads: 2)).image(
      comp, node: id, frame: frame, proxy: proxy)
  }

  /// What lies outside the data window is black in the working space, then encoded like the rest.
  @Test(arguments: [
    ("a.png", "uint16", ""), ("a.exr", "float", #", "dataWindow": "format""#),
    ("a.dpx", "auto", ""),
    ("a.tif", "uint16", ""), ("a.exr", "float", #", "channels": "rgb", "dataWindow": "format""#),
  ])
  func blackOutsideIsEncoded(_ name: String, _ type: String, _ more: String) async throws {
    let log = #""type": "Write", "colorspace": "Cineon", "dataType": "\#(type)" \#(more)"#
    let black = #""black": { "type": "Constant", "color": [0, 0, 0, 1] }"#
    let summary = try await render(
      """
      \(black), "cut": { "type": "Crop", "source": "black", "box": [8, 4, 64, 32] },
      "out": { "source": "cut", "path": "\(name)", \(log) }
      """)
    #expect(summary.failures.isEmpty, "\(summary.failures)")
    let pool = BlockPool()
    let image = try ImageFile.read(folder.path + "/" + name, pool: pool).image
    #expect(image.dataWindow == Rect(width: 64, height: 40))
    for channel in Channel.rgb {
      let values = image.pixels(channel, in: image.dataWindow, pool: pool)
      let inside = values[20 * 64 + 30]
      #expect(abs(inside - 95 / 1023) < 0.001)
      #expect(abs(values[0] - inside) < 1e-6, "\(channel): \(values[0])")
    }
    if image.channels.contains(.alpha) {
      let alpha = image.pixels(.alpha, in: image.dataWindow, pool: pool)
      #expect(alpha[0] == 0 && alpha[20 * 64 + 30] == 1)
    }
  }

  /// The same in bands, in less memory than the picture needs.
  @Test(arguments: ["a.png", "a.exr"]) func blackOutsideIsEncodedInBands(_ name: String)
    async throws
  {
    func nodes(_ path: String) -> String {
      let type = path.hasSuffix("png") ? "uint16" : "float"
      return """
        "n": {"type": "Noise"},
        "cut": {"type": "Crop", "source": "n", "box": [90, 70, 1000, 1200]},
        "out": {"type": "Write", "source": "cut", "path": "\(path)", "colorspace": "Cineon", "dataType": "\(type)", "dataWindow": "format"}
        """
    }
    let whole = try await render(nodes(name), width: 1024, height: 1280)
    let bands = try await render(nodes("b" + name), width: 1024, height: 1280, memory: 12 << 20)
    #expect(whole.failures.isEmpty && bands.failures.isEmpty, "\(bands.failures)")
    let pool = BlockPool()
    let one = try ImageFile.read(folder.path + "/" + name, pool: pool).image
    let other = try ImageFile.read(folder.path + "/b" + name, pool: pool).image
    for channel in Channel.rgb {
      let values = one.pixels(channel, in: one.dataWindow, pool: pool)
      #expect(abs(values[0] - 95 / 1023) < 0.001)
      #expect(values == other.pixels(channel, in: one.dataWindow, pool: pool))
    }
  }

  /// What stands in for a missing frame of a log sequence is black, not code 0.
  @Test func theStandInOfALogSequenceIsBlack() async throws {
    let summary = try await render(
      """
      "c": {"type": "Constant", "color": 0.5},
      "out": {"type": "Write", "source": "c", "path": "log.####.exr", "colorspace": "Cineon"}
      """, frames: [1])
    #expect(summary.failures.isEmpty)
    for policy in [#""after": "black""#, #""missing": "black", "range": [1, 3]"#] {
      let image = try await image(
        #""r": {"type": "Read", "path": "log.####.exr", "colorspace": "Cineon", \#(policy)}"#, "r",
        frame: 2)
      for channel in Channel.rgb { #expect(image.value(channel, x: 9, y: 9) == 0, "\(policy)") }
    }
  }

  @Test func autocropOfALogFileLooksForEncodedBlack() async throws {
    let summary = try await render(
      """
      "c": {"type": "Constant", "color": 0},
      "e": {"type": "Expression", "source": "c", "expr0": "x > 20 && x < 30 && y > 8 && y < 12 ? 1 : 0", "expr1": "0", "expr2": "0", "expr3": "0"},
      "out": {"type": "Write", "source": "e", "path": "crop.exr", "autocrop": true, "colorspace": "Cineon", "dataType": "float"}
      """)
    #expect(summary.failures.map(\.description) == [])
    let image = try await image(
      #""r": {"type": "Read", "path": "crop.exr", "colorspace": "Cineon"}"#, "r")
    #expect(image.dataWindow.width == 9 && image.dataWindow.height == 3)
  }

  /// Where one part of a log file has pixels and another has none, the other is black.
  @Test func partsOfALogFileAreBlackOutsideTheirWindows() async throws {
    func part(_ name: String, _ window: Rect) -> Image {
      let channels = ["R", "G", "B"].map { Channel(layer: name, component: $0) }
      let spec = ImageSpec(
        format: Format(width: 64, height: 40), dataWindow: window, channels: channels)
      let pixels = [Float](repeating: 0.5, count: window.area)
      return Image(
        spec: spec, pool: BlockPool(),
        pixels: Dictionary(uniqueKeysWithValues: channels.map { ($0, pixels) }))
    }
    try TwoParts.write(
      part("one", Rect(x: 0, y: 0, width: 32, height: 40)),
      part("two", Rect(x: 20, y: 10, width: 44, height: 30)), to: folder.path + "/parts.exr")
    let image = try await image(
      #""r": {"type": "Read", "path": "parts.exr", "colorspace": "Cineon"}"#, "r")
    #expect(image.dataWindow == Rect(width: 64, height: 40))
    for value in [image.value("one.R", x: 50, y: 20), image.value("two.G", x: 2, y: 2)] {
      #expect(abs(value) < 1e-6, "\(value)")
    }
    #expect(image.value("one.R", x: 2, y: 2) > 0.1 && image.value("two.G", x: 50, y: 20) > 0.1)
    let raw = try await self.image(
      #""r": {"type": "Read", "path": "parts.exr", "raw": true}"#, "r")
    #expect(raw.value("one.R", x: 50, y: 20) == 0)
  }

  /// Views with windows of their own share that of the file, and are black in the rest of it.
  @Test func viewsInOneLogFileAreBlackOutsideTheirWindows() async throws {
    let text = """
      {"bipack": 1, "format": {"width": 64, "height": 40}, "views": ["left", "right"], "nodes": {
        "c": {"type": "Constant", "color": 0.5},
        "cut": {"type": "Crop", "source": "c",
          "box": {"views": {"left": [0, 0, 32, 40], "right": [20, 10, 64, 40]}}},
        "out": {"type": "Write", "source": "cut", "path": "views.exr", "colorspace": "Cineon"}}}
      """
    let result = Comp.check(text: text, directory: folder.path, registry: Registry(Catalog.nodes))
    let comp = try #require(result.comp, "\(result.diagnostics)")
    let summary = await Renderer(RenderOptions(threads: 2)).render(RenderJob(comp))
    #expect(summary.failures.map(\.description) == [])
    let pool = BlockPool()
    let image = try ImageFile.read(folder.path + "/views.exr", pool: pool).image
    for (channel, x, y) in [("R", 50, 20), ("right.R", 2, 2)] as [(Channel, Int, Int)] {
      #expect(abs(image.value(channel, x: x, y: y) - 95 / 1023) < 0.001, "\(channel)")
    }
  }

  /// Frames 3, 4, 6, 7 hold their own number in every channel.
  func makeSequence() async throws {
    let summary = try await render(
      """
      "c": {"type": "Constant", "color": {"expr": "frame"}},
      "out": {"type": "Write", "source": "c", "path": "seq.####.exr", "dataType": "float"}
      """, frames: [3, 4, 6, 7])
    #expect(summary.failures.map(\.description) == [])
    #expect(folder.files == ["seq.0003.exr", "seq.0004.exr", "seq.0006.exr", "seq.0007.exr"])
  }

  func value(_ policies: String, frame: Double) async throws -> Float {
    try await image(
      "\"r\": {\"type\": \"Read\", \"path\": \"seq.####.exr\"\(policies)}", "r", frame: frame
    ).value(.red, x: 5, y: 5)
  }

  @Test func sequencesFollowTheirPolicies() async throws {
    try await makeSequence()
    #expect(try await value("", frame: 4) == 4)
    for (policies, frame, expected): (String, Double, Float) in [
      (#", "missing": "hold""#, 5, 4), (#", "missing": "nearest""#, 5, 4),
      (#", "missing": "black""#, 5, 0), (#", "before": "hold""#, 1, 3),
      (#", "after": "hold""#, 9, 7), (#", "after": "black""#, 9, 0),
      (#", "after": "loop", "range": [3, 4]"#, 5, 3),
      (#", "after": "loop", "range": [3, 4]"#, 6, 4),
      (#", "before": "loop", "range": [6, 7]"#, 5, 7),
      (#", "after": "bounce", "range": [6, 7]"#, 8, 6),
      (#", "before": "bounce", "range": [6, 7]"#, 5, 7),
      (#", "offset": 100"#, 104, 4),
    ] {
      #expect(try await value(policies, frame: frame) == expected, "\(policies) at \(frame)")
    }
    let checker = try await image(
      #""r": {"type": "Read", "path": "seq.####.exr", "missing": "checker"}"#, "r", frame: 5)
    #expect(
      checker.value(.red, x: 0, y: 0) != checker.value(.red, x: 63, y: 0)
        || checker.value(.red, x: 0, y: 0) == 0.1)
    #expect(checker.value(.alpha, x: 0, y: 0) == 1)
  }

  @Test(arguments: ["[7, 3]", "[3]", "[3.5, 7]"])
  func aRangeUpsideDownIsRefused(_ range: String) async throws {
    try await makeSequence()
    let error = await #expect(throws: RenderError.self) {
      try await value(#", "range": "# + range, frame: 4)
    }
    #expect(error?.kind == .invalid && error?.message.contains("'range'") == true)
  }

  @Test(arguments: ImageFileError.Kind.allCases)
  func readingWhatCannotBeReadIsAnInput(_ kind: ImageFileError.Kind) {
    let error = NodeError(ImageFileError(kind, path: "a.exr", "is odd"))
    #expect((error.kind == .storage) == (kind == .storage))
    #expect((error.kind == .invalid) == (kind == .request))
  }

  @Test func missingFilesAreErrorsThatSayWhatThereIs() async throws {
    try await makeSequence()
    let summary = try await render(
      """
      "r": {"type": "Read", "path": "seq.####.exr"},
      "out": {"type": "Write", "source": "r", "path": "copy.####.exr"}
      """, frames: [4, 5])
    #expect(summary.rendered == 1)
    let error = try #require(summary.failures.first)
    #expect(error.kind == .input && error.path == "r" && error.frame == 5)
    #expect(
      error.message.contains("seq.0005.exr does not exist; the sequence has 4 frames, 3 to 7"))
    await #expect(throws: RenderError.self) {
      _ = try await image(
        #""r": {"type": "Read", "path": "nothing.####.exr", "missing": "black"}"#, "r")
    }
    await #expect(throws: RenderError.self) {
      _ = try await image(#""r": {"type": "Read", "path": "nothing.exr"}"#, "r")
    }
  }

  @Test func pngKeepsLinearLightAndAlpha() async throws {
    let nodes = """
      "ramp": {"type": "Expression", "source": "c", "expr0": "x / 64", "expr1": "0.5", "expr2": "y / 40", "expr3": "(x + 1) / 65"},
      "c": {"type": "Constant"},
      "pre": {"type": "Premult", "source": "ramp"},
      "out": {"type": "Write", "source": "pre", "path": "a.png", "dataType": "uint16"}
      """
    let summary = try await render(nodes)
    #expect(summary.failures.map(\.description) == [])
    let before = try await image(nodes, "pre")
    let after = try await image(#""r": {"type": "Read", "path": "a.png"}"#, "r")
    for (x, y) in [(0, 0), (10, 20), (63, 39), (40, 7)] {
      for channel in Channel.rgba {
        #expect(abs(before.value(channel, x: x, y: y) - after.value(channel, x: x, y: y)) < 6e-5)
      }
    }
    let raw = try await image(#""r": {"type": "Read", "path": "a.png", "raw": true}"#, "r")
    #expect(abs(raw.value(.green, x: 30, y: 5) - 0.7353570) < 2e-5)
  }

  @Test func exrKeepsDataWindowsChannelsAndHugeValues() async throws {
    let nodes = """
      "c": {"type": "Constant", "color": [1e9, -5, 0.1, 1]},
      "crop": {"type": "Crop", "source": "c", "box": [10, 5, 30, 25]},
      "out": {"type": "Write", "source": "crop", "path": "w.exr"},
      "inf": {"type": "Write", "source": "crop", "path": "i.exr", "halfOverflow": "infinity"},
      "full": {"type": "Write", "source": "crop", "path": "f.exr", "dataWindow": "format", "compression": "piz", "tileSize": 32}
      """
    let summary = try await render(nodes)
    #expect(summary.failures.map(\.description) == [])
    let a = try await image(#""r": {"type": "Read", "path": "w.exr"}"#, "r")
    #expect(a.dataWindow == Rect(x0: 10, y0: 5, x1: 30, y1: 25))
    #expect(a.format == Format(width: 64, height: 40))
    #expect(a.value(.red, x: 12, y: 7) == 65504 && a.value(.green, x: 12, y: 7) == -5)
    let i = try await image(#""r": {"type": "Read", "path": "i.exr"}"#, "r")
    #expect(i.value(.red, x: 12, y: 7) == .infinity)
    let f = try await image(#""r": {"type": "Read", "path": "f.exr"}"#, "r")
    #expect(f.dataWindow == Rect(width: 64, height: 40))
    #expect(f.value(.green, x: 0, y: 0) == 0 && f.value(.green, x: 12, y: 7) == -5)
  }

  @Test func onlyTheFormatGoesIntoFilesWithoutDataWindows() async throws {
    let summary = try await render(
      """
      "c": {"type": "Constant"},
      "big": {"type": "Crop", "source": "c", "box": [-20, -10, 100, 90], "intersect": false},
      "out": {"type": "Write", "source": "big", "path": "f.png"}
      """)
    #expect(summary.failures.map(\.description) == [])
    let image = try await image(#""r": {"type": "Read", "path": "f.png"}"#, "r")
    #expect(image.dataWindow == Rect(width: 64, height: 40))
  }

  @Test func aPictureOutsideItsFormatIsBlackNotAnError() async throws {
    let summary = try await render(
      """
      "c": {"type": "Constant"},
      "far": {"type": "Position", "source": "c", "translate": [5000, 0]},
      "none": {"type": "Crop", "source": "c", "box": [5, 5, 5, 5]},
      "a": {"type": "Write", "source": "far", "path": "far.png"},
      "b": {"type": "Write", "source": "none", "path": "none.exr"}
      """)
    #expect(summary.failures.map(\.description) == [])
    let image = try await image(#""r": {"type": "Read", "path": "far.png"}"#, "r")
    #expect(image.dataWindow == Rect(width: 64, height: 40))
    #expect(image.value(.red, x: 3, y: 3) == 0)
  }

  /// A picture with a layer of colours, one of positions and a depth beside its own colours.
  private let layered = """
    "c": {"type": "Constant", "color": [0.25, 0.5, 0.75, 1]},
    "l": {"type": "Shuffle", "source": "c", "mapping":
      "R=0.1, fx.R=B, fx.G=G, fx.B=R, fx.A=0.5, P.X=0.5, P.Y=2, u.x=0.2, u.y=0.4, depth.Z=R"},
    "only": {"type": "Remove", "source": "l", "channels": "rgba"}
    """

  /// What lands where R, G, B and A of a file are.
  @Test(arguments: [
    ("l", "all", "a.png", [Float(0.1), 0.5, 0.75, 1]),
    ("l", "fx", "a.png", [0.75, 0.5, 0.25, 0.5]),
    ("l", "fx.R, fx.G, fx.B", "a.tif", [0.75, 0.5, 0.25]),
    ("l", "fx", "a.dpx", [0.75, 0.5, 0.25]), ("only", "all", "a.png", [0.75, 0.5, 0.25, 0.5]),
    ("l", "P", "a.exr", []), ("l", "u", "a.png", [0.2, 0.4, 0]), ("l", "depth", "a.png", [0.25]),
    ("l", "fx.A", "a.png", [0.5]), ("l", "A", "a.jpg", [1]),
  ])
  func aLayerGoesIntoAFileOfColours(
    _ node: String, _ channels: String, _ path: String, _ values: [Float]
  ) async throws {
    let summary = try await render(
      """
      \(layered), "out": {"type": "Write", "source": "\(node)", "path": "\(path)", "raw": true,
        "channels": "\(channels)", "dataType": "auto"}
      """)
    #expect(summary.failures.map(\.description) == [])
    let read = try ImageFile.read(folder.path + "/" + path, pool: BlockPool()).image
    for (place, value) in values.enumerated() {
      let found = read.value(values.count == 1 ? .red : Channel.rgba[place], x: 3, y: 3)
      #expect((found - value).magnitude < 0.003, "\(Channel.rgba[place])")
    }
    if values.count == 3 { #expect(!read.spec.has(.alpha)) }
  }

  /// Colours of a layer are encoded, numbers are not.
  @Test func onlyColoursOfALayerAreEncoded() async throws {
    _ = try await render(
      """
      \(layered), "a": {"type": "Write", "source": "l", "path": "fx.png", "channels": "fx"},
      "b": {"type": "Write", "source": "l", "path": "u.png", "channels": "u"}
      """)
    let pool = BlockPool()
    let fx = try ImageFile.read(folder.path + "/fx.png", pool: pool).image
    // Straight in the file: 0.25 over 0.5, as sRGB.
    #expect((fx.value(.blue, x: 3, y: 3) - 0.735).magnitude < 0.003)
    let u = try ImageFile.read(folder.path + "/u.png", pool: pool).image
    #expect((u.value(.green, x: 3, y: 3) - 0.4).magnitude < 0.003)
  }

  @Test(arguments: [
    ("rgb, depth.Z", "a.png", "beside R, G, B it cannot take depth.Z"),
    ("fx, u.x", "a.png", "it cannot take u.x"), ("R, G", "a.tif", "not R, G alone"),
    ("fx.*, depth", "a.jpg", "write an EXR"),
  ])
  func channelsThatDoNotFitAreAnError(_ channels: String, _ path: String, _ words: String)
    async throws
  {
    let nodes = """
      \(layered), "out": {"type": "Write", "source": "l", "path": "\(path)", "channels": "\(channels)"}
      """
    let summary = try await render(nodes)
    #expect(summary.failures.contains { $0.message.contains(words) }, "\(summary.failures)")
    let dryRun = await Renderer(RenderOptions(threads: 1)).dryRun(try comp(nodes), frames: [1])
    #expect(dryRun.findings.contains { $0.isFatal && $0.error.message.contains(words) })
    #expect(folder.files == [])
  }

  @Test(arguments: [
    ("rgba", "a.jpg", true), ("fx", "a.dpx", true), ("rgb", "a.jpg", false),
    ("all", "a.jpg", false), ("rgba", "a.png", false), ("A", "a.jpg", false),
  ])
  func alphaThatAFormatLacksIsSaid(_ channels: String, _ path: String, _ isSaid: Bool) async throws
  {
    let nodes = """
      \(layered), "out": {"type": "Write", "source": "l", "path": "\(path)", "channels": "\(channels)"}
      """
    let dryRun = await Renderer(RenderOptions(threads: 1)).dryRun(try comp(nodes), frames: [1])
    #expect(
      dryRun.findings.contains { $0.error.message.contains("leaves out the alpha") } == isSaid)
  }

  @Test func mergingPicturesWithoutAlphaTreatsThemAsOpaque() async throws {
    let nodes = """
      "c": {"type": "Constant", "color": [0.5, 0.25, 0.125, 1]},
      "plain": {"type": "Remove", "source": "c", "channels": "alpha"},
      "small": {"type": "Crop", "source": "plain", "box": [10, 10, 20, 20]},
      "soft": {"type": "Constant", "color": [0.2, 0.2, 0.2, 0.5]},
      "onPlain": {"type": "Merge", "a": "soft", "b": "plain"},
      "plainOn": {"type": "Merge", "a": "small", "b": "soft"}
      """
    let a = try await image(nodes, "onPlain")
    #expect(a.value(.red, x: 5, y: 5) == 0.2 + 0.5 * 0.5 && a.value(.alpha, x: 5, y: 5) == 1)
    let b = try await image(nodes, "plainOn")
    #expect(b.value(.red, x: 15, y: 15) == 0.5 && b.value(.alpha, x: 15, y: 15) == 1)
    #expect(b.value(.red, x: 25, y: 25) == 0.2 && b.value(.alpha, x: 25, y: 25) == 0.5)
  }

  @Test func autocropShrinksToWhatIsNotBlack() async throws {
    let summary = try await render(
      """
      "c": {"type": "Constant", "color": 0},
      "e": {"type": "Expression", "source": "c", "expr0": "x > 20 && x < 30 && y > 8 && y < 12 ? 1 : 0", "expr1": "0", "expr2": "0", "expr3": "0"},
      "out": {"type": "Write", "source": "e", "path": "crop.exr", "autocrop": true}
      """)
    #expect(summary.failures.map(\.description) == [])
    let image = try await image(#""r": {"type": "Read", "path": "crop.exr"}"#, "r")
    #expect(image.dataWindow.width == 9 && image.dataWindow.height == 3)
  }

  @Test func proxiesReadTheMeanOfWhatTheyCover() async throws {
    let summary = try await render(
      """
      "c": {"type": "Constant"},
      "e": {"type": "Expression", "source": "c", "expr0": "floor(x)", "expr1": "floor(y)"},
      "out": {"type": "Write", "source": "e", "path": "p.exr", "dataType": "float"}
      """)
    #expect(summary.failures.map(\.description) == [])
    let image = try await image(
      #""r": {"type": "Read", "path": "p.exr"}"#, "r", proxy: 2)
    #expect(image.format == Format(width: 32, height: 20))
    #expect(image.value(.red, x: 3, y: 3) == 6.5 && image.value(.green, x: 3, y: 3) == 6.5)
  }

  @Test func aFailedWriteLeavesNothingBehind() async throws {
    let summary = try await render(
      """
      "c": {"type": "Constant"},
      "out": {"type": "Write", "source": "c", "path": "sub/a.exr", "createDirectories": false}
      """)
    #expect(summary.failures.count == 1)
    #expect(folder.files == [])
  }

  @Test func whatAnEncoderHoldsIsPlanned() async throws {
    func held(_ path: String) async throws -> Int? {
      let comp = try comp(
        """
        "n": {"type": "Noise"}, "out": {"type": "Write", "source": "n", "path": "\(path)"}
        """, width: 1280, height: 1024)
      let plan = try await Renderer(RenderOptions(threads: 2)).plan(comp, frame: 1)
      return plan.bands.last?.passes.last?.scratchBytes
    }
    #expect(try await held("a.exr") == 0)
    #expect(try await held("a.tif") == 2 * 1280 * 1024 * 4)
    #expect(try await held("a.jpg") == 2 * 1280 * 1024 * 3)
  }

  @Test func theSameGraphWritesTheSameBytes() async throws {
    func bytes(_ threads: Int, _ path: String) async throws -> [UInt8] {
      let comp = try comp(
        """
        "n": {"type": "Noise"},
        "out": {"type": "Write", "source": "n", "path": "\(path)"}
        """, width: 333, height: 219)
      let summary = await Renderer(RenderOptions(threads: threads)).render(
        RenderJob(comp, frames: [1]))
      #expect(summary.failures.map(\.description) == [])
      return Array(try Data(contentsOf: URL(filePath: folder.path + "/" + path)))
    }
    let one = try await bytes(1, "a.exr")
    #expect(try await bytes(8, "b.exr") == one)
    #expect(one.count > 1000)
    let png = try await bytes(1, "a.png")
    #expect(try await bytes(8, "b.png") == png)
  }
}
