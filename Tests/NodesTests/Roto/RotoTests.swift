import Bipack
import BipackGraph
import BipackPixels
import Testing

@testable import BipackNodes

/// Shapes as documents have them.
@Suite struct RotoTests {
  /// The node as a document has it, at a frame.
  private func picture(
    _ fields: String, _ others: String = "", frame: Double = 1, proxy: Double = 1
  )
    async throws -> Image
  {
    try await RotoDocument("Roto", fields, others).picture(frame: frame, proxy: proxy)
  }

  private func sum(_ image: Image, _ channel: Channel = .alpha) -> Double {
    image.values(channel).reduce(0) { $0 + Double($1) }
  }

  private func box(_ x0: Double, _ y0: Double, _ x1: Double, _ y1: Double) -> String {
    #"{"closed": true, "points": [[\#(x0), \#(y0)], [\#(x1), \#(y0)], [\#(x1), \#(y1)], [\#(x0), \#(y1)]]}"#
  }

  private func circle(_ x: Double, _ y: Double, _ r: Double, _ more: String = "") -> String {
    let k = r * 0.5522847498307936
    func point(_ dx: Double, _ dy: Double) -> String {
      #"{"position": [\#(x + dx * r), \#(y + dy * r)], "left": [\#(dy * k), \#(-dx * k)], "right": [\#(-dy * k), \#(dx * k)]\#(more)}"#
    }
    let points = [point(1, 0), point(0, 1), point(-1, 0), point(0, -1)].joined(separator: ", ")
    return #"{"closed": true, "points": [\#(points)]}"#
  }

