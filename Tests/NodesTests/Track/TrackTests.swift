import Bipack
import Testing

@testable import BipackKernels
@testable import BipackNodes

/// Trackers in documents: what they measure of a picture whose motion is known drives other nodes.
@Suite("Trackers") struct TrackTests {
  private static let moving = """
    "noise": {"type": "Noise", "size": 30, "seed": 3},
    "moving": {"type": "Transform", "source": "noise",
      "translate": {"keys": [[1, [0, 0]], [9, [24, -12]]]},
      "rotate": {"keys": [[1, 0], [9, 8]]}}
    """

  private func comp(_ nodes: String) throws -> Comp {
    let text = """
      {"bipack": 1, "format": {"width": 240, "height": 160}, "frames": [1, 9], "nodes": {
      \(Self.moving), \(nodes)}}
      """
    let checked = Comp.check(text: text, registry: Registry(Catalog.nodes))
    return try #require(checked.comp, "\(checked.diagnostics)")
  }

  /// Where a point of the picture is at a frame.
  private func truth(_ x: Double, _ y: Double, _ frame: Int) throws -> (x: Double, y: Double) {
    try #require(motion(frame).apply(x, y))
  }

  private func distance(_ a: (x: Double, y: Double), _ b: Vec2) -> Double {
    ((a.x - b.x) * (a.x - b.x) + (a.y - b.y) * (a.y - b.y)).squareRoot()
  }

  /// Points both ways from the middle of the shot, and the motion they make together.
  @Test func pointsFromAReference() async throws {
    let comp = try comp(
      """
      "track": {"type": "Track", "source": "moving", "referenceFrame": 4,
        "points": [[70, 60], [170, 60], [160, 110], [80, 100]]}
      """)
    let values = try await Pictures.renderer.shot(comp, node: 2)
    let back = try #require(self.motion(4).inverse)
    for frame in 1...9 {
      let found = try #require(values.value("positions", at: Double(frame), as: Points.self)).points
      for (point, start) in zip(found, [(70.0, 60.0), (170, 60), (160, 110), (80, 100)]) {
        let still = try #require(back.apply(start.0, start.1))
        let error = try distance(truth(still.x, still.y, frame), point)
        #expect(error < 0.15, "frame \(frame): \(error)")
      }
      #expect(values.value("confidence", at: Double(frame), as: Double.self) ?? 0 > 0.7)
      let matrix = try #require(values.value("matrix", at: Double(frame), as: Matrix.self))
      let still = try #require(back.apply(120, 80))
      let moved = try #require(Matrix3(matrix.elements).apply(120, 80))
      let error = try distance(truth(still.x, still.y, frame), Vec2(moved.x, moved.y))
      #expect(error < 0.1, "frame \(frame): \(error)")
    }
  }

  private func motion(_ frame: Int) -> Matrix3 {
    let t = Double(frame - 1) / 8
    var move = Placement()
    (move.translate, move.rotate) = (Vec2(24 * t, -12 * t), 8 * t)
    return move.matrix(Format(width: 240, height: 160))
  }

  @Test(arguments: ["Align", "PlanarTrack"]) func flatThings(_ type: String) async throws {
    let corners =
      type == "Align" ? "" : #", "corners": [[60, 40], [180, 45], [170, 120], [70, 110]]"#
    let comp = try comp(
      #""t": {"type": "\#(type)", "source": "moving"\#(corners)}"#)
    let values = try await Pictures.renderer.shot(comp, node: 2)
    for frame in 1...9 {
      let matrix = try #require(values.value("matrix", at: Double(frame), as: Matrix.self))
      for corner in [(70.0, 50.0), (170, 50), (160, 110), (80, 105)] {
        let moved = try #require(Matrix3(matrix.elements).apply(corner.0, corner.1))
        let error = try distance(truth(corner.0, corner.1, frame), Vec2(moved.x, moved.y))
        #expect(error < 0.1, "frame \(frame): \(error)")
      }
      #expect(values.value("confidence", at: Double(frame), as: Double.self) ?? 0 > 0.7)
      #expect(abs((values.value("gain", at: Double(frame), as: Double.self) ?? 0) - 1) < 0.1)
      if type == "Align" { continue }
      let corner = try #require(values.value("corner3", at: Double(frame), as: Vec2.self))
      #expect(try distance(truth(170, 120, frame), corner) < 0.1)
    }
  }

  /// Each of several points drives a parameter of its own.
  @Test func pointsOneByOne() async throws {
    let track =
      #""t": {"type": "Track", "source": "moving", "points": [[70, 60], [170, 60], [160, 110], [80, 100]]}"#
    func pinned(_ to: [String]) throws -> Comp {
      let corners = zip(1..., to).map { #""to\#($0)": \#($1)"# }.joined(separator: ", ")
      return try comp(#"\#(track), "pin": {"type": "CornerPin", "source": "noise", \#(corners)}"#)
    }
    let linked = try pinned((0..<4).map { #"{"from": "t.positions.\#($0)"}"# })
    let values = try await Pictures.renderer.shot(linked, node: 2)
    let places = try #require(values.value("positions", at: 6, as: Points.self)).points
    let written = try pinned(places.map { "[\($0.x), \($0.y)]" })
    let (a, b) = (
      try await Pictures.renderer.image(linked, node: 3, frame: 6).values(.red),
      try await Pictures.renderer.image(written, node: 3, frame: 6).values(.red)
    )
    #expect(a == b && a.contains { $0 > 0 })

    func problem(_ link: String) -> String {
      let pin = #""pin": {"type": "CornerPin", "source": "noise", "to1": {"from": "\#(link)"}}"#
      let text = #"{"bipack": 1, "frames": [1, 9], "nodes": {\#(Self.moving), \#(track), \#(pin)}}"#
      return Comp.check(text: text, registry: Registry(Catalog.nodes)).diagnostics.first?.message
        ?? ""
    }
    #expect(problem("t.positions").contains(#"take one of them as "t.positions.0""#))
    #expect(problem("t.positions.x").contains("its parts are counted from 0"))
    #expect(problem("t.positions.2").isEmpty)
    let none = try pinned(["0", "1", "2", "7"].map { #"{"from": "t.positions.\#($0)"}"# })
    await #expect(throws: (any Error).self) {
      _ = try await Pictures.renderer.image(none, node: 3, frame: 6)
    }
  }

  /// What cannot be followed is said before a pixel is read.
  @Test func whatIsWrongIsSaid() async throws {
    #expect(Tracker.typeName == "Track")
    func problem(_ node: String) async -> String {
      do {
        _ = try await Pictures.renderer.shot(comp(node), node: 2)
        return ""
      } catch {
        return "\(error)"
      }
    }
    var said = await problem(#""t": {"type": "Track", "source": "moving"}"#)
    #expect(said.contains("there is no point to follow"), "\(said)")
    said = await problem(
      #""t": {"type": "Track", "source": "moving", "points": [[50, 50]], "motion": "affine"}"#)
    #expect(said.contains("affine needs at least 3 points; there is 1"), "\(said)")
    said = await problem(
      #""t": {"type": "Track", "source": "moving", "points": [[50, 50]], "referenceFrame": 12}"#)
    #expect(said.contains("inside the range, 1 to 9; it is 12"), "\(said)")
    said = await problem(#""t": {"type": "PlanarTrack", "source": "moving", "corners": [[1, 1]]}"#)
    #expect(said.contains("three corners or more"), "\(said)")
    said = await problem(#""t": {"type": "Align", "source": "moving", "area": [0, 0, 8, 8]}"#)
    #expect(said.contains("8 x 8 pixels"), "\(said)")
  }
}
