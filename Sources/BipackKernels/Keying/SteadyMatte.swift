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
/// Places are compared by the mean square of the differences of 5 x 5 pixels, in an encoding in which
/// grain is even; how alike is alike enough goes by how much they vary by themselves, since of little
/// contrast a little is much of alpha. All steps within reach are tried at a fraction of the size, the
/// nearest first, then at sizes that double those around what was found; least squares give the place
/// between pixels (Lucas & Kanade, *An iterative image registration technique*, 1981). The sizes are
/// halved on a grid of the picture's own, and what is found for a pixel depends on the pictures alone:
/// any rectangle gives the same.
package struct SteadyMatte: Sendable {
  /// Another frame, and what was found in it.
  package struct Frame {
    let picture: Image
    let matte: Image

    package init(picture: Image, matte: Image) {
      (self.picture, self.matte) = (picture, matte)
    }
  }

  /// Steps tried on each side at the smallest size.
  private static let most = 6
  /// The mean square of differences that makes a frame count a sixteenth, and what of the patch's own
  /// variance is added to it.
  private static let unlike: (always: Float, contrast: Float) = (0.002, 0.6)

  private let halvings: Int
  /// The longest step at the smallest size.
  private let longest: Int

  /// `motion`: how far things may move from one frame to the other, in pixels; 0 compares the same
  /// places only.
  package init(motion: Double) {
    let whole = Int(max(0, min(motion, 1024)).rounded(.up))
    var halvings = 0
    while (whole + (1 << halvings) - 1) >> halvings > Self.most { halvings += 1 }
    self.halvings = halvings
    longest = (whole + (1 << halvings) - 1) >> halvings
  }

  private var isMoving: Bool { longest > 0 }

  /// The longest step that can come out: each doubling adds a pixel.
  private var reach: Int { (longest + 1) << halvings - 1 }

  /// What of the pictures is looked at for a rectangle.
  package func pictures(for rect: Rect) -> Rect { Sizes(self, rect).bounds[0] }

  /// What of the other mattes is.
  package func mattes(for rect: Rect) -> Rect { rect.expanded(reach + 1) }

  /// Fills `rect`, which lies in the picture's data window. What the trimap, in its channel `known`, is
  /// certain of stays as it is in `matte`.
  package func fill(
    _ rect: Rect, matte: Image, picture: Image, trimap: Image, known: Channel, around: [Frame],
    into target: UnsafeMutablePointer<Float>, stride: Int, pool: BlockPool
  ) {
    matte.gather(.alpha, rect, edge: .black, into: target, stride: stride)
    guard let wanted = Wanted(rect, trimap, known, pool), !around.isEmpty else { return }
    let sizes = Sizes(self, wanted.rect)
    let region = wanted.rect
    let here = pyramid(of: picture, sizes, pool)
    let others = wanted.coarser(sizes)
    var sum = [Float](repeating: 0, count: region.area)
    var weight = sum
    for frame in around where !frame.picture.dataWindow.isEmpty {
      let there = pyramid(of: frame.picture, sizes, pool)
      let places = places(here, there, others, sizes, frame.picture.dataWindow)
      let plane = mattes(for: region)
      let values = pool.scratch(count: plane.area)
      frame.matte.gather(.alpha, plane, edge: .clamp, into: values.base, stride: plane.width)
      let first = values.base + (region.y0 - plane.y0) * plane.width + region.x0 - plane.x0
      with(here[0], there[0], others[0], frame.picture.dataWindow) { pair in
        bp_steady_add(
          &sum, &weight, pair, places.dx, places.dy, first, plane.width, Self.unlike.always,
          Self.unlike.contrast, isMoving ? 1 : 0)
      }
    }
    for y in 0..<region.height {
      let out = target + (region.y0 - rect.y0 + y) * stride + region.x0 - rect.x0
      for x in 0..<region.width {
        let at = y * region.width + x
        if weight[at] > 0 { out[x] = (out[x] + sum[at]) / (1 + weight[at]) }
      }
    }
  }

  /// Steps for each pixel of a region.
  private struct Places {
    var dx: [Int32]
    var dy: [Int32]
  }

  /// From the smallest size to the whole one.
  private func places(
    _ here: [Plane], _ there: [Plane], _ wanted: [Wanted], _ sizes: Sizes, _ window: Rect
  ) -> Places {
    func none(_ size: Int) -> Places {
      let zeros = [Int32](repeating: 0, count: wanted[size].rect.area)
      return Places(dx: zeros, dy: zeros)
    }
    var found = none(halvings)
    let steps = Self.steps(within: longest)
    with(here[halvings], there[halvings], wanted[halvings], window.halved(halvings)) { pair in
      bp_steady_search(&found.dx, &found.dy, pair, steps, steps.count / 2)
    }
    for size in (0..<halvings).reversed() {
      let (region, coarse) = (wanted[size].rect, wanted[size + 1].rect)
      var finer = none(size)
      with(here[size], there[size], wanted[size], window.halved(size)) { pair in
        found.dx.withUnsafeBufferPointer { dx in
          found.dy.withUnsafeBufferPointer { dy in
            var from = bp_steady_coarse(
              dx: dx.baseAddress, dy: dy.baseAddress, stride: coarse.width, x: coarse.x0,
              y: coarse.y0)
            bp_steady_refine(&finer.dx, &finer.dy, pair, region.x0, region.y0, &from)
          }
        }
      }
      found = finer
    }
    return found
  }

  /// All steps of a square, the nearest first.
  private static func steps(within reach: Int) -> [Int32] {
    var steps: [(square: Int, x: Int, y: Int)] = []
    for y in -reach...reach {
      for x in -reach...reach { steps.append((x * x + y * y, x, y)) }
    }
    return steps.sorted { ($0.square, $0.y, $0.x) < ($1.square, $1.y, $1.x) }
      .flatMap { [Int32($0.x), Int32($0.y)] }
  }

  /// The rectangles of all sizes, the whole one first.
  private struct Sizes {
    /// Where places are looked for.
    var regions: [Rect]
    /// What of the pictures that takes.
    var bounds: [Rect]

    init(_ steady: SteadyMatte, _ rect: Rect) {
      regions = [rect]
      for _ in 0..<steady.halvings {
        // A pixel goes on from the four nearest at half the size.
        regions.append(regions[regions.count - 1].halved(1).expanded(1))
      }
      let apron = steady.longest + Int(BP_STEADY_PATCH) + 1
      let smallest = regions[regions.count - 1].expanded(apron)
      bounds = (0...steady.halvings).map { size in
        let scale = 1 << (steady.halvings - size)
        return Rect(
          x0: smallest.x0 * scale, y0: smallest.y0 * scale, x1: smallest.x1 * scale,
          y1: smallest.y1 * scale)
      }
    }
  }

  /// A picture at one size, encoded.
  private struct Plane {
    let bounds: Rect
    let color: [Scratch]

    init(_ bounds: Rect, _ pool: BlockPool) {
      self.bounds = bounds
      color = (0..<3).map { _ in
        let plane = pool.scratch(count: bounds.area + Int(BP_STEADY_ROOM))
        (plane.base + bounds.area).update(repeating: 0, count: Int(BP_STEADY_ROOM))
        return plane
      }
    }

    func row(_ channel: Int, _ y: Int) -> UnsafeMutablePointer<Float> {
      color[channel].base + y * bounds.width
    }
  }

  private func pyramid(of picture: Image, _ sizes: Sizes, _ pool: BlockPool) -> [Plane] {
    let planes = sizes.bounds.map { Plane($0, pool) }
    let whole = planes[0]
    for (plane, channel) in zip(whole.color, Channel.rgb) {
      picture.gather(
        channel, whole.bounds, edge: .clamp, into: plane.base, stride: whole.bounds.width)
    }
    bp_steady_encode(
      whole.color[0].base, whole.color[1].base, whole.color[2].base, whole.bounds.area)
    for size in 1..<planes.count {
      let (fine, coarse) = (planes[size - 1], planes[size])
      for channel in 0..<3 {
        for y in 0..<coarse.bounds.height {
          bp_matting_halve(
            coarse.row(channel, y), fine.row(channel, 2 * y), fine.bounds.width,
            coarse.bounds.width)
        }
      }
    }
    return planes
  }

  /// Two pictures and what is wanted of one, as the loops of `steady.c` want them. `window`: what the
  /// other picture has.
  private func with(
    _ here: Plane, _ there: Plane, _ wanted: Wanted, _ window: Rect,
    _ body: (UnsafePointer<bp_steady_pair>) -> Void
  ) {
    let (region, bounds) = (wanted.rect, here.bounds)
    let first = (region.y0 - bounds.y0) * bounds.width + region.x0 - bounds.x0
    func plane(_ plane: Plane, _ channel: Int) -> UnsafePointer<Float> {
      UnsafePointer(plane.color[channel].base + first)
    }
    wanted.flags.withUnsafeBufferPointer { flags in
      var pair = bp_steady_pair(
        width: region.width, height: region.height, wanted: flags.baseAddress,
        here: (plane(here, 0), plane(here, 1), plane(here, 2)),
        there: (plane(there, 0), plane(there, 1), plane(there, 2)), stride: bounds.width,
        left: window.x0 - region.x0, top: window.y0 - region.y0, right: window.x1 - region.x0,
        bottom: window.y1 - region.y0)
      body(&pair)
    }
  }

  /// Which pixels of a rectangle are wanted.
  private struct Wanted {
    let rect: Rect
    /// 1 or 0, row by row.
    var flags: [UInt8]

    init(rect: Rect) {
      self.rect = rect
      flags = [UInt8](repeating: 0, count: rect.area)
    }

    /// What a trimap is not certain of, in the least rectangle that holds it; nil where that is nothing.
    init?(_ rect: Rect, _ trimap: Image, _ known: Channel, _ pool: BlockPool) {
      let levels = pool.scratch(count: rect.area)
      trimap.gather(known, rect, edge: .black, into: levels.base, stride: rect.width)
      var all = Wanted(rect: rect)
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

    /// This and what it takes at every smaller size.
    func coarser(_ sizes: Sizes) -> [Wanted] {
      var result = [self]
      for region in sizes.regions.dropFirst() {
        let fine = result[result.count - 1]
        var coarse = Wanted(rect: region)
        for y in 0..<fine.rect.height {
          for x in 0..<fine.rect.width where fine.flags[y * fine.rect.width + x] != 0 {
            let (px, py) = (fine.rect.x0 + x, fine.rect.y0 + y)
            let near = ((py >> 1) - region.y0) * region.width + (px >> 1) - region.x0
            let across = px & 1 != 0 ? 1 : -1
            let down = py & 1 != 0 ? region.width : -region.width
            for at in [near, near + across, near + down, near + across + down] {
              coarse.flags[at] = 1
            }
          }
        }
        result.append(coarse)
      }
      return result
    }
  }
}

extension Rect {
  /// The pixels of the picture halved so many times that hold those of this one.
  fileprivate func halved(_ times: Int) -> Rect {
    let up = (1 << times) - 1
    return Rect(x0: x0 >> times, y0: y0 >> times, x1: (x1 + up) >> times, y1: (y1 + up) >> times)
  }
}
