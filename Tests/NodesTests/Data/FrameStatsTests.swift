import Bipack
import Testing

@testable import BipackNodes

@Suite struct FrameStatsTests {
  /// Each frame as ImageStats has it, and the mean of all.
  @Test func measuresAsImageStatsDoes() async throws {
    let text = """
      { "bipack": 1, "format": { "width": 32, "height": 16 }, "frames": [5, 9], "nodes": {
        "noise": { "type": "Noise", "seed": { "expr": "frame" }, "size": 5 },
        "one": { "type": "ImageStats", "source": "noise", "area": [2, 3, 20, 12] },
        "all": { "type": "FrameStats", "source": "noise", "area": [2, 3, 20, 12] },
        "part": { "type": "FrameStats", "source": "noise", "area": [2, 3, 20, 12], "range": [6, 7] } } }
      """
    let comp = try #require(Comp.check(text: text, registry: Registry(Catalog.nodes)).comp)
    let renderer = Pictures.renderer
    let all = try await renderer.shot(comp, node: 2)
    var means: [[Double]] = []
    for frame in 5...9 {
      let one = try await renderer.values(comp, node: 1, frame: Double(frame))
      for port in ImageStats.values {
        #expect(all.value(port.name, at: Double(frame)) == one.value(port.name, at: Double(frame)))
      }
      means.append(one.data["mean"]?.components ?? [])
    }
    let average = all.data["average"]?.components ?? []
    for slot in 0..<4 {
      #expect(abs(average[slot] - means.reduce(0) { $0 + $1[slot] } / 5) < 1e-12)
    }
    #expect(
      all.value("mean", at: 7, as: ColorValue.self)?.g == all.value("mean", at: 7)?.components[1])
    #expect(all.value("mean", at: 7, as: String.self) == nil)
    // Between frames it is between, outside its range as at its end.
    let part = try await renderer.shot(comp, node: 3)
    #expect(part.value("mean", at: 9) == all.value("mean", at: 7))
    let (six, seven) = (means[1][0], means[2][0])
    let between = part.value("mean", at: 6.5)?.components[0] ?? 0
    #expect(abs(between - (six + seven) / 2) < 1e-12)
  }
}
