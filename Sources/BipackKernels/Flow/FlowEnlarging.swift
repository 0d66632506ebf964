import BipackPixels
import CVector

/// A picture made 2^`halvings` times as large, linearly between its pixels.
package enum FlowEnlarging {
  /// The pixels of the small picture that `rect` of the large one is made from.
  package static func source(of rect: Rect, halvings: Int, in window: Rect) -> Rect {
    FlowSizes.halved(rect, halvings).expanded(1).intersection(window)
  }

  /// `small` has all of the rows that `target` is made from, of which `window` is the whole.
  package static func fill(
    _ target: PlaneView, from small: borrowing Window, halvings: Int, of window: Rect,
    pool: BlockPool
  ) {
    let line = pool.scratch(count: small.rect.width)
    let block = Float(1 << halvings)
    for y in target.rect.y0..<target.rect.y1 {
      let place = (Float(y - window.y0 << halvings) + 0.5) / block - 0.5
      let held = min(max(place, 0), Float(window.height - 1))
      let row = min(max(window.y0 + Int(held), small.rect.y0), small.rect.y1 - 1)
      let next = min(row + 1, small.rect.y1 - 1)
      func pointer(_ y: Int) -> UnsafePointer<Float> {
        small.pointer + (y - small.rect.y0) * small.stride
      }
      bp_flow_enlarge(
        target.row(y), pointer(row), pointer(next), held - held.rounded(.down), line.base,
        small.rect.width, target.rect.x0 - small.rect.x0 << halvings, target.rect.width,
        Int32(halvings))
    }
  }
}
