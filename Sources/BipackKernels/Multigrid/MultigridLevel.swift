import BipackPixels
import CVector

/// A size of the picture in memory: its cells one after the other, row by row, what they are beside each other, and what
/// connects them with the size below.
///
/// Cells side by side are a run. Runs have zeros between them, so that whoever looks left or right past their end
/// finds nothing. Planes of a level are as long as `floats` and zero where no cell is.
final class MultigridLevel: @unchecked Sendable {
  // SAFETY: written by one loop at a time, whose calls write cells of their own.

  typealias Run = LevelPlaces.Run

  /// Rows that are worth a call, and their cells.
  private struct Piece {
    var rows: Range<Int>
    var cells: Range<Int>
  }

  private static let cellsPerPiece = 512
  /// Zeros at the beginning, for cells that are not there, and those between runs.
  private static let (empty, gap) = (2 * GridCells.width, 4)

  let window: Rect
  let grid: GridCells
  private let runs: [[Run]]
  /// Floats of a line that is as long as any run, at this size or double.
  private let longest: Int
  private var table: [bp_multigrid_cell] = []
  private var pieces: [Piece] = []
  /// Floats of a plane.
  let floats: Int

  private let pool: BlockPool
  private let degree: Scratch
  private let inverse: Scratch
  /// How much of a correction at half the size a pixel takes: nothing where it is not unknown, more where some of what
  /// it is made of is not there. Nil at the smallest size.
  private var share: Scratch?
  /// The values sought and the right sides, while a cycle runs.
  let x: Scratch
  let b: Scratch

  init(_ grid: GridCells, pool: BlockPool, loops: Loops) {
    (self.grid, window, self.pool) = (grid, grid.window, pool)
    let places = LevelPlaces(grid, first: Self.empty, gap: Self.gap)
    runs = places.runs
    floats = places.end + Self.empty
    longest = 2 * (runs.joined().map(\.count).max() ?? 0) + 2
    table.reserveCapacity(places.count)
    var first = (row: 0, cell: 0)
    for row in grid.rows.indices {
      places.addCells(of: row, odd: (window.y0 + row) & 1, to: &table)
      let isLast = row + 1 == grid.rows.count
      if table.count - first.cell >= Self.cellsPerPiece || isLast && table.count > first.cell {
        pieces.append(Piece(rows: first.row..<row + 1, cells: first.cell..<table.count))
        first = (row + 1, table.count)
      }
    }
    let count = floats
    func plane() -> Scratch { Self.plane(count, pool) }
    (degree, inverse, x, b) = (plane(), plane(), plane(), plane())
    fill(x, loops) { $0.unknown }
    fill(b, loops) { $0.present }
    each(loops) { cells, count in
      bp_multigrid_degrees(degree.base, inverse.base, x.base, b.base, cells, count)
    }
    clear(x)
    clear(b)
  }

  /// Zeros.
  private static func plane(_ count: Int, _ pool: BlockPool) -> Scratch {
    let plane = pool.scratch(count: count)
    plane.base.update(repeating: 0, count: count)
    return plane
  }

  func plane() -> Scratch { Self.plane(floats, pool) }
  func clear(_ plane: Scratch) { plane.base.update(repeating: 0, count: floats) }

  /// 1 where a pixel's bit is set.
  private func fill(_ plane: Scratch, _ loops: Loops, _ bits: @Sendable (GridCells.Cell) -> UInt16)
  {
    loops(pieces.count) { piece in
      eachRun(piece) { rect, at, cells in
        for cell in cells {
          let (to, bits) = (plane.base + at + cell.x - rect.x0, bits(cell))
          for i in 0..<GridCells.width { to[i] = Float(bits >> UInt16(i) & 1) }
        }
      }
    }
  }

  // MARK: Cells

  /// A loop over all cells.
  private func each(
    _ loops: Loops, _ body: @Sendable (UnsafePointer<bp_multigrid_cell>, Int) -> Void
  ) {
    loops(pieces.count) { piece in cells(of: piece, body) }
  }

  private func cells<Result>(
    of piece: Int, _ body: (UnsafePointer<bp_multigrid_cell>, Int) -> Result
  ) -> Result {
    let range = pieces[piece].cells
    return table.withUnsafeBufferPointer { table in
      // SAFETY: a piece has cells, so that the table has a first.
      body(table.baseAddress.unsafelyUnwrapped + range.lowerBound, range.count)
    }
  }

  /// A sum over all cells, by pieces in their order.
  private func sum(
    _ loops: Loops, _ body: @Sendable (UnsafePointer<bp_multigrid_cell>, Int) -> Double
  ) -> Double {
    loops.map(pieces.count, otherwise: 0) { piece in cells(of: piece, body) }.reduce(0, +)
  }

  /// The equations of one colour of a checkerboard solved, as often as there are colours.
  func relax(_ colors: [Int32], _ loops: Loops) {
    for color in colors {
      each(loops) { cells, count in
        bp_multigrid_relax(x.base, b.base, inverse.base, cells, count, color)
      }
    }
  }

