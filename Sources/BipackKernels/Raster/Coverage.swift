import BipackPixels

/// How much of each pixel of a rectangle is covered by outlines: exact areas, no samples.
///
/// Every edge adds to the pixels it passes the part of them that lies to its right, and the height it crosses to
/// the pixel after the last; the sum along a row is the coverage of each pixel. (The signed area of
/// FreeType's smooth rasteriser and of font-rs.) Which of two edges that cross or overlap is the border of the inside
/// is found by `RowSweep`, so that any fill rule is exact too.
///
/// Areas are counted in whole numbers, 2^-24 of a pixel each, so that sums are exact whatever their order: a pixel
/// inside is exactly 1, one outside exactly 0, and a tile has the same bits as the whole. Several outlines may be
/// added up, each with its weight: moments of a shutter, levels of a soft edge.
package struct Coverage: ~Copyable {
  /// The weight of what counts in full; weights are shares of it.
  package static var one: Int { 1 << 24 }

  package let rect: Rect
  /// For each row one place more than pixels.
  private var sums: [Int]
  private var sweep = RowSweep()

  package init(_ rect: Rect) {
    self.rect = rect
    sums = Array(repeating: 0, count: (rect.width + 1) * rect.height)
  }

  /// Floats of memory that the coverage of a rectangle takes.
  package static func scratch(_ rect: Rect) -> Int { 2 * (rect.width + 1) * rect.height }

  /// Adds what is inside an outline, `weight` (of `one`) times.
  package mutating func add(_ outline: Outline, _ rule: FillRule = .nonZero, weight: Int = one) {
    guard let bounds = outline.bounds, !rect.isEmpty, bounds.y1 > Double(rect.y0),
      bounds.y0 < Double(rect.y1), bounds.x1 > Double(rect.x0), bounds.x0 < Double(rect.x1)
    else { return }
    let (rect, stride) = (rect, rect.width + 1)
    sweep.begin(outline, rows: rect.y0..<rect.y1)
    sums.withUnsafeMutableBufferPointer { sums in
      guard let base = sums.baseAddress else { return }
      for y in rect.y0..<rect.y1 {
        // SAFETY: a row of `sums` is as long as its cells say; both live for the call.
        let cells = Cells(base: base + (y - rect.y0) * stride, columns: rect.x0..<rect.x1)
        sweep.row(y, rule, weight: weight, into: cells)
      }
    }
  }

  /// Writes the coverage of row `y`, 0 to 1 where weights add up to `one`.
  package func read(_ y: Int, into out: UnsafeMutablePointer<Float>) {
    let first = (y - rect.y0) * (rect.width + 1)
    sums.withUnsafeBufferPointer { sums in
      var sum = 0
      for i in 0..<rect.width {
        sum &+= sums[first + i]
        out[i] = Float(Double(sum) * 0x1p-48)
      }
    }
  }
}

/// The sums of one row of pixels.
struct Cells {
  // SAFETY: one more place than there are columns, alive while the row is swept.
  let base: UnsafeMutablePointer<Int>
  let columns: Range<Int>

  /// A straight piece of a border: x at its ends, and how much of the row's height lies between them, with the
  /// sign and weight of what is on its right.
  func add(_ a: Double, _ b: Double, height: Int, amount: Int) {
    let (low, high) = a < b ? (a, b) : (b, a)
    if low >= Double(columns.upperBound) { return }
    if high <= Double(columns.lowerBound) {
      base[0] &+= amount &* height
      return
    }
    let first = Self.floor(low)
    let last = max(first, -Self.floor(-high) - 1)
    if first == last {
      return place(first, height, mean: (low + high) / 2 - Double(first), amount)
    }
    // The height reached at the left side of a pixel.
    let slope = Double(height) / (high - low)
    func reached(_ x: Int) -> Int {
      x <= first ? 0 : x > last ? height : Self.rounded((Double(x) - low) * slope)
    }
    let start = max(first, columns.lowerBound)
    var before = reached(start)
    if start > first { base[0] &+= amount &* before }
    for x in start..<min(last + 1, columns.upperBound) {
      let after = reached(x + 1)
      let left = x == first ? low - Double(x) : 0
      let right = x == last ? high - Double(x) : 1
      place(x, after - before, mean: (left + right) / 2, amount)
      before = after
    }
  }

  /// The nearest whole number of one that is not below 0, without the library's call.
  static func rounded(_ value: Double) -> Int { Int(value + 0.5) }

  private static func floor(_ value: Double) -> Int {
    let whole = Int(value)
    return Double(whole) > value ? whole - 1 : whole
  }

  /// A piece within one pixel, `mean` of it to the right of the pixel's left side.
  private func place(_ x: Int, _ height: Int, mean: Double, _ amount: Int) {
    let outside = Self.rounded(Double(height) * mean)
    if x < columns.lowerBound {
      base[0] &+= amount &* height
    } else {
      let i = x - columns.lowerBound
      base[i] &+= amount &* (height - outside)
      base[i + 1] &+= amount &* outside
    }
  }
}
