import BipackPixels
import CVector

/// Poisson's equation on any set of pixels with known ones around it, in about ten rounds whatever their shape.
///
/// At each unknown pixel the differences to its neighbours add up to a given right side: to 0 for a membrane, which
/// carries what is known on its rim across a hole as smoothly as can be. A neighbour that is not there, beyond the
/// border or no number, is no neighbour: nothing flows that way.
///
/// Conjugate gradients, each step prepared by a V-cycle: the equations of the squares of a checkerboard are solved in
/// turn, twice; what is left is taken to half the size, and so on; on the way back corrections are added, and the
/// squares solved in the opposite order, so that the whole is symmetric (Tatebe, *The multigrid preconditioned conjugate
/// gradient method*, 1993). At half the size a pixel is unknown only where none of the four is known: what is one size's
/// rim is the next size's too. A thin hole ends after a size or two.
///
/// Time and memory follow the unknown pixels and not the frame, sums are made in one order, and squares of one colour do
/// not depend on each other: neither threads nor tiles change a bit.
package final class Multigrid: Sendable {
  /// The size itself, then halves of it.
  private let levels: [MultigridLevel]
  private let pool: BlockPool

  /// How much smaller the error becomes, in the norm of its gradient.
  private static let tolerance = 1e-6
  private static let mostRounds = 60

  init(_ cells: GridCells, pool: BlockPool, loops: Loops) {
    self.pool = pool
    var levels = [MultigridLevel(cells, pool: pool, loops: loops)]
    while let coarse = levels[levels.count - 1].grid.halved(loops) {
      levels.append(MultigridLevel(coarse, pool: pool, loops: loops))
      levels[levels.count - 2].connect(to: levels[levels.count - 1], loops)
    }
    self.levels = levels
  }

  /// The full size.
  var finest: MultigridLevel { levels[0] }

  /// Bytes of memory it takes at most to find all pixels of a window, `channels` planes of values included.
  package static func workingBytes(_ window: Rect, channels: Int) -> Int {
    // Rows of whole cells, one more on each side, and zeros between runs; then the table of cells.
    func floats(_ rect: Rect) -> Int {
      let cells = (rect.width + 3 * GridCells.width) / GridCells.width * (rect.height + 2)
      return cells * (GridCells.width + 4) + 4 * GridCells.width
    }
    var total = (channels + 8) * floats(window)
    var (rect, buffers) = (window, channels + 8)
    while max(rect.width, rect.height) > 1 {
      rect = Rect(width: (rect.width + 2) / 2, height: (rect.height + 2) / 2)
      total += 6 * floats(rect)
      buffers += 5
      if buffers > 200 { break }
    }
    return BlockPool.scratchBytes(total, buffers: buffers + 64)
  }

  /// Finds the unknown among `values`, a plane of the finest level in which the known ones stand and the others are a
  /// first guess. Gives the rounds it took.
  @discardableResult
  func solve(_ values: Scratch, right: Scratch? = nil, _ loops: Loops) -> Int {
    let (p, q) = (finest.plane(), finest.plane())
    finest.residual(of: values, right, into: finest.b, loops)
    cycle(0, q, loops)
    var size = finest.product(finest.b, finest.x, loops)
    let enough = Self.tolerance * Self.tolerance * size
    finest.turn(p, 0, loops)
    for round in 0..<Self.mostRounds {
      if loops.isCancelled() || !(size > enough) || !(size > 1e-30) { return round }
      let curvature = finest.apply(p, into: q, loops)
      if !(curvature > 0) { return round }
      finest.step(values, p, q, Float(size / curvature), loops)
      cycle(0, q, loops)
      let next = finest.product(finest.b, finest.x, loops)
      finest.turn(p, Float(next / size), loops)
      size = next
    }
    return Self.mostRounds
  }

  /// What `b` of a level asks for, nearly, in its `x`. `spare`: memory for what is left.
  private func cycle(_ depth: Int, _ spare: Scratch, _ loops: Loops) {
    let level = levels[depth]
    if depth + 1 == levels.count {
      level.begin([0, 1, 0, 1, 0, 1], loops)
      return level.relax([1, 0, 1, 0, 1, 0], loops)
    }
    level.begin([0, 1, 0, 1], loops)
    level.residual(of: level.x, level.b, into: spare, loops)
    level.halve(spare, into: levels[depth + 1], loops)
    cycle(depth + 1, spare, loops)
    level.double(levels[depth + 1], loops)
    level.relax([1, 0, 1, 0], loops)
  }
}
