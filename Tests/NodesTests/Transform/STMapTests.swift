import Bipack
import BipackKernels
import Testing

@testable import BipackNodes

@Suite struct STMapTests {
  private let source = Reference.noise(64, 64)

  /// A map by source positions in pixels, y down; nil says nothing.
  private func map(
    _ width: Int, _ height: Int, alpha: [Float]? = nil,
    _ place: (Int, Int) -> (x: Double, y: Double)?
  ) -> Image {
    var (u, v): ([Float], [Float]) = ([], [])
    for y in 0..<height {
      for x in 0..<width {
        let p = place(x, y)
        u.append(p.map { Float($0.x / 64) } ?? .nan)
        v.append(p.map { Float(1 - $0.y / 64) } ?? .nan)
      }
    }
    var pixels: [Channel: [Float]] = [.red: u, .green: v]
    if let alpha { pixels[.alpha] = alpha }
    return Pictures.make(width: width, height: height, pixels)
  }

  private func node(_ filter: ResampleFilter) -> STMap {
    var node = STMap()
    node.resampling.filter = filter
    return node
  }

  private let frame = Rect(width: 64, height: 64)

  /// v is 1 at the top as in Nuke; whole pixels are lossless by any filter that keeps them.
  @Test(arguments: [ResampleFilter.impulse, .cubic, .keys, .lanczos6])
  func identityIsLossless(filter: ResampleFilter) async throws {
    let map = map(64, 64) { (Double($0) + 0.5, Double($1) + 0.5) }
    let result = try await run(node(filter), [source.image(), map])
    #expect(worst(result, frame) { source[$0, $1] } == 0)
    var upside = node(filter)
    upside.flipV = true
    let turned = try await run(upside, [source.image(), map])
    #expect(worst(turned, frame) { source[$0, 63 - $1] } == 0)
  }

  @Test func theResultHasTheSizeOfTheMap() async throws {
    let map = map(20, 12) { (Double($0) + 10.5, Double($1) + 3.5) }
    let result = try await run(node(.impulse), [source.image(), map])
    #expect(result.format == Format(width: 20, height: 12))
    #expect(result.dataWindow == Rect(width: 20, height: 12))
    #expect(worst(result, result.dataWindow) { source[$0 + 10, $1 + 3] } == 0)
  }

  /// A map that shrinks is a Transform that shrinks: its kernel is as wide, along the axes and aslant.
  @Test(arguments: [ResampleFilter.linear, .keys, .lanczos6], [0.0, 30])
  func theKernelFollowsTheMap(filter: ResampleFilter, angle: Double) async throws {
    var transform = Transform()
    (transform.rotate, transform.scale, transform.center) = (angle, Vec2(0.25, 0.5), .at(32, 32))
    transform.resampling.filter = filter
    let expected = Reference(try await run(transform, [source.image()]), .red, frame)
    let spec = source.image().spec
    let context = NodeContext(
      frame: 1, frames: 1...1, fps: 24, format: spec.format, proxy: 1,
      settings: DocumentSettings(), inputs: [spec])
    let inverse = try #require(try transform.plan(context).maps[0].matrix?.inverse)
    let map = map(64, 64) { inverse.apply(Double($0) + 0.5, Double($1) + 0.5) }
    let result = try await run(node(filter), [source.image(), map])
    let inner = Rect(x0: 25, y0: 20, x1: 39, y1: 44)
    // Highlights of 50, and places to a ten-thousandth of a pixel.
    let error = worst(result, inner) { expected[$0, $1] }
    #expect(error < 0.06, "\(error)")
    // Without the footprint it would be far off.
    let nearest = try await run(node(.impulse), [source.image(), map])
    #expect(worst(nearest, inner) { expected[$0, $1] } > 0.5)
  }

