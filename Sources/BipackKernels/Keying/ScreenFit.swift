import BipackPixels

/// The screen without the subject, from a small picture of it: a smooth surface through the cells that
/// are certainly screen, carried on under the subject.
///
/// First the screen's colour, the commonest chromaticity among pixels of a strong primary. Cells near
/// it carry a robust quadratic, which knows how light falls off across a stage and goes on under a large
/// subject; what is left over is spread by pull-push from ever coarser means, the finest that has
/// support. Then once more with the cells that are near this plate. All in a fixed order on one
/// thread: the picture is an eighth of the size.
package struct ScreenFit: Sendable {
  /// Which primary the screen is.
  package enum Primary: Hashable, Sendable {
    /// Green or blue, whichever there is more of.
    case auto
    case channel(Int)
    /// A colour that was picked.
    case color(SIMD3<Double>)
  }

  private let width: Int
  private let height: Int
  /// Colours of all frames, one picture after the other.
  private var frames: [[SIMD3<Double>]]

  /// - Parameter planes: per frame red, green and blue of `width` x `height` pixels.
  package init(width: Int, height: Int, planes: [[[Float]]]) {
    self.width = width
    self.height = height
    frames = planes.map { planes in
      (0..<width * height).map { i in
        let color = SIMD3(Double(planes[0][i]), Double(planes[1][i]), Double(planes[2][i]))
        // Values beyond 1e5 and what is no number are ignored.
        return abs(color.x) < 1e5 && abs(color.y) < 1e5 && abs(color.z) < 1e5 ? color : SIMD3()
      }
    }
  }

  /// Bytes of memory it takes at most: of each frame the numbers read, its colours, and those of one
  /// primary once more; the surface and what it is fitted to.
  package static func workingBytes(_ window: Rect, frames: Int) -> Int {
    let color = MemoryLayout<SIMD3<Double>>.stride
    return window.area * (frames * (3 * MemoryLayout<Float>.stride + 2 * color) + 8 * color)
  }

  /// How far a colour's primary is above the mean of the other two.
  private static func excess(_ c: SIMD3<Double>, _ p: Int) -> Double {
    1.5 * c[p] - (c.x + c.y + c.z) / 2
  }

  /// How far it is above the greater of the other two.
  private static func lead(_ c: SIMD3<Double>, _ p: Int) -> Double {
    var c = c
    let own = c[p]
    c[p] = -.infinity
    return own - c.max()
  }

  fileprivate static func chroma(_ c: SIMD3<Double>) -> SIMD3<Double> {
    c / Swift.max(c.x + c.y + c.z, 1e-6)
  }

  // MARK: Colour

  /// The screen's colour; nil when nothing looks like a screen.
  package func color(_ primary: Primary) -> (color: SIMD3<Double>, primary: Int)? {
    switch primary {
    case .color(let color):
      let most = color.max()
      return most > 0 ? (color, color.x == most ? 0 : color.y == most ? 1 : 2) : nil
    case .channel(let p): return commonest(p).map { ($0, p) }
    case .auto:
      let sums = [1, 2].map { p in
        frames.reduce(0) { $0 + $1.reduce(0) { $0 + Swift.max(Self.lead($1, p), 0) } }
      }
      let p = sums[0] >= sums[1] ? 1 : 2
      return commonest(p).map { ($0, p) }
    }
  }

  /// The median colour at the mode of chromaticity, among colours whose primary leads clearly.
  private func commonest(_ p: Int) -> SIMD3<Double>? {
    let leading = Self.sample(frames.flatMap { $0.filter { Self.lead($0, p) > 0 } })
    guard !leading.isEmpty else { return nil }
    let least = leading.map { Self.lead($0, p) }.ranked((leading.count - 1) * 98 / 100) / 4
    let clear = leading.filter { Self.lead($0, p) > least }
    guard let mode = ChromaCell.mode(clear.lazy.map { ChromaCell($0) }) else { return nil }
    let near = clear.filter { ChromaCell($0).isBeside(mode) }
    guard !near.isEmpty else { return nil }
    return SIMD3(near.map { $0.x }.median, near.map { $0.y }.median, near.map { $0.z }.median)
  }

  /// Every so manieth: for a colour or a surface some ten thousand are as good as all.
  private static func sample<Element>(_ all: [Element]) -> [Element] {
    let step = Swift.max(1, all.count >> 14)
    return step == 1 ? all : stride(from: 0, to: all.count, by: step).map { all[$0] }
  }

  // MARK: Light

  /// How a screen is lit.
  package struct Light: Sendable {
    package var color: SIMD3<Double>
    package var primary: Int
    /// The share of all cells that have the screen's colour, in whatever light.
    package var coverage: Double
    /// The primary there by the screen's own, of the darkest and the brightest fiftieth.
    package var darkest: Double
    package var brightest: Double
  }

  /// What can be said of the screen at once; nil when nothing looks like one.
  package func light(_ primary: Primary) -> Light? {
    guard let (color, p) = color(primary) else { return nil }
    let isScreen = likeness(of: color, p)
    let levels = frames.flatMap { $0.filter(isScreen).map { $0[p] / color[p] } }
    func level(_ share: Int) -> Double {
      levels.isEmpty ? 1 : levels.ranked((levels.count - 1) * share / 50)
    }
    let cells = frames.count * width * height
    return Light(
      color: color, primary: p, coverage: Double(levels.count) / Double(Swift.max(1, cells)),
      darkest: level(1), brightest: level(49))
  }

  /// Whether a colour is that of a screen, in less light or more.
  private func likeness(of color: SIMD3<Double>, _ p: Int) -> (SIMD3<Double>) -> Bool {
    let whole = Swift.max(Self.excess(color, p), 1e-6)
    let target = Self.chroma(color)
    return { c in
      let q = Self.chroma(c) - target
      return Self.excess(c, p) > 0.4 * whole && abs(q.x) + abs(q.y) + abs(q.z) < 0.24
    }
  }

  // MARK: Plate

  /// The screen at every cell; one colour everywhere when `isUniform`. Nil when there is none.
  package func plate(_ primary: Primary, isUniform: Bool) -> [SIMD3<Double>]? {
    guard let (color, p) = color(primary) else { return nil }
    let flat = [SIMD3<Double>](repeating: color, count: width * height)
    if isUniform { return flat }
    var result = flat
    let isScreen = likeness(of: color, p)
    let first = masks { c, _ in isScreen(c) }
    guard let fitted = gathered(first).map({ surface($0, trend($0)) }) else { return flat }
    result = fitted
    let second = masks { c, i in
      let s = fitted[i]
      let d = c - s
      let k = Swift.max(Self.excess(s, p), 1e-6)
      return (d * d).sum() < 0.0144 * (s * s).sum() && Self.excess(c, p) > 0.9 * k
    }
    if let cells = gathered(second) {
      let trend = trend(cells)
      if let purest = purest(second, trend, p).flatMap(gathered) {
        result = surface(purest, self.trend(purest))
      } else {
        result = surface(cells, trend)
      }
    }
    return result.map { color in
      SIMD3(Swift.max(color.x, 1e-4), Swift.max(color.y, 1e-4), Swift.max(color.z, 1e-4))
    }
  }

  /// Per frame, cells of which all neighbours are screen too: what a cell mixes in of a subject beside
  /// it is kept out.
  private func masks(_ isScreen: (SIMD3<Double>, Int) -> Bool) -> [[Bool]] {
    frames.map { frame in
      let raw = frame.indices.map { isScreen(frame[$0], $0) }
      return frame.indices.map { i in
        let (x, y) = (i % width, i / width)
        for dy in Swift.max(0, y - 1)...Swift.min(height - 1, y + 1) {
          for dx in Swift.max(0, x - 1)...Swift.min(width - 1, x + 1)
          where !raw[dy * width + dx] { return false }
        }
        return true
      }
    }
  }

  /// The accepted cells without those whose colour is less pure than most cells', beside the fall-off
  /// of light: a veil, a strand of hair in them. Brightness does not count, so folds and shadows stay;
  /// nil when so many would go that it is not a subject but light of another colour.
  private func purest(_ masks: [[Bool]], _ trend: [SIMD3<Double>], _ p: Int) -> [[Bool]]? {
    func purity(_ c: SIMD3<Double>) -> Double {
      Self.excess(c, p) / Swift.max(c.x + c.y + c.z, 1e-6)
    }
    let purities = frames.map { frame in
      frame.indices.map { purity(frame[$0]) / Swift.max(purity(trend[$0]), 1e-6) }
    }
    let known = zip(purities, masks).flatMap { zip($0, $1).filter { $1 }.map { $0.0 } }
    let least = known.ranked((known.count - 1) * 80 / 100) - 0.03
    guard known.count(where: { $0 > least }) * 3 > known.count * 2 else { return nil }
    return zip(purities, masks).map { zip($0, $1).map { $1 && $0 > least } }
  }

  /// The mean colours of accepted cells, times their weights, and the weights: how many frames see them.
  private typealias Gathered = (sums: [SIMD3<Double>], weights: [Double])

  private func gathered(_ masks: [[Bool]]) -> Gathered? {
    var weights = [Double](repeating: 0, count: width * height)
    var sums = [SIMD3<Double>](repeating: SIMD3(), count: width * height)
    for (frame, mask) in zip(frames, masks) {
      for i in frame.indices where mask[i] {
        weights[i] += 1
        sums[i] += frame[i]
      }
    }
    return weights.count(where: { $0 > 0 }) < 12 ? nil : (sums, weights)
  }

  /// A robust quadratic through the cells.
  private func trend(_ cells: Gathered) -> [SIMD3<Double>] {
    let known = cells.weights.indices.filter { cells.weights[$0] > 0 }
    var fit = [SIMD3<Double>](repeating: SIMD3(), count: width * height)
    let some = Self.sample(known)
    let places = some.map(place)
    for channel in 0..<3 {
      let values = some.map { cells.sums[$0][channel] / cells.weights[$0] }
      let quadratic = Quadratic(through: values, at: places)
      for i in fit.indices { fit[i][channel] = quadratic.value(at: place(i)) }
    }
    return fit
  }

  /// The quadratic, and what is left over spread over all.
  private func surface(_ cells: Gathered, _ fit: [SIMD3<Double>]) -> [SIMD3<Double>] {
    let weights = cells.weights
    let share = 1 / Double(frames.count)
    let rest = weights.indices.map { i in
      weights[i] > 0 ? (cells.sums[i] / weights[i] - fit[i]) * (weights[i] * share) : SIMD3()
    }
    let spread = PullPush(width: width, height: height).fill(rest, weights.map { $0 * share })
    return fit.indices.map { fit[$0] + spread[$0] }
  }

  /// A cell's place, -1 to 1 across the picture.
  private func place(_ i: Int) -> SIMD2<Double> {
    SIMD2(
      Double(i % width) / Double(width) * 2 - 1, Double(i / width) / Double(height) * 2 - 1)
  }
}

