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
    let left = max(rect.x0, strip.x)
    let right = min(rect.x1, strip.x + strip.width)
    guard left < right else { return }
    // SAFETY: a row lies in the strip and in the pattern, both `right - left` floats from here on.
    let out = strip.outputPointer(0) + (left - strip.x)
    for row in 0..<strip.rows {
      let y = strip.y + row
      guard y >= rect.y0, y < rect.y1 else { continue }
      rows[kinds[y - rect.y0]].withUnsafeBufferPointer { values in
        guard let first = values.baseAddress else { return }
        (out + row * strip.width).update(from: first + (left - rect.x0), count: right - left)
      }
    }
  }
}
