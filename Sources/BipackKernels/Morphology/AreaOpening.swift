import BipackPixels
import CVector

/// Takes specks out of a picture by their area, or fills holes, whatever their shape: `bp_area_open`.
///
/// Unlike a small erosion and dilation it leaves the edges of everything larger exactly where they are.
package struct AreaOpening: Sendable {
  /// What has fewer pixels goes.
  package var area: Int
  /// Whether pixels touch at their corners too.
  package var joinsCorners: Bool
  /// Dark specks are filled instead of bright ones removed.
  package var fillsHoles: Bool
  /// Only what comes out at this or below changes (or above, where holes are filled).
  package var limit: Float

  package init(area: Int, joinsCorners: Bool, fillsHoles: Bool, limit: Float? = nil) {
    self.area = area
    self.joinsCorners = joinsCorners
    self.fillsHoles = fillsHoles
    self.limit = limit ?? (fillsHoles ? -.infinity : .infinity)
  }

  /// `target` and `source`: `width` x `height` values. When it is cancelled, `target` is no opening.
  package func apply(
    _ source: UnsafePointer<Float>, _ target: UnsafeMutablePointer<Float>, width: Int, height: Int,
    pool: BlockPool, isCancelled: () -> Bool = { false }
  ) {
    let work = pool.scratch(count: 4 * width * height + 4)
    StopQuestion.with(isCancelled) { stop in
      bp_area_open(
        target, source, width, height, Int32(clamping: area), joinsCorners ? 1 : 0,
        fillsHoles ? 1 : 0, limit,
        UnsafeMutableRawPointer(work.base).assumingMemoryBound(to: Int32.self), stop)
    }
  }
}
