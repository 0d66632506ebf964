import Bipack

/// A few pictures in memory as a clip of any length: from the first to the last and back, again and again.
struct HeldClip: SourceNode {
  static let abstract = "Pictures the benchmark holds, one a frame."
  static let category = "File"

  private struct State {
    var images: [Image] = []
    var edition: UInt64 = 0
  }
  private static let state = Locked(State())

  static func hold(_ images: [Image]) { state.withLock { $0.images = images } }

  /// Makes them other pictures in the eyes of every cache.
  static func change() { state.withLock { $0.edition += 1 } }

  var isTimeVarying: Bool { true }

  func stamp(_ context: NodeContext) throws(NodeError) -> StableHash {
    let edition = Self.state.withLock { $0.edition }
    return StableHash(high: UInt64(try place(context)), low: edition)
  }

  func spec(_ context: NodeContext) throws(NodeError) -> ImageSpec { try held(context).spec }

  func read(_ demand: Demand, _ context: NodeContext, _ loops: Loops, _ pool: BlockPool)
    throws(NodeError) -> Payload
  { .picture(try held(context)) }

  private func held(_ context: NodeContext) throws(NodeError) -> Image {
    let place = try place(context)
    return Self.state.withLock { $0.images[place] }
  }

  private func place(_ context: NodeContext) throws(NodeError) -> Int {
    let count = Self.state.withLock { $0.images.count }
    guard count > 1 else { throw NodeError("no clip is held") }
    let step = Int(context.frame) % (2 * count - 2)
    return min(step, 2 * count - 2 - step)
  }
}
