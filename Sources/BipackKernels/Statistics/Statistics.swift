import BipackPixels

/// What can be said of the values of one channel in a rectangle.
///
/// Sums are made row by row in double and the rows added in order: the same on any number of
/// threads and for any tile size. Values that are not finite are counted and left out.
package struct Statistics: Sendable {
  package var count = 0
  package var invalid = 0
  package var least = 0.0
  package var greatest = 0.0
  package var mean = 0.0
  package var deviation = 0.0
  package var rms = 0.0

  package static func constant(_ value: Double, count: Int) -> Statistics {
    Statistics(
      count: count, invalid: 0, least: value, greatest: value, mean: value, deviation: 0,
      rms: abs(value))
  }

  private struct Row: Sendable {
    var count = 0
    var sum = 0.0
    var squares = 0.0
    var least = Double.infinity
    var greatest = -Double.infinity
  }

  /// Measures `channel` in `box`; pixels outside the data window are 0.
  package static func measure(
    _ image: Image, _ channel: Channel, in box: Rect, _ pool: BlockPool, _ loops: Loops
  ) -> Statistics {
    let inside = box.intersection(image.dataWindow)
    let outside = box.area - inside.area
    var total = Row()
    if outside > 0 { total = Row(count: outside, least: 0, greatest: 0) }
    for row in rows(image, channel, inside, pool, loops, about: 0) {
      total.count += row.count
      total.sum += row.sum
      total.squares += row.squares
      total.least = min(total.least, row.least)
      total.greatest = max(total.greatest, row.greatest)
    }
    var result = Statistics()
    result.count = total.count
    result.invalid = box.area - total.count
    guard total.count > 0 else { return result }
    let n = Double(total.count)
    result.least = total.least
    result.greatest = total.greatest
    result.mean = total.sum / n
    result.rms = (total.squares / n).squareRoot()
    // Once more about the mean: the difference of large squares would lose the small deviation.
    var squares = Double(outside) * result.mean * result.mean
    for row in rows(image, channel, inside, pool, loops, about: result.mean) {
      squares += row.squares
    }
    result.deviation = (squares / n).squareRoot()
    return result
  }

  private static func rows(
    _ image: Image, _ channel: Channel, _ rect: Rect, _ pool: BlockPool, _ loops: Loops,
    about center: Double
  ) -> [Row] {
    if rect.isEmpty { return [] }
    let band = 64
    let bands = (rect.height + band - 1) / band
    let results = loops.map(bands, otherwise: [Row]()) { index in
      let top = rect.y0 + index * band
      let part = Rect(x0: rect.x0, y0: top, x1: rect.x1, y1: min(top + band, rect.y1))
      let window = image.window(channel, part, edge: .black, pool: pool)
      var rows: [Row] = []
      for y in part.y0..<part.y1 { rows.append(row(window.row(y), center)) }
      return rows
    }
    return results.flatMap { $0 }
  }

  private static func row(_ values: Span<Float>, _ center: Double) -> Row {
    var row = Row()
    for i in 0..<values.count {
      let value = Double(values[i])
      guard value.isFinite else { continue }
      row.count += 1
      row.sum += value
      row.squares += (value - center) * (value - center)
      row.least = min(row.least, value)
      row.greatest = max(row.greatest, value)
    }
    return row
  }
}
