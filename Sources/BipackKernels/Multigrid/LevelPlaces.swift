import CVector

/// Where the cells of a size lie in memory: one after the other, row by row. Cells side by side are a run; between runs is
/// a gap.
struct LevelPlaces {
  /// Cells side by side.
  struct Run: Sendable {
    /// Of its first pixel.
    var x: Int
    /// In pixels.
    var count: Int
    /// Its first pixel's place in every plane.
    var at: Int
  }

  private(set) var runs: [[Run]] = []
  /// Behind the last.
  private(set) var end: Int
  private let rows: [[GridCells.Cell]]
  /// Of all cells, and where those of a row begin among them.
  private var places: [Int32] = []
  private var starts: [Int] = []

  init(_ grid: GridCells, first: Int, gap: Int) {
    (rows, end) = (grid.rows, first)
    runs.reserveCapacity(rows.count)
    for row in rows {
      starts.append(places.count)
      var found: [Run] = []
      for cell in row {
        if let last = found.last, last.x + last.count == cell.x {
          found[found.count - 1].count += GridCells.width
        } else {
          end += gap
          found.append(Run(x: cell.x, count: GridCells.width, at: end))
        }
        places.append(Int32(end))
        end += GridCells.width
      }
      runs.append(found)
    }
  }

  var count: Int { places.count }

  /// The cells of a row, with those above and below; where there is none, 16 zeros stand from place 16 on.
  func addCells(of row: Int, odd: Int, to table: inout [bp_multigrid_cell]) {
    var (above, below) = (0, 0)
    for (index, cell) in rows[row].enumerated() {
      table.append(
        bp_multigrid_cell(
          at: places[starts[row] + index], up: place(cell.x, row - 1, &above),
          down: place(cell.x, row + 1, &below), odd: Int32(odd)))
    }
  }

  /// Of the cell at `x`, looked for from one of the row on.
  private func place(_ x: Int, _ row: Int, _ from: inout Int) -> Int32 {
    guard rows.indices.contains(row) else { return Int32(GridCells.width) }
    while from < rows[row].count, rows[row][from].x < x { from += 1 }
    let isThere = from < rows[row].count && rows[row][from].x == x
    return isThere ? places[starts[row] + from] : Int32(GridCells.width)
  }
}
