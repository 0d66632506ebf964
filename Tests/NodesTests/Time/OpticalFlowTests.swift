import Bipack
import Testing

@testable import BipackNodes

@Suite("Optical flow") struct OpticalFlowTests {
  /// The layers of a clip with known motion at a frame of 1 to 8.
  private func flow(
    _ flow: String = #""vectorDetail": 1"#, plate: String = #""gain": 1"#, frame: Double = 4,
    region: Rect? = nil
  ) async throws -> Image {
    let text = """
      {"bipack": 1, "format": {"width": 320, "height": 180}, "frames": [1, 8], "nodes": {
        "plate": {"type": "MovingPlate", \(plate)},
        "flow": {"type": "OpticalFlow", "source": "plate", \(flow)}}}
      """
    let comp = try #require(Comp.check(text: text, registry: MovingPlate.registry).comp)
    let id = try #require(comp.id(of: "flow"))
    return try await Pictures.renderer.image(comp, node: id, frame: frame, region: region)
  }

  /// The mean distance from the truth where things are seen in both frames, and the mean confidence there
  /// and elsewhere.
  private func judged(_ image: Image, _ layer: String, frame: Double, to other: Double)
    -> (error: Double, seen: Double, hidden: Double)
  {
    let scene = MovingPlate.scene
    let planes = ["u", "v", "confidence"].map {
      image.values(Channel(layer: layer, component: $0))
    }
    var (error, seen, hidden, count, rest) = (0.0, 0.0, 0.0, 0, 0)
    for y in 0..<scene.height {
      for x in 0..<scene.width {
        let at = y * scene.width + x
        let place = (x: Double(x) + 0.5, y: Double(y) + 0.5)
        if let to = scene.moved(place.x, place.y, from: frame, to: other) {
          let (du, dv) = (
            Double(planes[0][at]) - (to.x - place.x), Double(planes[1][at]) - (to.y - place.y)
          )
          error += (du * du + dv * dv).squareRoot()
          seen += Double(planes[2][at])
          count += 1
        } else {
          hidden += Double(planes[2][at])
          rest += 1
        }
      }
    }
    return (error / Double(count), seen / Double(count), hidden / Double(rest))
  }

  @Test("both directions of a scene of two motions are found, and what is hidden is said")
  func twoMotions() async throws {
    let image = try await flow()
    let forward = judged(image, "forward", frame: 4, to: 5)
    let backward = judged(image, "backward", frame: 4, to: 3)
    for found in [forward, backward] {
      #expect(found.error < 0.1, "\(found)")
      #expect(found.seen > 0.9, "\(found)")
      #expect(found.hidden < 0.6, "\(found)")
    }
    // Right is positive, down is positive.
    #expect(image.value("forward.u", x: 144, y: 82) > 4)
    #expect(image.value("forward.v", x: 144, y: 82) < -2)
    #expect(image.value("backward.u", x: 144, y: 82) < -4)
    let lesser = zip(image.values("forward.confidence"), image.values("backward.confidence")).map(
      min)
    #expect(image.values("confidence") == lesser)
    #expect(image.channels.starts(with: Channel.rgb))
  }

  @Test("less detail is less exact, and as large")
  func detail() async throws {
    let half = try await flow(#""vectorDetail": 0.5"#)
    #expect(half.dataWindow == Rect(width: 320, height: 180))
    #expect(judged(half, "forward", frame: 4, to: 5).error < 0.25)
    let quarter = try await flow(#""vectorDetail": 0.25"#)
    #expect(judged(quarter, "forward", frame: 4, to: 5).error < 0.8)
  }

  @Test("exposure may drift by a fifth of a stop a frame")
  func exposure() async throws {
    let image = try await flow(plate: #""gain": 1.15"#)
    let found = judged(image, "forward", frame: 4, to: 5)
    #expect(found.error < 0.12 && found.seen > 0.9, "\(found)")
  }

  @Test("beyond a cut there is no confidence, before it there is")
  func cut() async throws {
    let image = try await flow(plate: #""cut": 5"#)
    #expect(image.values("forward.confidence").allSatisfy { $0 == 0 })
    #expect(judged(image, "backward", frame: 4, to: 3).seen > 0.9)
  }

  @Test("the ends of a shot have no neighbours: no motion, no confidence", arguments: [1.0, 8])
  func ends(frame: Double) async throws {
    let image = try await flow(frame: frame)
    let layer = frame == 1 ? "backward" : "forward"
    for component in ["u", "v", "confidence"] {
      let channel = Channel(layer: layer, component: component)
      #expect(image.values(channel).allSatisfy { $0 == 0 })
    }
    #expect(image.values("confidence").allSatisfy { $0 == 0 })
  }

  @Test("a frame that repeats stands still, surely")
  func repeats() async throws {
    let image = try await flow(plate: #""stop": 4"#)
    for component in ["u", "v"] {
      let values = image.values(Channel(layer: "forward", component: component))
      #expect(values.allSatisfy { $0.magnitude < 1e-3 })
    }
    #expect(image.values("forward.confidence").allSatisfy { $0 > 0.999 })
  }

  @Test("a region is that part of the whole, where pictures are larger than the margin")
  func regions() async throws {
    let (width, height) = (900, 700)
    func picture(_ time: Double) -> Image {
      let scene = MovingScene(width: width, height: height)
      var pixels: [Float] = []
      for y in 0..<height {
        for x in 0..<width {
          pixels.append(Float(scene.value(Double(x) + 0.5, Double(y) + 0.5, time, seed: 1)))
        }
      }
      return Pictures.make(
        width: width, height: height, at: (3, -5), [FlowChannel.light: pixels.map { 60 * $0 }])
    }
    let frames = [picture(0), picture(1)]
    let part = FlowPart(halvings: 0, smoothness: 20)
    let whole = try await run(part, frames)
    for region in [
      Rect(x: 403, y: 300, width: 60, height: 40), Rect(x: 3, y: 610, width: 70, height: 85),
    ] {
      let small = try await Pictures.renderer.run(part, inputs: frames, region: region)
      for channel in FlowChannel.all {
        let (a, b) = [whole, small].map {
          $0.pixels(channel, in: region, pool: Pictures.renderer.pool)
        }.pair
        #expect(a == b, "\(channel) in \(region)")
      }
    }
  }
}

extension Array {
  fileprivate var pair: (Element, Element) { (self[0], self[1]) }
}
