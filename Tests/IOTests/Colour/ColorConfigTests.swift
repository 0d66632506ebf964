import FoundationEssentials
import Testing

@testable import BipackIO
@testable import BipackKernels

@Suite("Colour configs")
struct ColorConfigTests {
  let config: ColorConfig

  init() throws { config = try ColorConfig.builtIn() }

  /// A folder for one test, removed at its end.
  private func withFolder(_ body: (String) throws -> Void) throws {
    let folder =
      FileManager.default.temporaryDirectory.path
      + "/bipack-colour-\(ProcessInfo.processInfo.processIdentifier)-\(UInt64.random(in: 0 ... .max))"
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: folder) }
    try body(folder)
  }

  private func write(_ text: String, _ path: String) throws {
    try Data(text.utf8).write(to: URL(filePath: path))
  }

  @Test("our own config is valid and says nothing to complain about")
  func valid() throws {
    try config.validate()
    #expect(config.warnings == [])
    #expect(config.source == .builtIn)
    for name in config.allSpaces {
      let processor = try config.convert(from: name, to: config.workingSpace)
      #expect(processor.warnings == [], "\(name)")
    }
  }

  @Test("the working space and roles")
  func roles() {
    #expect(config.workingSpace == "Linear Rec.709 (sRGB)")
    for role in [
      "aces_interchange", "cie_xyz_d65_interchange", "color_picking", "color_timing",
      "compositing_log", "data", "default", "matte_paint", "scene_linear", "texture_paint",
    ] {
      #expect(config.space(role) != nil, "\(role)")
      #expect(config.roles.contains(role))
    }
    #expect(config.space("data")?.isData == true)
  }

  @Test(
    "Nuke's names are known, in any case",
    arguments: [
      ("linear", "Linear Rec.709 (sRGB)"), ("sRGB", "sRGB - Texture"), ("rec709", "Camera Rec.709"),
      ("Cineon", "Cineon"), ("AlexaV3LogC", "AlexaV3LogC"), ("SLog3", "SLog3"),
      ("Gamma2.2", "Gamma 2.2 Rec.709 - Texture"), ("BT1886", "Gamma 2.4 Rec.709 - Texture"),
      ("SRGB", "sRGB - Texture"), ("acescg", "ACEScg"), ("lin_rec709", "Linear Rec.709 (sRGB)"),
      ("Log3G10", "Log3G10"), ("raw", "Raw"), ("PLogLin", "PLogLin"), ("Panalog", "Panalog"),
      ("REDLog", "REDLog"), ("ViperLog", "ViperLog"),
    ])
  func names(alias: String, name: String) {
    #expect(config.space(alias)?.name == name)
  }

  @Test(
    "file rules",
    arguments: [
      ("a/b.exr", "Linear Rec.709 (sRGB)"), ("B.EXR", "Linear Rec.709 (sRGB)"),
      ("x.hdr", "Linear Rec.709 (sRGB)"), ("shot.0101.dpx", "Cineon"), ("x.cin", "Cineon"),
      ("p.png", "sRGB - Texture"), ("p.jpg", "sRGB - Texture"), ("p.JPEG", "sRGB - Texture"),
      ("p.tif", "sRGB - Texture"), ("p.tga", "sRGB - Texture"), ("p.webp", "sRGB - Texture"),
      ("p.unknown", "Linear Rec.709 (sRGB)"), ("", "Linear Rec.709 (sRGB)"),
    ])
  func rules(path: String, space: String) {
    #expect(config.space(forFile: path) == space)
    #expect(config.hasRule(forFile: path) == !(path.isEmpty || path.hasSuffix("unknown")))
  }

  @Test("floating-point TIFFs are linear, log formats stay log")
  func floats() {
    #expect(config.space(forFile: "p.tif", isFloat: true) == config.workingSpace)
    #expect(config.space(forFile: "p.dpx", isFloat: true) == "Cineon")
  }

  @Test("files known to need no conversion need none", arguments: ColorConfig.builtInWorkingEndings)
  func working(ending: String) throws {
    for path in ["p.\(ending)", "p.\(ending.uppercased())"] {
      let space = config.space(forFile: path, isFloat: true)
      #expect(space == config.workingSpace)
      #expect(try config.convert(from: space, to: config.workingSpace).isNoOp)
    }
  }

  @Test("displays, views and looks")
  func displays() {
    #expect(config.defaultDisplay == "sRGB - Display")
    #expect(config.defaultView(of: "sRGB - Display") == "Un-tone-mapped")
    #expect(
      config.views(of: "sRGB - Display") == ["Un-tone-mapped", "ACES 1.0 - SDR Video", "Raw"])
    #expect(config.displays.count == 8)
    #expect(config.looks == ["ACES 1.3 Reference Gamut Compression"])
  }

  @Test("plain curves and matrices run on our own kernels; LUTs do not")
  func ownKernels() throws {
    let linear = config.workingSpace
    for name in ["sRGB", "rec709", "Cineon", "AlexaV3LogC", "Gamma2.2", "ARRI LogC4", "ACEScg"] {
      #expect(try config.convert(from: name, to: linear).usesOwnKernels, "\(name)")
      #expect(try config.convert(from: linear, to: name).usesOwnKernels, "\(name)")
    }
    #expect(try config.convert(from: "ACEScct", to: "ARRI LogC3 (EI800)").usesOwnKernels)
    let view = try config.display(
      from: linear, display: "sRGB - Display", view: "ACES 1.0 - SDR Video")
    #expect(!view.usesOwnKernels)
  }

  @Test("our own curves are the config's", arguments: TransferCurve.all)
  func curves(curve: TransferCurve) throws {
    // Those the config has only with a camera's own primaries are compared by the truth tests.
    guard config.space(curve.name) != nil, !["ACEScct", "LogC4"].contains(curve.name) else {
      return
    }
    let encode = try config.convert(from: "linear", to: curve.name)
    for i in 0...2000 {
      let x = Float(i) / 1000
      let (got, _, _) = encode.convert(x, x, x)
      // OCIO's toes are smooth, the standards' constants rounded: see TransferCurve.Toe.smooth.
      let limit: Float = curve.name == "rec709" ? 6e-4 : 2e-5
      #expect(abs(got - curve.encode(x)) <= limit, "\(curve.name) at \(x)")
    }
  }

  @Test("our own kernels equal OCIO within 2e-5, negatives included")
  func againstOCIO() throws {
    let values: [Float] = (-400...4000).map { Float($0) / 400 }
    for name in config.spaces {
      for (from, to) in [(name, config.workingSpace), (config.workingSpace, name)] {
        let own = try config.convert(from: from, to: to)
        guard own.usesOwnKernels else { continue }
        let theirs = try config.convertWithOCIO(from: from, to: to)
        #expect(!theirs.usesOwnKernels)
        // A log's inverse explodes; what is above 1e6 is no picture.
        for value in values where !(config.space(from)?.encoding == "log" && value > 1.2) {
          let pixel = (value, value * 0.5, 0.25 + value * 0.25)
          let a = own.convert(pixel.0, pixel.1, pixel.2)
          let b = theirs.convert(pixel.0, pixel.1, pixel.2)
          for (x, y) in [(a.0, b.0), (a.1, b.1), (a.2, b.2)] {
            let scale = max(1, abs(a.0), abs(a.1), abs(a.2))
            if !(abs(x - y) <= 2e-5 * scale) {
              Issue.record("\(from) to \(to) at \(pixel): \(a), OCIO \(b)")
              return
            }
          }
        }
      }
    }
  }

  @Test("there and back is where it was")
  func roundTrip() throws {
    for name in config.spaces where config.space(name)?.isData == false {
      guard config.space(name)?.encoding != "sdr-video" || !name.contains("Display") else {
        continue
      }
      let there = try config.convert(from: config.workingSpace, to: name)
      let back = try config.convert(from: name, to: config.workingSpace)
      let a = there.convert(0.18, 0.4, 0.7)
      let b = back.convert(a.0, a.1, a.2)
      #expect(abs(b.0 - 0.18) < 1e-4 && abs(b.1 - 0.4) < 1e-4 && abs(b.2 - 0.7) < 1e-4, "\(name)")
    }
  }

  @Test("no-ops are known, and data is never converted")
  func noOps() throws {
    #expect(try config.convert(from: "linear", to: "scene_linear").isNoOp)
    #expect(try config.convert(from: "Raw", to: "sRGB").isNoOp)
    #expect(try config.convert(from: "sRGB", to: "data").isNoOp)
    let srgb = try config.convert(from: "sRGB", to: "linear")
    #expect(!srgb.isNoOp && !srgb.mixesChannels)
    #expect(try config.convert(from: "ACEScg", to: "linear").mixesChannels)
  }

  @Test("a processor is made once, and its hash says what it does")
  func hashes() throws {
    let a = try config.convert(from: "sRGB", to: "linear")
    #expect(a === (try config.convert(from: "sRGB - Texture", to: "scene_linear")))
    #expect(a.hash != (try config.convert(from: "linear", to: "sRGB")).hash)
    let own = try ColorConfig.parse(ColorConfig.builtInText)
    #expect(try own.convert(from: "sRGB", to: "linear").hash == a.hash)
    #expect(own.hash == config.hash)
  }

  @Test("strips of any length convert as single pixels do, in place")
  func strips() throws {
    for (from, to) in [("sRGB", "ACEScg"), ("linear", "CanonLog2 CinemaGamut D55")] {
      let processor = try config.convert(from: from, to: to)
      let n = 5000
      func ramp(_ phase: Int) -> [Float] {
        (0..<n).map { i in Float((i * 7 + phase) % 1000) / 500 - 0.2 }
      }
      var (r, g, b) = (ramp(0), ramp(13), ramp(26))
      let want = (0..<n).map { processor.convert(r[$0], g[$0], b[$0]) }
      processor.apply(&r, &g, &b, count: n)
      let same = (0..<n).allSatisfy { (r[$0], g[$0], b[$0]) == want[$0] }
      #expect(same, "\(from) to \(to)")
    }
  }

  @Test("NaN and infinities pass through own kernels without spreading")
  func nan() throws {
    let processor = try config.convert(from: "sRGB", to: "linear")
    let out = processor.convert(.nan, .infinity, -.infinity)
    #expect(out.0.isNaN && out.1 == .infinity && out.2 == -.infinity)
  }

  @Test("the CDL is the ASC's formula")
  func cdl() throws {
    let processor = try config.cdl(
      slope: [1.2, 1, 0.9], offset: [0.02, -0.01, 0], power: [1.1, 1, 0.8], saturation: 0.7)
    let input: [Float] = [0.4, 0.2, 0.6]
    let sop = zip(input, [(1.2, 0.02, 1.1), (1.0, -0.01, 1.0), (0.9, 0.0, 0.8)]).map { x, k in
      TransferMath.pow(x * Float(k.0) + Float(k.1), Float(k.2))
    }
    let luma = 0.2126 * sop[0] + 0.7152 * sop[1] + 0.0722 * sop[2]
    let want = sop.map { luma + 0.7 * ($0 - luma) }
    let got = processor.convert(input[0], input[1], input[2])
    for (a, b) in zip([got.0, got.1, got.2], want) { #expect(abs(a - b) < 2e-5) }
    let inverse = try config.cdl(
      slope: [1.2, 1, 0.9], offset: [0.02, -0.01, 0], power: [1.1, 1, 0.8], saturation: 0.7,
      inverse: true)
    let back = inverse.convert(got.0, got.1, got.2)
    #expect(abs(back.0 - 0.4) < 1e-4 && abs(back.1 - 0.2) < 1e-4 && abs(back.2 - 0.6) < 1e-4)
  }

  @Test("document before $OCIO before our own")
  func precedence() throws {
    try withFolder { folder in
      let (one, two) = (folder + "/one.ocio", folder + "/two.ocio")
      try write(ColorConfig.builtInText, one)
      try write(ColorConfig.builtInText.replacing("name: bipack", with: "name: other"), two)
      let environment = ["OCIO": two]
      #expect(try ColorConfig.choose(document: one, environment: environment).source == .file(one))
      #expect(try ColorConfig.choose(document: nil, environment: environment).source == .file(two))
      #expect(try ColorConfig.choose(document: "", environment: ["OCIO": ""]).source == .builtIn)
      #expect(try ColorConfig.open(one) === ColorConfig.open(one))
      #expect(try ColorConfig.open(two).name == "other")
    }
  }

  @Test("a changed LUT is read again")
  func changedLUT() throws {
    try withFolder { folder in
      let path = folder + "/gain.spimtx"
      try write("2 0 0 0\n0 2 0 0\n0 0 2 0\n", path)
      let first = try config.file(path)
      #expect(first.convert(0.5, 0.5, 0.5) == (1, 1, 1))
      try write("4 0 0 0\n0 4 0 0\n0 0 4 0.00\n", path)
      let second = try config.file(path)
      #expect(second.convert(0.5, 0.5, 0.5) == (2, 2, 2))
      #expect(first.hash != second.hash)
    }
  }

  @Test("a cube read linearly and tetrahedrally")
  func interpolation() throws {
    try withFolder { folder in
      let path = folder + "/corner.cube"
      // White maps to white, every other corner to black.
      var text = "LUT_3D_SIZE 2\n"
      for i in 0..<8 { text += i == 7 ? "1 1 1\n" : "0 0 0\n" }
      try write(text, path)
      let nearest = try config.file(path, interpolation: .nearest).convert(0.6, 0.5, 0.4)
      let linear = try config.file(path, interpolation: .linear).convert(0.6, 0.5, 0.5)
      let tetrahedral = try config.file(path, interpolation: .tetrahedral).convert(0.6, 0.5, 0.4)
      #expect(abs(linear.0 - 0.15) < 1e-6)
      #expect(nearest == (0, 0, 0))
      #expect(abs(tetrahedral.0 - 0.4) < 1e-6)
      #expect(try config.file(path, interpolation: .best).convert(0.6, 0.5, 0.4) == tetrahedral)
    }
  }

  @Test("tetrahedral tables run on our own kernels and equal OCIO's")
  func tables() throws {
    try withFolder { folder in
      let path = folder + "/random.cube"
      var seed: UInt32 = 5
      func random() -> Float {
        seed = seed &* 1_664_525 &+ 1_013_904_223
        return Float(seed >> 8) / Float(1 << 24)
      }
      var text = "LUT_3D_SIZE 9\n"
      for _ in 0..<9 * 9 * 9 { text += "\(random()) \(random()) \(random() * 2)\n" }
      try write(text, path)
      let table = try config.file(path, interpolation: .tetrahedral)
      #expect(table.usesOwnKernels)
      #expect(try !config.file(path, interpolation: .linear).usesOwnKernels)
      for _ in 0..<3000 {
        let pixel = (random() * 1.5 - 0.25, random() * 1.5 - 0.25, random() * 1.5 - 0.25)
        let own = table.convert(pixel.0, pixel.1, pixel.2)
        var theirs = pixel
        table.applyOCIO(&theirs.0, &theirs.1, &theirs.2, count: 1)
        let far = max(abs(own.0 - theirs.0), abs(own.1 - theirs.1), abs(own.2 - theirs.2))
        if far > 4e-6 {
          Issue.record("\(pixel): \(own), OCIO \(theirs)")
          return
        }
      }
    }
  }

  @Test("corrections of a .ccc are picked by id")
  func cccID() throws {
    try withFolder { folder in
      let path = folder + "/looks.ccc"
      func correction(_ id: String, _ slope: String) -> String {
        """
        <ColorCorrection id="\(id)"><SOPNode><Slope>\(slope)</Slope><Offset>0 0 0</Offset>
        <Power>1 1 1</Power></SOPNode></ColorCorrection>
        """
      }
      try write(
        "<ColorCorrectionCollection xmlns=\"urn:ASC:CDL:v1.01\">"
          + correction("warm", "2 1 1") + correction("cold", "1 1 2")
          + "</ColorCorrectionCollection>", path)
      let warm = try config.file(path, cccID: "warm").convert(0.25, 0.25, 0.25)
      let cold = try config.file(path, cccID: "cold").convert(0.25, 0.25, 0.25)
      #expect(warm == (0.5, 0.25, 0.25) && cold == (0.25, 0.25, 0.5))
      let error = colorError { () throws(ColorError) in _ = try config.file(path, cccID: "hot") }
      #expect(
        error?.description.hasSuffix(
          "it has no correction 'hot'; expected one of 'warm', 'cold'") == true)
      let second = try config.file(path, cccID: "1").convert(0.25, 0.25, 0.25)
      #expect(second == cold)
      let unsaid = colorError { () throws(ColorError) in _ = try config.file(path) }
      #expect(
        unsaid?.description.hasSuffix(
          "it holds 2 corrections; say which by 'cccId', one of 'warm', 'cold'") == true)
      // The only one needs no id.
      try write(
        "<ColorCorrectionCollection xmlns=\"urn:ASC:CDL:v1.01\">" + correction("warm", "2 1 1")
          + "</ColorCorrectionCollection>", folder + "/one.ccc")
      #expect(try config.file(folder + "/one.ccc").convert(0.25, 0.25, 0.25) == warm)
    }
  }
}

