import Bipack
import Testing

@testable import BipackKernels
@testable import BipackNodes

/// Motion taken out, and given.
@Suite struct StabilizeTests {
  private static let keys = """
    {"keys": [[1, [[1, 0, 0], [0, 1, 0], [0, 0, 1]]], [3, [[1, 0, 6], [0, 1, -4], [0, 0, 1]]],
    [5, [[1, 0, 7], [0, 1, 2], [0, 0, 1]]]]}
    """

  private func image(_ node: String, frame: Int, proxy: Double = 1) async throws -> [Float] {
    let text = """
      {"bipack": 1, "format": {"width": 64, "height": 48}, "frames": [1, 5], "nodes": {
        "noise": {"type": "Noise", "size": 9, "seed": 2},
        "out": \(node)}}
      """
    let checked = Comp.check(text: text, registry: Registry(Catalog.nodes))
    let comp = try #require(checked.comp, "\(checked.diagnostics)")
    let image = try await Pictures.renderer.image(comp, node: 1, frame: Double(frame), proxy: proxy)
    return image.values(.red)
  }

  private func transform(_ x: Double, _ y: Double) -> String {
    #"{"type": "Transform", "source": "noise", "translate": [\#(x), \#(y)]}"#
  }

  private func stabilize(_ more: String) -> String {
    #"{"type": "Stabilize", "source": "noise", "motion": \#(Self.keys), \#(more)}"#
  }

  /// It is the Transform that goes the other way, or the same.
  @Test func isATransform() async throws {
    for (frame, x, y) in [(1, 0.0, 0.0), (2, 3, -2), (3, 6, -4), (5, 7, 2)] {
      let out = try await image(stabilize(#""mode": "stabilize""#), frame: frame)
      #expect(try await out == image(transform(-x, -y), frame: frame))
      let matched = try await image(stabilize(#""mode": "matchMove""#), frame: frame)
      #expect(try await matched == image(transform(x, y), frame: frame))
    }
    // Relative to another frame, as much as is used.
    let other = try await image(stabilize(#""referenceFrame": 3, "use": "translation""#), frame: 5)
    #expect(try await other == image(transform(-1, -6), frame: 5))
    // A smaller picture moves less.
    let small = try await image(stabilize(#""mode": "matchMove""#), frame: 3, proxy: 2)
    let moved = try await image(transform(6, -4), frame: 3, proxy: 2)
    #expect(zip(small, moved).allSatisfy { abs($0 - $1) < 1e-5 })
  }

  /// A steady way stays, a jump is spread.
  @Test func smoothKeepsTheWay() throws {
    var node = Stabilize()
    node.smooth = 4
    node.motion = try #require(
      FrameCurve(
        (0...80).map { frame in
          let jump = frame == 40 ? 5.0 : 0
          return (Double(frame), [1, 0, 2 * Double(frame) + jump, 0, 1, 0, 0, 0, 1])
        }))
    let rect = RealRect(x0: 0, y0: 0, x1: 100, y1: 80)
    let steady = try node.correction(30, rect)
    #expect(abs(steady.m[2]) < 0.1 && abs(steady.m[5]) < 1e-9, "\(steady.m)")
    let jump = try node.correction(40, rect)
    #expect(jump.m[2] < -4 && jump.m[2] > -5, "\(jump.m)")
  }

  @Test func whatIsNoMotionIsSaid() async throws {
    do {
      _ = try await image(
        #"{"type": "Stabilize", "source": "noise", "motion": {"keys": [[1, [3, 4]]]}}"#, frame: 1)
      Issue.record("no error")
    } catch {
      #expect("\(error)".contains("expected matrices of nine numbers"), "\(error)")
    }
  }
}
