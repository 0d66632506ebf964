import Bipack
import BipackGraph
import BipackPixels
import Testing

@testable import BipackEngine

/// What must hold for the building blocks of composite nodes, each on the pictures it is given there and
/// seeing no more of them than it demands. The names are those in the sources: one that no node and no
/// example graph emits fails.
@Suite("Laws of every operator", .serialized) struct OperatorLaws {
  @Test("is emitted, and hashes alike each time", arguments: EmittedOperators.names)
  func hashes(name: String) async throws {
    let cases = try await EmittedOperators.named(name)
    #expect(
      !cases.isEmpty,
      "no composite node and no example graph emits \(name): one of 'EmittedOperators.documents' must"
    )
    for test in cases {
      #expect(
        test.work.ownHash == test.work.ownHash,
        "\(test.description) stores what has no hash: \(StoredHash.unhashable)")
    }
  }

  @Test("names of operators are their own") func names() {
    let names = EmittedOperators.names
    #expect(Set(names).count == names.count, "\(names)")
    #expect(names.count > 50)
  }

  private static let variants =
    NodeLaws.variants + [
      {
        var options = RenderOptions(threads: 2, grid: TileGrid(log2Size: 5))
        options.bandTiles = 1
        return options
      }()
    ]

  @Test(
    "tile size, threads, fusion and bands do not change a bit", arguments: EmittedOperators.names)
  func invariance(name: String) async throws {
    for test in try await EmittedOperators.named(name) {
      let renderer = Renderer(Self.variants[0])
      let image = try await test.run(renderer)
      for options in Self.variants.dropFirst() {
        let other = Renderer(options)
        let same = try await test.run(other)
        #expect(same.spec == image.spec, "\(test.description)")
        NodeLaws.expectSame(
          (image, renderer), (same, other), in: image.dataWindow.intersection(NodeLaws.view),
          "\(options.grid), \(options.threads) threads: \(test.description)")
      }
    }
  }

  @Test("a region is that part of the whole", arguments: EmittedOperators.names)
  func regions(name: String) async throws {
    var dice = Dice(seed: 23)
    for test in try await EmittedOperators.named(name) {
      let renderer = Renderer(Self.variants[0])
      let image = try await test.run(renderer)
      let window = image.dataWindow.intersection(NodeLaws.view)
      if window.isEmpty { continue }
      for log2Size in [4, 7] {
        let region = Rect(
          x: window.x0 + dice.below(window.width), y: window.y0 + dice.below(window.height),
          width: 1 + dice.below(40), height: 1 + dice.below(40)
        ).intersection(window)
        let small = Renderer(RenderOptions(threads: 1, grid: TileGrid(log2Size: log2Size)))
        let part = try await test.run(small, region: region)
        NodeLaws.expectSame(
          (image, renderer), (part, small), in: region, "\(region): \(test.description)")
      }
    }
  }

  @Test("a bad pixel stays within the reach of the operator", arguments: EmittedOperators.names)
  func containment(name: String) async throws {
    for test in try await EmittedOperators.named(name) {
      let renderer = Renderer(Self.variants[0])
      let clean = try await test.run(renderer)
      for (place, input) in test.inputs.enumerated() {
        guard let input, !input.spec.dataWindow.isEmpty else { continue }
        let window = input.spec.dataWindow
        let at = (x: window.x0 + window.width / 2, y: window.y0 + window.height / 2)
        for bad in [Float.nan, .infinity] {
          var inputs = test.inputs
          inputs[place]?.payload = input.payload.with(bad, x: at.x, y: at.y, renderer.pool)
          let badRenderer = Renderer(Self.variants[0])
          let image = try await test.run(badRenderer, inputs: inputs)
          var context = test.context
          context.inputs = test.inputs.map { $0?.spec }
          NodeLaws.expectContained(
            (clean, renderer), (image, badRenderer),
            "\(bad) at \(at) of input \(place): \(test.description)"
          ) { demand in
            let demands = test.work.demand(demand, context)
            return place < demands.count && demands[place].rect.contains(x: at.x, y: at.y)
          }
        }
      }
    }
  }
}
