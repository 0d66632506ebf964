import BipackPixels

/// A picture in which many rows are alike: every row is one of a few prepared ones.
package struct PatternKernel: PointKernel {
  private let rect: Rect
  private let kinds: [Int]
  private let rows: [[Float]]

  /// - Parameters:
  ///   - rect: the pixels the pattern covers.
  ///   - kinds: for each row of `rect`, which of `rows` it is.
  ///   - rows: the values of each kind of row, `rect.width` of them.
  package init(rect: Rect, kinds: [Int], rows: [[Float]]) {
    precondition(kinds.count == rect.height && rows.allSatisfy { $0.count == rect.width })
    self.rect = rect
    self.kinds = kinds
    self.rows = rows
  }

  package var readsPosition: Bool { true }

  package func apply(_ strip: borrowing Strip) {
    var out = strip.output(0)
    let left = max(rect.x0, strip.x)
    let right = min(rect.x1, strip.x + strip.width)
    for row in 0..<strip.rows {
      let y = strip.y + row
      guard left < right, y >= rect.y0, y < rect.y1 else { continue }
      let values = rows[kinds[y - rect.y0]]
      let from = left - rect.x0
      let to = row * strip.width + left - strip.x
      for i in 0..<(right - left) { out[to + i] = values[from + i] }
    }
  }
}
