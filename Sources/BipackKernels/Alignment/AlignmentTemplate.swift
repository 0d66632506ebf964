import BipackPixels
import CVector

/// What is looked for in other pictures: pixels of a region at several sizes, with their gradients.
///
/// Where a size has more pixels than `most`, the one with the steepest gradient stands for each little
/// block: flat ones say nothing of where they are.
///
/// Several pictures may say what is looked for: each has a gain, an offset and a spread of its own.
package struct AlignmentTemplate: Sendable {
  /// One size. Coordinates are pixels of that size, centres at whole numbers.
  struct Level: Sendable {
    var x: [Float] = []
    var y: [Float] = []
    var values: [Float] = []
    /// d value / dx and dy.
    var gx: [Float] = []
    var gy: [Float] = []
    /// Where the pixels of each picture end.
    var ends: [Int] = []

    var count: Int { x.count }

    /// The middle, and the root of the mean square distance from it: coordinates counted so are about 1.
    func frame() -> (x: Double, y: Double, scale: Double) {
      guard count > 0 else { return (0, 0, 1) }
      var (sx, sy, squares) = (0.0, 0.0, 0.0)
      for i in 0..<count {
        sx += Double(x[i])
        sy += Double(y[i])
      }
      let (cx, cy) = (sx / Double(count), sy / Double(count))
      for i in 0..<count {
        let (dx, dy) = (Double(x[i]) - cx, Double(y[i]) - cy)
        squares += dx * dx + dy * dy
      }
      return (cx, cy, max(1, (squares / Double(count)).squareRoot()))
    }
  }

  /// The largest first.
  let levels: [Level]
  /// The corners of the region, pixels of the largest size.
  package let outline: [(x: Double, y: Double)]

  /// The pixels of a picture inside an outline: corners in order, in pixels of its largest size, centres at
  /// whole numbers.
  package init(_ picture: GrayPicture, inside outline: [(x: Double, y: Double)], most: Int = 16384)
  {
    self.outline = outline
    levels = picture.levels.enumerated().map { index, level in
      let scale = 1 / Double(1 << index)
      return Self.level(level, outline.map { ($0.x * scale, $0.y * scale) }, most)
    }
  }

  private static func level(
    _ level: GrayPicture.Level, _ outline: [(x: Double, y: Double)], _ most: Int
  ) -> Level {
    var result = Level()
    let inner = level.rect.expanded(x: -1, y: -1)
    if inner.isEmpty { return result }
    let span = RegionRows(outline)
    let rect = span.box.intersection(inner)
    if rect.isEmpty { return result }
    let side = max(1, Int((Double(rect.area) / Double(most)).squareRoot().rounded(.up)))
    let width = level.rect.width
    level.pixels.withUnsafeBufferPointer { pixels in
      for top in stride(from: rect.y0, to: rect.y1, by: side) {
        let rows = top..<min(top + side, rect.y1)
        let spans = rows.map { span.columns($0, in: rect) }
        for left in stride(from: rect.x0, to: rect.x1, by: side) {
          var (best, steepest) = (-1, Float(-1))
          for (y, columns) in zip(rows, spans) {
            let first = max(left, columns.lowerBound)
            let end = min(left + side, columns.upperBound)
            if first >= end { continue }
            for x in first..<end {
              let k = (y - level.rect.y0) * width + x - level.rect.x0
              let (gx, gy) = (pixels[k + 1] - pixels[k - 1], pixels[k + width] - pixels[k - width])
              let steep = gx * gx + gy * gy
              // False for NaN.
              if steep > steepest, pixels[k] == pixels[k], span.isInside(x, y) {
                (best, steepest) = (k, steep)
              }
            }
          }
          if best < 0 { continue }
          result.x.append(Float(best % width + level.rect.x0))
          result.y.append(Float(best / width + level.rect.y0))
          result.values.append(pixels[best])
          result.gx.append((pixels[best + 1] - pixels[best - 1]) / 2)
          result.gy.append((pixels[best + width] - pixels[best - width]) / 2)
        }
      }
    }
    result.ends = [result.count]
    return result
  }

  /// The template without pixels that are something else in another picture: far from `gain` times the value that
  /// is at their place there plus `offset`.
  func agreeing(
    with picture: GrayPicture, through matrix: Matrix3, gain: Double, offset: Double
  ) -> AlignmentTemplate {
    let agreeing = levels.indices.map { size in
      guard size < picture.levels.count else { return levels[size] }
      return levels[size].agreeing(
        with: picture.levels[size], matrix.coarser(by: Double(1 << size)), Float(gain),
        Float(offset))
    }
    return AlignmentTemplate(agreeing, outline)
  }

  /// The template as motion blur shows it: `moments` from places in the middle of an exposure to others in it, and `further`
  /// those of another exposure it will be compared with. What either mixes with the region's surroundings is left out.
  func blurred(_ picture: GrayPicture, by moments: [Matrix3], further: [Matrix3])
    -> AlignmentTemplate
  {
    let ends = [further.first, further.last].flatMap { far in
      [moments.first, moments.last].map { ($0 ?? .identity) * (far ?? .identity) }
    }
    let blurred = levels.indices.map { size in
      guard size < picture.levels.count else { return levels[size] }
      let scale = Double(1 << size)
      return levels[size].blurred(
        picture.levels[size], by: moments.map { $0.coarser(by: scale) },
        seen: ends.map { $0.coarser(by: scale) },
        inside: outline.map { ($0.x / scale, $0.y / scale) })
    }
    return AlignmentTemplate(blurred, outline)
  }

  /// How much of the detail a picture shows through a map from here to there, at the better of the two largest sizes, so
  /// that neither grain nor a little blur matters.
  func detail(in picture: GrayPicture, through matrix: Matrix3) -> Double {
    (0..<min(2, levels.count, picture.levels.count)).map { size in
      levels[size].detail(in: picture.levels[size], through: matrix.coarser(by: Double(1 << size)))
    }.max() ?? 0
  }

  private init(_ levels: [Level], _ outline: [(x: Double, y: Double)]) {
    (self.levels, self.outline) = (levels, outline)
  }

  /// The pixels of this template and those of another picture, of which `matrix` takes this one's places to those
  /// there.
  func joined(with other: AlignmentTemplate, through matrix: Matrix3) -> AlignmentTemplate? {
    guard let back = matrix.inverse else { return nil }
    let joined = levels.indices.map { size in
      guard size < other.levels.count else { return levels[size] }
      let scale = Double(1 << size)
      return levels[size].joined(
        with: other.levels[size], matrix.coarser(by: scale), back.coarser(by: scale))
    }
    return AlignmentTemplate(joined, outline)
  }
}

