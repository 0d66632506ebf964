import Bipack
import BipackKernels
import Foundation
import Testing

@testable import BipackNodes

@Suite("Expression") struct ExpressionTests {
  private let source = Pictures.make(
    width: 3, height: 2,
    [
      .red: [0.25, -1, 2, 0.5, 0, 4], .green: [1, 2, 3, 4, 5, 6], .blue: [0, 0, 0, 1, 1, 1],
      .alpha: [1, 0.5, 0, 1, 1, 1], "depth.Z": [10, 20, 30, 40, 50, 60],
      "tiefe.Größe": [1, 2, 3, 4, 5, 6], "奥行": [6, 5, 4, 3, 2, 1],
    ])

  private func red(_ text: String, _ others: [Image?] = [nil, nil], frame: Double = 1) async throws
    -> [Float]
  {
    var node = Expression()
    node.expr0 = text
    return try await run(node, [source] + others, frame: frame).values(.red)
  }

  @Test func channelsAndPositions() async throws {
    #expect(try await red("r + g") == [1.25, 1, 5, 4.5, 5, 10])
    #expect(try await red("depth.Z / 10") == [1, 2, 3, 4, 5, 6])
    #expect(try await red("x + 10*y") == [0, 1, 2, 10, 11, 12])
    #expect(try await red("width*100 + height") == [302, 302, 302, 302, 302, 302])
    #expect(agree(try await red("cx"), [-2.0 / 3, 0, 2.0 / 3, -2.0 / 3, 0, 2.0 / 3]))
    #expect(agree(try await red("cy"), [-1.0 / 3, -1.0 / 3, -1.0 / 3, 1.0 / 3, 1.0 / 3, 1.0 / 3]))
    #expect(try await red("frame + t", frame: 12.5) == [25, 25, 25, 25, 25, 25])
  }

  @Test func namesAreOfAnyScript() async throws {
    #expect(try await red("tiefe.Größe * 10 + 奥行") == [16, 25, 34, 43, 52, 61])
    #expect(try await red("奥行(x + 1, y)") == [5, 4, 0, 2, 1, 0])
    var node = Expression()
    (node.tempName0, node.tempExpr0, node.expr0) = ("Δ2", "1", "Δ2 + 1")
    #expect(try await run(node, [source, nil, nil]).values(.red)[0] == 2)
  }

  @Test func otherInputsAreReadByName() async throws {
    let a = Pictures.make(
      width: 3, height: 2, [.red: [1, 2, 3, 4, 5, 6], "id.X": [9, 9, 9, 9, 9, 9]])
    let b = Pictures.make(width: 3, height: 2, [.alpha: [6, 5, 4, 3, 2, 1]])
    #expect(try await red("a.R * 10 + b.A", [a, b]) == [16, 25, 34, 43, 52, 61])
    #expect(try await red("Ar * 10 + Ba", [a, b]) == [16, 25, 34, 43, 52, 61])
    #expect(try await red("a.id.X + a", [a, b]) == [10, 9.5, 9, 10, 10, 10])
  }

  @Test func eachChannelHasItsFormulaAndTemporariesAreShared() async throws {
    var node = Expression()
    node.tempName0 = "lum"
    node.tempExpr0 = "0.5*r + 0.5*g"
    node.tempName1 = "half"
    node.tempExpr1 = "lum / 2"
    node.expr0 = "lum"
    node.expr1 = "half + 1"
    node.expr3 = "1"
    let image = try await run(node, [source, nil, nil])
    #expect(image.values(.red) == [0.625, 0.5, 2.5, 2.25, 2.5, 5])
    #expect(image.values(.green) == [1.3125, 1.25, 2.25, 2.125, 2.25, 3.5])
    #expect(image.values(.blue) == [0, 0, 0, 1, 1, 1])
    #expect(image.values(.alpha) == [1, 1, 1, 1, 1, 1])
    node = Expression()
    node.channel0 = "mask.A, rgb"
    node.expr0 = "a"
    let mask = try await run(node, [source, nil, nil])
    #expect(mask.values("mask.A") == mask.values(.alpha))
    #expect(mask.values(.green) == mask.values(.alpha))
  }

