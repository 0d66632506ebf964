import Bipack
import BipackKernels
import Foundation
import Testing

@testable import BipackNodes

@Suite("Grain profiles") struct GrainProfileTests {
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

  @Test("what a GrainProfile measured, a Regrain makes; a Denoise that knows it leaves less")
  func measuredAndMade() async throws {
    let nodes = """
      "clean": {"type": "MovingPlate"},
      "soft": {"type": "Blur", "source": "clean", "size": 40},
      "plate": {"type": "Regrain", "source": "soft", "seed": 7, "grain": {
        "red": [[0, 0.004], [1, 0.05]], "green": [[0, 0.004], [1, 0.05]], "blue": [[0, 0.008], [1, 0.1]],
        "size": 0.9, "alike": 0.3}},
      "profile": {"type": "GrainProfile", "source": "plate", "range": [3, 5]},
      "made": {"type": "Regrain", "source": "soft", "grain": {"from": "profile.grain"}},
      "known": {"type": "Denoise", "source": "plate", "law": "grain", "grain": {"from": "profile.grain"}},
      "guessed": {"type": "Denoise", "source": "plate", "law": "coded", "sigma": {"from": "profile.sigma"}}
      """
    let soft = try await render(nodes, "soft")
    let plate = try await render(nodes, "plate")
    let made = try await render(nodes, "made")
    for channel in Channel.rgb {
      let clean = soft.values(channel)
      let share = deviation(made.values(channel), clean) / deviation(plate.values(channel), clean)
      #expect(abs(share - 1) < 0.1, "\(channel): \(share)")
    }
    let known = deviation(try await render(nodes, "known").values(.green), soft.values(.green))
    let guessed = deviation(try await render(nodes, "guessed").values(.green), soft.values(.green))
    #expect(known < 0.7 * guessed, "\(known) beside \(guessed)")
  }

  @Test("a picture without grain has none, and says that it is not sure")
  func none() async throws {
    let made = try await render(
      """
      "c": {"type": "Constant", "color": [0.2, 0.25, 0.3, 1]},
      "profile": {"type": "GrainProfile", "source": "c"},
      "g": {"type": "Regrain", "source": "c", "grain": {"from": "profile.grain"}},
      "sure": {"type": "Multiply", "source": "g", "value": {"from": "profile.confidence"}}
      """, "g")
    #expect(Set(made.values(.green)) == [0.25])
  }
}
