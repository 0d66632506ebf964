import Bipack
import BipackGraph
import BipackPixels
import Testing

@testable import BipackEngine

/// A picture with colour and without alpha counts as one whose alpha is 1, wherever a node needs it.
@Suite("Laws of pictures without alpha", .serialized) struct AlphaLaws {
  /// These name single channels, or say on their pages what else they do without an alpha.
  static let exempt: Set<String> = [
    "AddChannels", "Convolve", "Copy", "EdgeBlur", "EdgeExtend", "Expression", "MatteClip",
    "Roto", "Shuffle",
  ]
  private static let windows = [
    Rect(x0: 4, y0: 8, x1: 52, y1: 40), Rect(x0: 20, y0: -9, x1: 60, y1: 30),
    Rect(x0: 0, y0: 0, x1: 40, y1: 40),
  ]
  static let names = NodeLaws.names.filter { !exempt.contains($0) }

  @Test(arguments: names) func aPictureWithoutAlphaIsOpaque(_ name: String) async throws {
    let declaration = NodeLaws.declaration(name)
    var dice = Dice(seed: 99)
    for _ in 0..<2 {
      guard let test = NodeLaws.Case(declaration, &dice) else { return }
      for slot in 0..<test.inputs where !isMatte(slot, declaration) {
        func made(_ change: @escaping (inout Image, BlockPool) -> Void) async throws -> (
          Image, Renderer
        )? {
          try await NodeLaws.run(
            test.node, test.inputs, RenderOptions(threads: 2, isCaching: false),
            region: NodeLaws.view, windows: Self.windows
          ) { inputs, pool in
            guard var picture = inputs[slot]?.picture else { return }
            change(&picture, pool)
            inputs[slot] = .picture(picture)
          }
        }
        guard
          let without = try await made({ $0 = $0.colors($1, alpha: nil) }),
          let with = try await made({ $0 = $0.colors($1, alpha: 1) })
        else { continue }
        let both = without.0.channels.filter(with.0.channels.contains)
        let rect = with.0.dataWindow.union(without.0.dataWindow).intersection(NodeLaws.view)
        for channel in both where !rect.isEmpty {
          let (a, b) = (
            without.0.pixels(channel, in: rect, pool: without.1.pool),
            with.0.pixels(channel, in: rect, pool: with.1.pool)
          )
          let areAlike = zip(a, b).allSatisfy {
            $0 == $1 || abs($0 - $1) < 1e-5 || $0.isNaN && $1.isNaN
          }
          #expect(areAlike, "\(channel), input \(slot): \(test.description)")
        }
      }
    }
  }

  private func isMatte(_ slot: Int, _ declaration: NodeDeclaration) -> Bool {
    slot < declaration.inputs.count && declaration.inputs.allSatisfy { $0.list == nil }
      && declaration.inputs[slot].isMatte
  }

  /// `mask` and `mix` lie between the first input and the result.
  @Test func aMaskShowsAPictureWithoutAlphaAsOpaque() async throws {
    let result = Comp.check(
      text: """
        {"bipack": 1, "format": {"width": 2, "height": 1}, "nodes": {
          "b": {"type": "Constant", "channels": "rgb", "color": 0.5},
          "a": {"type": "Constant", "color": [1, 1, 1, 0.25]},
          "m": {"type": "Constant", "color": [0, 0, 0, 0.5]},
          "k": {"type": "KeyMix", "b": "b", "a": "a", "mask": "m"}}}
        """, registry: Registry(Catalog.nodes))
    let comp = try #require(result.comp)
    let node = try #require(comp.nodes.firstIndex { $0.path == "k" })
    let image = try await Pictures.renderer.image(comp, node: node, frame: 1)
    #expect(image.values(.red) == [0.75, 0.75])
    #expect(image.values(.alpha) == [0.625, 0.625])
  }
}

extension Image {
  /// Red, green and blue alone, or with an even alpha.
  func colors(_ pool: BlockPool, alpha: Float?) -> Image {
    var spec = spec
    spec.channels = alpha == nil ? Channel.rgb : Channel.rgba
    var pixels: [Channel: [Float]] = [:]
    for channel in Channel.rgb {
      pixels[channel] = self.pixels(channel, in: dataWindow, pool: pool)
    }
    if let alpha { pixels[.alpha] = [Float](repeating: alpha, count: dataWindow.area) }
    return Image(spec: spec, pool: pool, pixels: pixels)
  }
}