  /// Each text is worked out for r = 0.25, g = 2, b = -3 and must give the number.
  @Test(
    arguments: [
      ("1 + 2 * 3", 7), ("(1 + 2) * 3", 9), ("2 ** 3 ** 2", 512), ("-2 ** 2", -4), ("2 ^ -1", 0.5),
      ("7 % 4", 3), ("-7 % 4", -3), ("1e3 + .5", 1000.5), ("r < g", 1), ("r >= g", 0),
      ("r == 0.25 && g != 2", 0), ("r == 0.25 || g != 2", 1), ("!r", 0), ("!!g", 1),
      ("r > 0 ? g : b", 2), ("r < 0 ? 1 : g < 0 ? 2 : 3", 3), ("abs(b)", 3), ("ceil(r)", 1),
      ("floor(b + r)", -3), ("int(b + r)", -2), ("trunc(2.7)", 2), ("round(2.5)", 3),
      ("rint(-2.5)", -2), ("sqrt(g * 8)", 4), ("sign(b)", -1), ("clamp(g)", 1),
      ("clamp(g, 3, 4)", 3), ("lerp(1, 3, r)", 1.5), ("mix(1, 3, r)", 1.5), ("min(g, r, b)", -3),
      ("max(1, g, 1.5)", 2), ("pow(g, 3)", 8), ("pow2(b)", 9), ("hypot(3, 4)", 5),
      ("smoothstep(0, 1, r)", 0.156_25), ("step(1, g)", 1), ("step(3, g)", 0), ("fmod(b, 2)", -1),
      ("if(b, 5, 6)", 5), ("isnan(0/0)", 1), ("exp(0)", 1), ("log10(1000)", 3), ("log2(8)", 3),
      ("exp2(g)", 4), ("degrees(pi)", 180), ("radians(180) - pi", 0), ("atan2(0, -1) - pi", 0),
      ("exponent(8)", 4), ("mantissa(-8)", -0.5), ("ldexp(0.75, 5)", 24), ("ldexp(1, -3)", 0.125),
      ("from_sRGB(to_sRGB(r))", 0.25), ("to_byte(1)", 255), ("from_byte(255)", 1),
      ("to_rec709f(0.018)", 0.081), ("noise(3, 4, 5)", 0), ("turbulence(1, 2, 3, 4, 2, 0.5)", 0),
    ] as [(String, Double)])
  func itsLanguage(_ text: String, _ expected: Double) async throws {
    var node = Expression()
    node.expr0 = text
    let pixel = Pictures.make(width: 1, [.red: [0.25], .green: [2], .blue: [-3], .alpha: [1]])
    let value = try await run(node, [pixel, nil, nil]).values(.red)[0]
    #expect(agree(value, expected, 2e-6), "\(text) = \(value)")
  }

  @Test(
    arguments: [
      ("", "sin", sin), ("", "cos", cos), ("", "tan", tan), ("", "asin", asin), ("", "acos", acos),
      ("", "atan", atan), ("", "exp", exp), ("", "log", log), ("", "sinh", sinh),
      ("", "cosh", cosh),
      ("", "tanh", tanh), ("", "log10", log10),
    ] as [(String, String, @Sendable (Double) -> Double)])
  func functionsAreThoseOfTheLibrary(
    _: String, _ name: String, _ reference: @Sendable (Double) -> Double
  ) async throws {
    let values: [Float] = [
      -80, -3.2, -1.5, -1, -0.7, -0.3, -1e-3, -1e-8, 0, 1e-20, 1e-5, 0.01, 0.2, 0.41, 0.42, 0.5,
      0.9, 1, 1.2, 2, 3.14159, 10, 80, 1234.5, .infinity, -.infinity, .nan,
    ]
    var node = Expression()
    node.expr0 = "\(name)(r)"
    let result = try await run(node, [Pictures.row(values), nil, nil]).values(.red)
    for (x, y) in zip(values, result) {
      let expected = Float(reference(Double(x)))
      let isSame =
        expected.isNaN ? y.isNaN : y == expected || (y - expected).magnitude <= expected.ulp
      #expect(isSame, "\(name)(\(x)) = \(y), not \(expected)")
    }
  }

