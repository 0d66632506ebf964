import BipackPixels
import CVector

/// What each pixel of a size of the picture is, in cells of sixteen: those with an unknown pixel and those beside them.
struct GridCells: Sendable {
  /// A cell; bits as in `PixelSet`.
  struct Cell: Sendable, Hashable {
    var x: Int
    /// To be found.
    var unknown: UInt16
    /// Unknown or known. What is neither is not there: beyond the border, or no number.
    var present: UInt16
  }

  static let width = Int(BP_MULTIGRID_CELL)

  let window: Rect
  var rows: [[Cell]]

  /// The pixels of a cell that lie in the window.
  static func inside(_ window: Rect, _ x: Int) -> UInt16 {
    let (first, last) = (max(0, window.x0 - x), min(width, window.x1 - x))
    if first >= last { return 0 }
    return UInt16(truncatingIfNeeded: (1 << last) - (1 << first))
  }

  /// The unknown pixels of a set, all others known.
  init(_ unknown: PixelSet, loops: Loops) {
    let window = unknown.window
    self.init(
      window: window,
      rows: unknown.rows.map { row in
        row.map {
          Cell(x: $0.x, unknown: $0.pixels, present: Self.inside(window, $0.x))
        }
      }, loops)
  }

  /// Adds the cells beside and drops those that are not.
  private init(window: Rect, rows: [[Cell]], _ loops: Loops) {
    self.window = window
    self.rows = loops.mapRows(rows.count, width: window.width / 4, otherwise: []) { y in
      // Pixels of cells that touch an unknown one, corners too.
      var near: [Int] = []
      for cell in rows[max(0, y - 1)...min(rows.count - 1, y + 1)].joined() where cell.unknown != 0
      {
        if cell.unknown & 1 != 0, cell.x > window.x0 { near.append(cell.x - Self.width) }
        near.append(cell.x)
        if cell.unknown >> 15 != 0, cell.x + Self.width < window.x1 {
          near.append(cell.x + Self.width)
        }
      }
      near.sort()
      var (row, own): ([Cell], Int) = ([], 0)
      for x in near where row.last?.x != x {
        while own < rows[y].count, rows[y][own].x < x { own += 1 }
        let isThere = own < rows[y].count && rows[y][own].x == x
        row.append(
          isThere ? rows[y][own] : Cell(x: x, unknown: 0, present: Self.inside(window, x)))
      }
      return row
    }
  }

  /// Half the size: a pixel is known where one of the four is, so that no value is carried past a known pixel;
  /// unknown where none is known, and absent where all are. Nil where nothing is left to be found.
  func halved(_ loops: Loops) -> GridCells? {
    let coarse = Rect(
      x0: window.x0 >> 1, y0: window.y0 >> 1, x1: (window.x1 + 1) >> 1, y1: (window.y1 + 1) >> 1)
    let halves = loops.mapRows(coarse.height, width: window.width / 4, otherwise: [Cell]()) { row in
      let y = coarse.y0 + row
      let pair = [2 * y, 2 * y + 1].map { row in
        row >= window.y0 && row < window.y1 ? rows[row - window.y0] : nil
      }
      let places = Set(pair.flatMap { $0 ?? [] }.map { ($0.x >> 5) << 4 }).sorted()
      return places.map { x in
        var cell = Cell(x: x, unknown: 0, present: 0)
        for half in 0..<2 {
          // Two rows of this half's sixteen pixels.
          let at = 2 * x + half * Self.width
          var (unknown, known): (UInt16, UInt16) = (0, 0)
          for row in pair {
            guard let row else { continue }
            let found =
              Self.cell(at: at, in: row)
              ?? Cell(x: at, unknown: 0, present: Self.inside(window, at))
            unknown |= found.unknown
            known |= found.present & ~found.unknown
          }
          let (anyUnknown, anyKnown) = (Self.pairs(unknown), Self.pairs(known))
          cell.unknown |= (anyUnknown & ~anyKnown) << UInt16(8 * half)
          cell.present |= (anyUnknown | anyKnown) << UInt16(8 * half)
        }
        return cell
      }
    }
    let isAnyUnknown = halves.contains { $0.contains { $0.unknown != 0 } }
    return isAnyUnknown ? GridCells(window: coarse, rows: halves, loops) : nil
  }

  /// Bit i of the result: whether bit 2 i or 2 i + 1 is set.
  private static func pairs(_ bits: UInt16) -> UInt16 {
    var v = (bits | bits >> 1) & 0x5555
    v = (v | v >> 1) & 0x3333
    v = (v | v >> 2) & 0x0f0f
    return (v | v >> 4) & 0x00ff
  }
}
