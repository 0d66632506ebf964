import Bipack
import Foundation
import Testing

/// Keys pictures whose true alpha is known, with graphs of this package, and says how far off it is.
@Suite struct KeyingTests {
  /// Mean absolute error over all pixels, and over those on edges (0.02 < truth < 0.98).
  private func error(_ a: [Float], _ truth: [Float]) -> (all: Double, edges: Double) {
    var (sum, edgeSum, edges) = (0.0, 0.0, 0)
    for (value, target) in zip(a, truth) {
      let d = abs(Double(value) - Double(target))
      sum += d
      if target > 0.02, target < 0.98 {
        edgeSum += d
        edges += 1
      }
    }
    return (sum / Double(max(1, truth.count)), edgeSum / Double(max(1, edges)))
  }

  private func measure(
    _ path: String, node: String, frames: ClosedRange<Int>, truth: (Int) -> String,
    variables: [(name: String, value: String)] = [], from left: Int = 0
  ) async throws -> (all: Double, edges: Double) {
    let comp = try Comp.load(
      Package.root.appendingPathComponent(path).path, registry: .standard,
      options: LoadOptions(variables: variables))
    let renderer = Renderer()
    var mean = (all: 0.0, edges: 0.0)
    for frame in frames {
      let image = try await renderer.image(comp, node, frame: Double(frame))
      let target = try ImageFile.read(truth(frame), pool: renderer.pool).image
      var window = target.dataWindow
      window.x0 = max(window.x0, left)
      let found = error(
        image.pixels(.alpha, in: window, pool: renderer.pool),
        target.pixels(.alpha, in: window, pool: renderer.pool))
      mean.all += found.all / Double(frames.count)
      mean.edges += found.edges / Double(frames.count)
    }
    return mean
  }

  @Test func keysOurOwnScreen() async throws {
    let found = try await measure(
      "Graphs/demo.json", node: "matte", frames: 1001...1010,
      truth: { Package.root.appendingPathComponent("Plates/greenscreen_fg.\($0).exr").path })
    print(
      "greenscreen: alpha MAE \(found.all), on edges \(found.edges) (colour difference, 10 frames)")
    #expect(found.all < 0.012)
  }

  @Test func keysTheDancer() async throws {
    let plates = Package.root.deletingLastPathComponent().appendingPathComponent("shared/plates")
    let dancer = plates.appendingPathComponent("keying/04_dancer_gt")
    guard FileManager.default.fileExists(atPath: dancer.path) else {
      print("skipped: ../shared/plates is not there")
      return
    }
    let found = try await measure(
      "Tests/Data/Graphs/dancer.json", node: "key", frames: 1001...1010,
      truth: { dancer.appendingPathComponent("fg_alpha.\($0).png").path },
      variables: [("plates", plates.path)])
    print("dancer: alpha MAE \(found.all), on edges \(found.edges) (colour difference, 10 frames)")
    #expect(found.all <= 0.0011)
  }

  /// The comps that come as groups, on our own screen whose truth is known. Its red gauze on the left is
  /// left out: thin red over much green is the same as thick dark red over little, to any keyer.
  @Test(arguments: ["green-screen", "blue-screen", "hair-comp", "clean-plate-comp"])
  func aGroupKeys(_ name: String) async throws {
    let found = try await measure(
      "Graphs/\(name).json", node: "comp.matte", frames: 1003...1003,
      truth: { Package.root.appendingPathComponent("Plates/greenscreen_fg.\($0).exr").path },
      from: 215)
    print("\(name): alpha MAE \(found.all), on edges \(found.edges)")
    #expect(found.all < 0.007 && found.edges < 0.085)
  }
}
