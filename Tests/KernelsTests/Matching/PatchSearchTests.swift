import BipackPixels
import Testing

@testable import BipackKernels

@Suite("Patch search") struct PatchSearchTests {
  private let pool = BlockPool()

  /// A smooth random picture, moved.
  private func picture(dx: Int, dy: Int) -> Image {
    let (width, height) = (120, 90)
    func noise(_ x: Int, _ y: Int) -> Float {
      var hash = UInt32(truncatingIfNeeded: x &* 73_856_093 ^ y &* 19_349_663)
      hash = (hash ^ hash >> 13) &* 1_274_126_177
      return Float((hash ^ hash >> 16) & 0xffff) / 65535
    }
    var values: [Float] = []
    for y in 0..<height {
      for x in 0..<width {
        var sum: Float = 0
        for j in -2...2 { for i in -2...2 { sum += noise(x - dx + i, y - dy + j) } }
        values.append(sum / 25)
      }
    }
    return Image(
      spec: ImageSpec(format: Format(width: width, height: height)), pool: pool,
      pixels: [.red: values, .green: values, .blue: values])
  }

  @Test(arguments: [(0, 0), (3, -2), (-13, 9)])
  func whatMovedIsFoundAgain(step: (x: Int, y: Int)) {
    let (here, there) = (picture(dx: 0, dy: 0), picture(dx: step.x, dy: step.y))
    let search = PatchSearch(motion: 16)
    let rect = Rect(x0: 40, y0: 30, x1: 70, y1: 60)
    var wanted = PatchSearch.Wanted(rect: rect)
    for i in wanted.flags.indices { wanted.flags[i] = 1 }
    let sizes = PatchSearch.Sizes(search, rect)
    let places = search.places(
      search.pyramid(of: here, sizes, pool), search.pyramid(of: there, sizes, pool),
      wanted.coarser(sizes), sizes, there.dataWindow)
    let right = places.dx.indices.filter {
      places.dx[$0] == Int32(step.x) && places.dy[$0] == Int32(step.y)
    }
    #expect(right.count > rect.area * 95 / 100, "\(right.count) of \(rect.area)")
    #expect(places.dx.allSatisfy { abs(Int($0)) <= search.reach })
  }
}
