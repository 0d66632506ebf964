import Bipack
import Testing

@testable import BipackNodes

@Suite struct ScreenStatsTests {
  private func measure(_ node: ScreenStats, _ image: Image) throws -> [String: [Double]] {
    try NodesTests.measure(node, image).mapValues(\.components)
  }

  /// A screen whose light falls from 1.25 at the left to 0.75 at the right, a subject in the quarter
  /// in the middle.
  private func stage(_ screen: [Double], width: Int = 400, height: Int = 200) -> Image {
    let subject = [0.5, 0.3, 0.25]
    var channels: [Channel: [Float]] = [:]
    for (c, channel) in Channel.rgb.enumerated() {
      channels[channel] = (0..<width * height).map { i in
        let (x, y) = (i % width, i / width)
        let isSubject =
          x >= width / 4 && x < width * 3 / 4 && y >= height / 4 && y < height * 3 / 4
        let light = 1.25 - 0.5 * Double(x) / Double(width - 1)
        return Float(isSubject ? subject[c] : screen[c] * light)
      }
    }
    return Pictures.make(width: width, height: height, channels)
  }

  @Test(arguments: [(1, [0.06, 0.36, 0.09]), (2, [0.05, 0.1, 0.4])])
  func colourAndLight(_ primary: Int, _ screen: [Double]) throws {
    let found = try measure(ScreenStats(), stage(screen))
    let color = try #require(found["color"])
    for c in 0..<3 { #expect(abs(color[c] - screen[c]) < 0.03 * screen[c] + 1e-3, "\(c)") }
    #expect(color[3] == 1)
    #expect(found["primary"] == [Double(primary)])
    #expect(abs((found["coverage"]?[0] ?? 0) - 0.75) < 0.01)
    #expect(abs((found["darkest"]?[0] ?? 0) - 0.76) < 0.02)
    #expect(abs((found["brightest"]?[0] ?? 0) - 1.24) < 0.03)
  }

  @Test func aBoxOfScreen() throws {
    var node = ScreenStats()
    node.area = Box(0, 0, 100, 200)
    let found = try measure(node, stage([0.06, 0.36, 0.09]))
    #expect(abs((found["color"]?[1] ?? 0) - 0.36 * 1.1875) < 0.005)
    #expect(found["coverage"] == [1])
    node.area = Box(5, 2, 2, 5)
    #expect(throws: NodeError.self) { _ = try measure(node, stage([0.06, 0.36, 0.09])) }
    node.area = Box(900, 0, 1000, 100)
    #expect(throws: NodeError.self) { _ = try measure(node, stage([0.06, 0.36, 0.09])) }
  }

  /// A yellow screen is none by itself, but one that was picked.
  @Test func pickedColours() throws {
    let image = stage([0.5, 0.45, 0.05])
    var node = ScreenStats()
    node.screen = .pick
    node.color = ColorValue(0.5, 0.45, 0.05, 1)
    #expect(try measure(node, image)["primary"] == [0])
    #expect(throws: NodeError.self) {
      _ = try measure(ScreenStats(), Reference(64, 64) { _, _ in 0.4 }.image(Channel.rgb))
    }
  }

  @Test func badPixelsCostTheirBlock() throws {
    let good = stage([0.06, 0.36, 0.09])
    var green = good.values(.green)
    green[0] = .nan
    green[7] = .infinity
    let bad = Pictures.make(
      width: 400, height: 200, [.red: good.values(.red), .green: green, .blue: good.values(.blue)])
    let (a, b) = try (measure(ScreenStats(), good), measure(ScreenStats(), bad))
    #expect(abs((a["color"]?[1] ?? 0) - (b["color"]?[1] ?? 1)) < 0.002)
    #expect(abs((a["coverage"]?[0] ?? 0) - (b["coverage"]?[0] ?? 1)) < 0.001)
  }
}