extension AlignmentTemplate.Level {
  /// How many times as far off as half of all pixels something else is.
  private static let otherness: Float = 8

  fileprivate func agreeing(
    with picture: GrayPicture.Level, _ matrix: Matrix3, _ gain: Float, _ offset: Float
  ) -> Self {
    if picture.isEmpty || count == 0 { return self }
    let there = picture.sampled(x, y, through: [matrix])
    let off = (0..<count).map { (values[$0] - (gain * there[$0] + offset)).magnitude }
    let known = off.filter { $0 == $0 }
    if known.isEmpty { return self }
    let limit = Self.otherness * known.ranked(known.count / 2)
    // What the other picture does not show is kept.
    return kept { !(off[$0] > limit) }
  }

  private func kept(where isWanted: (Int) -> Bool) -> Self {
    var result = Self()
    for i in 0..<count where isWanted(i) {
      result.x.append(x[i])
      result.y.append(y[i])
      result.values.append(values[i])
      result.gx.append(gx[i])
      result.gy.append(gy[i])
    }
    result.ends = [result.count]
    return result
  }

  /// Its pixels as the mean of its picture moved by `moments` shows them; those of which all of `seen` lead to places inside.
  fileprivate func blurred(
    _ picture: GrayPicture.Level, by moments: [Matrix3], seen: [Matrix3],
    inside outline: [(x: Double, y: Double)]
  ) -> Self {
    let region = RegionRows(outline)
    var result = kept { i in
      seen.allSatisfy { path in
        path.apply(Double(x[i]), Double(y[i])).map { region.holds($0.x, $0.y) } ?? false
      }
    }
    func read(_ dx: Double, _ dy: Double) -> [Float] {
      picture.sampled(result.x, result.y, through: moments.map { $0 * .translation(dx, dy) })
    }
    let slopes = result.slopes(read)
    (result.values, result.gx, result.gy) = (read(0, 0), slopes.x, slopes.y)
    return result.kept { i in
      result.values[i].isFinite && result.gx[i].isFinite && result.gy[i].isFinite
    }
  }

  /// How a picture rises at the template's pixels, of what it shows a step beside them.
  private func slopes(_ read: (Double, Double) -> [Float]) -> (x: [Float], y: [Float]) {
    func half(_ a: [Float], _ b: [Float]) -> [Float] { zip(a, b).map { ($1 - $0) / 2 } }
    return (half(read(-1, 0), read(1, 0)), half(read(0, -1), read(0, 1)))
  }

  /// The correlation of the slopes of the template's first picture with those of another, -1 to 1.
  fileprivate func detail(in picture: GrayPicture.Level, through matrix: Matrix3) -> Double {
    let slopes = self.slopes { picture.sampled(x, y, through: [matrix * .translation($0, $1)]) }
    var (both, here, there) = (0.0, 0.0, 0.0)
    for i in 0..<(ends.first ?? 0) where slopes.x[i].isFinite && slopes.y[i].isFinite {
      let (gx, gy) = (Double(gx[i]), Double(gy[i]))
      let (ox, oy) = (Double(slopes.x[i]), Double(slopes.y[i]))
      both += gx * ox + gy * oy
      here += gx * gx + gy * gy
      there += ox * ox + oy * oy
    }
    return here > 0 && there > 0 ? both / (here * there).squareRoot() : 0
  }