  @Test func randomNumbersAreEvenAndNoiseIsSmooth() async throws {
    var node = Expression()
    node.expr0 = "random(x, y)"
    node.expr1 = "noise(x / 20, y / 20, 0.5)"
    node.expr2 = "fBm(x / 20, y / 20, 0.5, 3, 2, 0.5)"
    let format = Format(width: 256, height: 256)
    let image = try await run(node, [nil, nil, nil], format: format)
    let random = image.values(.red)
    #expect(random.allSatisfy { $0 >= 0 && $0 < 1 })
    let mean = random.reduce(0) { $0 + Double($1) } / Double(random.count)
    #expect((mean - 0.5).magnitude < 0.005)
    #expect(Set(random).count > 60_000)
    let noise = image.values(.green)
    for i in 1..<256 { #expect((noise[i] - noise[i - 1]).magnitude < 0.15) }
    #expect(image.values(.blue) != noise)
  }

  @Test(arguments: [
    ("r +", "column 4: expected a number, a name or '(', found the end"),
    ("q", "column 1: there is nothing called 'q' here"), ("foo(1)", "there is no function 'foo'"),
    ("sin(1, 2)", "'sin' takes 1 arguments, not 2"), ("(r", "expected ')'"),
    ("r ? 1", "expected ':'"), ("r $ g", "has no meaning here"), ("1.2.3", "is no number"),
    ("fBm(r,g,b,r,2,1)", "must be constants"), ("r g", "expected an operator"),
    ("a.Q", "there is nothing called"), ("(((r)", "expected ')'"),
    ("dept.Z", "did you mean 'depth.Z'?"), ("r + hieght", "did you mean 'height'?"),
    ("tiefe.Größ", "'tiefe.Größ' here; did you mean 'tiefe.Größe'?"),
    ("tiefe.Größe + €", "column 15: expected a number, a name or '(', found '€'"),
    ("r × g", "'×' has no meaning here"),
  ])
  func mistakesAreNamedAndPlaced(_ text: String, _ message: String) async throws {
    var node = Expression()
    node.expr1 = text
    do {
      _ = try await run(node, [source, nil, nil])
      Issue.record("accepted \(text)")
    } catch let error as RenderError {
      #expect(error.message.hasPrefix("expr1: "), "\(error.message)")
      #expect(error.message.contains(message), "\(error.message)")
    }
  }

  @Test func hostileTextsAreRefused() async {
    var node = Expression()
    for text in [
      String(repeating: "(", count: 5000), String(repeating: "-", count: 5000) + "1",
      String(repeating: "1+", count: 6000) + "1", String(repeating: "r?", count: 400),
    ] {
      node.expr0 = text
      await #expect(throws: RenderError.self) { try await run(node, [source, nil, nil]) }
    }
  }

  @Test func constantsAreFoldedAndEqualPartsSharedWithoutChangingTheResult() async throws {
    #expect(try await red("(r*g) + (r*g) * 0 + sin(0) + 2 - 2") == [0.25, -2, 6, 2, 0, 24])
    #expect(try await red("3 * 7") == [21, 21, 21, 21, 21, 21])
    #expect(Expression().isTimeVarying == false)
    var moving = Expression()
    moving.expr2 = "r * frame"
    #expect(moving.isTimeVarying)
    moving.expr2 = "r * framed"
    #expect(!moving.isTimeVarying)
  }

  // MARK: Other pixels and frames

  @Test func neighboursAreReadAtWholeSteps() async throws {
    #expect(try await red("r(x + 1, y)") == [-1, 2, 0, 0, 4, 0])
    #expect(try await red("r(x, y - 1) + g") == [1, 2, 3, 4.25, 4, 8])
    #expect(try await red("depth.Z(x - 1 - 1, y + 2 - 1)") == [0, 0, 40, 0, 0, 0])
    #expect(try await red("r(x, y)") == [0.25, -1, 2, 0.5, 0, 4])
    #expect(try await red("r(1 + x, y) - r(x - 1, y)") == [-1, 1.75, 1, 0, 3.5, 0])
    #expect(try await red("r(x + frame, y)", frame: 2) == [2, 0, 0, 4, 0, 0])
    var node = Expression()
    node.expr0 = "r(x - 2, y + 5)"
    node.edge = .nearest
    #expect(
      try await run(node, [source, nil, nil]).values(.red) == [0.5, 0.5, 0.5, 0.5, 0.5, 0.5])
    // Channels without a formula stay; helping values may look around too.
    node.tempName0 = "left"
    node.tempExpr0 = "g(x - 1, y)"
    node.expr0 = "left"
    let image = try await run(node, [source, nil, nil])
    #expect(image.values(.red) == [1, 1, 2, 4, 4, 5])
    #expect(image.values(.green) == source.values(.green))
    #expect(image.values("depth.Z") == source.values("depth.Z"))
  }

