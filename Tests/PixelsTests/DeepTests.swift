import BipackPixels
import Testing

@Suite("Deep pictures") struct DeepTests {
  private let pool = BlockPool(grid: TileGrid(log2Size: 4))
  private let window = Rect(x0: -5, y0: 3, x1: 30, y1: 40)

  private func spec(_ channels: [Channel] = [.alpha, .z, "id"]) -> ImageSpec {
    ImageSpec(
      format: Format(window: window), channels: channels,
      deep: DeepExtent(ids: ["id"], counts: SampleCounts(perPixel: 3, in: window)))
  }

  private func count(_ x: Int, _ y: Int) -> Int { ((x + 50) * 7 + y * 3) % 4 }

  /// Pixels of none to three samples.
  private func make() -> DeepImage {
    DeepImage(spec: spec(), pool: pool) { x, y in
      (0..<count(x, y)).map { index in
        [
          .alpha: Float(index) / 4, .z: Float(x * 100 + y) + Float(index),
          "id": Float(bitPattern: UInt32.max - UInt32(index)),
        ]
      }
    }
  }

  @Test func samplesAreWhereTheyWerePut() {
    let image = make()
    for y in window.y0..<window.y1 {
      for x in window.x0..<window.x1 {
        #expect(image.count(x: x, y: y) == count(x, y))
        #expect(
          image.values(.z, x: x, y: y)
            == (0..<count(x, y)).map { Float(x * 100 + y) + Float($0) })
        // Ids are kept to the bit, whatever number those would be.
        #expect(
          image.values("id", x: x, y: y).map(\.bitPattern)
            == (0..<count(x, y)).map { UInt32.max - UInt32($0) })
      }
    }
    #expect(image.count(x: -6, y: 10) == 0)
    #expect(image.values(.red, x: 0, y: 10) == image.values(.red, x: 0, y: 10).map { _ in 0 })
  }

  @Test func memoryIsThePoolsAndIsGivenBack() {
    let image = make()
    let copy = image
    withExtendedLifetime((image, copy)) {
      let usage = pool.usage
      #expect(usage.live + usage.scratch == image.bytes && image.bytes > 0)
      #expect(image.bytes <= spec().bytes(window, channels: 3, pool.grid))
      #expect(copy.count(x: 1, y: 5) == count(1, 5))
    }
  }

  @Test func whatIsDroppedIsFree() {
    _ = make()
    #expect(pool.usage.live == 0 && pool.usage.scratch == 0)
  }

  @Test func aPictureIsCompleteWhereItsTilesAre() {
    let whole = make()
    var part = Payload(spec: spec(), grid: pool.grid)
    #expect(!part.isComplete(in: window, channels: [.z]))
    let rows = Rect(x0: window.x0, y0: 16, x1: window.x1, y1: 32)
    part.gather(.deep(whole), rows, of: window)
    #expect(part.isComplete(in: rows, channels: [.z, "id"]))
    #expect(!part.isComplete(in: window, channels: [.z]))
    #expect(part.deep?.values(.z, x: 2, y: 20) == whole.values(.z, x: 2, y: 20))
    #expect(part.deep?.count(x: 2, y: 15) == 0)
  }

  @Test func countsAreBoundsOfEveryRectangle() {
    let cells = SampleCounts(
      window: Rect(x0: -3, y0: 2, x1: 7, y1: 8), cellWidth: 4, cellHeight: 3,
      counts: [1, 2, 3, 10, 20, 30])
    #expect(cells.most(in: Rect(x0: -100, y0: -100, x1: 100, y1: 100)) == 66)
    #expect(cells.most(in: Rect(x0: -3, y0: 2, x1: 1, y1: 5)) == 1)
    #expect(cells.most(in: Rect(x0: 0, y0: 4, x1: 2, y1: 6)) == 33)
    #expect(cells.most(in: Rect(x0: 7, y0: 2, x1: 9, y1: 8)) == 0)
    let even = SampleCounts(perPixel: 2, in: Rect(x0: 0, y0: 0, x1: 10, y1: 10))
    #expect(even.most(in: Rect(x0: 5, y0: 5, x1: 20, y1: 20)) == 50)
    let sum = (cells + even) * 2
    #expect(sum.most(in: Rect(x0: 0, y0: 4, x1: 2, y1: 6)) == 2 * (33 + 8))
    let huge = SampleCounts(
      window: Rect(width: 1, height: 2), cellWidth: 1, cellHeight: 1, counts: [.max, .max])
    #expect(((huge + huge) * 1000).most(in: Rect(width: 1, height: 2)) == Int.max / 1024)
  }

  @Test func aWriterCutsItsRunsToWhatIsThere() {
    var writer = DeepTileWriter([.z], most: 100_000, pool: pool)
    writer.add(to: 3) { _ in 1 }
    writer.add(to: 3) { _ in 2 }
    writer.add(to: 255) { _ in 3 }
    let tile = writer.finish()
    #expect(tile.count == 3)
    #expect(
      tile.samples(of: 2).isEmpty && tile.samples(of: 3) == 0..<2 && tile.samples(of: 4) == 2..<2)
    #expect(tile.samples(of: 255) == 2..<3 && tile.samples(of: 3..<256) == 0..<3)
    #expect(tile.value(.z, sample: 2) == 3)
    #expect(tile.bytes(pool.grid) < 40_000)
    let none = DeepTileWriter([.z], most: 0, pool: pool).finish()
    #expect(none.count == 0 && none.bytes(pool.grid) == 0 && none.has(.z))
  }
}
