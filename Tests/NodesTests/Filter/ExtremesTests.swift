import Bipack
import Testing

@testable import BipackNodes

@Suite struct ExtremesTests {
  private func extreme(
    _ source: Reference, _ x: Int, _ y: Int, _ rx: Int, _ ry: Int, _ maximum: Bool
  )
    -> Double
  {
    var result = maximum ? -Double.infinity : Double.infinity
    for j in (y - ry)...(y + ry) where j >= 0 && j < source.height {
      for i in (x - rx)...(x + rx) where i >= 0 && i < source.width {
        let v = source[i, j]
        if !v.isNaN { result = maximum ? max(result, v) : min(result, v) }
      }
    }
    return result
  }

  @Test(arguments: [(1, 1), (2, 5), (15, 3), (0, 4), (60, 2), (3, 70)])
  func boxes(rx: Int, ry: Int) async throws {
    var source = Reference.noise(90, 80)
    source.values[40 * 90 + 33] = .nan
    source.values[41 * 90 + 33] = .infinity
    var dilate = Dilate()
    dilate.size = Vec2(Double(rx), Double(ry))
    let grown = try await run(dilate, [source.image()])
    for y in 0..<80 {
      for x in 0..<90 {
        #expect(Double(grown.value(.red, x: x, y: y)) == extreme(source, x, y, rx, ry, true))
      }
    }
    var erode = Erode()
    erode.size = dilate.size
    let shrunk = try await run(erode, [source.image()])
    for y in 0..<80 {
      for x in 0..<90 {
        #expect(Double(shrunk.value(.red, x: x, y: y)) == extreme(source, x, y, rx, ry, false))
      }
    }
  }

  @Test func differentSignsErodeThenDilate() async throws {
    let source = Reference.noise(50, 40)
    var dilate = Dilate()
    dilate.size = Vec2(3, -2)
    let result = try await run(dilate, [source.image()])
    let eroded = Reference(50, 40) { extreme(source, $0, $1, 0, 2, false) }
    #expect(worst(result, Rect(width: 50, height: 40)) { extreme(eroded, $0, $1, 3, 0, true) } == 0)
  }

  @Test func growsTheDataWindow() async throws {
    let source = Reference(4, 4) { _, _ in 1 }
    var dilate = Dilate()
    dilate.size = 2
    let inside = source.image(at: (10, 10), format: Format(width: 30, height: 30))
    let result = try await run(dilate, [inside])
    #expect(result.dataWindow == Rect(x: 8, y: 8, width: 8, height: 8))
    #expect(result.values(.red).allSatisfy { $0 == 1 })
    let framed = try await run(dilate, [source.image()])
    #expect(framed.dataWindow == Rect(width: 4, height: 4))
  }

  /// A straight edge moves by the size, to a fraction of a pixel.
  @Test(arguments: [1.0, 2.5, -1.5, 4])
  func erodeBlurMovesAnEdge(size: Double) async throws {
    let source = Reference(60, 61) { x, _ in x >= 30 ? 1 : 0 }
    var node = ErodeBlur()
    node.size = size
    let result = try await run(node, [source.image([.alpha])])
    let row = Reference(result, .alpha, Rect(x: 5, y: 30, width: 50, height: 1))
    // Where the coverage adds up to: the edge's position.
    let edge = 55 - row.values.reduce(0, +)
    #expect(abs(edge - (30 + size)) < 0.35, "edge at \(edge)")
    #expect(row.values.allSatisfy { $0 >= 0 && $0 <= 1 })
  }

  @Test(arguments: [(1, 1), (2, 2), (1, 2), (3, 3), (7, 2), (12, 12)])
  func median(rx: Int, ry: Int) async throws {
    var source = Reference.noise(41, 37)
    source.values[200] = .nan
    source.values[201] = -.infinity
    var node = BipackNodes.Median()
    node.size = Vec2(Double(rx), Double(ry))
    let result = try await run(node, [source.image()])
    for y in 0..<37 {
      for x in 0..<41 {
        var box: [Double] = []
        for j in -ry...ry { for i in -rx...rx { box.append(source.at(x + i, y + j, .clamp)) } }
        let sorted = box.sorted { $1.isNaN ? !$0.isNaN : $0 < $1 }
        let expected = sorted[box.count / 2]
        #expect(agree(result.value(.red, x: x, y: y), expected, 0))
      }
    }
  }

  // MARK: A master channel

  private static let levels = 6

  /// Depth has few levels, so that many pixels are equal; red says which pixel it is.
  private func numbered(_ width: Int, _ height: Int) -> Image {
    let noise = Reference.noise(width, height).values
    return Pictures.make(
      width: width, height: height,
      [
        "depth.Z": noise.map { ($0.magnitude * 7).truncatingRemainder(dividingBy: 1) }.map {
          Float(($0 * Double(Self.levels)).rounded())
        },
        .red: (0..<width * height).map(Float.init), .alpha: noise.map { Float($0) },
      ])
  }

