import BipackPixels
import CVector

/// One size of the search for flow: from the flow of half the size to its own.
struct FlowLevel: Sendable {
  let from: PaddedPlane
  let to: PaddedPlane
  /// What the size covers, in pixels of the document halved.
  let window: Rect
  /// The pixels worked on, counted from the first of the size.
  let area: Rect
  let smoothness: Float
  let pool: BlockPool

  /// Pixels from one patch to the next.
  private static let step = 4
  /// Steps of inverse search at the beginning, and after a neighbour's flow was taken over.
  private static let turns: (begin: Int32, improve: Int32) = (8, 4)
  /// How often neighbours are asked.
  private static let passes = 2
  /// Steps of the refinement, and how far around a pixel all of them and the search look.
  private static let refinements = 2
  static let margin = 64
  /// How far beyond its area the flow of half the size is read, in its pixels.
  static let coarseReach = 12
  /// Rows in a band of the refinement, and how many bands there are at most.
  private static let bandRows = 128
  private static let mostBands = 8

  private var weights: bp_flow_weights {
    bp_flow_weights(smooth: smoothness, slopes: 10, brightness: 5, sweeps: 5, over: 1.85)
  }

  private var pair: bp_flow_pair {
    bp_flow_pair(
      width: from.width, height: from.height, stride: from.stride, odd_x: window.x0 & 1,
      odd_y: window.y0 & 1, from: from.base, to: to.base)
  }

  /// Patches over the area.
  private static func grid(_ size: Rect, _ area: Rect) -> bp_flow_grid {
    let patch = Int(BP_FLOW_PATCH)
    func places(_ low: Int, _ high: Int, _ size: Int) -> Range<Int> {
      let count = size <= patch ? 1 : (size - patch + step - 1) / step + 1
      let last = high > size - patch ? count : min(count, high / step + 1)
      return min(max(0, (low - patch) / step), last - 1)..<last
    }
    let columns = places(area.x0, area.x1, size.width)
    let rows = places(area.y0, area.y1, size.height)
    return bp_flow_grid(
      step: step, i0: columns.lowerBound, j0: rows.lowerBound, i1: columns.upperBound,
      j1: rows.upperBound)
  }

  private static func bands(_ area: Rect) -> (count: Int, rows: Int) {
    let count = min(mostBands, max(1, area.height / bandRows))
    return (count, (area.height + count - 1) / count)
  }

  /// Floats of memory that work on an area takes at most, the flow that it gives included.
  static func floats(_ size: Rect, _ area: Rect) -> Int {
    let grid = grid(size, area)
    let patches = 2 * Int(BP_FLOW_FOUND) * (grid.i1 - grid.i0) * (grid.j1 - grid.j0)
    let bands = bands(area)
    var weights = bp_flow_weights(smooth: 0, slopes: 0, brightness: 0, sweeps: 5, over: 1)
    let band = bp_flow_scratch(area.width, bands.rows, &weights)
    // Three fields and five pictures.
    return max(patches, 9 * FlowField.floats(area) + bands.count * band)
      + 2 * FlowField.floats(area)
  }

  /// How like each other two pictures are: sums of squares of each, and of products.
  typealias Likeness = (from: Double, to: Double, both: Double)

  /// The flow of the area. With `tells` it is said how like each other the pictures are where it leads.
  func solution(from coarse: FlowField?, tells: Bool, loops: Loops)
    -> (field: FlowField, likeness: Likeness?)
  {
    let begun = spread(searched(from: coarse, loops), loops)
    if loops.isCancelled() { return (begun, nil) }
    return refined(begun, tells: tells, loops)
  }

  // MARK: Search

  private func searched(from coarse: FlowField?, _ loops: Loops) -> Scratch {
    let grid = Self.grid(Rect(width: from.width, height: from.height), area)
    let (columns, rows) = (grid.i1 - grid.i0, grid.j1 - grid.j0)
    let line = columns * Int(BP_FLOW_FOUND)
    var found = pool.scratch(count: rows * line)
    var better = pool.scratch(count: rows * line)
    // A patch is worth about as much as its pixels.
    let width = columns * Int(BP_FLOW_PATCH) * Int(BP_FLOW_PATCH)
    let first = found
    loops.rows(rows, width: width) { j in
      var (pair, grid) = (pair, grid)
      let out = first.base + j * line
      if var coarse = coarse?.view {
        bp_flow_begin(out, &pair, &grid, grid.j0 + j, &coarse, Self.turns.begin)
      } else {
        bp_flow_begin(out, &pair, &grid, grid.j0 + j, nil, Self.turns.begin)
      }
    }
    for _ in 0..<Self.passes {
      if loops.isCancelled() { return found }
      let (old, new) = (found, better)
      loops.rows(rows, width: width) { j in
        var (pair, grid) = (pair, grid)
        bp_flow_improve(
          new.base + j * line, old.base + j * line, &pair, &grid, grid.j0 + j, Self.turns.improve)
      }
      (found, better) = (better, found)
    }
    return found
  }

