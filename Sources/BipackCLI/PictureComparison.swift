import Bipack
import Glibc

/// Two pictures compared channel by channel over both data windows.
struct PictureComparison {
  /// One channel's figures. Differences are absolute; those with a NaN or unequal infinities are
  /// counted as `mismatched` and are in no other figure.
  struct ChannelFigures {
    var channel: Channel
    var count = 0
    var max = 0.0
    var mean = 0.0
    var rms = 0.0
    /// Percentiles, exact.
    var p50 = 0.0
    var p95 = 0.0
    var p99 = 0.0
    /// Pixels above the threshold.
    var over = 0
    var mismatched = 0
    /// Where the largest difference is (or the first mismatch), and both values there.
    var worst = (x: 0, y: 0)
    var values: (Float, Float) = (0, 0)

    /// Peak signal-to-noise ratio in dB; infinite when equal.
    func psnr(_ peak: Double) -> Double {
      rms == 0 ? .infinity : 20 * log10(peak / rms)
    }
  }

  let a: Image
  let b: Image
  let area: Rect
  private(set) var channels: [ChannelFigures] = []

  init(
    _ a: Image, _ b: Image, channels names: [Channel], threshold: Double, peak: Double,
    pool: BlockPool
  ) {
    self.a = a
    self.b = b
    area = a.dataWindow.union(b.dataWindow)
    for name in names { channels.append(compare(name, threshold, pool)) }
  }

  private func compare(_ channel: Channel, _ threshold: Double, _ pool: BlockPool)
    -> ChannelFigures
  {
    var figures = ChannelFigures(channel: channel)
    guard !area.isEmpty else { return figures }
    var (sum, squares) = (0.0, 0.0)
    // Percentiles come from the differences' bit patterns, whose order is that of their values:
    // first the upper halves are counted, then, where a rank falls, the lower ones.
    var coarse = [Int](repeating: 0, count: 1 << 16)
    eachRow(channel, pool) { y, first, second in
      for x in 0..<first.count {
        let (p, q) = (first[x], second[x])
        figures.count += 1
        guard p.isFinite, q.isFinite else {
          if p.isNaN && q.isNaN || p == q {
            coarse[0] += 1
            continue
          }
          if figures.mismatched == 0 {
            figures.worst = (area.x0 + x, y)
            figures.values = (p, q)
          }
          figures.mismatched += 1
          continue
        }
        let d = abs(Double(p) - Double(q))
        coarse[Int(Float(d).bitPattern >> 16)] += 1
        sum += d
        squares += d * d
        if d > threshold { figures.over += 1 }
        if d > figures.max {
          figures.max = d
          if figures.mismatched == 0 {
            figures.worst = (area.x0 + x, y)
            figures.values = (p, q)
          }
        }
      }
    }
    let finite = figures.count - figures.mismatched
    guard finite > 0 else { return figures }
    figures.mean = sum / Double(finite)
    figures.rms = (squares / Double(finite)).squareRoot()
    let found = percentiles(channel, coarse, finite, [0.50, 0.95, 0.99], pool)
    (figures.p50, figures.p95, figures.p99) = (found[0], found[1], found[2])
    return figures
  }

  private func percentiles(
    _ channel: Channel, _ coarse: [Int], _ count: Int, _ shares: [Double], _ pool: BlockPool
  ) -> [Double] {
    var places: [(bin: Int, rank: Int)] = []
    for share in shares {
      var rank = min(count - 1, Int(Double(count) * share))
      var bin = 0
      while bin < coarse.count - 1, rank >= coarse[bin] {
        rank -= coarse[bin]
        bin += 1
      }
      places.append((bin, rank))
    }
    var fine: [Int: [Int]] = [:]
    for place in places { fine[place.bin] = [Int](repeating: 0, count: 1 << 16) }
    eachRow(channel, pool) { _, first, second in
      for x in 0..<first.count {
        let (p, q) = (first[x], second[x])
        let isEqual = p == q || p.isNaN && q.isNaN
        guard isEqual || p.isFinite && q.isFinite else { continue }
        let bits = isEqual ? 0 : Float(abs(Double(p) - Double(q))).bitPattern
        fine[Int(bits >> 16)]?[Int(bits & 0xffff)] += 1
      }
    }
    return places.map { place in
      guard let counts = fine[place.bin] else { return 0 }
      var (low, rank) = (0, place.rank)
      while low < counts.count - 1, rank >= counts[low] {
        rank -= counts[low]
        low += 1
      }
      return Double(Float(bitPattern: UInt32(place.bin) << 16 | UInt32(low)))
    }
  }

  private func eachRow(
    _ channel: Channel, _ pool: BlockPool, _ body: (Int, [Float], [Float]) -> Void
  ) {
    for y in area.y0..<area.y1 {
      let line = Rect(x0: area.x0, y0: y, x1: area.x1, y1: y + 1)
      body(y, a.pixels(channel, in: line, pool: pool), b.pixels(channel, in: line, pool: pool))
    }
  }

  /// The absolute difference of every compared channel, times `scale`.
  func difference(scale: Double, pool: BlockPool) -> Image {
    var spec = a.spec
    spec.dataWindow = area
    spec.channels = channels.map(\.channel)
    spec.metadata = Metadata()
    var pixels: [Channel: [Float]] = [:]
    for channel in spec.channels {
      var values: [Float] = []
      values.reserveCapacity(area.area)
      eachRow(channel, pool) { _, first, second in
        for x in 0..<first.count {
          let isEqual = first[x] == second[x] || first[x].isNaN && second[x].isNaN
          values.append(isEqual ? 0 : abs(first[x] - second[x]) * Float(scale))
        }
      }
      pixels[channel] = values
    }
    return Image(spec: spec, pool: pool, pixels: pixels)
  }
}
