import BipackPixels
import Glibc
import Testing

@testable import BipackGraph

@Suite struct ExpressionTests {
  private func value(_ text: String, frame: Double = 10) throws -> Double {
    let comp = try comp("\"p\": {\"type\": \"Plate\"}")
    let program = try ExpressionParser.compile(text, limits: .trusted) {
      names, offset throws(ExpressionError) in
      switch names {
      case ["frame"]: return .frame
      case ["t"]: return .seconds
      default: throw ExpressionError(offset, "unknown")
      }
    }
    var evaluator = Evaluator(comp: comp, links: { _, _ in .number(0) })
    let source = ParamSource.program(program)
    return try evaluator.number(source, frame)
  }

  @Test(arguments: [
    ("1 + 2 * 3", 7), ("(1 + 2) * 3", 9), ("2 ^ 3 ^ 2", 512), ("-2 ^ 2", -4), ("2 ** 3", 8),
    ("2 ^ -1", 0.5), ("10 - 4 - 3", 3), ("12 / 3 / 2", 2), ("7 % 4", 3), ("-7 % 4", -3),
    ("mod(-7, 4)", 1), ("mod(7, -4)", -1), ("1 < 2", 1), ("2 <= 1", 0), ("1 == 1 && 2 != 2", 0),
    ("0 || 3", 1), ("!0 + !5", 1), ("1 ? 2 : 3", 2), ("0 ? 1 : 0 ? 2 : 3", 3), ("--3", 3),
    ("1 > 2 ? 1 / 0 : 4", 4), ("frame * 2", 20), ("t * 25", 9), (".5 + 1e1", 10.5),
    ("min(3, 1, 2)", 1), ("max(3, 1, 2)", 3), ("clamp(2)", 1), ("clamp(5, 2, 4)", 4),
    ("lerp(2, 4, 0.25)", 2.5), ("mix(2, 4, 0.5)", 3), ("step(2, 2)", 1), ("step(2, 1.9)", 0),
    ("smoothstep(0, 2, 1)", 0.5), ("fit(5, 0, 10, 100, 200)", 150), ("sqrt(9)", 3),
    ("pow(2, 10)", 1024), ("abs(-3)", 3), ("sign(-3)", -1), ("floor(-1.5)", -2),
    ("ceil(-1.5)", -1), ("round(2.5)", 3), ("trunc(-2.7)", -2), ("hypot(3, 4)", 5),
    ("log10(1000)", 3), ("log2(8)", 3), ("exp(0)", 1), ("cos(0)", 1), ("sin(0)", 0),
    ("degrees(pi)", 180), ("noise(3)", 0), ("atan2(0, -1) - pi", 0), ("log(e)", 1),
  ])
  func evaluates(_ text: String, _ expected: Double) throws {
    #expect(abs(try value(text) - expected) < 1e-14, "\(text)")
  }

