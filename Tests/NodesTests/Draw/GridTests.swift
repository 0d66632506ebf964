import Bipack
import Testing

@testable import BipackNodes

@Suite struct GridTests {
  /// Coverage counted on a fine raster of each pixel.
  private func covered(_ p: Int, _ origin: Double, _ spacing: Double, _ width: Double) -> Double {
    let fine = 4000
    let hits = (0..<fine).count { i in
      let t = Double(p) + (Double(i) + 0.5) / Double(fine)
      let place = (t - origin) / spacing
      return abs(place - place.rounded()) * spacing < width / 2
    }
    return Double(hits) / Double(fine)
  }

  @Test func linesCoverPixelsExactly() async throws {
    for (spacing, width, move) in [
      (7.3, 1.5, 0.0), (10, 0.25, 3.7), (2.5, 1.1, -400.2), (40, 9, 5),
    ] {
      var grid = Grid()
      grid.size = Vec2(spacing, spacing * 1.4)
      grid.lineWidth = Vec2(width, width / 2)
      grid.translate = Vec2(move, -move)
      let image = try await run(grid, [], format: Format(width: 150, height: 40))
      let columns = (0..<150).map { covered($0, move, spacing, width) }
      let rows = (0..<40).map { covered($0, -move, spacing * 1.4, width / 2) }
      let error = worst(image, Rect(width: 150, height: 40)) { x, y in
        1 - (1 - columns[x]) * (1 - rows[y])
      }
      #expect(error < 1e-3, "\(spacing) \(width)")
    }
  }

  @Test func byNumberFromTheCornerOrTheCentre() async throws {
    var grid = Grid()
    grid.number = Vec2(4, 0)
    grid.lineWidth = 2
    let format = Format(width: 40, height: 6)
    let corner = try await run(grid, [], format: format)
    // Middles at 0, 10, 20, 30, 40: a pixel on either side.
    let expected: [Float] = (0..<40).map { [0, 9].contains($0 % 10) ? 1 : 0 }
    #expect(
      corner.pixels(.red, in: Rect(x: 0, y: 3, width: 40, height: 1), pool: Pictures.renderer.pool)
        == expected)
    grid.number = Vec2(3, 1)
    grid.fromCenter = true
    grid.size = Vec2(0, 2)
    grid.lineWidth = Vec2(1, 1)
    let middle = try await run(grid, [], format: format)
    #expect(middle.value(.red, x: 19, y: 0) == 0.75)
    // Lines as wide as they are apart leave nothing.
    grid.lineWidth = 50
    #expect(
      try await run(grid, [], format: format).values(.alpha) == [Float](repeating: 1, count: 240))
  }
}
