/// The order in which the pieces of a pass are begun.
///
/// It changes nothing in the picture, and a test shuffles it to prove so.
package enum WorkOrder: Sendable {
  case forward
  /// Scattered over the frame, differently for each seed.
  case shuffled(seed: Int)
}

/// A permutation of `0..<count` that takes no memory: multiples of a number without a common factor.
struct TileOrder: Sendable {
  private let count: Int
  private let factor: Int
  private let offset: Int

  init(_ count: Int, options: WorkOrder) {
    self.count = count
    guard case .shuffled(let seed) = options, count > 2 else {
      (factor, offset) = (1, 0)
      return
    }
    func commonFactor(_ a: Int, _ b: Int) -> Int { b == 0 ? a : commonFactor(b, a % b) }
    // Near the golden section of the count, so that neighbours lie far apart.
    var candidate = max(2, count * 618 / 1000 + seed % 7)
    while commonFactor(candidate, count) != 1 { candidate += 1 }
    factor = candidate % count
    offset = (seed &* 7919 & 0xffff) % count
  }

  subscript(turn: Int) -> Int { count == 0 ? turn : (turn * factor + offset) % count }
}
