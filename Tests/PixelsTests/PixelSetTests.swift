import BipackPixels
import Testing

@Suite("Pixel sets") struct PixelSetTests {
  @Test func holdsThePixelsAboveALimitInCells() {
    let pool = BlockPool(grid: TileGrid(log2Size: 5))
    let window = Rect(x: -21, y: -3, width: 70, height: 9)
    func value(_ x: Int, _ y: Int) -> Float {
      x == 3 ? .nan : (x &* 7 &+ y &* 13) % 11 == 0 || x > 40 && y > 2 ? 0.75 : 0.5
    }
    let spec = ImageSpec(
      format: Format(width: 64, height: 8), dataWindow: window, channels: [.alpha])
    let values = (0..<window.area).map { value(window.x0 + $0 % 70, window.y0 + $0 / 70) }
    let image = Image(spec: spec, pool: pool, pixels: [.alpha: values])
    // A window that looks beyond the picture.
    let seen = Rect(x: -40, y: -5, width: 80, height: 9)
    let set = PixelSet(image, .alpha, above: 0.5, in: seen, pool: pool, loops: .serial)
    for y in -8..<8 {
      let cells = set.row(y)
      #expect(cells.map(\.x) == cells.map(\.x).sorted())
      #expect(cells.allSatisfy { $0.x % PixelSet.cellWidth == 0 && $0.pixels != 0 })
      for x in -48..<64 {
        let cell = cells.first { $0.x <= x && x < $0.x + PixelSet.cellWidth }
        let isIn = cell.map { $0.pixels >> UInt16(x - $0.x) & 1 == 1 } ?? false
        let isThere = seen.contains(x: x, y: y) && window.contains(x: x, y: y)
        #expect(isIn == (isThere && value(x, y) > 0.5), "\(x), \(y)")
      }
    }
  }
}
