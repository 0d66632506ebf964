/// A picture laid out again and again over the plane: one cell of it, side by side and one above the
/// other, every second one turned over where it is mirrored.
package struct RepeatedCell: Hashable, Sendable {
  /// The part that repeats; not empty.
  package let rect: Rect
  package let isMirroredX: Bool
  package let isMirroredY: Bool

  package init(_ rect: Rect, mirrorX: Bool, mirrorY: Bool) {
    precondition(!rect.isEmpty, "a cell has pixels")
    self.rect = rect
    isMirroredX = mirrorX
    isMirroredY = mirrorY
  }

  /// A run of pixels along one axis that come from neighbouring pixels of the cell.
  struct Run {
    var target: Int
    var source: Int
    var count: Int
    /// Whether the source runs backwards.
    var isTurned: Bool
  }

  private static func runs(_ range: Range<Int>, _ start: Int, _ length: Int, _ mirror: Bool)
    -> [Run]
  {
    var runs: [Run] = []
    var at = range.lowerBound
    while at < range.upperBound {
      var inside = (at - start) % length
      if inside < 0 { inside += length }
      let cell = (at - start - inside) / length
      let count = min(range.upperBound - at, length - inside)
      let isTurned = mirror && cell & 1 == 1
      runs.append(
        Run(
          target: at, source: start + (isTurned ? length - inside - count : inside), count: count,
          isTurned: isTurned))
      at += count
    }
    return runs
  }

  func columns(_ range: Range<Int>) -> [Run] {
    Self.runs(range, rect.x0, rect.width, isMirroredX)
  }

  func rows(_ range: Range<Int>) -> [Run] {
    Self.runs(range, rect.y0, rect.height, isMirroredY)
  }

  /// The box of the cell's pixels that are seen in `rect`.
  package func source(of rect: Rect) -> Rect {
    if rect.isEmpty { return .empty }
    var box = Rect.empty
    for row in rows(rect.y0..<rect.y1) {
      for column in columns(rect.x0..<rect.x1) {
        box = box.union(
          Rect(x: column.source, y: row.source, width: column.count, height: row.count))
        if box == self.rect { return box }
      }
    }
    return box
  }
}

extension Image {
  /// The pixels of `channel` in `rect` of the plane covered with `cell`.
  package func window(
    _ channel: Channel, _ rect: Rect, repeating cell: RepeatedCell, pool: BlockPool
  )
    -> Window
  {
    precondition(!rect.isEmpty, "a window has pixels")
    let scratch = pool.scratch(count: rect.area)
    // SAFETY: the runs of both axes cover `rect` once, so every piece lies inside the buffer.
    let columns = cell.columns(rect.x0..<rect.x1)
    for row in cell.rows(rect.y0..<rect.y1) {
      for column in columns {
        let base =
          scratch.base + (row.target - rect.y0) * rect.width + column.target - rect.x0
        let source = Rect(x: column.source, y: row.source, width: column.count, height: row.count)
        gather(
          channel, edge: .black, into: PlaneView(rect: source, base: base, stride: rect.width))
        if column.isTurned {
          for y in 0..<row.count {
            var line = UnsafeMutableBufferPointer(start: base + y * rect.width, count: column.count)
            line.reverse()
          }
        }
        if row.isTurned {
          for y in 0..<row.count / 2 {
            let (a, b) = (base + y * rect.width, base + (row.count - 1 - y) * rect.width)
            for x in 0..<column.count { swap(&a[x], &b[x]) }
          }
        }
      }
    }
    return Window(base: scratch.base, rect: rect, stride: rect.width, owner: scratch)
  }
}
