import BipackPixels

/// Which squares of a picture show nothing but grain.
///
/// Of each brightness the plainest tenth is a beginning. A law is put through what they say, and squares that are as the law
/// says, in all channels and not coarser than most, are chosen; from them comes the next law. Grain is a crowd at one variance,
/// texture is spread out above it: the choice stays at the crowd.
struct GrainSelection: Sendable {
  private let blocks: [GrainBlock]
  private(set) var chosen: [Int] = []
  /// Of red, green and blue; empty where nothing was found.
  private(set) var laws: [GrainLaw] = []
  /// How much the chosen differ from the law, as a share.
  private(set) var spread = 0.1

  /// Brightnesses that are looked at together: even steps of the root up to 1, then of stops.
  static let binCount = 40
  static func bin(_ light: Double) -> Int {
    let root =
      light <= 1 ? max(light, 0).squareRoot() : 1 + 0.35 * PortableMath.log2(min(light, 1e6))
    return min(binCount - 1, Int(root * 16))
  }

  init(_ blocks: [GrainBlock]) { self.blocks = blocks }

  /// Chooses among `pool`, indices of blocks.
  mutating func choose(among pool: [Int]) {
    chosen = plainest(pool)
    spread = 0.1
    fit(scale: 1.15)
    for _ in 0..<12 {
      if laws.isEmpty { return }
      let limits = coarseness()
      let next = pool.filter { fits(blocks[$0], limits) }
      if next == chosen || next.count < 8 { return }
      chosen = next
      spread = min(0.25, max(0.04, 1.48 * deviations().median))
      fit(scale: 1)
    }
  }

  private func plainest(_ pool: [Int]) -> [Int] {
    func size(_ index: Int) -> Double {
      let variance = blocks[index].variance
      return variance.x * variance.y * variance.z
    }
    let bins = Dictionary(grouping: pool) { Self.bin(blocks[$0].light.y) }
    return bins.values.filter { $0.count >= 8 }.flatMap { bin in
      let least = bin.map(size).ranked(bin.count / 10)
      return bin.filter { size($0) <= least }
    }.sorted()
  }

  /// Laws through the medians of each brightness.
  private mutating func fit(scale: Double) {
    let found = (0..<3).compactMap { channel -> GrainLaw? in
      let bins = Dictionary(grouping: chosen) { Self.bin(blocks[$0].light[channel]) }
      let points = bins.sorted { $0.key < $1.key }.filter { $0.value.count >= 4 }.map { _, bin in
        GrainLaw.Point(
          brightness: bin.reduce(0) { $0 + blocks[$1].light[channel] } / Double(bin.count),
          variance: bin.map { blocks[$0].variance[channel] }.median, count: Double(bin.count))
      }
      return GrainLaw(points)?.scaled(scale)
    }
    laws = found.count == 3 ? found : []
  }

  /// Up to which share of coarse variance a square may be chosen.
  private func coarseness() -> [Double] {
    (0..<3).map { channel in
      let shares = chosen.map { blocks[$0].coarse[channel] / blocks[$0].variance[channel] }
      let middle = shares.median
      return middle + 2.5 * max(1.48 * shares.map { abs($0 - middle) }.median, 0.1 * middle)
    }
  }

  /// A square's variance as a share of the law's.
  func share(_ block: GrainBlock, _ channel: Int) -> Double {
    block.variance[channel] / max(laws[channel].variance(block.light[channel]), 1e-20)
  }

  private func fits(_ block: GrainBlock, _ coarsest: [Double]) -> Bool {
    (0..<3).allSatisfy { channel in
      let share = share(block, channel)
      return share < 1 + 2.5 * spread && share > 1 - 3.5 * spread
        && block.coarse[channel] < coarsest[channel] * block.variance[channel]
    }
  }

  private func deviations() -> [Double] {
    chosen.flatMap { index in (0..<3).map { abs(share(blocks[index], $0) - 1) } }
  }
}
