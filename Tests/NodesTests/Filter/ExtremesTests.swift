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
}
