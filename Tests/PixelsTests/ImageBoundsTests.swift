import Testing

@testable import BipackPixels

@Suite("Bounds of what is in a picture") struct ImageBoundsTests {
  private let pool = BlockPool()

  private func image(_ window: Rect, _ value: (Int, Int) -> Float) -> Image {
    let spec = ImageSpec(
      format: Format(width: 300, height: 300), dataWindow: window, channels: [.alpha])
    var pixels: [Float] = []
    for y in window.y0..<window.y1 { for x in window.x0..<window.x1 { pixels.append(value(x, y)) } }
    return Image(spec: spec, pool: pool, pixels: [.alpha: pixels])
  }

  private func bounds(_ image: Image, above low: Float = 0, below high: Float = .infinity) -> Rect {
    image.bounds(of: .alpha, above: low, below: high, loops: .serial)
  }

  @Test func isTheHullOfAllThatCounts() {
    let window = Rect(x0: -37, y0: 5, x1: 411, y1: 290)
    let spots = [(-30, 100), (200, 7), (399, 250)]
    let picture = image(window) { x, y in
      spots.contains { $0 == (x, y) } ? 0.5 : x == 50 && y == 280 ? 1 : 0
    }
    #expect(bounds(picture) == Rect(x0: -30, y0: 7, x1: 400, y1: 281))
    #expect(bounds(picture, above: 0.05, below: 0.95) == Rect(x0: -30, y0: 7, x1: 400, y1: 251))
    #expect(bounds(picture, above: 0.9) == Rect(x0: 50, y0: 280, x1: 51, y1: 281))
    #expect(bounds(picture, above: 2).isEmpty)
  }

  @Test func whatIsNoNumberCounts() {
    let picture = image(Rect(x0: 0, y0: 0, x1: 200, y1: 200)) { x, y in
      x == 150 && y == 3 ? .nan : 0
    }
    #expect(bounds(picture) == Rect(x0: 150, y0: 3, x1: 151, y1: 4))
  }

  @Test func tilesOfOneNumberCountAsAWhole() {
    let window = Rect(x0: 0, y0: 0, x1: 200, y1: 130)
    var picture = image(window) { _, _ in 0 }
    picture[.alpha] = TiledPlane(grid: picture.grid, dataWindow: window, constant: 1)
    #expect(bounds(picture) == window)
    picture[.alpha] = TiledPlane(grid: picture.grid, dataWindow: window, constant: 0)
    #expect(bounds(picture).isEmpty)
  }
}
