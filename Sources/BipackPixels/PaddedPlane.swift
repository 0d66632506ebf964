/// A plane of pooled memory with room around it, for loops that look beyond the border without asking.
///
/// With room, rows begin at whole vectors' distances: (width rounded up to 16) + 3 rooms, one of them left
/// of pixel 0. Without, they lie side by side. Everything is undefined until it is written.
package final class PaddedPlane: @unchecked Sendable {
  // SAFETY: written by one loop at a time, whose calls write disjoint rows or cells.
  package let width: Int
  package let height: Int
  /// Floats from one row to the next.
  package let stride: Int
  /// Pixel (0, 0).
  package let base: UnsafeMutablePointer<Float>
  private let room: Int
  private let memory: Scratch

  private static func stride(_ width: Int, _ room: Int) -> Int {
    room == 0 ? width : (width + 15) / 16 * 16 + 3 * room
  }

  /// Floats of memory a plane of this size takes.
  package static func floats(_ width: Int, _ height: Int, room: Int) -> Int {
    stride(width, room) * (height + 2 * room)
  }

  /// - Parameters:
  ///   - room: pixels on each side.
  ///   - beyond: zeros behind the last row, for vectors that read on.
  package init(width: Int, height: Int, room: Int, beyond: Int = 0, pool: BlockPool) {
    (self.width, self.height, self.room) = (width, height, room)
    stride = Self.stride(width, room)
    let count = Self.floats(width, height, room: room)
    memory = pool.scratch(count: count + beyond)
    (memory.base + count).update(repeating: 0, count: beyond)
    base = memory.base + room * stride + room
  }

  @inlinable
  package func row(_ y: Int) -> UnsafeMutablePointer<Float> { base + y * stride }

  /// The pixels themselves, the first of them at the corner of `rect`, which has their size.
  package func view(_ rect: Rect) -> PlaneView { PlaneView(rect: rect, base: base, stride: stride) }

  /// Repeats the border in the room around.
  package func extend() {
    for y in 0..<height { extendRow(y) }
    extendUpAndDown()
  }

  /// The same of one row; then `extendUpAndDown` of all.
  package func extendRow(_ y: Int) {
    let row = row(y)
    (row - room).update(repeating: row[0], count: room)
    (row + width).update(repeating: row[width - 1], count: stride - room - width)
  }

  package func extendUpAndDown() {
    if room == 0 { return }
    let (top, bottom) = (row(0) - room, row(height - 1) - room)
    for y in 1...room {
      (top - y * stride).update(from: top, count: stride)
      (bottom + y * stride).update(from: bottom, count: stride)
    }
  }

  /// Everything, the room around too.
  package func fill(_ value: Float) {
    memory.base.update(repeating: value, count: stride * (height + 2 * room))
  }

  /// All of another plane of the same size and room.
  package func copy(_ other: PaddedPlane) {
    memory.base.update(from: other.memory.base, count: stride * (height + 2 * room))
  }
}