  /// What says nothing is black, and only there: no neighbour changes by more than losing it as a neighbour.
  @Test func holesAreContained() async throws {
    let whole = map(64, 64) { (Double($0) * 1.3 + 2, Double($1) + 0.5) }
    let holes: Set<[Int]> = [[10, 10], [11, 10], [30, 40]]
    let torn = map(64, 64) { x, y in
      holes.contains([x, y]) ? nil : (Double(x) * 1.3 + 2, Double(y) + 0.5)
    }
    let clean = Reference(try await run(node(.keys), [source.image(), whole]), .red, frame)
    let result = try await run(node(.keys), [source.image(), torn])
    #expect(
      worst(result, frame) { x, y in holes.contains([x, y]) ? 0 : clean[x, y] } < 1e-6)
    // The same said by alpha, and by numbers beyond all measure.
    let alpha = (0..<64 * 64).map { holes.contains([$0 % 64, $0 / 64]) ? Float(0) : 0.5 }
    let masked = map(64, 64, alpha: alpha) { (Double($0) * 1.3 + 2, Double($1) + 0.5) }
    let byAlpha = try await run(node(.keys), [source.image(), masked])
    #expect(
      worst(byAlpha, frame) { x, y in holes.contains([x, y]) ? 0 : clean[x, y] } < 1e-6)
    var all = node(.keys)
    all.useAlpha = false
    let ignored = try await run(all, [source.image(), masked])
    #expect(worst(ignored, frame) { clean[$0, $1] } == 0)
    let wild = map(64, 64) { x, y in
      holes.contains([x, y]) ? (1e30, -.infinity) : (Double(x) * 1.3 + 2, Double(y) + 0.5)
    }
    let far = try await run(node(.keys), [source.image(), wild])
    #expect(worst(far, frame) { x, y in holes.contains([x, y]) ? 0 : clean[x, y] } < 1e-6)
  }

  /// A map that jumps from one place to another blurs neither.
  @Test func aTearBlursNothing() async throws {
    let map = map(64, 64) { x, y in (x < 20 ? Double(x) + 0.5 : Double(x) - 9.5, Double(y) + 0.5) }
    let result = try await run(node(.keys), [source.image(), map])
    #expect(worst(result, frame) { x, y in source[x < 20 ? x : x - 10, y] } == 0)
  }

  /// Beyond the source it is black, or its edge.
  @Test func outside() async throws {
    let map = map(64, 64) { (Double($0) * 3 - 64.5, Double($1) + 0.5) }
    var node = node(.impulse)
    let black = try await run(node, [source.image(), map])
    #expect(black.value(.red, x: 2, y: 5) == 0 && black.value(.red, x: 60, y: 5) == 0)
    node.resampling.blackOutside = false
    let held = try await run(node, [source.image(), map])
    #expect(held.value(.red, x: 2, y: 5) == Float(source[0, 5]))
    #expect(held.value(.red, x: 60, y: 5) == Float(source[63, 5]))
  }

  /// Places without order read all over the picture, whatever is asked for at once.
  @Test func placesWithoutOrder() async throws {
    let dice = Reference.noise(128, 2, seed: 9)
    let map = map(64, 64) { x, y in
      (
        Double((x * 37 + y * 11) % 64) + 0.5,
        Double(Int(abs(dice[(x + y) % 128, 0]) * 1000) % 64) + 0.5
      )
    }
    let result = try await run(node(.impulse), [source.image(), map])
    let error = worst(result, frame) { x, y in
      source[(x * 37 + y * 11) % 64, Int(abs(dice[(x + y) % 128, 0]) * 1000) % 64]
    }
    #expect(error == 0)
  }

  @Test func channelsAreTwo() async throws {
    let map = map(64, 64) { (Double($0) + 0.5, Double($1) + 0.5) }
    var node = node(.impulse)
    node.uv = "G,R"
    let turned = try await run(node, [source.image(), map])
    #expect(worst(turned, frame) { source[63 - $1, 63 - $0] } == 0)
    for wrong in ["R", "none", "G"] as [ChannelSet] {
      node.uv = wrong
      await #expect(throws: RenderError.self) { _ = try await run(node, [source.image(), map]) }
    }
    // Without a map there is nothing to do.
    let same = try await run(STMap(), [source.image(), nil])
    #expect(same.values(.red) == source.values.map { Float($0) })
  }
}