  /// The same, the first time from zeros.
  func begin(_ colors: [Int32], _ loops: Loops) {
    each(loops) { cells, count in
      bp_multigrid_begin(x.base, b.base, inverse.base, cells, count, colors[0])
    }
    relax(Array(colors.dropFirst()), loops)
  }

  /// What `values`, known ones among them, leave of a right side; of 0 without one.
  func residual(of values: Scratch, _ right: Scratch?, into out: Scratch, _ loops: Loops) {
    each(loops) { cells, count in
      bp_multigrid_residual(out.base, values.base, right?.base, degree.base, cells, count)
    }
  }

  /// The left side of the equations of `p`; gives the product of both.
  func apply(_ p: Scratch, into out: Scratch, _ loops: Loops) -> Double {
    sum(loops) { cells, count in bp_multigrid_apply(out.base, p.base, degree.base, cells, count) }
  }

  func product(_ a: Scratch, _ b: Scratch, _ loops: Loops) -> Double {
    sum(loops) { cells, count in bp_multigrid_dot(a.base, b.base, cells, count) }
  }

  /// values += step p, b -= step q.
  func step(_ values: Scratch, _ p: Scratch, _ q: Scratch, _ step: Float, _ loops: Loops) {
    each(loops) { cells, count in
      bp_multigrid_step(values.base, b.base, p.base, q.base, step, cells, count)
    }
  }

  /// p = x + share p.
  func turn(_ p: Scratch, _ share: Float, _ loops: Loops) {
    each(loops) { cells, count in bp_multigrid_turn(p.base, x.base, share, cells, count) }
  }

  // MARK: Rows

  /// A loop over rows with cells in them, each given a line of memory long enough for the widest run at any size.
  private func rows(_ loops: Loops, _ body: @Sendable (Int, UnsafeMutablePointer<Float>) -> Void) {
    loops(pieces.count) { piece in
      let line = pool.scratch(count: longest)
      for row in pieces[piece].rows { body(row, line.base) }
    }
  }

  /// The runs of row `y`, also of one outside the window.
  private func runs(_ y: Int) -> [Run] {
    y >= window.y0 && y < window.y1 ? runs[y - window.y0] : []
  }

  /// Adds what the runs of row `y` have between `x0` and `x1` to a line that begins at `x0`.
  private func add(
    _ y: Int, _ plane: Scratch, _ share: Scratch?, weight: Float, _ x0: Int, _ x1: Int,
    to line: UnsafeMutablePointer<Float>
  ) {
    for run in runs(y) {
      let (first, last) = (max(run.x, x0), min(run.x + run.count, x1))
      if first >= last { continue }
      let at = run.at + first - run.x
      bp_multigrid_add(
        line + first - x0, plane.base + at, share.map { $0.base + at }, weight, last - first)
    }
  }

  /// The same of what is there, known or unknown.
  private func addPresence(
    _ y: Int, weight: Float, _ x0: Int, _ x1: Int, to line: UnsafeMutablePointer<Float>
  ) {
    if y < window.y0 || y >= window.y1 { return }
    for x in max(x0, window.x0)..<max(x0, window.x0, min(x1, window.x1)) { line[x - x0] += weight }
    for cell in grid.rows[y - window.y0] {
      var absent = GridCells.inside(window, cell.x) & ~cell.present
      while absent != 0 {
        let x = cell.x + absent.trailingZeroBitCount
        absent &= absent - 1
        if x >= x0, x < x1 { line[x - x0] -= weight }
      }
    }
  }

  /// The rows at half the size that row `y` is made of, and how much each counts, in quarters.
  private static func parents(_ y: Int) -> [(y: Int, weight: Float)] {
    [(y >> 1, 3), ((y >> 1) + (y & 1 == 0 ? -1 : 1), 1)]
  }

  /// The columns at half the size that a run is made of.
  private static func parents(_ run: Run) -> Range<Int> {
    (run.x >> 1) - 1..<((run.x + run.count) >> 1) + 1
  }

  /// Says that `coarse` is this at half the size.
  func connect(to coarse: MultigridLevel, _ loops: Loops) {
    let share = plane()
    rows(loops) { row, line in
      for run in runs[row] {
        let columns = Self.parents(run)
        line.update(repeating: 0, count: columns.count)
        for (y, weight) in Self.parents(window.y0 + row) {
          coarse.addPresence(y, weight: weight, columns.lowerBound, columns.upperBound, to: line)
        }
        let (degree, out) = (degree.base + run.at, share.base + run.at)
        for i in 0..<run.count where degree[i] > 0 {
          let (own, other) = (line[i / 2 + 1], line[i / 2 + (i & 1 == 0 ? 0 : 2)])
          out[i] = 16 / (3 * own + other)
        }
      }
    }
    self.share = share
  }

  /// The right sides at half the size, of what is left of this one's.
  func halve(_ residual: Scratch, into coarse: MultigridLevel, _ loops: Loops) {
    coarse.rows(loops) { row, line in
      for run in coarse.runs[row] {
        let (x0, x1) = (2 * run.x - 1, 2 * (run.x + run.count) + 1)
        line.update(repeating: 0, count: x1 - x0)
        for (step, weight) in [(-1, 1), (0, 3), (1, 3), (2, 1)] as [(Int, Float)] {
          add(
            2 * (coarse.window.y0 + row) + step, residual, share, weight: weight, x0, x1, to: line)
        }
        bp_multigrid_halve(coarse.b.base + run.at, line + 1, run.count)
      }
    }
  }

