import BipackPixels
import CVector

/// A matte made steadier by those of the frames around.
///
/// What is unknown in a frame is mostly seen in the next one too, a little further on and under other
/// grain, and its matte was found there as well, with other errors. So for each unknown pixel the
/// place in the other picture is looked for whose surroundings are most alike, and alpha becomes the
/// mean of what the frames found, another frame counting the less the more the places differ. Nothing
/// that moves is smeared: what is not found again does not count.
///
/// Each frame's matte is found from that frame alone, and the means are taken of those, never of means:
/// any frame can be made by itself, on any machine, and is the same.
///
/// `PatchSearch` finds the places; how alike is alike enough goes by how much they vary by themselves,
/// since of little contrast a little is much of alpha.
package struct SteadyMatte: Sendable {
  /// Another frame, and what was found in it.
  package struct Frame {
    let picture: Image
    let matte: Image

    package init(picture: Image, matte: Image) {
      (self.picture, self.matte) = (picture, matte)
    }
  }

  /// The mean square of differences that makes a frame count a sixteenth, and what of the patch's own
  /// variance is added to it.
  private static let unlike: (always: Float, contrast: Float) = (0.002, 0.6)

  private let search: PatchSearch

  /// `motion`: how far things may move from one frame to the other, in pixels; 0 compares the same
  /// places only.
  package init(motion: Double) { search = PatchSearch(motion: motion) }

  /// What of the pictures is looked at for a rectangle.
  package func pictures(for rect: Rect) -> Rect {
    PatchSearch.Sizes(search, rect).bounds[0]
  }

  /// What of the other mattes is.
  package func mattes(for rect: Rect) -> Rect { rect.expanded(search.reach + 1) }

  /// Fills `target`, which lies in the picture's data window. What the trimap, in its channel `known`, is
  /// certain of stays as it is in `matte`.
  package func fill(
    _ target: PlaneView, matte: Image, picture: Image, trimap: Image, known: Channel,
    around: [Frame], pool: BlockPool
  ) {
    matte.gather(.alpha, edge: .black, into: target)
    guard let wanted = PatchSearch.Wanted(target.rect, trimap, known, pool), !around.isEmpty else {
      return
    }
    let sizes = PatchSearch.Sizes(search, wanted.rect)
    let region = wanted.rect
    let here = search.pyramid(of: picture, sizes, pool)
    let others = wanted.coarser(sizes)
    var sum = [Float](repeating: 0, count: region.area)
    var weight = sum
    for frame in around where !frame.picture.dataWindow.isEmpty {
      let there = search.pyramid(of: frame.picture, sizes, pool)
      let places = search.places(here, there, others, sizes, frame.picture.dataWindow)
      let plane = mattes(for: region)
      let values = pool.scratch(count: plane.area)
      frame.matte.gather(.alpha, edge: .clamp, into: PlaneView(plane, of: values))
      let first = values.base + (region.y0 - plane.y0) * plane.width + region.x0 - plane.x0
      search.with(here[0], there[0], others[0], frame.picture.dataWindow) { pair in
        bp_steady_add(
          &sum, &weight, pair, places.dx, places.dy, first, plane.width, Self.unlike.always,
          Self.unlike.contrast, search.isMoving ? 1 : 0)
      }
    }
    let unknown = target.part(region)
    for y in 0..<region.height {
      let out = unknown.base + y * unknown.stride
      for x in 0..<region.width {
        let at = y * region.width + x
        if weight[at] > 0 { out[x] = (out[x] + sum[at]) / (1 + weight[at]) }
      }
    }
  }
}

extension PatchSearch.Wanted {
  /// What a trimap is not certain of, in the least rectangle that holds it; nil where that is nothing.
  init?(_ rect: Rect, _ trimap: Image, _ known: Channel, _ pool: BlockPool) {
    let levels = pool.scratch(count: rect.area)
    trimap.gather(known, edge: .black, into: PlaneView(rect, of: levels))
    var all = PatchSearch.Wanted(rect: rect)
    var (x0, y0, x1, y1) = (rect.width, rect.height, 0, 0)
    for y in 0..<rect.height {
      for x in 0..<rect.width {
        let level = levels.base[y * rect.width + x]
        if TrimapLevel.isCertain(level) { continue }
        all.flags[y * rect.width + x] = 1
        (x0, x1) = (min(x0, x), max(x1, x + 1))
        (y0, y1) = (min(y0, y), max(y1, y + 1))
      }
    }
    if x1 <= x0 { return nil }
    self.init(
      rect: Rect(
        x0: rect.x0 + x0, y0: rect.y0 + y0, x1: rect.x0 + x1, y1: rect.y0 + y1))
    for y in 0..<self.rect.height {
      let from = (y0 + y) * rect.width + x0
      let to = y * self.rect.width
      flags.replaceSubrange(
        to..<to + self.rect.width, with: all.flags[from..<from + self.rect.width])
    }
  }
}
