/// Finds, row by row, which edges of an outline are borders of its inside.
///
/// The edges in a row are taken from left to right. Where one stands alone, its winding says at once whether
/// it is a border. Where several overlap sideways they are a cluster: cut into slabs at every height where
/// one ends or two cross, so that in each slab they have an order. Nothing that lies left of a cluster matters but
/// its winding, which is the same at all heights, since outlines are closed. (Level edges are no borders, but
/// what hangs together by them is one cluster.)
struct RowSweep {
  /// An edge, upper end first.
  private struct Edge {
    var top: SIMD2<Double>
    var bottom: SIMD2<Double>
    /// 1 where the outline goes up, -1 where it goes down: clockwise is inside.
    var turn: Int
    /// Its place in the outline, which settles the order of what lies equally.
    var place: Int

    /// Where it crosses a height that lies between its ends.
    func x(at y: Double) -> Double {
      let x = top.x + (bottom.x - top.x) * ((y - top.y) / (bottom.y - top.y))
      return min(max(x, min(top.x, bottom.x)), max(top.x, bottom.x))
    }
  }

  /// The part of an edge in a row; heights are whole numbers from the row's top.
  private struct Piece {
    var upper: Double
    var lower: Double
    var top: Int
    var bottom: Int
    var turn: Int
    var place: Int

    var left: Double { min(upper, lower) }
    var right: Double { max(upper, lower) }

    func x(at height: Int) -> Double {
      if height <= top { return upper }
      if height >= bottom { return lower }
      return upper + (lower - upper) * (Double(height - top) / Double(bottom - top))
    }

    func isBefore(_ other: Piece) -> Bool {
      (left, place) < (other.left, other.place)
    }
  }

  /// A piece within a slab.
  private struct Span {
    var upper: Double
    var lower: Double
    var turn: Int
    var place: Int
  }

  private var edges: [Edge] = []
  private var next = 0
  private var active: [Edge] = []
  private var pieces: [Piece] = []
  private var heights: [Int] = []
  private var spans: [Span] = []

  /// Takes the edges that lie in some rows. The rows are then asked for in order.
  mutating func begin(_ outline: Outline, rows: Range<Int>) {
    let (top, bottom) = (Double(rows.lowerBound), Double(rows.upperBound))
    edges.removeAll(keepingCapacity: true)
    active.removeAll(keepingCapacity: true)
    next = 0
    for run in outline.runs where run.bottom > top && run.top < bottom {
      for i in run.edges {
        let (p, q) = (outline.points[i], outline.points[i + 1])
        guard max(p.y, q.y) > top, min(p.y, q.y) < bottom else { continue }
        edges.append(
          p.y < q.y
            ? Edge(top: p, bottom: q, turn: -1, place: i)
            : Edge(top: q, bottom: p, turn: 1, place: i))
      }
    }
    edges.sort { ($0.top.y, $0.place) < ($1.top.y, $1.place) }
  }

  /// Adds the borders in row `y` to its cells.
  mutating func row(_ y: Int, _ rule: FillRule, weight: Int, into cells: Cells) {
    take(y)
    var winding = 0
    var start = 0
    while start < pieces.count, pieces[start].left < Double(cells.columns.upperBound) {
      var end = start + 1
      var right = pieces[start].right
      while end < pieces.count, pieces[end].left <= right {
        right = max(right, pieces[end].right)
        end += 1
      }
      add(start..<end, right, &winding, rule, weight, cells)
      start = end
    }
  }

