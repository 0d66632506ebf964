import Bipack
import Testing

@testable import BipackEngine
@testable import BipackNodes

/// Nodes that work where something is: a small subject costs the same in a frame of any size.
@Suite("Cost follows the work") struct WorkAreaTests {
  private let renderer = Renderer(RenderOptions(threads: 2))

  /// A soft disc before noise, with the trimap of its edge. `center` is where in a frame of `size`.
  private func stage(_ size: (Int, Int), _ center: (Int, Int)) -> (picture: Image, trimap: Image) {
    let window = Rect(x0: 0, y0: 0, x1: size.0, y1: size.1)
    var planes = [[Float]](repeating: [Float](repeating: 0, count: window.area), count: 5)
    for y in 0..<size.1 {
      for x in 0..<size.0 {
        let (dx, dy) = (Double(x - center.0), Double(y - center.1))
        let edge = 60 - (dx * dx + dy * dy).squareRoot()
        let alpha = Float(min(max(0.5 + edge / 10, 0), 1))
        let i = y * size.0 + x
        let back = Float((Int(dx) &* 31 &+ Int(dy) &* 17) & 63) / 400 + 0.05
        for (c, own) in [Float(0.8), 0.4, 0.2].enumerated() {
          planes[c][i] = alpha * (own + Float((Int(dx) ^ Int(dy)) & 7) / 100) + (1 - alpha) * back
        }
        planes[3][i] = alpha
        planes[4][i] = edge > 12 ? 1 : edge < -12 ? 0 : 0.5
      }
    }
    let format = Format(width: size.0, height: size.1)
    func image(_ channels: [Channel], _ planes: [[Float]]) -> Image {
      Image(
        spec: ImageSpec(format: format, channels: channels), pool: renderer.pool,
        pixels: Dictionary(uniqueKeysWithValues: zip(channels, planes)))
    }
    return (image(Channel.rgba, Array(planes[..<4])), image([.alpha], [planes[4]]))
  }

  /// The same with everything worked on, for comparison.
  private func whole(_ node: any Node, _ inputs: [Image?]) async throws -> Image {
    var (graph, goal) = try renderer.graph(of: node, inputs: inputs.map { $0.map(Payload.picture) })
    return try await renderer.deliver(&graph, try #require(goal), nil).expectPicture()
  }

  private func worst(_ a: Image, _ b: Image, at offset: (Int, Int) = (0, 0), in rect: Rect) -> Float
  {
    var worst: Float = 0
    for channel in Channel.rgba {
      for y in rect.y0..<rect.y1 {
        for x in rect.x0..<rect.x1 {
          let other = b.value(channel, x: x + offset.0, y: y + offset.1)
          worst = max(worst, abs(a.value(channel, x: x, y: y) - other))
        }
      }
    }
    return worst
  }

  @Test(arguments: ["Matting", "EdgeExtend", "ForegroundColor"])
  func aPartGivesWhatTheWholeGives(_ type: String) async throws {
    let (picture, trimap) = stage((1100, 900), (700, 330))
    var node: any Node = Matting()
    var inputs: [Image?] = [picture, trimap]
    switch type {
    case "EdgeExtend": (node, inputs) = (EdgeExtend(), [picture])
    case "ForegroundColor":
      var color = ForegroundColor()
      color.premultiply = true
      (node, inputs) = (color, [picture, picture])
    default: break
    }
    let part = try await renderer.run(node, inputs: inputs)
    let all = try await whole(node, inputs)
    #expect(part.dataWindow == all.dataWindow && part.channels == all.channels)
    #expect(worst(part, all, in: Rect(x0: 500, y0: 130, x1: 900, y1: 530)) < 0.01)
    #expect(worst(part, all, in: Rect(x0: 0, y0: 0, x1: 1100, y1: 20)) == 0)
  }

  @Test func thePlanIsAsSmallAsTheSubject() async throws {
    func bytes(_ size: (Int, Int), _ center: (Int, Int)) async throws -> Int {
      let comp = try #require(
        Comp.check(
          text: """
            { "bipack": 1, "format": { "width": \(size.0), "height": \(size.1) }, "nodes": {
              "bg": { "type": "Noise", "size": 40 },
              "disc": { "type": "Radial", "softness": 0.2, "area": [\(center.0 - 60), \(center.1 - 60),
                \(center.0 + 60), \(center.1 + 60)] },
              "pic": { "type": "Merge", "a": "disc", "b": "bg" },
              "tri": { "type": "Trimap", "source": "disc" },
              "mat": { "type": "Matting", "source": "pic", "trimap": "tri", "view": "matte" } } }
            """, registry: ExampleTests.registry
        ).comp)
      let plan = try await renderer.plan(comp, outputs: [4], frame: 1)
      return plan.bands[0].passes.filter { $0.typeName == "MattePart" }.reduce(0) {
        $0 + $1.demand.rect.area
      }
    }
    let small = try await bytes((500, 480), (250, 250))
    let large = try await bytes((3000, 2000), (1500, 900))
    #expect(small == 500 * 480)
    #expect(large > 0 && large < 400 * 400)
  }

  /// Nothing to be found, and nothing at all.
  @Test(arguments: [Float(0), 1]) func trimapsThatKnowAll(_ level: Float) async throws {
    let (picture, _) = stage((1000, 700), (500, 300))
    let plane = [Float](repeating: level, count: 700_000)
    let spec = ImageSpec(format: Format(width: 1000, height: 700), channels: [.alpha])
    let trimap = Image(spec: spec, pool: renderer.pool, pixels: [.alpha: plane])
    let image = try await renderer.run(Matting(), inputs: [picture, trimap])
    for (x, y) in [(0, 0), (500, 300), (999, 699)] {
      #expect(image.value(.alpha, x: x, y: y) == level)
    }
  }
}