/// A cell of a table of chromaticities, red by green of colours that sum to 1.
private struct ChromaCell {
  private static let side = 64
  private let x: Int
  private let y: Int

  init(_ color: SIMD3<Double>) {
    func bin(_ v: Double) -> Int {
      Int(Swift.min(Swift.max(v * Double(Self.side), 0), Double(Self.side - 1)))
    }
    let chroma = ScreenFit.chroma(color)
    (x, y) = (bin(chroma.x), bin(chroma.y))
  }

  private init(x: Int, y: Int) { (self.x, self.y) = (x, y) }

  func isBeside(_ other: ChromaCell) -> Bool { abs(x - other.x) <= 1 && abs(y - other.y) <= 1 }

  /// The cell with the most colours in it and its neighbours; the first of equals.
  static func mode(_ cells: some Sequence<ChromaCell>) -> ChromaCell? {
    var counts = [Int](repeating: 0, count: side * side)
    for cell in cells { counts[cell.y * side + cell.x] += 1 }
    let sums = counts.indices.map { i in
      let (x, y) = (i % side, i / side)
      return (Swift.max(0, y - 1)...Swift.min(side - 1, y + 1)).reduce(0) { sum, row in
        (Swift.max(0, x - 1)...Swift.min(side - 1, x + 1)).reduce(sum) {
          $0 + counts[row * side + $1]
        }
      }
    }
    return sums.indices.max { (sums[$0], $1) < (sums[$1], $0) }
      .map { ChromaCell(x: $0 % side, y: $0 / side) }
  }
}
