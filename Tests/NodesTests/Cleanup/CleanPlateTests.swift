import Bipack
import Foundation
import Testing

@testable import BipackNodes

@Suite("Clean plates") struct CleanPlateTests {
  /// A still wall, and a ball that rolls past it.
  private let wall = #""wall": {"type": "Noise", "size": 24, "seed": 4, "gamma": 1}"#
  private func ball(from start: Int, to end: Int) -> String {
    """
    "ball": {"type": "Radial", "softness": 0, "color": [0.9, 0.1, 0.1, 1], "area": {"keys": [
      [1, [\(start), 30, \(start + 30), 60]], [9, [\(end), 30, \(end + 30), 60]]]}},
    "over": {"type": "Merge", "a": "ball", "b": "wall"}
    """
  }

  private func images(_ nodes: String, _ names: [String], frame: Double = 5) async throws -> [Image]
  {
    let text = """
      {"bipack": 1, "format": {"width": 160, "height": 90}, "frames": [1, 9], "nodes": {\(nodes)}}
      """
    let check = Comp.check(text: text, registry: Registry(Catalog.nodes))
    let comp = try #require(check.comp, "\(check.diagnostics)")
    var result: [Image] = []
    for name in names {
      let id = try #require(comp.id(of: name))
      result.append(try await Pictures.renderer.image(comp, node: id, frame: frame))
    }
    return result
  }

  private func worst(_ a: Image, _ b: Image, _ channel: Channel = .green) -> Float {
    zip(a.values(channel), b.values(channel)).reduce(0) { max($0, abs($1.0 - $1.1)) }
  }

  @Test(
    "what rolls by is gone, told where it is or not", arguments: ["mostSeen", "median", "nearest"])
  func movesAway(_ combine: String) async throws {
    let made = try await images(
      "\(wall), \(ball(from: 10, to: 120)), "
        + #""made": {"type": "CleanPlate", "source": "over", "exclude": "ball", "combine": "\#(combine)"}"#,
      ["wall", "made"])
    #expect(worst(made[0], made[1]) < 1e-5)
    #expect(made[1].values("hole").allSatisfy { $0 == 0 })
    #expect(made[1].values("confidence").allSatisfy { $0 > 0.9 })
    if combine == "nearest" { return }
    let untold = try await images(
      "\(wall), \(ball(from: 10, to: 120)), "
        + #""made": {"type": "CleanPlate", "source": "over", "combine": "\#(combine)"}"#,
      ["wall", "made"])
    // Where the rim of the ball looks almost like the wall, it counts as wall.
    #expect(worst(untold[0], untold[1]) < (combine == "median" ? 1e-5 : 0.01))
  }

  @Test("only what is excluded is replaced, and what was never seen is a hole")
  func repaired() async throws {
    let nodes =
      "\(wall), \(ball(from: 60, to: 72)), "
      + #""made": {"type": "CleanPlate", "source": "over", "exclude": "ball", "output": "repaired"}"#
    let made = try await images(nodes, ["over", "made", "wall", "ball"])
    let (over, result, wall) = (made[0].values(.red), made[1].values(.red), made[2].values(.red))
    let (hole, sure) = (made[1].values("hole"), made[1].values("confidence"))
    func near(_ x: Int, _ y: Int) -> Bool { x >= 62 && x < 100 && y >= 26 && y < 64 }
    for i in over.indices {
      let (x, y) = (i % 160, i / 160)
      if !near(x, y) {
        #expect(result[i] == over[i] && sure[i] == 1 && hole[i] == 0)
      } else if hole[i] == 0 {
        #expect(abs(result[i] - wall[i]) < 1e-5, "\(x), \(y)")
      } else {
        #expect(result[i] == over[i] && sure[i] == 0)
      }
    }
    // The middle is behind the ball in every frame.
    #expect(hole[45 * 160 + 81] == 1)
    #expect(hole.contains(1) && hole.filter { $0 > 0 }.count < 600)
  }

  @Test("a camera that moves is followed, between pixels")
  func movingCamera() async throws {
    let keys = (1...9).map { frame in
      let t = Double(frame - 1)
      return "[\(frame), [[1, 0, \(3.25 * t)], [0, 1, \(-1.5 * t)], [0, 0, 1]]]"
    }.joined(separator: ", ")
    let nodes = """
      \(wall), \(ball(from: 20, to: 110)),
      "big": {"type": "Noise", "size": 24, "seed": 4, "gamma": 1, "octaves": 2,
        "translate": [{"expr": "3.25 * (frame - 1)"}, {"expr": "-1.5 * (frame - 1)"}]},
      "shot": {"type": "Merge", "a": "ball", "b": "big"},
      "still": {"type": "CleanPlate", "source": "shot", "exclude": "ball"},
      "made": {"type": "CleanPlate", "source": "shot", "exclude": "ball", "motion": {"keys": [\(keys)]}}
      """
    let made = try await images(nodes, ["big", "made", "still"])
    #expect(worst(made[0], made[1]) < 0.003)
    #expect(worst(made[0], made[2]) > 0.1)
  }

  @Test("light that changes is evened, and what is beyond a cut is not used")
  func lightAndCuts() async throws {
    let nodes = """
      \(wall), \(ball(from: 10, to: 120)),
      "lit": {"type": "Multiply", "source": "over", "value": {"expr": "1 + 0.1 * frame"}},
      "truth": {"type": "Multiply", "source": "wall", "value": 1.5},
      "gains": {"type": "CleanPlate", "source": "lit", "exclude": "ball", "range": 4,
        "gain": {"keys": [[1, 1.1], [9, 1.9]]}},
      "other": {"type": "Constant", "color": [0.3, 0.3, 0.3, 1]},
      "cut": {"type": "Switch", "inputs": ["over", "other"], "which": {"expr": "frame > 5"}},
      "kept": {"type": "CleanPlate", "source": "cut", "exclude": "ball", "combine": "nearest", "range": 4,
        "trust": {"keys": [[1, 1, "hold"], [6, 0]]}}
      """
    let made = try await images(nodes, ["truth", "gains", "wall", "kept"])
    #expect(worst(made[0], made[1]) < 1e-4)
    #expect(worst(made[2], made[3]) < 1e-5)
  }

  @Test("a motion that is none is refused")
  func refusal() async throws {
    let refusal = await #expect(throws: RenderError.self) {
      _ = try await images(
        wall
          + #", "made": {"type": "CleanPlate", "source": "wall", "motion": {"keys": [[1, [1, 2]]]}}"#,
        ["made"])
    }
    #expect(refusal.map { "\($0)".contains("matrices of nine numbers") } ?? false)
  }
}
