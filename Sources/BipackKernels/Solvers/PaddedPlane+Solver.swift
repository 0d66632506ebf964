import BipackPixels
import CVector

/// Planes of the solvers, with the room that the loops of `matting.c` and `unmix.c` look into.
extension PaddedPlane {
  private static let solverRoom = Int(BP_MATTING_PAD)

  convenience init(width: Int, height: Int, pool: BlockPool) {
    self.init(width: width, height: height, room: Self.solverRoom, pool: pool)
  }

  /// Floats of memory a plane of this size takes.
  static func floats(_ width: Int, _ height: Int) -> Int {
    floats(width, height, room: solverRoom)
  }

  /// The same of a pyramid: a plane, and halves of it as long as a size is to be halved.
  static func floats(
    ofSizes window: Rect, halvedWhile isHalved: (_ width: Int, _ height: Int) -> Bool
  ) -> Int {
    var (width, height) = (window.width, window.height)
    var total = floats(width, height)
    while isHalved(width, height) {
      (width, height) = ((width + 1) / 2, (height + 1) / 2)
      total += floats(width, height)
    }
    return total
  }
}
