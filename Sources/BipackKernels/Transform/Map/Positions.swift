import BipackPixels
import CVector

/// Points of the output on their way back through a map: where each is by now, and by how much that changes
/// from one output pixel to the next.
///
/// Coordinates are the engine's: pixel centres lie at halves.
package final class Positions: @unchecked Sendable {
  // SAFETY: made, filled and read by one task; the pointers lie in `memory` or in memory of its own.
  package let count: Int
  package let x: UnsafeMutablePointer<Double>
  package let y: UnsafeMutablePointer<Double>
  /// The derivative of x by the output's x, of x by its y, of y by its x, of y by its y.
  package let xx: UnsafeMutablePointer<Double>
  package let xy: UnsafeMutablePointer<Double>
  package let yx: UnsafeMutablePointer<Double>
  package let yy: UnsafeMutablePointer<Double>
  /// 1; or 0 where a point comes from nowhere: behind a horizon, outside what a lens sees, where an ST map
  /// says nothing.
  package let seen: UnsafeMutablePointer<UInt8>
  /// The rectangle whose pixel centres they are, as long as no part of a map has moved them.
  private(set) var centres: Rect?
  private let memory: Scratch?

  private init(count: Int, _ memory: Scratch?) {
    self.count = count
    self.memory = memory
    let base =
      memory.map { UnsafeMutableRawPointer($0.base) }
      ?? .allocate(byteCount: 4 * Self.floats(count), alignment: 64)
    let doubles = base.assumingMemoryBound(to: Double.self)
    (x, y) = (doubles, doubles + count)
    (xx, xy) = (doubles + 2 * count, doubles + 3 * count)
    (yx, yy) = (doubles + 4 * count, doubles + 5 * count)
    seen = UnsafeMutableRawPointer(doubles + 6 * count).assumingMemoryBound(to: UInt8.self)
    xx.update(repeating: 1, count: count)
    xy.update(repeating: 0, count: count)
    yx.update(repeating: 0, count: count)
    yy.update(repeating: 1, count: count)
    seen.update(repeating: 1, count: count)
  }

  deinit { if memory == nil { x.deallocate() } }

  /// Floats of memory for so many.
  package static func floats(_ count: Int) -> Int { 12 * count + count / 4 + 16 }

  /// The centres of a rectangle's pixels, row by row.
  package convenience init(_ rect: Rect, pool: BlockPool) {
    self.init(count: rect.area, pool: pool)
    var i = 0
    for row in rect.y0..<rect.y1 {
      for column in rect.x0..<rect.x1 {
        x[i] = Double(column) + 0.5
        y[i] = Double(row) + 0.5
        i += 1
      }
    }
    centres = rect
  }

  /// `count` points to be set, the derivatives those of the output itself.
  convenience init(count: Int, pool: BlockPool) {
    self.init(count: count, pool.scratch(count: Self.floats(count)))
  }

  /// `side` x `side` points, from corner to corner.
  package convenience init(grid bounds: RealRect, side: Int) {
    self.init(count: side * side, nil)
    for row in 0..<side {
      for column in 0..<side {
        let i = row * side + column
        x[i] = bounds.x0 + (bounds.x1 - bounds.x0) * Double(column) / Double(side - 1)
        y[i] = bounds.y0 + (bounds.y1 - bounds.y0) * Double(row) / Double(side - 1)
      }
    }
  }

  /// Says that a point comes from nowhere, and leaves numbers that harm nothing.
  func hide(_ i: Int) {
    seen[i] = 0
    (x[i], y[i]) = (0, 0)
    (xx[i], xy[i], yx[i], yy[i]) = (0, 0, 0, 0)
  }

  /// Takes a point to (`px`, `py`), where the part's own derivatives are (a, b; c, d).
  @inline(__always)
  func move(
    _ i: Int, _ px: Double, _ py: Double, _ a: Double, _ b: Double, _ c: Double, _ d: Double
  ) {
    (x[i], y[i]) = (px, py)
    (xx[i], yx[i]) = (a * xx[i] + b * yx[i], c * xx[i] + d * yx[i])
    (xy[i], yy[i]) = (a * xy[i] + b * yy[i], c * xy[i] + d * yy[i])
  }

  /// Says that a part of a map has been followed.
  func leaveCentres() { centres = nil }

  /// Brings those that lie outside `rect` to the middles of its outermost pixels.
  func hold(to rect: Rect) {
    let box = [
      Double(rect.x0) + 0.5, Double(rect.y0) + 0.5, Double(rect.x1) - 0.5, Double(rect.y1) - 0.5,
    ]
    withUnsafePointer(to: points) { bp_points_hold($0, count, box) }
  }

  /// A box around all that are seen; nil for none.
  package var box: RealRect? {
    var box = [0.0, 0, 0, 0]
    withUnsafePointer(to: points) { bp_points_box($0, count, &box) }
    return box[0] <= box[2] ? RealRect(x0: box[0], y0: box[1], x1: box[2], y1: box[3]) : nil
  }

  /// They as the loops want them.
  var points: bp_points {
    bp_points(x: x, y: y, xx: xx, xy: xy, yx: yx, yy: yy, seen: seen)
  }

  /// Whether all are seen.
  package var isWhole: Bool { (0..<count).allSatisfy { seen[$0] != 0 } }

  /// The most that the kernel reaches around any of them, in supports of the filter.
  package var reach: Footprint.Reach {
    var result = Footprint.Reach.one
    if bp_warp_wide_count(xx, xy, yx, yy, count) == 0 { return result }
    let step = 64
    withUnsafeTemporaryAllocation(of: Float.self, capacity: 4 * step) { shapes in
      guard let sx = shapes.baseAddress else { return }
      let (sy, tx, ty) = (sx + step, sx + 2 * step, sx + 3 * step)
      for first in stride(from: 0, to: count, by: step) {
        let n = min(step, count - first)
        bp_warp_shapes(
          sx, sy, tx, ty, xx + first, xy + first, yx + first, yy + first, Footprint.widest, n)
        for i in 0..<n where seen[first + i] != 0 { result.include(sx[i], sy[i], tx[i], ty[i]) }
      }
    }
    return result
  }
}
