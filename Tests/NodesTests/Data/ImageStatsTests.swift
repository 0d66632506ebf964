import Bipack
import Testing

@testable import BipackNodes

@Suite struct ImageStatsTests {
  @Test func numbers() throws {
    var noise = Reference.noise(300, 200)
    noise.values[5] = .nan
    noise.values[77] = .infinity
    let image = noise.image([.red, .green, .alpha])
    let values = try measure(ImageStats(), image)
    let finite = noise.values.filter(\.isFinite)
    let mean = finite.reduce(0, +) / Double(finite.count)
    let variance = finite.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(finite.count)
    let square = finite.reduce(0) { $0 + $1 * $1 } / Double(finite.count)
    func close(_ name: String, _ expected: Double) {
      let got = values[name]?.components ?? []
      #expect(got.count == 4 && abs(got[0] - expected) < 1e-9 && abs(got[3] - expected) < 1e-9)
      #expect(got[2] == 0)
    }
    close("mean", mean)
    close("stddev", variance.squareRoot())
    close("rms", square.squareRoot())
    close("min", finite.min() ?? 0)
    close("max", finite.max() ?? 0)
    #expect(values["invalid"] == .number(6))
    let luminance = values["luminance"]?.components[0] ?? 0
    #expect(abs(luminance - (0.2126 + 0.7152) * mean) < 1e-9)
  }

  @Test func boxesCountBlackOutside() throws {
    let image = Reference(10, 10) { _, _ in 3 }.image(format: Format(width: 20, height: 10))
    let whole = try measure(ImageStats(), image)["mean"]
    #expect(whole?.components[0] == 1.5)
    var node = ImageStats()
    node.region.area = Box(2, 2, 5, 5)
    let part = try measure(node, image)["mean"]
    #expect(part?.components[0] == 3)
    node.region.area = Box(5, 2, 2, 5)
    #expect(throws: NodeError.self) { _ = try measure(node, image) }
  }

  /// A far-off mean must not drown a small deviation.
  @Test func deviationOfBrightPictures() throws {
    let image = Reference(64, 64) { x, _ in 65536 + Double(x % 2) * 0.0625 }.image()
    let deviation = try measure(ImageStats(), image)["stddev"]?.components[0] ?? 0
    #expect(abs(deviation - 0.03125) < 1e-9)
  }
}
