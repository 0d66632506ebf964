import Bipack
import Foundation
import Testing

@testable import BipackEngine
@testable import BipackNodes

@Suite("Inpaint") struct InpaintTests {
  private let width = 120
  private let height = 90

  /// Light with waves in it, in all of its channels.
  private func plate(_ value: ((Int, Int) -> Float?)? = nil) -> Image {
    let values = (0..<width * height).map { i -> Float in
      let (x, y) = (i % width, i / width)
      return value?(x, y)
        ?? Float(0.4 + 0.15 * sin(Double(x) * 0.8 + Double(y) * 0.5) + 0.002 * Double(y))
    }
    return Pictures.make(
      width: width, height: height,
      [
        .red: values, .green: values.map { $0 * 0.5 }, .blue: values.map { $0 + 1 }, .alpha: values,
        "depth.Z": values,
      ])
  }

  private func matte(_ value: (Int, Int) -> Float) -> Image {
    Pictures.make(
      width: width, height: height,
      [.alpha: (0..<width * height).map { value($0 % width, $0 / width) }])
  }

  private func isWire(_ x: Int, _ y: Int) -> Bool { abs(Double(x) - 30 - 0.5 * Double(y)) < 2.6 }

  private func node(_ method: Inpaint.Method) -> Inpaint {
    var node = Inpaint()
    node.method = method
    return node
  }

  /// Root mean square of what differs in the wire.
  private func error(_ a: Image, _ b: Image) -> Float {
    let pairs = zip(a.values(.red), b.values(.red)).enumerated().filter {
      isWire($0.offset % width, $0.offset / width)
    }
    return (pairs.reduce(0) { $0 + pow($1.element.0 - $1.element.1, 2) } / Float(pairs.count))
      .squareRoot()
  }

  @Test(arguments: [Inpaint.Method.smooth, .frequency])
  func whatLiesOutsideTheMatteIsUnchangedBitForBit(_ method: Inpaint.Method) async throws {
    let bad = plate { x, y in self.isWire(x, y) ? 7 : nil }
    let hole = matte { x, y in self.isWire(x, y) ? 1 : 0.0005 }
    let made = try await run(node(method), [bad, hole, nil])
    #expect(made.channels == bad.channels)
    for channel in bad.channels {
      let (before, after) = (bad.values(channel), made.values(channel))
      for i in before.indices {
        let isFilled = isWire(i % width, i / width) && Channel.rgb.contains(channel)
        #expect(isFilled ? after[i] < 3 : after[i].bitPattern == before[i].bitPattern)
      }
    }
  }

  @Test func wavesGoOnAndAMembraneIsSmooth() async throws {
    let (clean, bad) = (plate(), plate { x, y in self.isWire(x, y) ? 7 : nil })
    let hole = matte { x, y in self.isWire(x, y) ? 1 : 0 }
    let frequency = error(try await run(node(.frequency), [bad, hole, nil]), clean)
    let smooth = error(try await run(node(.smooth), [bad, hole, nil]), clean)
    #expect(frequency < 0.02)
    #expect(frequency < 0.5 * smooth)
    #expect(smooth < 0.15)
  }

  @Test func softEdgesAreMixed() async throws {
    let dark = plate { x, y in self.isWire(x, y) ? 0.1 : 0.5 }
    func made(_ level: Float) async throws -> Float {
      let hole = matte { x, y in self.isWire(x, y) ? level : 0 }
      return try await run(node(.smooth), [dark, hole, nil]).value(.red, x: 50, y: 40)
    }
    #expect(abs(try await made(0.51) - 0.5) < 1e-4)
    #expect(abs(try await made(0.25) - 0.3) < 1e-4)
    #expect(try await made(0) == 0.1)
  }

  @Test(arguments: [Inpaint.Method.smooth, .frequency])
  func whatIsExcludedIsNoExample(_ method: Inpaint.Method) async throws {
    // Something bright beside the wire.
    let bad = plate { x, y in self.isWire(x, y) ? 7 : self.isWire(x - 6, y) ? 4 : 0.25 }
    let hole = matte { x, y in self.isWire(x, y) ? 1 : 0 }
    let exclude = matte { x, y in self.isWire(x - 6, y) ? 1 : 0 }
    let made = try await run(node(method), [bad, hole, exclude])
    let (values, before) = (made.values(.red), bad.values(.red))
    for i in values.indices {
      #expect(isWire(i % width, i / width) ? abs(values[i] - 0.25) < 1e-3 : values[i] == before[i])
    }
    #expect(try await run(node(method), [bad, hole, nil]).value(.red, x: 51, y: 40) > 0.3)
  }

  @Test(arguments: [Inpaint.Method.smooth, .frequency])
  func aHoleWithoutSurroundingsStays(_ method: Inpaint.Method) async throws {
    let source = plate()
    let made = try await run(node(method), [source, matte { _, _ in 1 }, nil])
    for (a, b) in zip(made.values(.green), source.values(.green)) { #expect(abs(a - b) < 1e-5) }
  }

  /// A wire costs the wire, in a frame of any size, and no part of a frame is another for it.
  @Test(arguments: ["smooth", "frequency"])
  func costFollowsTheHole(_ method: String) async throws {
    func comp(_ width: Int, _ height: Int, _ x: Int, _ y: Int) throws -> Comp {
      try #require(
        Comp.check(
          text: """
            { "bipack": 1, "format": { "width": \(width), "height": \(height) }, "nodes": {
              "bg": { "type": "Noise", "size": 40 },
              "dot": { "type": "Radial", "area": [\(x - 20), \(y - 6), \(x + 20), \(y + 6)] },
              "fill": { "type": "Inpaint", "source": "bg", "hole": "dot", "method": "\(method)" } } }
            """, registry: ExampleTests.registry
        ).comp)
    }
    let renderer = Renderer(RenderOptions(threads: 2))
    let plan = try await renderer.plan(try comp(3000, 2000, 1500, 900), outputs: [2], frame: 1)
    let areas = plan.bands[0].passes.filter { $0.typeName == "HoleFillPart" }.map {
      $0.demand.rect.area
    }
    #expect(areas.count == 1 && areas[0] < 300 * 300)
    // Once cut to the hole, once not.
    let large = try await renderer.image(try comp(900, 700, 400, 300), node: 2, frame: 1)
    let inputs = try await [0, 1].asyncMap {
      try await renderer.image(try comp(900, 700, 400, 300), node: $0, frame: 1)
    }
    var (graph, goal) = try renderer.graph(
      of: Inpaint().with { $0.method = method == "smooth" ? .smooth : .frequency },
      inputs: inputs.map { Payload.picture($0) } + [nil])
    let whole = try await renderer.deliver(&graph, try #require(goal), nil).expectPicture()
    #expect(whole.values(.red) == large.values(.red))
  }
}

extension Array {
  fileprivate func asyncMap<T>(_ body: (Element) async throws -> T) async throws -> [T] {
    var made: [T] = []
    for element in self { made.append(try await body(element)) }
    return made
  }
}
