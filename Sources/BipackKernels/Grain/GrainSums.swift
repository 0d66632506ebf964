import BipackPixels

/// What is known of the grain of some frames: sums that add up from frame to frame.
package struct GrainSums: Sendable, Hashable {
  /// How far grain is compared, in pixels.
  private static let reach = 7
  /// Squares of a frame whose pixels are compared, at most.
  private static let mostCompared = 1000

  /// Squares that show grain.
  package private(set) var count = 0.0
  /// Of them, those whose pixels were compared.
  package private(set) var compared = 0.0
  /// Of them, those that looked the same in the next frame: grain does not.
  package private(set) var frozen = 0.0
  /// `count` times how much squares differ from the law.
  package private(set) var spread = 0.0
  /// For each channel, for each brightness: how many squares, and the sums of their light and their variance.
  package private(set) var bins: [Double]
  /// For each pair of channels and each distance: sums of products of grain whose deviation was made 1.
  package private(set) var products: [Double]

  private static let binFloats = 3 * GrainSelection.binCount * 3

  package init() {
    bins = [Double](repeating: 0, count: Self.binFloats)
    products = [Double](repeating: 0, count: GrainCorrelation.count(Self.reach))
  }

  /// From sums that were kept; nil when they are not that many.
  package init?(
    count: Double, compared: Double, frozen: Double, spread: Double, bins: [Double],
    products: [Double]
  ) {
    guard bins.count == Self.binFloats, products.count == GrainCorrelation.count(Self.reach) else {
      return nil
    }
    (self.count, self.compared, self.frozen, self.spread) = (count, compared, frozen, spread)
    (self.bins, self.products) = (bins, products)
  }

  package static func += (a: inout GrainSums, b: GrainSums) {
    a.count += b.count
    a.compared += b.compared
    a.frozen += b.frozen
    a.spread += b.spread
    for i in a.bins.indices { a.bins[i] += b.bins[i] }
    for i in a.products.indices { a.products[i] += b.products[i] }
  }

  /// Of one frame, seen in one or two ways: by itself or beside its clean picture, and as a difference to another frame.
  package init(_ pictures: [GrainPicture], loops: Loops) {
    self.init()
    let sources = pictures.map(GrainBlocks.init)
    let blocks = sources.flatMap { $0.all(loops) }
    guard let (selection, isFrozen) = Self.selection(blocks), !loops.isCancelled() else { return }
    add(blocks, selection)
    if isFrozen, pictures.count > 1 { frozen = count }
    let step = max(1, selection.chosen.count / Self.mostCompared)
    let some = stride(from: 0, to: selection.chosen.count, by: step).map { selection.chosen[$0] }
    compared = Double(some.count)
    let pieces = (some.count + 31) / 32
    let parts = loops.map(pieces, otherwise: products) { piece in
      Self.products(
        of: some[32 * piece..<min(some.count, 32 * piece + 32)].map { blocks[$0] }, sources,
        selection)
    }
    for part in parts { for i in products.indices { products[i] += part[i] } }
  }

  /// Differences of frames are used where grain is new in each frame: not where frames repeat, nor where a codec kept it.
  private static func selection(_ blocks: [GrainBlock]) -> (GrainSelection, isFrozen: Bool)? {
    let differences = blocks.indices.filter { blocks[$0].isDifference }
    var selection = GrainSelection(blocks)
    selection.choose(among: blocks.indices.filter { !blocks[$0].isDifference })
    if selection.laws.isEmpty || selection.chosen.count < 4 { return nil }
    var over = GrainSelection(blocks)
    over.choose(among: differences)
    if over.laws.isEmpty { return (selection, isFrozen: differences.isEmpty) }
    let shares = (0..<3).map { channel in
      selection.chosen.map { index in
        let light = blocks[index].light[channel]
        return over.laws[channel].variance(light)
          / max(selection.laws[channel].variance(light), 1e-20)
      }.median
    }
    let isNew = shares.contains { $0 > 0.85 }
    if isNew, Double(over.chosen.count) > 0.3 * Double(selection.chosen.count) {
      selection.choose(among: Array(blocks.indices))
    }
    return (selection, isFrozen: shares.allSatisfy { $0 < 0.5 })
  }

  private mutating func add(_ blocks: [GrainBlock], _ selection: GrainSelection) {
    count = Double(selection.chosen.count)
    spread = count * selection.spread
    for index in selection.chosen {
      let block = blocks[index]
      for channel in 0..<3 {
        let place =
          3 * (channel * GrainSelection.binCount + GrainSelection.bin(block.light[channel]))
        bins[place] += 1
        bins[place + 1] += block.light[channel]
        bins[place + 2] += block.variance[channel]
      }
    }
  }

  private static func products(
    of blocks: [GrainBlock], _ sources: [GrainBlocks], _ selection: GrainSelection
  ) -> [Double] {
    let side = GrainBlock.side
    var sums = [Double](repeating: 0, count: GrainCorrelation.count(reach))
    var rest = [[Float]](repeating: [Float](repeating: 0, count: GrainBlock.area), count: 3)
    for block in blocks {
      let source = sources[block.isDifference ? sources.count - 1 : 0]
      for channel in 0..<3 {
        source.fill(&rest[channel], channel, block.x, block.y)
        let variance = selection.laws[channel].variance(block.light[channel])
        let scale = Float(1 / max(variance, 1e-20).squareRoot())
        for i in 0..<GrainBlock.area { rest[channel][i] *= scale }
      }
      var place = 0
      for (a, b) in GrainCorrelation.pairs {
        for dy in 0...reach {
          for dx in -reach...reach {
            let columns = max(0, -dx)..<min(side, side - dx)
            var sum: Float = 0
            for y in 0..<side - dy {
              let (row, other) = (y * side, (y + dy) * side + dx)
              for x in columns { sum += rest[a][row + x] * rest[b][other + x] }
            }
            // Both ways: what is right of red in green, and right of green in red.
            if a != b {
              var back: Float = 0
              for y in 0..<side - dy {
                let (row, other) = (y * side, (y + dy) * side + dx)
                for x in columns { back += rest[b][row + x] * rest[a][other + x] }
              }
              sum = (sum + back) / 2
            }
            sums[place] += Double(sum) / Double((side - dy) * columns.count)
            place += 1
          }
        }
      }
    }
    return sums
  }

  // MARK: What they say

  /// Deviation by brightness, and how pixels go together.
  package struct Result: Sendable {
    /// Brightness and deviation of red, green and blue, from 0 to 1 at least.
    package let strengths: [[(brightness: Double, deviation: Double)]]
    package let correlation: GrainCorrelation
    /// How many squares are behind each brightness of each channel that was seen.
    package let seen: [[(brightness: Double, deviation: Double, count: Double)]]
    /// 1 where many squares agree as well as grain can, and are others in each frame.
    package let confidence: Double
  }

  /// Nil where no grain was found.
  package func result() -> Result? {
    guard count > 0, compared > 0 else { return nil }
    let covariances = covariances()
    // What taking planes out took.
    let lost = (0..<3).map { channel in
      max(covariances.full[channel].value(0, 0, 0), 1e-12)
        / max(covariances.measured[channel], 1e-12)
    }
    var strengths: [[(brightness: Double, deviation: Double)]] = []
    var seen: [[(brightness: Double, deviation: Double, count: Double)]] = []
    let points = (0..<3).map(points)
    guard let laws = GrainLaw.laws(points) else { return nil }
    for (channel, (points, law)) in zip(points, laws).enumerated() {
      let found = points.map { point in
        let wanted = law.variance(point.brightness)
        let variance =
          point.variance < 1.25 * wanted
          ? (point.variance * point.count + 8 * wanted) / (point.count + 8) : wanted
        return (point.brightness, (variance * lost[channel]).squareRoot(), point.count)
      }
      func end(_ brightness: Double) -> (brightness: Double, deviation: Double) {
        (brightness, (law.variance(brightness) * lost[channel]).squareRoot())
      }
      let (first, last) = (found[0].0, found[found.count - 1].0)
      strengths.append(
        (first > 0.001 ? [end(0)] : []) + found.map { ($0.0, $0.1) } + (last < 1 ? [end(1)] : []))
      seen.append(found)
    }
    let correlation = correlation(covariances.full)
    return Result(
      strengths: strengths, correlation: correlation, seen: seen,
      confidence: (1 - 0.7 * frozen / count) * min(1, count / 100)
        * min(1, expectedSpread(correlation) * count / max(spread, 1e-9)))
  }

  /// What was seen of a channel, by brightness.
  private func points(_ channel: Int) -> [GrainLaw.Point] {
    (0..<GrainSelection.binCount).compactMap { bin in
      let place = 3 * (channel * GrainSelection.binCount + bin)
      let count = bins[place]
      return count < 1
        ? nil
        : GrainLaw.Point(
          brightness: bins[place + 1] / count, variance: bins[place + 2] / count, count: count)
    }
  }

  /// One pair's covariance at a time, as it was before planes were taken out: what would be measured of a guess says by how
  /// much the guess is wrong.
  private func covariances() -> (full: [GrainCorrelation], measured: [Double]) {
    let reach = Self.reach
    let size = (reach + 1) * (2 * reach + 1)
    var (full, measured) = ([GrainCorrelation](), [Double]())
    for pair in GrainCorrelation.pairs.indices {
      let seen = products[pair * size..<(pair + 1) * size].map { $0 / compared }
      func whole(_ values: [Double]) -> GrainCorrelation {
        GrainCorrelation(reach: reach) { _, dx, dy in
          values[dy * (2 * reach + 1) + reach + dx]
        }
      }
      var guess = seen
      for _ in 0..<12 {
        let table = whole(guess)
        let expected = GrainPlane.measured(reach: reach) { table.value(0, $0, $1) }
        for i in guess.indices { guess[i] += seen[i] - expected[i] }
      }
      full.append(whole(guess))
      measured.append(seen[reach])
    }
    return (full, measured)
  }

  /// What is no larger than chance, or than can be seen, counts as 0.
  private func correlation(_ covariances: [GrainCorrelation]) -> GrainCorrelation {
    let chance = max(0.015, 2.5 / (compared * Double(GrainBlock.area) / 6).squareRoot())
    let deviations = (0..<3).map { max(covariances[$0].value(0, 0, 0), 1e-12).squareRoot() }
    func value(_ pair: Int, _ dx: Int, _ dy: Int) -> Double {
      let (a, b) = GrainCorrelation.pairs[pair]
      let value = covariances[pair].value(0, dx, dy) / (deviations[a] * deviations[b])
      return abs(value) < chance ? 0 : min(1, max(-1, value))
    }
    let far = GrainCorrelation(reach: Self.reach, value)
    let reach =
      (0...Self.reach).last { reach in
        GrainCorrelation.pairs.indices.contains { pair in
          (-reach...reach).contains { step in
            far.value(pair, step, reach) != 0 || far.value(pair, reach, step) != 0
          }
        }
      } ?? 0
    return GrainCorrelation(reach: reach, far.value)
  }

  /// How much variances of squares of such grain differ by chance.
  private func expectedSpread(_ correlation: GrainCorrelation) -> Double {
    let reach = correlation.reach
    var squares = 0.0
    for dy in -reach...reach {
      for dx in -reach...reach {
        let value = correlation.value(1, dx, dy)
        squares += value * value
      }
    }
    return (2 * squares / Double(GrainBlock.area)).squareRoot()
  }
}
