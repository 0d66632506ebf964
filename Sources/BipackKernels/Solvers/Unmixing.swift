import BipackPixels
import CVector

/// The colours a picture is mixed of, its matte known and nothing else.
///
/// A pixel is a F + (1 - a) B. Of the many F and B that mix to it those are wanted that are near their
/// neighbours', the more so where alpha changes: there the colours show through each other. A sweep
/// over a checkerboard's white squares and then its black ones gives each pixel the weighted means of
/// its four neighbours, moved by what its own colour says. From one pixel upwards the picture doubles,
/// and at each size two sweeps are enough. (Germer, Uelwer, Conrad & Harmeling, *Fast multi-level
/// foreground estimation*, 2020; there the sweeps run along the rows, here neither threads nor tiles
/// change anything, and colours above 1 are as good as others.)
package struct Unmixing: Sendable {
  /// The weight of a neighbour: this much, and this much for each unit alpha differs by.
  private static let weights: (constant: Float, steepness: Float) = (1e-5, 1)

  private let picture: Image
  private let levels: [Level]

  /// A size of the picture.
  private struct Level: Sendable {
    let alpha: PaddedPlane
    let color: [PaddedPlane]
    let inside: [PaddedPlane]
    let outside: [PaddedPlane]

    init(width: Int, height: Int, pool: BlockPool) {
      func planes() -> [PaddedPlane] {
        (0..<3).map { _ in PaddedPlane(width: width, height: height, pool: pool) }
      }
      alpha = PaddedPlane(width: width, height: height, pool: pool)
      (color, inside, outside) = (planes(), planes(), planes())
    }

    var width: Int { alpha.width }
    var height: Int { alpha.height }
    var all: [PaddedPlane] { color + inside + outside }
  }

  /// Bytes of memory it takes for a picture: ten planes of each size.
  package static func workingBytes(_ window: Rect) -> Int {
    10 * PaddedPlane.floats(ofSizes: window) { max($0, $1) > 1 } * MemoryLayout<Float>.stride
  }

  /// Reads the picture's colours and a matte that is 0 outside its data window, and does it all.
  package init(picture: Image, matte: Image, pool: BlockPool, loops: Loops) {
    let window = picture.dataWindow
    let full = Level(width: window.width, height: window.height, pool: pool)
    let none = [Double](repeating: 0, count: 12)
    let sums = loops.mapRows(window.height, width: window.width, otherwise: none) { y in
      let row = Rect(x: window.x0, y: window.y0 + y, width: window.width, height: 1)
      for (plane, channel) in zip(full.color, Channel.rgb) {
        picture.gather(channel, edge: .black, into: plane.view(window).part(row))
      }
      matte.gather(.alpha, edge: .black, into: full.alpha.view(window).part(row))
      let colors: [UnsafeMutablePointer<Float>?] = full.color.map { $0.row(y) }
      bp_unmix_prepare(full.alpha.row(y), colors, window.width)
      for plane in full.color + [full.alpha] { plane.extendRow(y) }
      var own = none
      bp_unmix_sums(&own, colors.map { UnsafePointer($0) }, full.alpha.row(y), window.width)
      return own
    }
    var levels = [full]
    while let last = levels.last, max(last.width, last.height) > 1 {
      levels.append(Self.halved(last, pool, loops))
    }
    self.picture = picture
    self.levels = levels
    begin(sums)
    for depth in levels.indices.reversed() {
      if depth + 1 < levels.count { double(levels[depth + 1], into: levels[depth], loops) }
      sweep(levels[depth], loops)
    }
  }

  /// Fills `target` with a colour of the subject: the picture's where it is solid.
  package func fill(_ channel: Int, _ target: PlaneView) {
    let rect = target.rect
    picture.gather(Channel.rgb[channel], edge: .black, into: target)
    let (x0, y0) = (rect.x0 - picture.dataWindow.x0, rect.y0 - picture.dataWindow.y0)
    for y in 0..<rect.height {
      let (out, alpha) = (target.base + y * target.stride, levels[0].alpha.row(y0 + y) + x0)
      let found = levels[0].inside[channel].row(y0 + y) + x0
      for x in 0..<rect.width where alpha[x] < 1 { out[x] = found[x] }
    }
  }

  /// Every other pixel of every other row: pixels that are mixtures, as they are.
  private static func halved(_ level: Level, _ pool: BlockPool, _ loops: Loops) -> Level {
    let small = Level(width: (level.width + 1) / 2, height: (level.height + 1) / 2, pool: pool)
    loops.rows(small.height, width: small.width) { y in
      for (out, source) in zip(small.color + [small.alpha], level.color + [level.alpha]) {
        let (row, from) = (out.row(y), source.row(2 * y))
        for x in 0..<small.width { row[x] = from[2 * x] }
        out.extendRow(y)
      }
    }
    return small
  }

  /// The coarsest size begins with the mean colours of what is nearly inside and outside.
  private func begin(_ rows: [[Double]]) {
    guard let last = levels.last else { return }
    let sums = rows.reduce(into: [Double](repeating: 0, count: 12)) { total, row in
      for i in total.indices { total[i] += row[i] }
    }
    for (planes, kind) in [(last.inside, 0), (last.outside, 4)] {
      let from = sums[kind] > 0 ? kind : 8
      for (channel, plane) in planes.enumerated() {
        plane.fill(Float(sums[from + 1 + channel] / max(sums[from], 1)))
      }
    }
  }

  private func double(_ small: Level, into level: Level, _ loops: Loops) {
    loops.rows(level.height, width: level.width) { y in
      for (out, source) in zip(level.inside + level.outside, small.inside + small.outside) {
        let (row, from) = (out.row(y), source.row(y / 2))
        for x in 0..<level.width { row[x] = from[x / 2] }
        out.extendRow(y)
      }
    }
  }

  private func sweep(_ level: Level, _ loops: Loops) {
    let rounds = max(level.width, level.height) <= 32 ? 10 : 2
    let (constant, steepness) = Self.weights
    for half in 0..<2 * rounds {
      loops.rows(level.height, width: level.width) { y in
        let stride = level.alpha.stride
        bp_unmix_row(
          level.inside.map { $0.row(y) }, level.outside.map { $0.row(y) },
          level.color.map { UnsafePointer($0.row(y)) }, level.alpha.row(y), y > 0 ? -stride : 0,
          y + 1 < level.height ? stride : 0, level.width, Int32((half + y) & 1), constant, steepness
        )
        for plane in level.inside + level.outside { plane.extendRow(y) }
      }
    }
  }
}