@Suite("Colour errors")
struct ColorErrorTests {
  private func message(_ body: () throws(ColorError) -> Void) -> String {
    colorError(body)?.description ?? "no error"
  }

  @Test("unknown names suggest the nearest")
  func unknown() throws {
    let config = try ColorConfig.builtIn()
    #expect(
      message { () throws(ColorError) in _ = try config.convert(from: "sRBG", to: "linear") }
        == "no colour space 'sRBG' in Bipack's own colour config (did you mean 'sRGB'?); "
        + "'bipack colorspaces' lists them")
    #expect(
      message { () throws(ColorError) in _ = try config.convert(from: "acescg", to: "logc-3") }
        .contains("did you mean 'ARRI LogC3 (EI800)'?"))
    #expect(
      message { () throws(ColorError) in
        _ = try config.display(from: "linear", display: "sRGB", view: "Raw")
      } == "no display 'sRGB' in Bipack's own colour config (did you mean 'sRGB - Display'?); "
        + "'bipack colorspaces' lists them")
    #expect(
      message { () throws(ColorError) in
        _ = try config.display(from: "linear", display: "sRGB - Display", view: "Film")
      } == "display 'sRGB - Display' has no view 'Film' in Bipack's own colour config "
        + "(known: 'Un-tone-mapped', 'ACES 1.0 - SDR Video', 'Raw'); 'bipack colorspaces' lists them"
    )
    #expect(
      message { () throws(ColorError) in
        _ = try config.look("-teal", from: "linear", to: "linear")
      } == "no look 'teal' in Bipack's own colour config "
        + "(known: 'ACES 1.3 Reference Gamut Compression')")
  }

  @Test("missing and broken configs and LUTs are named")
  func files() throws {
    let config = try ColorConfig.builtIn()
    #expect(
      message { () throws(ColorError) in
        _ = try ColorConfig.choose(document: nil, environment: ["OCIO": "/no/such.ocio"])
      } == "the colour config '/no/such.ocio' named by $OCIO does not exist or cannot be read")
    #expect(
      message { () throws(ColorError) in
        _ = try ColorConfig.choose(document: "/no/such.ocio", environment: [:])
      }
        == "the colour config '/no/such.ocio' named by the document does not exist or cannot be read"
    )
    #expect(
      message { () throws(ColorError) in _ = try config.file("/no/such.cube") }
        == "the LUT file '/no/such.cube' does not exist or cannot be read")
    #expect(
      message { () throws(ColorError) in _ = try config.file("nowhere.cube") }
        == "the LUT file 'nowhere.cube' does not exist or cannot be read")
    #expect(
      message { () throws(ColorError) in _ = try ColorConfig.parse("not a config") }
        .hasPrefix("the colour config '(text)' cannot be used: "))
    let builtin = message { () throws(ColorError) in _ = try ColorConfig.open("ocio://default") }
    #expect(builtin.contains("2.2 and later do"))
  }
}