  @Test func mathMatchesTheCLibrary() {
    var worst: [String: Double] = [:]
    func compare(_ name: String, _ ours: Double, _ theirs: Double, _ x: Double) {
      let error = abs(ours - theirs) / max(abs(theirs), 1e-300)
      if theirs.isNaN != ours.isNaN { Issue.record("\(name)(\(x)): \(ours) for \(theirs)") }
      if theirs.isFinite { worst[name] = max(worst[name] ?? 0, error) }
    }
    for i in 0..<20_000 {
      let u = HashNoise.random([Double(i)])
      let wide = (u - 0.5) * 1400
      compare("exp", PortableMath.exp(wide), Glibc.exp(wide), wide)
      compare("exp2", PortableMath.exp2(wide), Glibc.exp2(wide), wide)
      let positive = Glibc.exp(wide)
      compare("log", PortableMath.log(positive), Glibc.log(positive), positive)
      compare("log2", PortableMath.log2(positive), Glibc.log2(positive), positive)
      compare("log10", PortableMath.log10(positive), Glibc.log10(positive), positive)
      let turn = (u - 0.5) * 40
      compare("atan", PortableMath.atan(turn), Glibc.atan(turn), turn)
      let unit = u * 2 - 1
      compare("asin", PortableMath.asin(unit), Glibc.asin(unit), unit)
      compare("acos", PortableMath.acos(unit), Glibc.acos(unit), unit)
      compare("pow", PortableMath.pow(u * 10, turn), Glibc.pow(u * 10, turn), turn)
      // Near their zeros only the absolute error of sine and cosine means anything.
      #expect(abs(PortableMath.sin(turn) - Glibc.sin(turn)) < 4e-16)
      #expect(abs(PortableMath.cos(turn) - Glibc.cos(turn)) < 4e-16)
    }
    for (name, error) in worst { #expect(error < (name == "pow" ? 1e-13 : 2e-15), "\(name)") }
    #expect(PortableMath.exp(1000) == .infinity)
    #expect(PortableMath.exp(-1000) == 0)
    #expect(PortableMath.log(0) == -.infinity)
    #expect(PortableMath.pow(-8, 3) == -512)
    #expect(PortableMath.pow(-8, 0.3).isNaN)
  }

  @Test func noiseIsTheSameEverywhere() throws {
    // Fixed for ever: renders depend on them.
    #expect(HashNoise.random([1.0]) == 0.9600868472287245)
    #expect(HashNoise.random([1.0, 2.0]) == 0.7697828813032628)
    #expect(HashNoise.noise(0.5, 0, 0) == 0.25)
    #expect(HashNoise.noise(1.25, -2.5, 100.75) == 0.0013394355773925781)
    var (sum, most) = (0.0, 0.0)
    for i in 0..<10_000 {
      let n = HashNoise.noise(Double(i) * 0.37, Double(i) * 0.11, 0.5)
      sum += n
      most = max(most, abs(n))
    }
    #expect(abs(sum / 10_000) < 0.02)
    #expect(most > 0.5 && most <= 1)
  }

  @Test func limitsAreSharp() throws {
    let deep = String(repeating: "(", count: 63) + "1" + String(repeating: ")", count: 63)
    #expect(try value(deep) == 1)
    #expect(throws: ExpressionError.self) { try value("(" + deep + ")") }
    let minuses = String(repeating: "-", count: 5000) + "1"
    #expect(throws: ExpressionError.self) { try value(minuses) }
    #expect(throws: ExpressionError.self) { try value(String(repeating: "-", count: 100) + "1") }
    #expect(try value(String(repeating: "1+", count: 2047) + "1") == 2048)
    #expect(throws: ExpressionError.self) { try value(String(repeating: "1+", count: 2048) + "1") }
  }

  private func chain(_ count: Int, _ body: (Int) -> String) -> String {
    (0..<count).map { i in
      "\"p\(i)\": {\"type\": \"Plate\", \"level\": "
        + (i == 0 ? "{\"keys\": [[0, 0], [1, 0.000001]]}" : "{\"expr\": \"\(body(i))\"}") + "}"
    }.joined(separator: ",\n")
  }

  @Test func chainsOfReferencesAreBounded() throws {
    let good = try comp(chain(65) { "p\($0 - 1).level" })
    #expect(try good.node("p64", 0.5, as: Plate.self).level == 0.0000005)
    #expect(throws: DocumentError.self) { try comp(chain(66) { "p\($0 - 1).level" }) }
    // Doubling at every step: without memory 2^59 evaluations.
    let doubling = try comp(chain(60) { "(p\($0 - 1).level + p\($0 - 1).level) / 2" })
    #expect(try doubling.node("p59", 1, as: Plate.self).level == 0.000001)
    // Ever new frames: refused, not endless.
    let endless = try comp(
      chain(60) { "p\($0 - 1).level(frame * 1.1) + p\($0 - 1).level(frame + 0.7)" })
    #expect(throws: NodeError.self) { try endless.node("p59", 1, as: Plate.self) }
  }
}