  /// Rows that are filled in one call.
  private static let spreadRows = 16

  private func spread(_ found: Scratch, _ loops: Loops) -> FlowField {
    let grid = Self.grid(Rect(width: from.width, height: from.height), area)
    let field = FlowField(area, pool: pool)
    let calls = (area.height + Self.spreadRows - 1) / Self.spreadRows
    let line = field.u.stride
    let weight = pool.scratch(count: calls * line)
    loops(calls) { call in
      var (pair, grid, view) = (pair, grid, field.view)
      let rows = area.y0 + call * Self.spreadRows
      bp_flow_spread(
        &view, weight.base + call * line, found.base, &pair, &grid, rows,
        min(rows + Self.spreadRows, area.y1))
    }
    field.extend()
    return field
  }

  // MARK: Refinement

  /// The two pictures, one brought to the other.
  private struct Pictures: Sendable {
    let warped: PaddedPlane
    let seen: PaddedPlane
    let slopeX: PaddedPlane
    let slopeY: PaddedPlane
    let change: PaddedPlane

    init(_ area: Rect, _ pool: BlockPool) {
      func plane() -> PaddedPlane {
        PaddedPlane(width: area.width, height: area.height, room: FlowField.room, pool: pool)
      }
      (warped, seen, slopeX, slopeY, change) = (plane(), plane(), plane(), plane(), plane())
    }

    var view: bp_flow_pictures {
      bp_flow_pictures(
        warped: warped.base, seen: seen.base, slope_x: slopeX.base, slope_y: slopeY.base,
        change: change.base)
    }
  }

  private func pictures(_ start: FlowField, _ loops: Loops) -> Pictures {
    let pictures = Pictures(area, pool)
    loops.rows(area.height, width: area.width) { y in
      var (view, field, pair) = (pictures.view, start.view, pair)
      bp_flow_warp(&view, &field, &pair, area.y0 + y)
      pictures.warped.extendRow(y)
    }
    pictures.warped.extendUpAndDown()
    let made = [pictures.slopeX, pictures.slopeY, pictures.change]
    loops.rows(area.height, width: area.width) { y in
      var (view, field, pair) = (pictures.view, start.view, pair)
      bp_flow_slopes(&view, &field, &pair, area.y0 + y)
      for plane in made { plane.extendRow(y) }
    }
    for plane in made { plane.extendUpAndDown() }
    return pictures
  }

  private func refined(_ start: FlowField, tells: Bool, _ loops: Loops)
    -> (field: FlowField, likeness: Likeness?)
  {
    let pictures = pictures(start, loops)
    if loops.isCancelled() { return (start, nil) }
    let likeness = tells ? likeness(pictures, start, loops) : nil
    let bands = Self.bands(area)
    var weights = weights
    let line = bp_flow_scratch(area.width, bands.rows, &weights)
    // In pieces, which the pool keeps for the next time.
    let scratch = (0..<bands.count).map { _ in pool.scratch(count: line) }
    let given = weights
    var (field, next) = (start, FlowField(area, pool: pool))
    for turn in 0..<Self.refinements {
      if loops.isCancelled() { return (field, likeness) }
      let (old, new) = (field, next)
      loops(bands.count) { band in
        var (weights, pictures) = (given, pictures.view)
        var (start, old, new) = (start.view, old.view, new.view)
        let first = area.y0 + band * bands.rows
        bp_flow_relax(
          &new, &old, &start, &pictures, &weights, first, min(first + bands.rows, area.y1),
          scratch[band].base)
      }
      next.extend()
      // What the pictures were brought here by is needed to the end.
      (field, next) = (next, turn == 0 ? FlowField(area, pool: pool) : field)
    }
    return (field, likeness)
  }

  private func likeness(_ pictures: Pictures, _ field: FlowField, _ loops: Loops) -> Likeness {
    let none: [Double] = [0, 0, 0]
    let rows = loops.mapRows(area.height, width: area.width * 16, otherwise: none) { y in
      var (view, field, pair) = (pictures.view, field.view, pair)
      var sums = none
      bp_flow_alike(&sums, &view, &field, &pair, area.y0 + y)
      return sums
    }
    return rows.reduce(into: (from: 0.0, to: 0.0, both: 0.0)) { all, row in
      all = (all.from + row[0], all.to + row[1], all.both + row[2])
    }
  }
}