  /// The number of the pixel nearest to (x, y) among those of its box that `choose` makes its value.
  private func nearest(
    _ image: Image, _ x: Int, _ y: Int, _ rx: Int, _ ry: Int, clamps: Bool,
    _ choose: ([Float]) -> Float
  ) -> Float {
    let window = image.dataWindow
    var box: [(value: Float, distance: Int, number: Float)] = []
    for j in (y - ry)...(y + ry) {
      for i in (x - rx)...(x + rx) {
        let isInside = i >= 0 && j >= 0 && i < window.width && j < window.height
        if !isInside && !clamps { continue }
        let (u, v) = (min(max(i, 0), window.width - 1), min(max(j, 0), window.height - 1))
        box.append(
          (
            image.value("depth.Z", x: u, y: v), (i - x) * (i - x) + (j - y) * (j - y),
            image.value(.red, x: u, y: v)
          ))
      }
    }
    let wanted = choose(box.map(\.value))
    let equal = box.filter { $0.value == wanted }
    let least = equal.map(\.distance).min()
    return equal.first { $0.distance == least }?.number ?? -1
  }

  @Test(arguments: [(1, 1), (3, 2), (0, 4), (9, 9)])
  func oneChannelDecidesForAll(rx: Int, ry: Int) async throws {
    let image = numbered(37, 29)
    let size = Vec2(Double(rx), Double(ry))
    var dilate = Dilate()
    dilate.size = size
    dilate.master = "depth.Z"
    dilate.channels = "R,depth"
    var erode = Erode()
    erode.size = size
    erode.master = "depth"
    var median = BipackNodes.Median()
    median.size = size
    median.master = "depth.Z"
    let grown = try await run(dilate, [image])
    let shrunk = try await run(erode, [image])
    let middle = try await run(median, [image])
    for y in 0..<29 {
      for x in 0..<37 {
        let far = nearest(image, x, y, rx, ry, clamps: false) { $0.max() ?? -1 }
        let near = nearest(image, x, y, rx, ry, clamps: false) { $0.min() ?? -1 }
        let mean = nearest(image, x, y, rx, ry, clamps: true) { $0.sorted()[$0.count / 2] }
        #expect(grown.value(.red, x: x, y: y) == far)
        #expect(shrunk.value(.red, x: x, y: y) == near)
        #expect(middle.value(.red, x: x, y: y) == mean)
        // What moves is the whole pixel, and of the channels chosen only.
        let (u, v) = (Int(near) % 37, Int(near) / 37)
        #expect(
          shrunk.value(.alpha, x: x, y: y).bitPattern == image.value(.alpha, x: u, y: v).bitPattern)
        #expect(
          grown.value(.alpha, x: x, y: y).bitPattern == image.value(.alpha, x: x, y: y).bitPattern)
      }
    }
    // The master itself becomes what it would without one.
    var alone = dilate
    alone.master = .none
    #expect(try await run(alone, [image]).values("depth.Z") == grown.values("depth.Z"))
  }

  @Test func aMasterMovesColorsOverTheEdge() async throws {
    let image = Pictures.make(
      width: 5, format: Format(width: 9, height: 1), at: (2, 0),
      [.red: [9, 1, 2, 3, 9], .alpha: [0, 1, 1, 1, 0]])
    var node = Dilate()
    node.size = Vec2(2, 0)
    node.master = .alpha
    let result = try await run(node, [image])
    #expect(result.dataWindow == Rect(x: 0, y: 0, width: 9, height: 1))
    #expect(result.values(.red) == [9, 1, 1, 1, 2, 3, 3, 3, 9])
    #expect(result.values(.alpha) == [0, 1, 1, 1, 1, 1, 1, 1, 0])
    // Different signs: first the erosion, then the dilation.
    node.size = Vec2(-1, 0)
    let back = try await run(node, [image])
    #expect(back.values(.alpha) == [0, 0, 1, 0, 0])
  }

  @Test func aMasterIsOneChannel() async throws {
    let image = numbered(9, 9)
    for word in ["rgba", "motion"] {
      var dilate = Dilate()
      dilate.size = 1
      dilate.master = ChannelSet(word)
      await #expect(throws: RenderError.self) { try await run(dilate, [image]) }
      var median = BipackNodes.Median()
      median.master = ChannelSet(word)
      await #expect(throws: RenderError.self) { try await run(median, [image]) }
    }
    var dilate = Dilate()
    dilate.size = 129
    dilate.master = .alpha
    await #expect(throws: RenderError.self) { try await run(dilate, [image]) }
  }
}
