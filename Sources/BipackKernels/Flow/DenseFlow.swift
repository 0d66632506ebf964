import BipackPixels
import CVector

/// Where in another picture is what is here: a step in pixels for every pixel.
///
/// Dense inverse search (Kroeger, Timofte, Dai & Van Gool, *Fast optical flow using dense inverse search*, 2016):
/// from the smallest size to the finest, patches 8 pixels wide go where they fit best, by Gauss-Newton steps from
/// what was found at half the size and from what their neighbours found; each pixel takes the mean of the patches over
/// it, weighted by how well they fit it. Then the flow is made smooth where the pictures do not contradict (Brox,
/// Bruhn, Papenberg & Weickert, *High accuracy optical flow estimation based on a theory for warping*, 2004):
/// slopes and, less, brightness stay along the flow, and steps of it are few.
///
/// Two things differ from the paper's own program. Neighbours are asked in turns, all at once, and not along the
/// lines, so that threads change nothing; a patch asks those of the size before on all sides too. And pictures are
/// floats in a logarithmic encoding without their mean, so that exposure may drift by stops.
///
/// A region is the same as that part of the whole: what it can depend on is its margin at each size (`FlowLevel.margin`),
/// and small sizes are worked on whole.
package struct DenseFlow: Sendable {
  let from: FlowPicture
  let to: FlowPicture
  let sizes: FlowSizes
  /// How much is asked of flow that is not smooth: 20 is DIS's own.
  let smoothness: Float

  /// Pictures are of one shot if what is left of them without their means around is so much alike where the flow
  /// leads: of clean plates, noise, blur and exposure 0.86 and more, of different shots 0.4 at most.
  private static let alike = 0.55

  package init(from: FlowPicture, to: FlowPicture, sizes: FlowSizes, smoothness: Float) {
    (self.from, self.to, self.sizes, self.smoothness) = (from, to, sizes, smoothness)
  }

  /// Bytes of memory the flow of a region of the finest size takes at most, the two pictures included.
  package static func workingBytes(_ region: Rect, _ sizes: FlowSizes) -> Int {
    let areas = areas(region, sizes)
    let works = areas.indices.map { index in
      FlowLevel.floats(sizes.windows[index], areas[index])
        + (index + 1 < areas.count ? 2 * FlowField.floats(areas[index + 1]) : 0)
    }
    return (2 * FlowPicture.floats(sizes) + (works.max() ?? 0)) * MemoryLayout<Float>.stride
  }

  /// What is worked on at each size, counted from its first pixel.
  private static func areas(_ region: Rect, _ sizes: FlowSizes) -> [Rect] {
    var needed = region.translated(x: -sizes.windows[0].x0, y: -sizes.windows[0].y0)
    var areas: [Rect] = []
    for window in sizes.windows {
      let all = Rect(width: window.width, height: window.height)
      let isSmall = min(all.width, all.height) <= FlowSizes.whole
      let area = isSmall ? all : needed.expanded(FlowLevel.margin).intersection(all)
      areas.append(area)
      needed = FlowSizes.halved(area, 1).expanded(FlowLevel.coarseReach)
    }
    return areas
  }

  /// Fills the two views, parts of the finest size, with flow in pixels of a picture `scale` times as large;
  /// gives whether the two pictures belong together, nil if it was given up.
  package func fill(
    _ u: PlaneView, _ v: PlaneView, scale: Float, pool: BlockPool, loops: Loops
  ) -> Bool? {
    let areas = Self.areas(u.rect, sizes)
    var (coarse, isAlike): (FlowField?, Bool) = (nil, true)
    for index in areas.indices.reversed() {
      let level = FlowLevel(
        from: from.planes[index], to: to.planes[index], window: sizes.windows[index],
        area: areas[index], smoothness: smoothness, pool: pool)
      let found = level.solution(from: coarse, tells: index == sizes.telling, loops: loops)
      if loops.isCancelled() { return nil }
      if let likeness = found.likeness { isAlike = Self.isAlike(likeness) }
      coarse = found.field
    }
    guard let field = coarse else { return nil }
    let origin = sizes.windows[0]
    loops.rows(u.rect.height, width: u.rect.width) { row in
      let y = u.rect.y0 + row
      let x = u.rect.x0 - origin.x0 - field.rect.x0
      for (out, plane) in [(u.row(y), field.u), (v.row(y), field.v)] {
        let from = plane.row(y - origin.y0 - field.rect.y0) + x
        for i in 0..<u.rect.width { out[i] = scale * from[i] }
      }
    }
    return isAlike
  }

  private static func isAlike(_ likeness: FlowLevel.Likeness) -> Bool {
    if likeness.from == 0 && likeness.to == 0 { return true }
    return likeness.both > alike * (likeness.from * likeness.to).squareRoot()
  }
}
