import BipackPixels
import CVector

/// A part of a picture as alignment sees it: grey, at several sizes.
///
/// Grey is Rec. 709 luminance, linear: motion blur and focus keep the middle of an edge where it is in linear
/// light only. Above 1 it is 2 sqrt(v) - 1, so that lamps do not outweigh everything else. Each size halves the one before by the filter 1 4 6 4 1 / 16; pixel
/// k of a smaller one lies on pixel 2k of the larger. NaN is a pixel that does not count: not finite, left out
/// by a matte, or without two thirds of its neighbours, by weight, at the larger size.
package struct GrayPicture: Sendable {
  /// One size.
  package struct Level: Sendable {
    package let rect: Rect
    package var pixels: [Float]

    package var isEmpty: Bool { rect.isEmpty }

    func pixel(_ x: Int, _ y: Int) -> Float {
      rect.contains(x: x, y: y) ? pixels[(y - rect.y0) * rect.width + x - rect.x0] : .nan
    }

    /// What is seen of the level at places of another picture through the mean of `paths` from there to here. NaN where one of
    /// them leads outside.
    func sample(
      _ out: UnsafeMutablePointer<Float>, _ x: UnsafePointer<Float>, _ y: UnsafePointer<Float>,
      _ count: Int, through paths: [Matrix3]
    ) {
      // The level's own first pixel is its origin.
      let origin = Matrix3.translation(Double(-rect.x0), Double(-rect.y0))
      let share = 1 / Float(paths.count)
      withUnsafeTemporaryAllocation(of: Double.self, capacity: 2 * count) { places in
        withUnsafeTemporaryAllocation(of: Float.self, capacity: count) { seen in
          let (px, py) = (places.baseAddress!, places.baseAddress! + count)
          pixels.withUnsafeBufferPointer { pixels in
            for (index, path) in paths.enumerated() {
              bp_align_map(px, py, x, y, (origin * path).m, count)
              let to = index == 0 ? out : seen.baseAddress!
              bp_align_sample(to, pixels.baseAddress!, rect.width, rect.height, px, py, count)
              if index > 0 { for i in 0..<count { out[i] += to[i] } }
            }
          }
        }
      }
      if paths.count > 1 { for i in 0..<count { out[i] *= share } }
    }

    /// The same for arrays.
    func sampled(_ x: [Float], _ y: [Float], through paths: [Matrix3]) -> [Float] {
      var values = [Float](repeating: .nan, count: x.count)
      if isEmpty || x.isEmpty { return values }
      values.withUnsafeMutableBufferPointer { values in
        x.withUnsafeBufferPointer { x in
          y.withUnsafeBufferPointer { y in
            sample(values.baseAddress!, x.baseAddress!, y.baseAddress!, x.count, through: paths)
          }
        }
      }
      return values
    }
  }

  /// The largest first.
  package private(set) var levels: [Level]

  /// `rect` of an image, cut to its data window. Where `excluded` (a matte) is more than half, nothing counts.
  package init(
    _ image: Image, _ rect: Rect, levels count: Int,
    excluded: (image: Image, channel: Channel)? = nil,
    pool: BlockPool, loops: Loops
  ) {
    let rect = rect.intersection(image.dataWindow)
    var first = Level(rect: rect, pixels: [Float](repeating: .nan, count: rect.area))
    let (width, height) = (rect.width, rect.height)
    let channels = Channel.rgb.filter(image.spec.has)
    first.pixels.withUnsafeMutableBufferPointer { pixels in
      guard let base = pixels.baseAddress, !channels.isEmpty else { return }
      let target = PlaneView(rect: rect, base: base, stride: width)
      loops(Self.bands(height)) { band in
        let part = Self.band(band, rect)
        Self.encode(image, channels, part, into: target.part(part), pool)
        if let excluded { Self.leaveOut(excluded.image, excluded.channel, target.part(part), pool) }
      }
    }
    self.init(first, levels: count, loops: loops)
  }

  package init(_ first: Level, levels count: Int, loops: Loops = .serial) {
    levels = [first]
    while levels.count < count, let last = levels.last, last.rect.width > 8, last.rect.height > 8 {
      levels.append(Self.halved(last, loops))
    }
  }

  // MARK: Grey

  private static let rowsPerBand = 32
  private static func bands(_ height: Int) -> Int { (height + rowsPerBand - 1) / rowsPerBand }
  private static func band(_ index: Int, _ rect: Rect) -> Rect {
    let y0 = rect.y0 + index * rowsPerBand
    return Rect(x0: rect.x0, y0: y0, x1: rect.x1, y1: min(y0 + rowsPerBand, rect.y1))
  }

  private static func encode(
    _ image: Image, _ channels: [Channel], _ part: Rect, into target: PlaneView, _ pool: BlockPool
  ) {
    let weights: [Float] = channels.count == 3 ? [0.2126, 0.7152, 0.0722] : [1, 1, 1]
    let scratch = pool.scratch(count: part.area)
    for y in 0..<part.height {
      target.row(part.y0 + y).update(repeating: 0, count: part.width)
    }
    for (channel, weight) in zip(channels, weights) {
      image.gather(channel, edge: .black, into: PlaneView(part, of: scratch))
      for y in 0..<part.height {
        let (to, from) = (target.row(part.y0 + y), scratch.base + y * part.width)
        for x in 0..<part.width { to[x] += weight * from[x] }
      }
    }
    let scale = channels.count == 2 ? Float(0.5) : 1
    for y in part.y0..<part.y1 {
      let row = target.row(y)
      for x in 0..<part.width {
        let v = row[x] * scale
        let encoded = v > 1 ? 2 * v.squareRoot() - 1 : v
        row[x] = encoded.magnitude < 1e5 ? encoded : .nan
      }
    }
  }

  private static func leaveOut(
    _ matte: Image, _ channel: Channel, _ target: PlaneView, _ pool: BlockPool
  ) {
    let scratch = pool.scratch(count: target.rect.area)
    matte.gather(channel, edge: .black, into: PlaneView(target.rect, of: scratch))
    for y in 0..<target.rect.height {
      let (to, from) = (target.row(target.rect.y0 + y), scratch.base + y * target.rect.width)
      for x in 0..<target.rect.width where !(from[x] <= 0.5) { to[x] = .nan }
    }
  }

  // MARK: Sizes

  /// Half of a level: the mean of those pixels that count, by the binomial weights.
  private static func halved(_ level: Level, _ loops: Loops) -> Level {
    let from = level.rect
    // Every coarse pixel lies on a fine one.
    let rect = Rect(
      x0: (from.x0 + 1) >> 1, y0: (from.y0 + 1) >> 1, x1: ((from.x1 - 1) >> 1) + 1,
      y1: ((from.y1 - 1) >> 1) + 1)
    if rect.isEmpty { return Level(rect: .empty, pixels: []) }
    var pixels = [Float](repeating: .nan, count: rect.area)
    pixels.withUnsafeMutableBufferPointer { pixels in
      guard let base = pixels.baseAddress else { return }
      let target = PlaneView(rect: rect, base: base, stride: rect.width)
      loops(bands(rect.height)) { halveBand(level, target.part(band($0, rect))) }
    }
    return Level(rect: rect, pixels: pixels)
  }

  private static func halveBand(_ level: Level, _ target: PlaneView) {
    let from = level.rect
    level.pixels.withUnsafeBufferPointer { fine in
      withUnsafeTemporaryAllocation(of: Float.self, capacity: 2 * from.width) { columns in
        let (sums, counts) = (columns.baseAddress!, columns.baseAddress! + from.width)
        for y in target.rect.y0..<target.rect.y1 {
          sumRows(fine.baseAddress!, from, 2 * y, sums, counts)
          halveRow(sums, counts, from, target.rect, target.row(y))
        }
      }
    }
  }

  private static let taps: [Float] = [1, 4, 6, 4, 1]

  private static func sumRows(
    _ fine: UnsafePointer<Float>, _ rect: Rect, _ middle: Int,
    _ sums: UnsafeMutablePointer<Float>, _ counts: UnsafeMutablePointer<Float>
  ) {
    for x in 0..<rect.width { (sums[x], counts[x]) = (0, 0) }
    for k in -2...2 where middle + k >= rect.y0 && middle + k < rect.y1 {
      let row = fine + (middle + k - rect.y0) * rect.width
      let weight = taps[k + 2]
      for x in 0..<rect.width {
        let v = row[x]
        let isThere = v == v
        sums[x] += isThere ? weight * v : 0
        counts[x] += isThere ? weight : 0
      }
    }
  }

  private static func halveRow(
    _ sums: UnsafePointer<Float>, _ counts: UnsafePointer<Float>, _ from: Rect, _ rect: Rect,
    _ target: UnsafeMutablePointer<Float>
  ) {
    for x in 0..<rect.width {
      let middle = 2 * (x + rect.x0) - from.x0
      var (sum, count) = (Float(0), Float(0))
      for k in -2...2 where middle + k >= 0 && middle + k < from.width {
        sum += taps[k + 2] * sums[middle + k]
        count += taps[k + 2] * counts[middle + k]
      }
      target[x] = count >= 176 ? sum / count : .nan
    }
  }
}
