import Bipack
import Testing

@testable import BipackNodes

@Suite("Propagate") struct PropagateTests {
  /// A soft spot drawn where the disc is at frame 1, and another where it is at frame 21.
  private func carried(
    _ node: String, frame: Double, plate: String = #""gain": 1"#
  ) async throws -> Image {
    let scene = MovingPlate.scene
    let at = (x: 0.45 * 320 + scene.disc.x, y: 0.55 * 180 + scene.disc.y)
    func area(_ step: Double) -> String {
      let (x, y) = (at.x + step * scene.disc.x - 10, at.y + step * scene.disc.y - 8)
      return "[\(x), \(y), \(x + 16), \(y + 16)]"
    }
    let text = """
      {"bipack": 1, "format": {"width": 320, "height": 180}, "frames": [1, 21], "nodes": {
        "plate": {"type": "MovingPlate", \(plate)},
        "spot": {"type": "Radial", "softness": 1,
          "area": {"keys": [[1, \(area(0))], [21, \(area(20))]], "interpolation": "hold"}},
        "carried": {"type": "Propagate", "source": "plate", "painted": "spot", \(node)}}}
      """
    let check = Comp.check(text: text, registry: MovingPlate.registry)
    let comp = try #require(check.comp, "\(check.diagnostics)")
    let id = try #require(comp.id(of: "carried"))
    return try await Pictures.renderer.image(comp, node: id, frame: frame)
  }

  /// Where the middle of what is painted is.
  private func middle(_ image: Image) -> (x: Double, y: Double, sum: Double) {
    let values = image.values(.alpha)
    var (sum, x, y) = (0.0, 0.0, 0.0)
    for (index, value) in values.enumerated() {
      let weight = Double(value)
      sum += weight
      x += weight * (Double(index % image.dataWindow.width + image.dataWindow.x0) + 0.5)
      y += weight * (Double(index / image.dataWindow.width + image.dataWindow.y0) + 0.5)
    }
    return (x / sum, y / sum, sum)
  }

  @Test("a patch is carried over 19 frames, half a pixel off at most, and does not blur")
  func follows() async throws {
    let scene = MovingPlate.scene
    let key = try await carried(#""range": 50"#, frame: 1)
    let start = middle(key)
    #expect(key.values("confidence").allSatisfy { $0 == 1 })
    for frame in [2.0, 8, 20] {
      let image = try await carried(#""range": 50"#, frame: frame)
      let found = middle(image)
      let (dx, dy) = (
        found.x - start.x - scene.disc.x * (frame - 1),
        found.y - start.y - scene.disc.y * (frame - 1)
      )
      #expect((dx * dx + dy * dy).squareRoot() < 0.5, "frame \(frame): \(dx), \(dy)")
      #expect((found.sum / start.sum - 1).magnitude < 0.05, "frame \(frame): \(found.sum)")
      let peak = (image.values(.alpha).max() ?? 0, key.values(.alpha).max() ?? 0)
      #expect(peak.0 > 0.95 * peak.1, "frame \(frame): \(peak)")
      #expect(image.value("confidence", x: Int(found.x), y: Int(found.y)) > 0.8)
    }
  }

  @Test("between two keys both count, and at a key itself only its own")
  func twoKeys() async throws {
    let scene = MovingPlate.scene
    let start = middle(try await carried(#""keys": [1, 21]"#, frame: 1))
    let found = middle(try await carried(#""keys": [1, 21]"#, frame: 16))
    let (dx, dy) = (
      found.x - start.x - scene.disc.x * 15, found.y - start.y - scene.disc.y * 15
    )
    #expect((dx * dx + dy * dy).squareRoot() < 0.5, "\(dx), \(dy)")
    let last = try await carried(#""keys": [1, 21]"#, frame: 21)
    #expect(last.values("confidence").allSatisfy { $0 == 1 })
  }

  @Test("beyond the range there is nothing, and beyond a cut no confidence")
  func limits() async throws {
    let far = try await carried(#""range": 3"#, frame: 5)
    #expect(far.channels.contains("confidence"))
    for channel in far.channels { #expect(far.values(channel).allSatisfy { $0 == 0 }) }
    let cut = try await carried(#""vectorDetail": 0.5"#, frame: 5, plate: #""cut": 3"#)
    #expect(cut.values("confidence").allSatisfy { $0 == 0 })
  }

  @Test("only frames on the way to a key are read")
  func reads() {
    func frames(_ node: Propagate, _ frame: Double) -> [Double] {
      NodeDeclaration.of(Propagate.self).bound(node, inputs: 2).inputFrames(
        FrameContext(frame: frame, frames: 1001...1100, fps: 24, connected: [true, true])
      ).filter { $0.slot == 0 }.map(\.frame)
    }
    var node = Propagate()
    #expect(frames(node, 1003) == [1003, 1002, 1001])
    node.step = 4
    #expect(frames(node, 1003) == [1003, 1001])
    node.keys = [1010, 1020]
    #expect(frames(node, 1012) == [1012, 1010, 1016, 1020])
    #expect(frames(node, 1010) == [1010])
    #expect(frames(node, 1031) == [1031, 1027, 1023, 1020])
    node.range = 1
    #expect(frames(node, 1015) == [1015])
  }
}
