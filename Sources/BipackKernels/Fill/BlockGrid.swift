import BipackPixels

/// Which blocks of a picture lie near each other.
struct BlockGrid {
  private let places: [(x: Int, y: Int)]
  private let left: Int
  private let top: Int
  private let width: Int
  private let height: Int
  /// Which block is at a place; -1 where none is.
  private var index: [Int32]

  /// Nil where there are none.
  init?(_ places: [(x: Int, y: Int)]) {
    guard let left = places.map(\.x).min(), let top = places.map(\.y).min(),
      let right = places.map(\.x).max(), let bottom = places.map(\.y).max()
    else { return nil }
    (self.places, self.left, self.top) = (places, left, top)
    (width, height) = (right - left + 1, bottom - top + 1)
    index = [Int32](repeating: -1, count: width * height)
    for (block, place) in places.enumerated() {
      index[(place.y - top) * width + place.x - left] = Int32(block)
    }
  }

  /// The blocks up to so many columns and rows away, it too.
  private func near(_ block: Int, _ reach: Int, _ body: (Int) -> Void) {
    let (x, y) = (places[block].x - left, places[block].y - top)
    for v in max(0, y - reach)...min(height - 1, y + reach) {
      for u in max(0, x - reach)...min(width - 1, x + reach) where index[v * width + u] >= 0 {
        body(Int(index[v * width + u]))
      }
    }
  }

  /// How many steps from block to block it is to one that is `set`; the most there is where none can be reached.
  func rings(from set: [Bool]) -> [Int] {
    var rings = set.map { $0 ? 0 : Int.max }
    var edge = set.indices.filter { set[$0] }
    var ring = 0
    while !edge.isEmpty {
      ring += 1
      var next: [Int] = []
      for block in edge {
        near(block, 1) { other in
          if rings[other] == .max {
            rings[other] = ring
            next.append(other)
          }
        }
      }
      edge = next
    }
    return rings
  }

  /// Blocks in an order, sorted into turns: in each turn none is near another, and of two that are near each other the
  /// first has the earlier turn.
  func turns(of order: [Int], reach: Int, _ loops: Loops) -> [[Int]] {
    var turn = [Int](repeating: -1, count: places.count)
    var turns: [[Int]] = []
    for (count, block) in order.enumerated() {
      if count % 1024 == 0, loops.isCancelled() { return [] }
      var last = -1
      near(block, reach) { last = max(last, turn[$0]) }
      turn[block] = last + 1
      if last + 1 == turns.count { turns.append([]) }
      turns[last + 1].append(block)
    }
    return turns
  }
}
