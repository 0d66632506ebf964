import Bipack
import BipackGraph
import BipackPixels
import Testing

@testable import BipackNodes

/// Strokes as documents have them.
@Suite struct RotoPaintTests {
  /// A plate that is another at every frame, and a second picture.
  private let plates = #"""
    "plate": {"type": "Noise", "size": 9, "zoffset": {"expr": "frame / 3"}, "color": [1, 0.7, 0.4, 1]},
    "other": {"type": "ColorBars"}
    """#

  private func picture(_ strokes: String, frame: Double = 3, proxy: Double = 1) async throws
    -> Image
  {
    try await RotoDocument(
      "RotoPaint", #""bg": "plate", "bg1": "other", "strokes": [\#(strokes)]"#, plates
    )
    .picture(frame: frame, proxy: proxy)
  }

  private func plate(_ name: String = "plate", frame: Double) async throws -> Image {
    let comp = try RotoDocument("RotoPaint", #""bg": "plate""#, plates).comp
    let node = try #require(comp.nodes.firstIndex { $0.path == name })
    return try await Pictures.renderer.image(comp, node: node, frame: frame)
  }

  /// Pixels well inside a stroke of width 20 along y = 40, and well outside.
  private let inside = Rect(x0: 30, y0: 34, x1: 70, y1: 46)
  private let outside = Rect(x0: 0, y0: 0, x1: 100, y1: 25)
  private let line = #""path": [[20, 40], [80, 40]], "size": 20, "hardness": 0.8"#

  private func same(
    _ a: Image, _ b: Image, _ rect: Rect, moved: (x: Int, y: Int) = (0, 0)
  ) -> Bool {
    let pool = Pictures.renderer.pool
    return Channel.rgba.allSatisfy { channel in
      a.pixels(channel, in: rect, pool: pool)
        == b.pixels(channel, in: rect.translated(x: -moved.x, y: -moved.y), pool: pool)
    }
  }

  @Test(arguments: [-2, 0, 5]) func revealIsExactlyAnotherFrame(_ offset: Int) async throws {
    let got = try await picture(#"{"tool": "reveal", "timeOffset": \#(offset), \#(line)}"#)
    #expect(same(got, try await plate(frame: Double(3 + offset)), inside))
    #expect(same(got, try await plate(frame: 3), outside))
    let held = try await picture(
      #"{"tool": "reveal", "timeOffset": 9, "timeOffsetMode": "absolute", \#(line)}"#)
    #expect(same(held, try await plate(frame: 9), inside))
  }

  @Test func revealOfAnotherPicture() async throws {
    let got = try await picture(#"{"tool": "reveal", "donor": "bg1", \#(line)}"#)
    #expect(same(got, try await plate("other", frame: 3), inside))
    #expect(same(got, try await plate(frame: 3), outside))
  }

  @Test func cloneMovesWhatItTakes() async throws {
    let got = try await picture(#"{"tool": "clone", "translate": [7, -12], \#(line)}"#)
    #expect(same(got, try await plate(frame: 3), inside, moved: (7, -12)))
    // Of another frame too.
    let later = try await picture(
      #"{"tool": "clone", "translate": [-5, 3], "timeOffset": 2, \#(line)}"#)
    #expect(same(later, try await plate(frame: 5), inside, moved: (-5, 3)))
    // Of what is painted so far.
    let twice = try await picture(
      #"""
      {"tool": "paint", "path": [[50, 10]], "size": 16, "hardness": 1, "color": [3, 2, 1, 1]},
      {"tool": "clone", "donor": "painted", "translate": [0, 30], \#(line)}
      """#)
    #expect(Channel.rgba.map { twice.value($0, x: 50, y: 40) } == [3, 2, 1, 1])
  }

  @Test func paintBlursAndErases() async throws {
    let before = try await plate(frame: 3)
    let painted = try await picture(#"{"color": [0.5, 2, 0, 1], "opacity": 0.5, \#(line)}"#)
    for channel in Channel.rgba {
      let value: Float = [0.5, 2, 0, 1][channel.slot ?? 0]
      let expected = before.value(channel, x: 50, y: 40) * 0.5 + value * 0.5
      #expect((painted.value(channel, x: 50, y: 40) - expected).magnitude < 1e-6)
    }
    #expect(same(painted, before, outside))
    let erased = try await picture(
      #"{"color": [0.5, 2, 0, 1], \#(line)}, {"tool": "erase", "path": [[50, 40]], "size": 12, "hardness": 1}"#
    )
    #expect(same(erased, before, Rect(x0: 47, y0: 37, x1: 53, y1: 43)))
    #expect(erased.value(.green, x: 30, y: 40) == 2)
    let soft = try await picture(#"{"tool": "blur", "blur": 6, \#(line)}"#)
    var blur = Blur()
    blur.size = 6
    blur.edge = .nearest
    let expected = try await run(blur, [before])
    let pool = Pictures.renderer.pool
    let (a, b) = (
      soft.pixels(.red, in: inside, pool: pool), expected.pixels(.red, in: inside, pool: pool)
    )
    #expect(zip(a, b).allSatisfy { ($0 - $1).magnitude < 1e-5 })
    #expect(same(soft, before, outside))
  }

  @Test func strokesFollowTimeAndHaveALife() async throws {
    let before = try await plate(frame: 8)
    let stroke = #"""
      {"color": 9, "hardness": 1, "path": [{"position": {"keys": [[1, [10, 40]], [15, [80, 40]]]}}], "size": 10, "range": [2, 9]}
      """#
    let there = try await picture(stroke, frame: 8)
    #expect(there.value(.red, x: 45, y: 40) == 9 && there.value(.red, x: 55, y: 40) != 9)
    #expect(same(try await picture(stroke, frame: 10), try await plate(frame: 10), outside))
    #expect(same(there, before, outside))
  }

  @Test func theRimFallsOffAndWidthsCount() async throws {
    let image = try await picture(
      #"{"color": 5, "path": [{"position": [50, 40], "width": 40}], "size": 3, "hardness": 0.5}"#)
    let before = try await plate(frame: 3)
    func share(_ x: Int) -> Double {
      let b = Double(before.value(.red, x: x, y: 40))
      return (Double(image.value(.red, x: x, y: 40)) - b) / (5 - b)
    }
    #expect(share(58) == 1)
    #expect(share(71) == 0)
    // Half way between 10 and 20 pixels from the middle.
    #expect((share(64) - 0.574).magnitude < 0.02 && (share(65) - 0.425).magnitude < 0.02)
  }

  @Test func aStrokeOnALargePictureCostsTheStroke() async throws {
    let renderer = Pictures.renderer
    let comp = Comp.check(
      text: #"""
        {"bipack": 1, "format": {"width": 20000, "height": 20000}, "nodes": {
          "plate": {"type": "Constant", "color": [0.2, 0.3, 0.4, 1]},
          "paint": {"type": "RotoPaint", "bg": "plate", "strokes": [
            {"path": [[15000, 15000], [15040, 15020]], "size": 20, "hardness": 1, "color": 2},
            {"tool": "blur", "path": [[15000, 15000]], "size": 50}]}}}
        """#, registry: Registry(Catalog.nodes)
    ).comp
    let image = try await renderer.image(
      try #require(comp), node: 1, frame: 1,
      region: Rect(x: 14950, y: 14950, width: 100, height: 100))
    #expect(image.value(.red, x: 15035, y: 15018) == 2)
    #expect(image.value(.red, x: 14951, y: 14951) == 0.2)
  }

  @Test func saysWhatIsWrong() throws {
    func problems(_ strokes: String) throws -> [String] {
      let node = try RotoDocument("RotoPaint", #""bg": "plate", "strokes": [\#(strokes)]"#, plates)
        .node(as: RotoPaint.self)
      return node.problems(
        NodeContext(
          frame: 1, frames: 1...1, fps: 24, format: Format(width: 9, height: 9), proxy: 1,
          settings: DocumentSettings(), inputs: [])
      ).map(\.message)
    }
    #expect(
      try problems(#"{"path": [], "range": [4]}"#)
        == ["strokes[0].range: expected the first and the last frame, [1001, 1100]"])
    #expect(
      try problems(#"{"path": [], "tool": "clone", "donor": "painted", "timeOffset": 1}"#)
        == [
          "strokes[0].timeOffset: what is painted so far is only there at the same frame; expected 0, or \"donor\": \"bg\""
        ])
  }

  @Test func aDonorThatIsNotConnectedIsNamed() async throws {
    let document = try RotoDocument(
      "RotoPaint",
      #""bg": "plate", "strokes": [{"tool": "reveal", "donor": "bg1", "path": [[5, 5]]}]"#,
      plates)
    await #expect(
      performing: {
        _ = try await document.picture()
      }, throws: { "\($0)".contains("strokes[0].donor: nothing is connected to 'bg1'") })
  }
}
