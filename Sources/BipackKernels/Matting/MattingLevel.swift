import BipackPixels
import CVector

/// A picture and what is known of it, as the loops of `matting.c` want them.
struct MattingPicture: Sendable {
  let color: [PaddedPlane]
  /// 0, 1, or 0.5 where unknown.
  let level: PaddedPlane

  init(color: [PaddedPlane], level: PaddedPlane) {
    (self.color, self.level) = (color, level)
  }

  init(width: Int, height: Int, pool: BlockPool) {
    color = (0..<3).map { _ in PaddedPlane(width: width, height: height, pool: pool) }
    level = PaddedPlane(width: width, height: height, pool: pool)
  }

  var width: Int { level.width }
  var height: Int { level.height }
  var stride: Int { level.stride }

  func with<T>(_ body: (UnsafePointer<bp_matting_picture>) -> T) -> T {
    func plane(_ channel: Int) -> UnsafePointer<Float> { UnsafePointer(color[channel].base) }
    var picture = bp_matting_picture(
      width: width, height: height, stride: stride, color: (plane(0), plane(1), plane(2)),
      level: level.base)
    return withUnsafePointer(to: &picture) { body($0) }
  }

  /// Where there is anything unknown, 16 pixels at a time.
  func cells() -> [Int32] {
    var result: [Int32] = []
    var row = [Int32](repeating: 0, count: width / Int(BP_MATTING_CELL) + 2)
    for y in 0..<height {
      let count = bp_matting_cells(&row, level.row(y), width, Int32(y * stride))
      result.append(contentsOf: row[..<count])
    }
    return result
  }

  /// The mean colour of what is known to be inside and outside; nil where there is nothing. Added up
  /// row by row, the rows in order.
  func meanColors(_ loops: Loops) -> (inside: [Float]?, outside: [Float]?) {
    let none = [Double](repeating: 0, count: 8)
    let rows = loops.mapRows(height, width: width, otherwise: none) { y in
      var sums = none
      with { bp_matting_sums(&sums, $0, y) }
      return sums
    }
    let total = rows.reduce(into: none) { total, row in for i in 0..<8 { total[i] += row[i] } }
    func mean(_ first: Int) -> [Float]? {
      total[first] == 0 ? nil : (1...3).map { Float(total[first + $0] / total[first]) }
    }
    return (mean(0), mean(4))
  }

  /// A loop over cells, `size` in each call: their first, how many, and the place of the first.
  static func each(
    _ cells: [Int32], by size: Int, _ loops: Loops,
    _ body: @escaping @Sendable (UnsafePointer<Int32>, Int, Int) -> Void
  ) {
    loops((cells.count + size - 1) / size) { piece in
      let first = piece * size
      cells.withUnsafeBufferPointer { all in
        guard let base = all.baseAddress else { return }
        body(base + first, min(size, all.count - first), first)
      }
    }
  }
}

/// What pairs of known colours say of alpha, and how far that is to be trusted.
struct MattingVotes: Sendable {
  let alpha: PaddedPlane
  let trust: PaddedPlane

  init(width: Int, height: Int, pool: BlockPool) {
    alpha = PaddedPlane(width: width, height: height, pool: pool)
    trust = PaddedPlane(width: width, height: height, pool: pool)
  }
}

/// One size of the system that is solved.
struct MattingLevel: Sendable {
  let picture: MattingPicture
  let cells: [Int32]
  let votes: MattingVotes

  /// Floats of the Laplacian for a cell.
  private static let taps = Int(BP_MATTING_ROW)

  /// Alpha found at a size, and what it was begun from.
  struct Solution: Sendable {
    let x: PaddedPlane
    let alpha: PaddedPlane
  }

  /// What is solved, and how.
  struct System: Sendable {
    /// The weight of the votes.
    let share: Float
    let epsilon: Float
    let steps: Int
    /// Made for the eigenvalues of the system.
    let iteration: Chebyshev
  }

  /// The same at half the size.
  func halved(_ pool: BlockPool, _ loops: Loops) -> MattingLevel {
    let (width, height) = ((picture.width + 1) / 2, (picture.height + 1) / 2)
    let small = MattingPicture(width: width, height: height, pool: pool)
    let said = MattingVotes(width: width, height: height, pool: pool)
    let means =
      zip(small.color, picture.color) + [(said.alpha, votes.alpha), (said.trust, votes.trust)]
    loops.rows(height, width: width) { y in
      for (out, source) in means {
        bp_matting_halve(out.row(y), source.row(2 * y), source.stride, width)
        out.extendRow(y)
      }
      bp_matting_halve_levels(
        small.level.row(y), picture.level.row(2 * y), picture.stride, width)
      small.level.extendRow(y)
    }
    for plane in small.color + [small.level, said.alpha, said.trust] { plane.extendUpAndDown() }
    return MattingLevel(picture: small, cells: small.cells(), votes: said)
  }

  /// Begun from a coarser solution, or from the votes.
  func solution(
    _ system: System, from coarse: Solution?, _ pool: BlockPool, _ loops: Loops
  ) -> Solution {
    let (width, height) = (picture.width, picture.height)
    let taps = pool.scratch(count: cells.count * Self.taps)
    let now = PaddedPlane(width: width, height: height, pool: pool)
    now.copy(votes.alpha)
    MattingPicture.each(cells, by: 64, loops) { cells, count, first in
      picture.with { picture in
        bp_matting_taps(
          taps.base + first * Self.taps, picture, cells, count, system.epsilon,
          Float(system.iteration.highest))
        guard let coarse else { return }
        bp_matting_begin(
          now.base, votes.alpha.base, coarse.x.base, coarse.alpha.base, coarse.x.stride, picture,
          cells, count)
      }
    }
    if loops.isCancelled() { return Solution(x: now, alpha: votes.alpha) }
    let next = PaddedPlane(width: width, height: height, pool: pool)
    next.copy(now)
    let x = iterated(system, now, next, taps, loops)
    x.extend()
    return Solution(x: x, alpha: votes.alpha)
  }

  private func iterated(
    _ system: System, _ now: PaddedPlane, _ next: PaddedPlane, _ taps: Scratch,
    _ loops: Loops
  ) -> PaddedPlane {
    let scale = Float(system.iteration.scale)
    var (x, other) = (now, next)
    for omega in system.iteration.factors(steps: system.steps) {
      let (from, to, factor) = (x, other, Float(omega))
      MattingPicture.each(cells, by: 512, loops) { cells, count, first in
        picture.with { picture in
          bp_matting_step(
            to.base, from.base, taps.base + first * Self.taps, votes.alpha.base, votes.trust.base,
            system.share, picture, cells, count, factor, scale)
        }
      }
      (x, other) = (other, x)
    }
    return x
  }
}