  fileprivate func joined(with other: Self, _ matrix: Matrix3, _ back: Matrix3) -> Self {
    var result = self
    let m = matrix.m
    for i in 0..<other.count {
      guard let place = back.apply(Double(other.x[i]), Double(other.y[i])) else { continue }
      // How places there change with those here.
      let w = m[6] * place.x + m[7] * place.y + m[8]
      guard w > 0 else { continue }
      let (u, v) = (Double(other.x[i]), Double(other.y[i]))
      let (ux, uy) = ((m[0] - u * m[6]) / w, (m[1] - u * m[7]) / w)
      let (vx, vy) = ((m[3] - v * m[6]) / w, (m[4] - v * m[7]) / w)
      let (gx, gy) = (Double(other.gx[i]), Double(other.gy[i]))
      result.x.append(Float(place.x))
      result.y.append(Float(place.y))
      result.values.append(other.values[i])
      result.gx.append(Float(gx * ux + gy * vx))
      result.gy.append(Float(gx * uy + gy * vy))
    }
    if result.count > count { result.ends.append(result.count) }
    return result
  }
}

extension RealRect {
  /// The box around points; nothing at (0, 0) for none.
  init(around points: [(x: Double, y: Double)]) {
    let (xs, ys) = (points.map(\.x), points.map(\.y))
    self.init(
      x0: xs.min() ?? 0, y0: ys.min() ?? 0, x1: xs.max() ?? 0, y1: ys.max() ?? 0)
  }

  var middle: (x: Double, y: Double) { ((x0 + x1) / 2, (y0 + y1) / 2) }

  /// In order around it.
  var corners: [(x: Double, y: Double)] { [(x0, y0), (x1, y0), (x1, y1), (x0, y1)] }
}

/// The rows of a region with straight sides, less a rim: pixels there are half of what lies beyond.
private struct RegionRows {
  /// How wide the rim is, in pixels of each size.
  private static let rim = 1.5

  let points: [(x: Double, y: Double)]
  let box: Rect

  init(_ points: [(x: Double, y: Double)]) {
    self.points = points
    var bounds = RealRect(around: points)
    bounds.x1 += 1
    bounds.y1 += 1
    box = points.isEmpty ? .empty : bounds.covering()
  }

  /// Whether a pixel between the ends of its row is further from every side than the rim.
  func isInside(_ x: Int, _ y: Int) -> Bool { isOffTheSides(Double(x), Double(y)) }

  /// Whether a place anywhere lies inside, further from every side than the rim.
  func holds(_ x: Double, _ y: Double) -> Bool {
    var isInside = false
    for i in points.indices {
      let (a, b) = (points[i], points[(i + 1) % points.count])
      if (a.y > y) != (b.y > y), x < a.x + (y - a.y) / (b.y - a.y) * (b.x - a.x) {
        isInside.toggle()
      }
    }
    return isInside && isOffTheSides(x, y)
  }

  private func isOffTheSides(_ x: Double, _ y: Double) -> Bool {
    for i in points.indices {
      let (a, b) = (points[i], points[(i + 1) % points.count])
      let (dx, dy) = (b.x - a.x, b.y - a.y)
      let (px, py) = (x - a.x, y - a.y)
      let length = dx * dx + dy * dy
      let t = length > 0 ? min(max((px * dx + py * dy) / length, 0), 1) : 0
      let (ex, ey) = (px - t * dx, py - t * dy)
      if ex * ex + ey * ey < Self.rim * Self.rim { return false }
    }
    return true
  }

  /// The pixels of a row between its first and its last crossing; of a region without notches those
  /// inside.
  func columns(_ y: Int, in rect: Rect) -> Range<Int> {
    var (least, most) = (Double.infinity, -Double.infinity)
    let row = Double(y)
    for i in points.indices {
      let (a, b) = (points[i], points[(i + 1) % points.count])
      guard min(a.y, b.y) <= row, max(a.y, b.y) >= row else { continue }
      let t = a.y == b.y ? 0 : (row - a.y) / (b.y - a.y)
      for x in a.y == b.y ? [a.x, b.x] : [a.x + t * (b.x - a.x)] {
        least = min(least, x)
        most = max(most, x)
      }
    }
    guard least <= most else { return rect.x0..<rect.x0 }
    let low = max(least.rounded(.up), Double(rect.x0))
    let high = min(most.rounded(.down), Double(rect.x1 - 1))
    return low <= high ? Int(low)..<Int(high) + 1 : rect.x0..<rect.x0
  }
}
