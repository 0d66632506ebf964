import BipackKernels
import BipackPixels
import Testing

@Suite("Block means") struct BlockMeansTests {
  @Test func blocksAreMeansAndTheLastAreSmaller() {
    let pool = BlockPool()
    let spec = ImageSpec(format: Format(width: 10, height: 7))
    let image = Image(
      spec: spec, pool: pool, pixels: [.red: (0..<70).map { Float($0 % 10) }])
    for loops in [Loops.serial, .backwards] {
      let means = BlockMeans(
        image, [.red, .green], in: spec.dataWindow, most: 4, pool: pool, loops: loops)
      #expect(means.width == 4 && means.height == 3)
      #expect(means.planes[0] == [Float]((0..<3).flatMap { _ in [1, 4, 7, 9] as [Float] }))
      #expect(means.planes[1].allSatisfy { $0 == 0 })
    }
  }
}
