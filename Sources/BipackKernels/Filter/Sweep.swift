import BipackPixels

/// A filter of both axes over a few tiles side by side.
///
/// The columns are filtered first, read where they lie in the picture's blocks: nothing is gathered,
/// and what neighbouring tiles both need is made once. What comes of them, as wide as the tiles and
/// the reach, stays in the caches until the rows are filtered. Outside the data window an edge rule
/// holds down the columns by which line stands for a row, and along the rows by copying what was made
/// of the columns inside.
struct Sweep {
  let image: Image
  let channel: Channel
  let edge: EdgeMode
  /// What is filtered: the tiles together.
  let rect: Rect
  let reachX: Int
  let reachY: Int
  let pool: BlockPool

  /// The columns seen, and those of them that exist.
  private var seen: Range<Int> { rect.x0 - reachX..<rect.x1 + reachX }
  private var inside: Range<Int> {
    seen.clamped(to: image.dataWindow.x0..<max(image.dataWindow.x0, image.dataWindow.x1))
  }

  /// Whether all that is outside can be made of what is inside. It can but for pictures smaller than
  /// the reach, and what is far from them.
  var isPossible: Bool {
    if inside.isEmpty || image.dataWindow.isEmpty { return false }
    return edge != .mirror || outside.allSatisfy { source($0).map(inside.contains) ?? true }
  }

  private var outside: [Int] {
    Array(seen.lowerBound..<inside.lowerBound) + Array(inside.upperBound..<seen.upperBound)
  }

  private func source(_ x: Int) -> Int? {
    edge.source(x, image.dataWindow.x0, image.dataWindow.x1)
  }

  /// - Parameters:
  ///   - down: filters columns: the lines from `reachY` above `rect` on, and where the results go.
  ///   - along: filters the rows of all tiles: the results for the pixel `reachX` left of `rect`, and
  ///     their stride.
  func run(
    down: ([UnsafePointer<Float>?], PlaneView) -> Void,
    along: (UnsafePointer<Float>, Int) -> Void
  ) {
    // Whole vectors, which never leave a tile. What is made of columns too many, even of those a block
    // has outside the data window, is written over or never read.
    let made = inside.lowerBound & ~15..<(inside.upperBound + 15) & ~15
    let left = min(seen.lowerBound, made.lowerBound)
    let width = max(seen.upperBound, made.upperBound) - left
    let middle = pool.scratch(count: width * rect.height)
    for columns in image.grid.tileColumns(made) {
      image.withLines(
        channel, columns: columns, rows: rect.y0 - reachY..<rect.y1 + reachY, edge: edge, pool: pool
      ) {
        let part = Rect(
          x0: columns.lowerBound, y0: rect.y0, x1: columns.upperBound, y1: rect.y1)
        down($0, PlaneView(rect: part, base: middle.base + part.x0 - left, stride: width))
      }
    }
    let copies = outside.map { (to: $0 - left, from: source($0).map { $0 - left }) }
    if !copies.isEmpty {
      for y in 0..<rect.height {
        let line = middle.base + y * width
        for copy in copies { line[copy.to] = copy.from.map { line[$0] } ?? 0 }
      }
    }
    along(middle.base + seen.lowerBound - left, width)
  }
}

/// A filter of both axes that can be swept.
package protocol SweptFilter: Sendable {
  var reachX: Int { get }
  var reachY: Int { get }

  /// Down the columns of `target`; `lines` begin `reachY` above it.
  func columns(_ lines: [UnsafePointer<Float>?], _ target: PlaneView, _ pool: BlockPool)

  /// Along the rows of `target`; `source`, what the columns gave, begins `reachX` left of it.
  func rows(
    _ source: UnsafePointer<Float>, _ sourceStride: Int, _ target: PlaneView, _ pool: BlockPool)

  /// Both, where `source` is the target's rectangle grown by the reach.
  func apply(source: borrowing Window, into target: PlaneView, pool: BlockPool)
}

extension SweptFilter {
  /// Filters a channel of `image` into tiles that lie side by side and together are `rect`.
  package func apply(
    _ image: Image, _ channel: Channel, edge: EdgeMode, rect: Rect, into tiles: [PlaneView],
    pool: BlockPool
  ) {
    let sweep = Sweep(
      image: image, channel: channel, edge: edge, rect: rect, reachX: reachX, reachY: reachY,
      pool: pool)
    guard sweep.isPossible else {
      for tile in tiles {
        let around = tile.rect.expanded(x: reachX, y: reachY)
        apply(
          source: image.window(channel, around, edge: edge, pool: pool), into: tile, pool: pool)
      }
      return
    }
    sweep.run { lines, part in
      columns(lines, part, pool)
    } along: { base, stride in
      for tile in tiles {
        rows(base + tile.rect.x0 - rect.x0, stride, tile, pool)
      }
    }
  }
}
