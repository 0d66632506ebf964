import BipackPixels

/// Which pixels can be relied on, and which can be found at all.
extension GridCells {
  /// More is no light: what half floats cannot hold, and what is no number.
  static let most: Float = 70_000

  /// Known pixels without a usable value in each of these channels are not there.
  mutating func drop(
    unusableIn picture: Image, _ channels: [Channel], pool: BlockPool, loops: Loops
  ) {
    let rows = rows
    let window = window
    self.rows = loops.mapRows(rows.count, width: 4 * Self.width, otherwise: []) { y in
      var row = rows[y]
      guard let first = row.first, let last = row.last else { return row }
      let rect = Rect(
        x0: first.x, y0: window.y0 + y, x1: last.x + Self.width, y1: window.y0 + y + 1)
      let line = pool.scratch(count: rect.width)
      for channel in channels {
        for index in row.indices where row[index].present & ~row[index].unknown != 0 {
          let cell = row[index]
          let place = Rect(x: cell.x, y: rect.y0, width: Self.width, height: 1)
          picture.gather(
            channel, edge: .black, into: PlaneView(rect: place, base: line.base, stride: Self.width)
          )
          for i in 0..<Self.width where !(line.base[i].magnitude < Self.most) {
            row[index].present &= cell.unknown | ~(1 << UInt16(i))
          }
        }
      }
      return row
    }
  }

  /// Unknown pixels connected to no known one have no answer: they are not there.
  mutating func dropUnreachable(_ loops: Loops) {
    var groups = Groups()
    // The unknown pixels of each cell that hang together within it.
    var parts: [[[(pixels: UInt16, group: Int)]]] = []
    for y in rows.indices {
      if loops.isCancelled() { return }
      var row: [[(pixels: UInt16, group: Int)]] = []
      var above = 0
      for (index, cell) in rows[y].enumerated() {
        var found: [(pixels: UInt16, group: Int)] = []
        let known = known(besides: index, y)
        var left = cell.unknown
        while left != 0 {
          let first = left.trailingZeroBitCount
          let length = (~(left >> UInt16(first))).trailingZeroBitCount
          let pixels = UInt16(truncatingIfNeeded: ((1 << min(length, 16)) - 1) << first)
          left &= ~pixels
          found.append((pixels, groups.add(isReached: known & pixels != 0)))
        }
        if index > 0, rows[y][index - 1].x + Self.width == cell.x, let before = row[index - 1].last,
          let next = found.first, before.pixels >> 15 != 0, next.pixels & 1 != 0
        {
          groups.join(before.group, next.group)
        }
        if y > 0 {
          while above < rows[y - 1].count, rows[y - 1][above].x < cell.x { above += 1 }
          if above < rows[y - 1].count, rows[y - 1][above].x == cell.x {
            for upper in parts[y - 1][above] {
              for own in found where own.pixels & upper.pixels != 0 {
                groups.join(upper.group, own.group)
              }
            }
          }
        }
        row.append(found)
      }
      parts.append(row)
    }
    for y in rows.indices {
      for index in rows[y].indices {
        for part in parts[y][index] where !groups.isReached(part.group) {
          rows[y][index].unknown &= ~part.pixels
          rows[y][index].present &= ~part.pixels
        }
      }
    }
  }

  /// The pixels of a cell with a known one left, right, above or below.
  private func known(besides index: Int, _ y: Int) -> UInt16 {
    let row = rows[y]
    func known(_ cell: Cell) -> UInt16 { cell.present & ~cell.unknown }
    let own = known(row[index])
    var near = own << 1 | own >> 1
    if index > 0, row[index - 1].x + Self.width == row[index].x {
      near |= known(row[index - 1]) >> 15
    }
    if index + 1 < row.count, row[index + 1].x == row[index].x + Self.width {
      near |= known(row[index + 1]) << 15
    }
    for other in [y - 1, y + 1] where rows.indices.contains(other) {
      if let cell = Self.cell(at: row[index].x, in: rows[other]) { near |= known(cell) }
    }
    return near
  }

  /// The cell of a row that begins there.
  static func cell(at x: Int, in row: [Cell]) -> Cell? {
    var (low, high) = (0, row.count)
    while low < high {
      let middle = (low + high) / 2
      if row[middle].x < x { low = middle + 1 } else { high = middle }
    }
    return low < row.count && row[low].x == x ? row[low] : nil
  }
}

/// What hangs together, and whether any of it is reached from a known pixel.
private struct Groups {
  private var parents: [Int] = []
  private var reached: [Bool] = []

  mutating func add(isReached: Bool) -> Int {
    parents.append(parents.count)
    reached.append(isReached)
    return parents.count - 1
  }

  private mutating func root(_ group: Int) -> Int {
    var group = group
    while parents[group] != group {
      parents[group] = parents[parents[group]]
      group = parents[group]
    }
    return group
  }

  mutating func join(_ a: Int, _ b: Int) {
    let (a, b) = (root(a), root(b))
    if a == b { return }
    parents[max(a, b)] = min(a, b)
    reached[min(a, b)] = reached[a] || reached[b]
  }

  mutating func isReached(_ group: Int) -> Bool { reached[root(group)] }
}