  @Test func aCircleIsDrawnIntoAlphaWithinItsBounds() async throws {
    let image = try await picture(#""shapes": [{"path": \#(circle(50.3, 40.7, 20))}]"#)
    #expect(image.channels == [.alpha])
    #expect(image.dataWindow == Rect(x0: 30, y0: 20, x1: 71, y1: 61))
    #expect((sum(image) / (Double.pi * 400) - 1).magnitude < 1e-3)
    #expect(image.value(.alpha, x: 50, y: 40) == 1)
  }

  @Test func shapesLieOverTheirBackground() async throws {
    let plate = #""plate": {"type": "Constant", "color": [0.2, 0.4, 0.6, 1]}"#
    let image = try await picture(
      #"""
      "bg": "plate", "output": "rgba", "shapes": [
        {"path": \#(box(10, 10, 30, 30)), "color": [1, 0, 0, 1]},
        {"path": \#(box(20.5, 20, 40, 40)), "color": [0, 2, 0, 1], "opacity": 0.5}]
      """#, plate)
    #expect(image.dataWindow == Rect(width: 100, height: 80))
    func color(_ x: Int, _ y: Int) -> [Float] { Channel.rgba.map { image.value($0, x: x, y: y) } }
    #expect(color(5, 5) == [0.2, 0.4, 0.6, 1])
    #expect(color(15, 15) == [1, 0, 0, 1])
    #expect(color(25, 25) == [0.5, 1, 0, 1])
    #expect(color(20, 25) == [0.75, 0.5, 0, 1])
    // What is not drawn into is not touched.
    let matte = try await picture(
      #""bg": "plate", "shapes": [{"path": \#(box(10, 10, 30, 30))}]"#, plate)
    #expect(matte.value(.red, x: 15, y: 15) == 0.2)
  }

  @Test func aPlateWithoutAlphaGetsAMatte() async throws {
    let plate = #""plate": {"type": "Constant", "channels": "rgb", "color": 0.5}"#
    let shape = #""bg": "plate", "shapes": [{"path": \#(box(10, 10, 30, 30))}]"#
    let matte = try await picture(shape, plate)
    #expect(sum(matte) == 400)
    // Colour drawn over it leaves it opaque.
    let painted = try await picture(shape + #", "output": "rgba""#, plate)
    #expect(sum(painted) == 8000)
  }

  @Test(arguments: [
    ("over", 0.625), ("union", 0.5), ("subtract", 0.25), ("intersect", 0.25), ("plus", 0.875),
    ("minus", 0.125), ("multiply", 0.4375), ("screen", 0.6875), ("max", 0.625), ("min", 0.5),
    ("difference", 0.375),
  ])
  func blends(_ blend: String, _ expected: Float) async throws {
    // Below is a half; the shape has 0.75 and covers a half, of the one pixel looked at.
    let image = try await picture(
      #"""
      "bg": "plate", "shapes": [
        {"path": \#(box(10.5, 10, 30, 30)), "color": 0.75, "blend": "\#(blend)"}]
      """#, #""plate": {"type": "Constant", "color": 0.5}"#)
    #expect(image.value(.alpha, x: 10, y: 15) == expected)
    #expect(image.value(.alpha, x: 60, y: 60) == (blend == "intersect" ? 0 : 0.5))
  }

  @Test func invertedHiddenAndMortal() async throws {
    let inverted = try await picture(
      #""shapes": [{"path": \#(box(10, 10, 30, 30)), "invert": true, "opacity": 0.5}]"#)
    #expect(sum(inverted) == 3800)
    #expect(inverted.value(.alpha, x: 15, y: 15) == 0)
    let fields = #"""
      "shapes": [
        {"path": \#(box(0, 0, 10, 10)), "visible": false},
        {"path": \#(box(20, 0, 30, 10)), "range": [3, 5]},
        {"path": \#(box(40, 0, 50, 10)), "visible": {"keys": [[1, false], [4, true]]}}]
      """#
    #expect(try await picture(fields, frame: 1).dataWindow.isEmpty)
    #expect(
      try await picture(fields, frame: 3).dataWindow == Rect(x: 20, y: 0, width: 10, height: 10))
    #expect(sum(try await picture(fields, frame: 5)) == 200)
    #expect(sum(try await picture(fields, frame: 6)) == 100)
  }

  @Test func pathsAndSingleNumbersFollowKeyFrames() async throws {
    let whole = #"""
      "shapes": [{"path": {"keys": [[1, \#(box(0, 0, 10, 10))], [11, \#(box(20, 0, 50, 10))]]}}]
      """#
    #expect(
      try await picture(whole, frame: 6).dataWindow == Rect(x: 10, y: 0, width: 20, height: 10))
    let single = #"""
      "shapes": [{"path": {"closed": true, "points": [[10, 10], [20, 10], [20, 20],
        {"position": {"keys": [[1, [10, 20]], [11, [10, 40]]]}}]}}]
      """#
    #expect((sum(try await picture(single, frame: 6)) - 150).magnitude < 1e-3)
  }

  @Test func shapesMoveWithTheirLayers() async throws {
    let image = try await picture(
      #"""
      "layers": [
        {"name": "outer", "translate": [{"expr": "frame * 10"}, 0]},
        {"name": "inner", "layer": "outer", "scale": 2, "center": [0, 0], "opacity": 0.5}],
      "shapes": [{"path": \#(box(0, 0, 10, 10)), "layer": "inner", "translate": [5, 5]}]
      """#, frame: 2)
    // Its own move, then twice as large, then 20 to the right.
    #expect(image.dataWindow == Rect(x: 30, y: 10, width: 20, height: 20))
    #expect(sum(image) == 200)
    let pinned = try await picture(
      #""shapes": [{"path": \#(box(0, 0, 10, 10)), "matrix": [1, 0, 30, 0, 1, 20, 0, 0, 1]}]"#)
    #expect(pinned.dataWindow == Rect(x: 30, y: 20, width: 10, height: 10))
  }

  @Test func aTrackMovesShapes() async throws {
    // What a node measures, here how bright a picture is, is taken by a link.
    let image = try await picture(
      #""shapes": [{"path": \#(box(0, 0, 10, 10)), "translate": [{"from": "stats.mean.r"}, 8]}]"#,
      #"""
      "plate": {"type": "Constant", "color": {"keys": [[1, [0, 0, 0, 1]], [11, [40, 0, 0, 1]]]}},
      "stats": {"type": "ImageStats", "source": "plate"}
      """#, frame: 6)
    #expect(image.dataWindow == Rect(x: 20, y: 8, width: 10, height: 10))
  }

  @Test func aProxyIsTheSameSmaller() async throws {
    let fields = #"""
      "shapes": [{"path": \#(circle(50, 40, 20)), "translate": [10, 0], "feather": 8, "matrix": [1, 0, 4, 0, 1, 2, 0, 0, 1]}]
      """#
    let (full, half) = (try await picture(fields), try await picture(fields, proxy: 2))
    #expect((sum(full) / 4 / sum(half) - 1).magnitude < 2e-3)
    #expect((half.value(.alpha, x: 32, y: 21) - 1).magnitude < 1e-6)
  }

  @Test func aMovingStrokeKeepsItsEnergy() async throws {
    let fields = #"""
      "motionBlur": 1, "shutter": 1, "shapes": [{"path": [[20, 20], {"position": [30, 32], "width": 6}], "width": 4,
        "translate": {"keys": [[0, [-20, 0]], [2, [60, 30]]]}, "rotate": {"keys": [[0, -40], [2, 40]]}}]
      """#
    let still = sum(
      try await picture(fields.replacing(#""motionBlur": 1"#, with: #""motionBlur": 0"#)))
    let moving = try await picture(fields)
    #expect((sum(moving) / still - 1).magnitude < 1e-4)
    #expect(moving.values(.alpha).max() ?? 1 < 0.5)
    // One that is not to be blurred.
    let sharp = try await picture(
      fields.replacing(#""width": 4,"#, with: #""width": 4, "motionBlur": false,"#))
    #expect(sharp.values(.alpha).max() == 1)
  }

  @Test func aPointWithoutAWidthHasThatOfItsStroke() async throws {
    let image = try await picture(
      #""shapes": [{"path": [[20, 40], {"position": [80, 40], "width": 30}], "width": 10}]"#)
    func height(_ x: Int) -> Double {
      (0..<80).reduce(0) { $0 + Double(image.value(.alpha, x: x, y: $1)) }
    }
    #expect((height(21) - 10).magnitude < 0.2 && (height(78) - 30).magnitude < 0.2)
    #expect((height(49) + height(50) - 40).magnitude < 0.05)
  }

  @Test func aSmallShapeCostsASmallShape() async throws {
    let comp = Comp.check(
      text: #"""
        {"bipack": 1, "format": {"width": 60000, "height": 40000}, "nodes": {
          "roto": {"type": "Roto", "shapes": [{"path": \#(circle(50000, 30000, 30))}]}}}
        """#, registry: Registry(Catalog.nodes)
    ).comp
    let image = try await Pictures.renderer.image(try #require(comp), node: 0, frame: 1)
    #expect(image.dataWindow == Rect(x: 49970, y: 29970, width: 60, height: 60))
    #expect((sum(image) / (Double.pi * 900) - 1).magnitude < 1e-3)
  }

  @Test func saysWhatIsWrongWithLayersAndLifetimes() throws {
    func problems(_ fields: String) throws -> [String] {
      let roto = try RotoDocument("Roto", fields).node(as: Roto.self)
      return roto.problems(
        NodeContext(
          frame: 1, frames: 1...1, fps: 24, format: Format(width: 9, height: 9), proxy: 1,
          settings: DocumentSettings(), inputs: [])
      ).map(\.message)
    }
    #expect(
      try problems(#""layers": [{"name": "a"}], "shapes": [{"path": [], "layer": "b"}]"#)
        == ["shapes[0].layer: there is no layer 'b'; there are 'a'"])
    #expect(
      try problems(
        #""layers": [{"name": "a", "layer": "a"}], "shapes": [{"path": [], "layer": "a"}]"#)
        == ["layers[0].layer: 'a' is in itself; expected layers that end in one without a layer"])
    #expect(
      try problems(#""shapes": [{"path": [], "range": [5, 3]}]"#)
        == ["shapes[0].range: expected the first and the last frame, [1001, 1100]"])
  }
}
