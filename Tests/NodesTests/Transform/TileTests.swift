import Bipack
import BipackKernels
import Testing

@testable import BipackNodes

@Suite struct TileTests {
  private static func index(_ v: Int, _ n: Int, _ mirror: Bool) -> Int {
    let period = mirror ? 2 * n : n
    let k = ((v % period) + period) % period
    return k < n ? k : 2 * n - 1 - k
  }

  /// The definition: the plane covered with copies, each output pixel the weighted mean around its
  /// place.
  private static func reference(_ source: Reference, _ tile: Tile, _ x: Int, _ y: Int) -> Double {
    func axis(_ output: Int, _ scale: Double, _ move: Double) -> [(Int, Double)] {
      let p = scale * (Double(output) + 0.5 - move) - 0.5
      let isWhole = scale == 1 && p == p.rounded()
      if isWhole || tile.filter == .impulse { return [(Int((p + 0.5).rounded(.down)), 1)] }
      let reach = Int(tile.filter.support * scale) + 2
      let middle = Int(p.rounded(.down))
      let raw = (middle - reach...middle + reach + 1).map {
        ($0, tile.filter.value((Double($0) - p) / scale))
      }
      let sum = raw.map(\.1).reduce(0, +)
      return raw.map { ($0.0, $0.1 / sum) }
    }
    var result = 0.0
    for (v, wy) in axis(y, tile.rows, tile.translate.y) {
      for (u, wx) in axis(x, tile.columns, tile.translate.x) {
        let (i, j) = (
          index(u, source.width, tile.mirrorColumns), index(v, source.height, tile.mirrorRows)
        )
        result += wx * wy * source[i, j]
      }
    }
    return result
  }

  @Test(arguments: [ResampleFilter.cubic, .lanczos6, .linear, .impulse], [false, true])
  func followsItsDefinition(_ filter: ResampleFilter, _ mirror: Bool) async throws {
    let source = Reference.noise(37, 23)
    for (columns, rows, x, y) in [
      (1, 1, 0.4, -7.25), (3, 2, 0, 0), (2.5, 1, 11, 500.3), (40, 30, 1.5, 0),
    ] as [(Double, Double, Double, Double)] {
      var tile = Tile()
      (tile.columns, tile.rows, tile.filter) = (columns, rows, filter)
      (tile.mirrorColumns, tile.mirrorRows) = (mirror, mirror && rows > 1)
      tile.translate = Vec2(x, y)
      let result = try await run(tile, [source.image()])
      #expect(result.dataWindow == Rect(width: 37, height: 23))
      let error = worst(result, result.dataWindow) { Self.reference(source, tile, $0, $1) }
      #expect(error < 2e-5, "\(columns) \(rows) \(x) \(y)")
    }
  }

  /// Whole pixels come round to the bit, across tiles, from far away.
  @Test func offsetsWrap() async throws {
    let source = Reference.noise(300, 200)
    var tile = Tile()
    for (x, y) in [(1, 0), (-70, 33), (299, 199), (300_000_007, -1_000_000_001)] {
      tile.translate = Vec2(Double(x), Double(y))
      let result = try await run(tile, [source.image()])
      let error = worst(result, result.dataWindow) {
        source[Self.index($0 - x, 300, false), Self.index($1 - y, 200, false)]
      }
      #expect(error == 0)
    }
    // What is outside the format is not repeated, what is missing inside is black.
    let small = source.image(at: (-250, 10), format: Format(width: 100, height: 60))
    tile.translate = Vec2(40, 0)
    let result = try await run(tile, [small])
    #expect(result.dataWindow == Rect(width: 100, height: 60))
    let error = worst(result, result.dataWindow) {
      let x = Self.index($0 - 40, 100, false)
      return source.at(x + 250, $1 - 10, .black)
    }
    #expect(error == 0)
    tile.translate = 0
    let context = NodeContext(
      frame: 1, frames: 1...1, fps: 24, format: small.format, proxy: 1,
      settings: DocumentSettings(), inputs: [ImageSpec(format: small.format)])
    #expect(tile.identity(context) == 0)
    // A whole move that does not cross the seam asks for just what it shows.
    tile.translate = Vec2(10, 5)
    let part = Rect(x0: 20, y0: 20, x1: 30, y1: 25)
    let demand = tile.demand(Demand(rect: part, channels: [.red]), context)
    #expect(demand[0].rect == part.translated(x: -10, y: -5))
  }
}