  /// Adds what was found at half the size.
  func double(_ coarse: MultigridLevel, _ loops: Loops) {
    guard let share else { return }
    rows(loops) { row, line in
      for run in runs[row] {
        let columns = Self.parents(run)
        line.update(repeating: 0, count: columns.count)
        for (y, weight) in Self.parents(window.y0 + row) {
          coarse.add(
            y, coarse.x, nil, weight: weight, columns.lowerBound, columns.upperBound, to: line)
        }
        bp_multigrid_double(x.base + run.at, share.base + run.at, line + 1, run.count / 2)
      }
    }
  }

  // MARK: Pictures

  /// The known pixels of a picture less those of another, and less their mean, which is returned: with small numbers less
  /// is lost, and an even rim needs no work. All others become 0.
  func gatherKnown(
    _ channel: Channel, of picture: Image, less other: Image?, into plane: Scratch, _ loops: Loops
  ) -> Float {
    let sums = loops.map(pieces.count, otherwise: (0.0, 0)) { piece in
      var (sum, count) = (0.0, 0)
      eachRun(piece) { rect, at, cells in
        let to = plane.base + at
        picture.gather(
          channel, edge: .black, into: PlaneView(rect: rect, base: to, stride: rect.width))
        if let other {
          let line = pool.scratch(count: rect.width)
          other.gather(channel, edge: .black, into: PlaneView(rect, of: line))
          for i in 0..<rect.width { to[i] -= line.base[i] }
        }
        for cell in cells {
          let known = cell.present & ~cell.unknown
          let own = to + cell.x - rect.x0
          for i in 0..<GridCells.width {
            if known >> UInt16(i) & 1 != 0 {
              sum += Double(own[i])
              count += 1
            } else {
              own[i] = 0
            }
          }
        }
      }
      return (sum, count)
    }
    let total = sums.reduce((0.0, 0)) { ($0.0 + $1.0, $0.1 + $1.1) }
    let mean = total.1 > 0 ? Float(total.0 / Double(total.1)) : 0
    loops(pieces.count) { piece in
      eachRun(piece) { rect, at, cells in
        for cell in cells {
          let known = cell.present & ~cell.unknown
          let own = plane.base + at + cell.x - rect.x0
          for i in 0..<GridCells.width where known >> UInt16(i) & 1 != 0 { own[i] -= mean }
        }
      }
    }
    return mean
  }

  /// What a picture has where pixels are unknown, times a factor; what is no number there is 0.
  func gatherUnknown(
    _ channel: Channel, of picture: Image, times factor: Float, into plane: Scratch, _ loops: Loops
  ) {
    rows(loops) { row, _ in
      for run in runs[row] {
        let (to, degree) = (plane.base + run.at, degree.base + run.at)
        let rect = Rect(x: run.x, y: window.y0 + row, width: run.count, height: 1)
        picture.gather(
          channel, edge: .black, into: PlaneView(rect: rect, base: to, stride: run.count))
        for i in 0..<run.count {
          to[i] = degree[i] > 0 && to[i].magnitude < GridCells.most ? factor * to[i] : 0
        }
      }
    }
  }

  /// Puts a plane's unknown pixels into a part of a picture, with a number and those of another picture added.
  func putUnknown(
    _ plane: Scratch, plus offset: Float, and other: Image?, _ channel: Channel,
    into target: PlaneView,
    _ loops: Loops
  ) {
    rows(loops) { row, line in
      let y = window.y0 + row
      if y < target.rect.y0 || y >= target.rect.y1 { return }
      for run in runs[row] {
        let (first, last) = (max(run.x, target.rect.x0), min(run.x + run.count, target.rect.x1))
        if first >= last { continue }
        let at = run.at + first - run.x
        let (from, degree) = (plane.base + at, degree.base + at)
        let out = target.row(y) + first - target.rect.x0
        if let other {
          let rect = Rect(x: first, y: y, width: last - first, height: 1)
          other.gather(
            channel, edge: .black, into: PlaneView(rect: rect, base: line, stride: rect.width))
        } else {
          line.update(repeating: 0, count: last - first)
        }
        for i in 0..<last - first where degree[i] > 0 { out[i] = from[i] + offset + line[i] }
      }
    }
  }

  /// The runs of a piece: where they lie in the picture and in planes, and their cells.
  private func eachRun(_ piece: Int, _ body: (Rect, Int, ArraySlice<GridCells.Cell>) -> Void) {
    for row in pieces[piece].rows {
      var first = 0
      for run in runs[row] {
        let count = run.count / GridCells.width
        body(
          Rect(x: run.x, y: window.y0 + row, width: run.count, height: 1), run.at,
          grid.rows[row][first..<first + count])
        first += count
      }
    }
  }
}
