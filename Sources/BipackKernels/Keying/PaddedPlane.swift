import BipackPixels
import CVector

/// Runs a body for each index, several at a time.
package typealias FrameLoop = (Int, @Sendable (Int) -> Void) -> Void

/// A loop over the rows of a picture, as many in a call as are worth one.
func eachRow(
  _ height: Int, width: Int, _ loop: FrameLoop, _ body: @escaping @Sendable (Int) -> Void
) {
  let size = max(1, 16384 / max(width, 1))
  loop((height + size - 1) / size) { piece in
    for y in (piece * size)..<min((piece + 1) * size, height) { body(y) }
  }
}

/// A plane with room around it for loops that look beyond the border without asking.
final class PaddedPlane: @unchecked Sendable {
  // SAFETY: written by one loop at a time, whose calls write disjoint rows or cells.
  let width: Int
  let height: Int
  let stride: Int
  /// Pixel (0, 0).
  let base: UnsafeMutablePointer<Float>
  private let memory: Scratch

  private static let pad = Int(BP_MATTING_PAD)

  private static func stride(_ width: Int) -> Int { (width + 15) / 16 * 16 + 3 * pad }

  /// Floats of memory a plane of this size takes.
  static func floats(_ width: Int, _ height: Int) -> Int { stride(width) * (height + 2 * pad) }

  /// The same of a pyramid: a plane, and halves of it as long as a size is to be halved.
  static func floats(_ window: Rect, halvedWhile isHalved: (_ width: Int, _ height: Int) -> Bool)
    -> Int
  {
    var (width, height) = (window.width, window.height)
    var total = floats(width, height)
    while isHalved(width, height) {
      (width, height) = ((width + 1) / 2, (height + 1) / 2)
      total += floats(width, height)
    }
    return total
  }

  init(width: Int, height: Int, pool: BlockPool) {
    (self.width, self.height) = (width, height)
    stride = Self.stride(width)
    memory = pool.scratch(count: Self.floats(width, height))
    base = memory.base + Self.pad * stride + Self.pad
  }

  func row(_ y: Int) -> UnsafeMutablePointer<Float> { base + y * stride }

  /// Repeats the border in the room around.
  func extend() {
    for y in 0..<height { extendRow(y) }
    extendUpAndDown()
  }

  /// The same of one row; then `extendUpAndDown` of all.
  func extendRow(_ y: Int) {
    let row = row(y)
    (row - Self.pad).update(repeating: row[0], count: Self.pad)
    (row + width).update(repeating: row[width - 1], count: stride - Self.pad - width)
  }

  func extendUpAndDown() {
    let (top, bottom) = (row(0) - Self.pad, row(height - 1) - Self.pad)
    for y in 1...Self.pad {
      (top - y * stride).update(from: top, count: stride)
      (bottom + y * stride).update(from: bottom, count: stride)
    }
  }

  /// Everything, the room around too.
  func fill(_ value: Float) {
    memory.base.update(repeating: value, count: stride * (height + 2 * Self.pad))
  }

  func copy(_ other: PaddedPlane) {
    memory.base.update(from: other.memory.base, count: stride * (height + 2 * Self.pad))
  }
}
