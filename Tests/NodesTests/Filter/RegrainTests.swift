import Bipack
import BipackKernels
import Foundation
import Testing

@testable import BipackNodes

@Suite("Regrain") struct RegrainTests {
  private func render(_ nodes: String, _ name: String, frame: Double = 4, frames: String = "[1, 8]")
    async throws -> Image
  {
    let text = """
      {"bipack": 1, "format": {"width": 320, "height": 180}, "frames": \(frames), "nodes": {\(nodes)}}
      """
    let check = Comp.check(text: text, registry: MovingPlate.registry)
    let comp = try #require(check.comp, "\(check.diagnostics)")
    let id = try #require(comp.id(of: name))
    return try await Pictures.renderer.image(comp, node: id, frame: frame)
  }

  private func deviation(_ values: [Float], _ others: [Float]) -> Double {
    let squares = zip(values, others).reduce(0.0) { $0 + Double($1.0 - $1.1) * Double($1.0 - $1.1) }
    return (squares / Double(values.count)).squareRoot()
  }

  private let grain = """
    "grain": {"red": [[0, 0.01], [1, 0.01]], "green": [[0, 0], [1, 0.1]], "blue": [[0, 0], [1, 0]], "size": 0.8}
    """

  @Test("each channel gets what its curve says; the rest stays")
  func strength() async throws {
    let constant = #""c": {"type": "Constant", "color": [0.2, 0.25, 0.3, 1]}"#
    let made = try await render(
      constant + #", "g": {"type": "Regrain", "source": "c", \#(grain)}"#, "g")
    let flat = [Float](repeating: 1, count: 320 * 180)
    #expect(abs(deviation(made.values(.red), flat.map { $0 * 0.2 }) / 0.01 - 1) < 0.05)
    #expect(abs(deviation(made.values(.green), flat.map { $0 * 0.25 }) / 0.025 - 1) < 0.05)
    #expect(made.values(.blue) == flat.map { $0 * 0.3 })
    #expect(made.values(.alpha) == flat)
    let half = try await render(
      constant + #", "g": {"type": "Regrain", "source": "c", "amount": 0.5, \#(grain)}"#, "g")
    #expect(abs(deviation(half.values(.red), flat.map { $0 * 0.2 }) / 0.005 - 1) < 0.05)
    // The same everywhere, however often and whatever part is asked for; another frame has another.
    let again = try await render(
      constant + #", "g": {"type": "Regrain", "source": "c", \#(grain)}"#, "g")
    #expect(again.values(.red) == made.values(.red))
    let next = try await render(
      constant + #", "g": {"type": "Regrain", "source": "c", \#(grain)}"#, "g", frame: 5)
    #expect(
      abs(deviation(next.values(.red), made.values(.red)) / (0.01 * 2.squareRoot()) - 1) < 0.05)
  }

  @Test("grain covers as much as alpha does, and nothing where there is none")
  func alpha() async throws {
    let made = try await render(
      """
      "c": {"type": "Constant", "color": [0.1, 0.1, 0.1, 0.25]},
      "box": {"type": "Crop", "source": "c", "box": [0, 0, 160, 180], "reformat": false},
      "g": {"type": "Regrain", "source": "box", \(grain)},
      "whole": {"type": "BlackOutside", "source": "g"}
      """, "g")
    let red = made.pixels(
      .red, in: Rect(x: 0, y: 0, width: 150, height: 180), pool: Pictures.renderer.pool)
    let off = deviation(red, [Float](repeating: 0.1, count: red.count))
    #expect(abs(off / (0.25 * 0.01) - 1) < 0.05)
    let beside = made.pixels(
      .red, in: Rect(x: 162, y: 0, width: 100, height: 180), pool: Pictures.renderer.pool)
    #expect(beside.allSatisfy { $0 == 0 })
  }

  @Test("a list of no reach is refused with the counts there are")
  func refusal() async throws {
    let refusal = await #expect(throws: RenderError.self) {
      try await render(
        #""c": {"type": "Constant"}, "g": {"type": "Regrain", "source": "c", "grain": {"correlation": [1, 2]}}"#,
        "g")
    }
    #expect(refusal.map { "\($0)".contains("grain.correlation has 2 numbers") } ?? false)
  }
}