  /// The pieces of the edges in row `y`, from left to right.
  private mutating func take(_ y: Int) {
    let (top, bottom) = (Double(y), Double(y + 1))
    active.removeAll { $0.bottom.y <= top }
    while next < edges.count, edges[next].top.y < bottom {
      if edges[next].bottom.y > top { active.append(edges[next]) }
      next += 1
    }
    pieces.removeAll(keepingCapacity: true)
    for edge in active {
      let (isBegun, isEnded) = (edge.top.y < top, edge.bottom.y > bottom)
      let first = isBegun ? 0 : Self.height(edge.top.y - top)
      let last = isEnded ? Coverage.one : Self.height(edge.bottom.y - top)
      if first == last, first == 0 || first == Coverage.one { continue }
      let piece = Piece(
        upper: isBegun ? edge.x(at: top) : edge.top.x,
        lower: isEnded ? edge.x(at: bottom) : edge.bottom.x, top: first, bottom: last,
        turn: edge.turn, place: edge.place)
      // Mostly in order already.
      var i = pieces.count
      pieces.append(piece)
      while i > 0, piece.isBefore(pieces[i - 1]) {
        pieces[i] = pieces[i - 1]
        i -= 1
      }
      pieces[i] = piece
    }
  }

  private static func height(_ part: Double) -> Int {
    Cells.rounded(part * Double(Coverage.one))
  }

  /// The borders of one cluster. `winding` is that on its left, and then that on its right.
  private mutating func add(
    _ cluster: Range<Int>, _ right: Double, _ winding: inout Int, _ rule: FillRule, _ weight: Int,
    _ cells: Cells
  ) {
    var turned = 0
    var isChain = true
    for i in cluster {
      turned += pieces[i].turn * (pieces[i].bottom - pieces[i].top)
      isChain = isChain && pieces[i].turn == pieces[cluster.lowerBound].turn
    }
    // All the way down the turns add up to the same.
    let left = winding
    winding += Int((Double(turned) / Double(Coverage.one)).rounded())
    let change = Self.change(rule, left, winding)
    if right <= Double(cells.columns.lowerBound) {
      cells.base[0] &+= weight &* change &* Coverage.one
    } else if isChain, turned.magnitude <= Coverage.one {
      // One edge after the other: never two at a height.
      if change == 0 { return }
      for i in cluster {
        let piece = pieces[i]
        cells.add(
          piece.upper, piece.lower, height: piece.bottom - piece.top, amount: weight &* change)
      }
    } else {
      slabs(cluster, left, rule, weight, cells)
    }
  }

  private static func change(_ rule: FillRule, _ before: Int, _ after: Int) -> Int {
    (rule.contains(after) ? 1 : 0) - (rule.contains(before) ? 1 : 0)
  }

  private mutating func slabs(
    _ cluster: Range<Int>, _ left: Int, _ rule: FillRule, _ weight: Int, _ cells: Cells
  ) {
    cut(cluster)
    var upper = 0
    for lower in heights {
      defer { upper = lower }
      if lower == upper { continue }
      spans.removeAll(keepingCapacity: true)
      for i in cluster where pieces[i].top <= upper && pieces[i].bottom >= lower {
        let piece = pieces[i]
        spans.append(
          Span(
            upper: piece.x(at: upper), lower: piece.x(at: lower), turn: piece.turn,
            place: piece.place))
      }
      spans.sort { ($0.upper + $0.lower, $0.place) < ($1.upper + $1.lower, $1.place) }
      var winding = left
      for span in spans {
        let change = Self.change(rule, winding, winding + span.turn)
        winding += span.turn
        if change == 0 { continue }
        cells.add(span.upper, span.lower, height: lower - upper, amount: weight &* change)
      }
    }
  }

  /// The heights where pieces of a cluster begin, end and cross.
  private mutating func cut(_ cluster: Range<Int>) {
    heights.removeAll(keepingCapacity: true)
    for i in cluster {
      let a = pieces[i]
      heights.append(a.top)
      heights.append(a.bottom)
      for j in (i + 1)..<max(i + 1, cluster.upperBound) {
        let b = pieces[j]
        if b.left > a.right { break }
        let (top, bottom) = (max(a.top, b.top), min(a.bottom, b.bottom))
        if top >= bottom { continue }
        let above = a.x(at: top) - b.x(at: top)
        let below = a.x(at: bottom) - b.x(at: bottom)
        if above * below >= 0 { continue }
        let part = above / (above - below)
        heights.append(top + Cells.rounded(Double(bottom - top) * part))
      }
    }
    heights.sort()
  }
}
