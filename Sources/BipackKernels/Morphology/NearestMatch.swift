import BipackPixels

/// For each pixel, the nearest pixel of the box around it that has a given value.
///
/// Nearest is by distance between centres; of equally near ones the upper, then the left one counts.
package struct NearestMatch: Sendable {
  private struct Offset {
    var x: Int
    var y: Int
  }

  /// The pixels of the box, the nearest first.
  private let offsets: [Offset]
  private let reach: (x: Int, y: Int)

  package init(radiusX: Int, radiusY: Int) {
    var offsets: [Offset] = []
    for y in -radiusY...radiusY {
      for x in -radiusX...radiusX { offsets.append(Offset(x: x, y: y)) }
    }
    func key(_ o: Offset) -> (Int, Int, Int) { (o.x * o.x + o.y * o.y, o.y, o.x) }
    self.offsets = offsets.sorted { key($0) < key($1) }
    reach = (radiusX, radiusY)
  }

  /// Which offset leads to the match of each pixel of `rect`, row by row; 0, the pixel itself, where
  /// there is none. `wanted` are the values looked for, `source` is `rect` grown by the radii; of it
  /// only `bounds` is looked at, all of it when nil.
  package func find(
    _ wanted: UnsafePointer<Float>, in source: borrowing Window, rect: Rect, bounds: Rect?,
    into found: UnsafeMutablePointer<Int32>
  ) {
    precondition(source.rect == rect.expanded(x: reach.x, y: reach.y), "rectangle and reach")
    let steps = steps(source.stride)
    for y in rect.y0..<rect.y1 {
      for x in rect.x0..<rect.x1 {
        let i = (y - rect.y0) * rect.width + x - rect.x0
        let here = source.pointer + (y - source.rect.y0) * source.stride + x - source.rect.x0
        let box = Rect(x: x, y: y, width: 1, height: 1).expanded(x: reach.x, y: reach.y)
        let isFree = bounds.map { $0.contains(box) } ?? true
        let (value, isNaN) = (wanted[i], wanted[i].isNaN)
        var match = 0
        for k in steps.indices {
          let seen = here[steps[k]]
          guard isNaN ? seen.isNaN : seen == value else { continue }
          if !isFree, let bounds {
            let (px, py) = (x + offsets[k].x, y + offsets[k].y)
            guard px >= bounds.x0, px < bounds.x1, py >= bounds.y0, py < bounds.y1 else { continue }
          }
          match = k
          break
        }
        found[i] = Int32(match)
      }
    }
  }

  /// What `source`, the target's rectangle grown by the radii, has at the matches.
  package func take(
    _ found: UnsafePointer<Int32>, from source: borrowing Window, into target: PlaneView
  ) {
    let rect = target.rect
    precondition(source.rect == rect.expanded(x: reach.x, y: reach.y), "rectangle and reach")
    let steps = steps(source.stride)
    for y in 0..<rect.height {
      let here = source.pointer + (y + reach.y) * source.stride + reach.x
      let out = target.base + y * target.stride
      for x in 0..<rect.width {
        out[x] = here[x + steps[Int(found[y * rect.width + x])]]
      }
    }
  }

  /// The offsets as steps in memory.
  private func steps(_ stride: Int) -> [Int] { offsets.map { $0.y * stride + $0.x } }
}
