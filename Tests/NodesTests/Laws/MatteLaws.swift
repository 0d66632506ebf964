import Bipack
import BipackGraph
import Testing

/// One rule for all mattes: alpha, or red without alpha, or the only channel.
@Suite("Laws of mattes") struct MatteLaws {
  static let nodes = Catalog.nodes.map { NodeDeclaration.of($0) }.filter { node in
    node.inputs.contains(where: \.isMatte)
  }

  private static let (width, height) = (48, 40)

  private static func ramp(_ scale: Float) -> [Float] {
    (0..<width * height).map { Float(($0 * 37) % 101) / 100 * scale }
  }

  private static let shot = Pictures.make(
    width: width, height: height,
    [.red: ramp(0.3), .green: ramp(0.9), .blue: ramp(0.2), .alpha: ramp(1)])
  private static let levels: [Float] = (0..<width * height).map {
    Float(max(0, min(1, ($0 % width - 10) / 20)))
  }

  @Test(arguments: nodes.map(\.typeName)) func aMatteIsInAlphaOrRed(_ name: String) async throws {
    let declaration = try #require(Self.nodes.first { $0.typeName == name })
    let node = try #require(declaration.make(values: []))
    func made(_ channel: Channel) async throws -> Image {
      let matte = Pictures.make(width: Self.width, height: Self.height, [channel: Self.levels])
      return try await Pictures.renderer.run(
        node, inputs: declaration.inputs.map { $0.isMatte ? matte : Self.shot })
    }
    let byAlpha = try await made(.alpha)
    for channel: Channel in [.red, "mask.M"] {
      let other = try await made(channel)
      for channel in byAlpha.channels {
        #expect(other.values(channel) == byAlpha.values(channel), "\(channel)")
      }
    }
  }
}
