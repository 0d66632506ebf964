/// What is known of a deep picture before its samples are, beside what is known of every picture.
public struct DeepExtent: Hashable, Sendable {
  /// Channels of whole numbers (32 bits, no sign) instead of floats: object ids and the like. Their numbers are
  /// kept exactly, and are never computed with.
  public var ids: Set<Channel>
  /// How many samples there are at most. What memory they take follows from it, before the first is read.
  public var counts: SampleCounts

  public init(ids: Set<Channel> = [], counts: SampleCounts) {
    self.ids = ids
    self.counts = counts
  }
}

/// How many samples a deep picture has at most in any rectangle: a sum of what is known of its parts.
public struct SampleCounts: Hashable, Sendable {
  /// Cells of one size that cover a window, each with a number of samples; or so many in every pixel.
  private struct Cells: Hashable {
    var window: Rect
    var width: Int
    var height: Int
    /// Row by row.
    var counts: [Int]
    var columns: Int { (window.width + width - 1) / width }
  }
  private indirect enum Part: Hashable {
    case everywhere(Int, Rect)
    case cells(Cells, times: Int)
    /// Of a picture made smaller.
    case reduced(SampleCounts, Double)
  }

  private var parts: [Part]

  /// At most `count` samples in every pixel of a window, and none elsewhere.
  public init(perPixel count: Int, in window: Rect) {
    parts = count <= 0 || window.isEmpty ? [] : [.everywhere(count, window)]
  }

  /// So many samples in each cell of a window; cells are counted row by row from its top left, and those at
  /// the right and the bottom may reach beyond it.
  package init(window: Rect, cellWidth: Int, cellHeight: Int, counts: [Int]) {
    let cells = Cells(
      window: window, width: max(1, cellWidth), height: max(1, cellHeight), counts: counts)
    parts = window.isEmpty ? [] : [.cells(cells, times: 1)]
  }

  /// The samples of both.
  public static func + (a: Self, b: Self) -> Self {
    var sum = a
    sum.parts += b.parts
    return sum
  }

  /// So many times as many.
  public static func * (a: Self, factor: Int) -> Self {
    var product = a
    product.parts = a.parts.map { part in
      switch part {
      case .everywhere(let count, let window): .everywhere(count * factor, window)
      case .cells(let cells, let times): .cells(cells, times: times * factor)
      case .reduced(let counts, let scale): .reduced(counts * factor, scale)
      }
    }
    return product
  }

  /// Those of a picture so many times smaller, which has no samples that the larger does not have in the
  /// same place.
  package func reduced(by scale: Double) -> Self {
    var result = self
    result.parts = [.reduced(self, scale)]
    return result
  }

  /// The most samples there can be in a rectangle. Never more than `Int.max / 1024`, so that bytes of them can
  /// be added up.
  public func most(in rect: Rect) -> Int {
    parts.reduce(0) { Self.sum($0, Self.most(of: $1, in: rect)) }
  }

  private static let limit = Int.max / 1024

  private static func sum(_ a: Int, _ b: Int) -> Int { min(limit, a + min(limit, b)) }

  private static func product(_ a: Int, _ b: Int) -> Int {
    let (result, isTooMuch) = a.multipliedReportingOverflow(by: b)
    return isTooMuch ? limit : min(limit, result)
  }

  private static func most(of part: Part, in rect: Rect) -> Int {
    switch part {
    case .everywhere(let count, let window):
      return product(count, rect.intersection(window).area)
    case .cells(let cells, let times):
      let inside = rect.intersection(cells.window)
      if inside.isEmpty { return 0 }
      let (x, y) = (cells.window.x0, cells.window.y0)
      let columns = (inside.x0 - x) / cells.width...(inside.x1 - 1 - x) / cells.width
      var total = 0
      for row in (inside.y0 - y) / cells.height...(inside.y1 - 1 - y) / cells.height {
        for column in columns { total = sum(total, cells.counts[row * cells.columns + column]) }
      }
      return product(total, times)
    case .reduced(let counts, let scale): return counts.most(in: rect.scaled(by: scale))
    }
  }
}

extension ImageSpec {
  /// Whether it is a picture or a deep picture.
  public var kind: Payload.Kind { deep == nil ? .picture : .deep }

  /// Bytes of memory that hold `channels` channels of it in `rect`: of a picture exactly, of a deep one at most.
  package func bytes(_ rect: Rect, channels: Int, _ grid: TileGrid) -> Int {
    let blockBytes = grid.area * MemoryLayout<Float>.stride
    let tiles = grid.tiles(covering: rect).area
    guard let deep else { return tiles * channels * blockBytes }
    let samples = deep.counts.most(in: rect)
    return tiles * blockBytes + channels * BlockPool.scratchBytes(samples, buffers: tiles)
  }
}
