import BipackPixels

/// A frame in a few hundred numbers, to be compared with others: coarse colours, and a trace of every
/// pixel.
///
/// The picture is cut into `columns` x `rows` cells. Of each cell there are the means of its channels, as
/// square roots, which is how different they look; and the sum of all its pixels with random signs. A
/// difference of two such sums has, on average, the square of the difference of all pixels (Johnson and
/// Lindenstrauss 1984, with the signs of Achlioptas 2003): 144 sums tell the difference of two frames at full
/// size within an eighth, whatever their size.
package struct FrameSketch: Sendable, Hashable {
  package static let columns = 16
  package static let rows = 9
  package static let cells = columns * rows

  /// Cell by cell, the channels of each side by side.
  package var means: [Double]
  /// The signed sum of each cell.
  package var traces: [Double]
  /// Pixels in all.
  package var count: Int

  /// Of the channels of an image in `rect`; black outside the data window. Values that are not finite count
  /// as 0.
  package init(
    _ image: Image, _ channels: [Channel], in rect: Rect, pool: BlockPool, loops: Loops
  ) {
    count = rect.area
    let black = Row(
      means: [Double](repeating: 0, count: Self.columns * channels.count),
      traces: [Double](repeating: 0, count: Self.columns))
    let made = loops.map(Self.rows, otherwise: black) { row in
      let band = Rect(
        x0: rect.x0, y0: rect.y0 + rect.height * row / Self.rows, x1: rect.x1,
        y1: rect.y0 + rect.height * (row + 1) / Self.rows)
      if band.isEmpty { return black }
      var cells = black
      let pixels = pool.scratch(count: band.area)
      let roots = pool.scratch(count: band.area)
      for i in 0..<band.area { roots.base[i] = 0 }
      for (c, channel) in channels.enumerated() {
        image.gather(channel, edge: .black, into: PlaneView(band, of: pixels))
        Self.add(pixels.base, to: roots.base, count: band.area)
        for column in 0..<Self.columns {
          let (left, right) = Self.span(column, band.width)
          var sum = 0.0
          for y in 0..<band.height {
            sum += Self.sum(pixels.base + y * band.width + left, right - left)
          }
          let pixelCount = (right - left) * band.height
          let mean = pixelCount > 0 ? sum / Double(pixelCount) : 0
          cells.means[column * channels.count + c] =
            mean < 0 ? -(-mean).squareRoot() : mean.squareRoot()
        }
      }
      let signs = Self.signs
      for column in 0..<Self.columns {
        let (left, right) = Self.span(column, band.width)
        var trace = 0.0
        for y in 0..<band.height {
          let turn = Self.turn(band.y0 - rect.y0 + y)
          trace += signs.withUnsafeBufferPointer { signs in
            Self.trace(
              roots.base + y * band.width + left, signs.baseAddress! + (turn + left) % Self.period,
              right - left)
          }
        }
        cells.traces[column] = trace / Double(max(1, channels.count))
      }
      return cells
    }
    means = made.flatMap(\.means)
    traces = made.flatMap(\.traces)
  }

  package init(means: [Double], traces: [Double], count: Int) {
    self.means = means
    self.traces = traces
    self.count = count
  }

  /// How different the coarse pictures are: the mean difference of square roots as a share of their mean, 0
  /// to 2. The same picture in other light, both times, gives the same.
  package func difference(from other: FrameSketch) -> Double { difference(from: other, gain: 1) }

  /// The same with one picture made as bright as the other, where that is less: what a fade, a lamp or a
  /// flash changes is no difference. Black is as different as it is.
  package func differenceOfContent(from other: FrameSketch) -> Double {
    let plain = difference(from: other)
    guard min(level, other.level) > Self.darkest else { return plain }
    return min(plain, difference(from: other, gain: other.level / level))
  }

  private func difference(from other: FrameSketch, gain: Double) -> Double {
    guard means.count == other.means.count, !means.isEmpty else { return 2 }
    let sum = zip(means, other.means).reduce(0) { $0 + abs($1.0 * gain - $1.1) }
    // What is as good as black is not compared by its grain.
    let level = max((level * gain + other.level) / 2, Self.darkest)
    return sum / Double(means.count) / level
  }

  /// The mean of the square roots.
  private var level: Double { means.reduce(0) { $0 + abs($1) } / Double(max(1, means.count)) }
  private static let darkest = 0.02

  /// How different the frames are pixel by pixel: the root of the mean squared difference of their square
  /// roots, estimated.
  package func detail(from other: FrameSketch) -> Double {
    guard count == other.count, count > 0 else { return 1 }
    let squares = zip(traces, other.traces).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }
    return (squares / Double(count)).squareRoot()
  }

  // MARK: Loops

  private static func span(_ column: Int, _ width: Int) -> (Int, Int) {
    (width * column / columns, width * (column + 1) / columns)
  }

  /// Clears what is not finite, and adds the signed roots.
  private static func add(
    _ pixels: UnsafeMutablePointer<Float>, to roots: UnsafeMutablePointer<Float>, count: Int
  ) {
    for i in 0..<count {
      let value = pixels[i].isFinite ? pixels[i] : 0
      pixels[i] = value
      let root = value.magnitude.squareRoot()
      roots[i] += value < 0 ? -root : root
    }
  }

  private static func sum(_ pixels: UnsafePointer<Float>, _ count: Int) -> Double {
    var sum = 0.0
    for i in 0..<count { sum += Double(pixels[i]) }
    return sum
  }

  private static func trace(
    _ roots: UnsafePointer<Float>, _ signs: UnsafePointer<Float>, _ count: Int
  ) -> Double {
    var (sum, i) = (0.0, 0)
    while i < count {
      // Short runs in single precision: rows of a cell are long.
      let end = min(i + 64, count)
      var part: Float = 0
      for k in i..<end { part += roots[k] * signs[k] }
      sum += Double(part)
      i = end
    }
    return sum
  }

  private static let period = 4093
  /// Random signs, the same everywhere; once more behind their end, for rows that begin late.
  private static let signs: [Float] = {
    var state: UInt64 = 0x9e37_79b9_7f4a_7c15
    let once = (0..<period).map { _ -> Float in
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return state >> 63 == 0 ? 1 : -1
    }
    return Array((0..<64).map { _ in once }.joined())
  }()

  /// Where the signs of a row begin.
  private static func turn(_ row: Int) -> Int {
    Int(UInt64(bitPattern: Int64(row)) &* 0x9e37_79b9_7f4a_7c15 >> 33) % period
  }

  /// What is found of one row of cells.
  private struct Row: Sendable {
    var means: [Double]
    var traces: [Double]
  }
}
