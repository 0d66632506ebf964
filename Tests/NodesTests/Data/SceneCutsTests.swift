import Bipack
import BipackKernels
import Foundation
import Testing

@testable import BipackNodes

@Suite("Cuts of clips") struct SceneCutsTests {
  /// A scene of blobs that move a little from frame to frame, with grain.
  private func frame(scene: Int, _ number: Int, gain: Double = 1, grain: UInt64? = nil) -> Image {
    let (width, height) = (192, 108)
    let noise = Reference.noise(width, height, seed: grain ?? UInt64(scene * 1000 + number + 1))
    var channels: [Channel: [Float]] = [:]
    for (c, channel) in Channel.rgb.enumerated() {
      channels[channel] = (0..<width * height).map { i in
        let (x, y) = (Double(i % width) + Double(number) * 1.5, Double(i / width))
        let wave = 0.3 + 0.25 * sin(0.07 * x + Double(scene * (c + 1)) + 0.05 * y)
        return Float((wave + 0.02 * (noise.values[i] - 0.5)) * gain)
      }
    }
    return Pictures.make(width: width, height: height, channels)
  }

  private func sketch(_ image: Image) -> FrameSketch {
    FrameSketch(
      image, Channel.rgb, in: image.format.window, pool: Pictures.renderer.pool,
      loops: .serial)
  }

  private func find(_ images: [Image], threshold: Double = SceneCuts().threshold)
    -> CutFinder.Result
  {
    CutFinder(threshold: threshold, tolerance: SceneCuts().tolerance).find(images.map(sketch))
  }

  @Test func aCutIsFoundWhereItIs() {
    let clip = (0..<20).map { frame(scene: $0 < 7 ? 1 : $0 < 13 ? 2 : 3, $0) }
    let found = find(clip)
    #expect(found.cuts == [7, 13])
    #expect(found.duplicates == [])
  }

  @Test func flashesAndPansAreNoCuts() {
    var clip = (0..<16).map { frame(scene: 1, $0) }
    clip[6] = frame(scene: 1, 6, gain: 4)
    clip[11] = frame(scene: 1, 11, gain: 3)
    clip[12] = frame(scene: 1, 12, gain: 3)
    #expect(find(clip).cuts == [])
    #expect(find((0..<16).map { frame(scene: 1, $0 * 12) }).cuts == [])
  }

  /// Stills held for eight frames, and a clip on twos.
  @Test func cutsBetweenHeldPicturesAreFound() {
    let held = (0..<40).map { frame(scene: $0 / 8, 0) }
    #expect(find(held).cuts == [8, 16, 24, 32])
    #expect(find(held).duplicates.count == 35)
    let onTwos = (0..<24).map { frame(scene: $0 < 12 ? 1 : 2, $0 / 2) }
    #expect(find(onTwos).cuts == [12])
  }

  /// A flash or a black frame at a cut makes no second one.
  @Test(arguments: [(10, 1), (9, 1), (9, 2), (10, 2)])
  func aFlashAtACutIsNoCut(_ start: Int, _ length: Int) {
    for gain in [4.0, 0] {
      var clip = (0..<20).map { frame(scene: $0 < 10 ? 1 : 2, $0) }
      for i in start..<start + length { clip[i] = frame(scene: i < 10 ? 1 : 2, i, gain: gain) }
      let cuts = find(clip).cuts
      #expect(cuts.count == 1)
      if gain > 0, start == 10 || start + length <= 10 { #expect(cuts == [10]) }
    }
  }

  @Test func fadesAndLampsAreNoCuts() {
    let fade = (0..<20).map { frame(scene: 1, $0, gain: $0 < 6 ? Double($0 + 1) / 7 : 1) }
    #expect(find(fade).cuts == [])
    let lamp = (0..<20).map { frame(scene: 1, $0, gain: $0 < 10 ? 0.3 : 1) }
    #expect(find(lamp).cuts == [])
  }

  @Test(arguments: [16.0, 0.1, 0.01]) func lightDoesNotMatter(_ gain: Double) {
    let clip = (0..<20).map { frame(scene: $0 < 7 ? 1 : $0 < 13 ? 2 : 3, $0, gain: gain) }
    #expect(find(clip).cuts == [7, 13])
  }

  /// A frame that comes again is one whose every pixel does, not one that only looks alike.
  @Test func duplicatesRepeatEveryPixel() {
    var clip = (0..<12).map { frame(scene: 2, $0) }
    clip[4] = clip[3]
    clip[9] = clip[8]
    let found = find(clip)
    #expect(found.duplicates == [4, 9])
    // The same picture with other grain.
    let still = (0..<6).map { frame(scene: 2, 0, grain: UInt64($0 + 1)) }
    #expect(find(still).duplicates == [])
  }

  @Test func theTraceTellsTheDifferenceOfAllPixels() {
    let (a, b) = (frame(scene: 1, 3), frame(scene: 1, 4))
    func roots(_ image: Image) -> [Double] {
      let planes = Channel.rgb.map { image.values($0) }
      return planes[0].indices.map { i in
        planes.reduce(0) { sum, plane in
          let v = Double(plane[i])
          return sum + (v < 0 ? -(-v).squareRoot() : v.squareRoot()) / 3
        }
      }
    }
    let (ra, rb) = (roots(a), roots(b))
    let exact = zip(ra, rb).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) } / Double(ra.count)
    let estimate = sketch(a).detail(from: sketch(b))
    #expect(abs(estimate / exact.squareRoot() - 1) < 0.25)
  }

  @Test func nothingThatIsNotFiniteSpreads() {
    var pixels = frame(scene: 1, 0).values(.red)
    pixels[100] = .nan
    pixels[200] = .infinity
    let image = Pictures.make(
      width: 192, height: 108, [.red: pixels, .green: pixels, .blue: pixels])
    let sketch = sketch(image)
    #expect(sketch.means.allSatisfy(\.isFinite) && sketch.traces.allSatisfy(\.isFinite))
  }

  @Test func thePlateIsMeasuredThroughTheGraph() async throws {
    let path = ExampleTests.folder + "/scene-cuts.json"
    let comp = try #require(Comp.check(path, registry: ExampleTests.registry).comp)
    let node = try #require(comp.id(of: "sceneCuts"))
    let values = try await Pictures.renderer.shot(comp, node: node)
    #expect(values.data["cuts"] == .array([.number(8)]))
    #expect(values.value("shot", at: 7) == .number(1) && values.value("shot", at: 8) == .number(2))
    #expect(values.value("first", at: 12) == .number(8))
  }
}