  /// A Laplacian over tiles and bands is that of the whole, and a second input is read in its own place.
  @Test func neighboursAcrossTiles() async throws {
    let picture = Reference.noise(300, 170)
    let other = Reference.noise(90, 40, seed: 5)
    var node = Expression()
    node.expr0 = "r(x+1,y) + r(x-1,y) + r(x,y+1) + r(x,y-1) - 4*r + Ar(x-100, y+3)"
    let image = try await run(node, [picture.image(), other.image(at: (20, 10)), nil])
    let error = worst(image, Rect(width: 300, height: 170)) { x, y in
      let sum =
        picture.at(x + 1, y, .black) + picture.at(x - 1, y, .black) + picture.at(x, y + 1, .black)
        + picture.at(x, y - 1, .black) - 4 * picture[x, y]
      return sum + other.at(x - 100 - 20, y + 3 - 10, .black)
    }
    #expect(error < 1e-4)
    // Just what is read is asked for.
    let spec = picture.image().spec
    let context = NodeContext(
      frame: 1, frames: 1...1, fps: 24, format: spec.format, proxy: 1,
      settings: DocumentSettings(), inputs: [spec, nil, nil])
    var bound = NodeDeclaration.of(Expression.self).bound(node, inputs: 3)
    bound.expr0 = "r(x + 7, y - 3) + r(x - 2, y)"
    let demand = bound.demand(
      Demand(rect: Rect(x: 50, y: 60, width: 10, height: 5), channels: [.red]), context)
    #expect(demand[0] == Demand(rect: Rect(x0: 48, y0: 57, x1: 67, y1: 65), channels: [.red]))
  }

  @Test func otherFramesAreRead() async throws {
    func value(_ formula: String, frame: Double) async throws -> [Float] {
      let text = """
        {"bipack": 1, "format": {"width": 3, "height": 2, "fps": 24}, "frames": [1, 10], "nodes": {
          "clock": {"type": "Constant", "color": {"keys": [[1, 1], [10, 10]], "interpolation": "linear"}},
          "ramp": {"type": "Expression", "source": "clock", "expr1": "g + 10 * x"},
          "node": {"type": "Expression", "source": "clock", "a": "ramp", "expr0": "\(formula)"}}}
        """
      let result = Comp.check(text: text, registry: Registry(Catalog.nodes))
      #expect(result.diagnostics.map(\.message) == [])
      let comp = try #require(result.comp)
      let id = try #require(comp.id(of: "node"))
      return try await Pictures.renderer.image(comp, node: id, frame: frame).values(.red)
    }
    #expect(try await value("r - r(x, y, frame - 1)", frame: 5) == [1, 1, 1, 1, 1, 1])
    #expect(try await value("r(x, y, 3)", frame: 5) == [3, 3, 3, 3, 3, 3])
    #expect(try await value("r(x, y, frame + 0.5)", frame: 5) == [5.5, 5.5, 5.5, 5.5, 5.5, 5.5])
    #expect(try await value("Ag(x + 1, y, frame - 2) + r", frame: 5) == [18, 28, 5, 18, 28, 5])
    var node = Expression()
    node = NodeDeclaration.of(Expression.self).bound(node, inputs: 3)
    node.expr0 = "r(x, y, frame - 2) + b.R(x + 1, y, 9) + r(x, y, frame - 2)"
    let frames = node.inputFrames(
      FrameContext(frame: 5, frames: 1...10, fps: 24, connected: [true, false, true]))
    #expect(frames.map(\.slot) == [0, 1, 2, 0, 2])
    #expect(frames.map(\.frame) == [5, 5, 5, 3, 9])
  }

  @Test(
    arguments: [
      "r(x * 2, y)", "r(x + 0.5, y)", "r(y, x)", "r(x + r, y)", "r(x)", "r(x, y, r)", "q(x, y)",
      "r(x + 5000, y)", "r(x, y, 1, 2)", "depth.W(x, y)",
    ])
  func whatIsNoNeighbourIsAnError(_ text: String) async throws {
    await #expect(throws: RenderError.self) { try await red(text) }
  }
}
