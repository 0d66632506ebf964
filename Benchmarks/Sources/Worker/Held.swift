import Bipack

/// A picture in memory as the source of a graph.
struct Held: SourceNode {
  static let abstract = "A picture the benchmark holds."
  static let category = "File"

  @Param("Which.") var picture = Pictures.Name.plate

  private struct State {
    var images: [Pictures.Name: Image] = [:]
    var edition: UInt64 = 0
  }
  private static let state = Locked(State())

  static func hold(_ images: [(Pictures.Name, Image)]) {
    state.withLock { $0.images = Dictionary(uniqueKeysWithValues: images) }
  }

  /// Makes them other pictures in the eyes of every cache.
  static func change() { state.withLock { $0.edition += 1 } }

  func stamp(_ context: NodeContext) throws(NodeError) -> StableHash {
    let edition = Self.state.withLock { $0.edition }
    return StableHash(high: picture == .plate ? 0 : 1, low: edition)
  }

  func spec(_ context: NodeContext) throws(NodeError) -> ImageSpec { try held().spec }

  func read(_ demand: Demand, _ context: NodeContext, _ loops: Loops, _ pool: BlockPool)
    throws(NodeError) -> Payload
  { .picture(try held()) }

  private func held() throws(NodeError) -> Image {
    guard let image = Self.state.withLock({ $0.images[picture] }) else {
      throw NodeError("no picture is held")
    }
    return image
  }
}
