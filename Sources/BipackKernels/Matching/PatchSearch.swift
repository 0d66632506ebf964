import BipackPixels
import CVector

/// Where each pixel of a picture is found again in another: the place whose surroundings are most alike.
///
/// Places are compared by the mean square of the differences of 5 x 5 pixels, in an encoding in which
/// grain is even. All steps within reach are tried at a fraction of the size, the nearest first, then at
/// sizes that double those around what was found; the loops of `steady.c` then go between pixels by least
/// squares (Lucas & Kanade, *An iterative image registration technique*, 1981). The sizes are halved on a
/// grid of the picture's own, and what is found for a pixel depends on the pictures alone: any rectangle
/// gives the same.
struct PatchSearch: Sendable {
  /// Steps tried on each side at the smallest size.
  private static let most = 6

  private let halvings: Int
  /// The longest step at the smallest size.
  private let longest: Int

  /// `motion`: how far things may have moved, in pixels; 0 compares the same places only.
  init(motion: Double) {
    let whole = Int(max(0, min(motion, 1024)).rounded(.up))
    var halvings = 0
    while (whole + (1 << halvings) - 1) >> halvings > Self.most { halvings += 1 }
    self.halvings = halvings
    longest = (whole + (1 << halvings) - 1) >> halvings
  }

  var isMoving: Bool { longest > 0 }

  /// The longest step that can come out: each doubling adds a pixel.
  var reach: Int { (longest + 1) << halvings - 1 }

  /// Steps for each pixel of a region.
  struct Places {
    var dx: [Int32]
    var dy: [Int32]
  }

  /// From the smallest size to the whole one.
  func places(
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
  struct Sizes {
    /// Where places are looked for.
    var regions: [Rect]
    /// What of the pictures that takes.
    var bounds: [Rect]

    init(_ search: PatchSearch, _ rect: Rect) {
      regions = [rect]
      for _ in 0..<search.halvings {
        // A pixel goes on from the four nearest at half the size.
        regions.append(regions[regions.count - 1].halved(1).expanded(1))
      }
      let apron = search.longest + Int(BP_STEADY_PATCH) + 1
      let smallest = regions[regions.count - 1].expanded(apron)
      bounds = (0...search.halvings).map { size in
        let scale = 1 << (search.halvings - size)
        return Rect(
          x0: smallest.x0 * scale, y0: smallest.y0 * scale, x1: smallest.x1 * scale,
          y1: smallest.y1 * scale)
      }
    }
  }

  /// A picture at one size, encoded.
  struct Plane {
    let bounds: Rect
    let color: [PaddedPlane]

    init(_ bounds: Rect, _ pool: BlockPool) {
      self.bounds = bounds
      color = (0..<3).map { _ in
        PaddedPlane(
          width: bounds.width, height: bounds.height, room: 0, beyond: Int(BP_STEADY_ROOM),
          pool: pool)
      }
    }
  }

  func pyramid(of picture: Image, _ sizes: Sizes, _ pool: BlockPool) -> [Plane] {
    let planes = sizes.bounds.map { Plane($0, pool) }
    let whole = planes[0]
    for (plane, channel) in zip(whole.color, Channel.rgb) {
      picture.gather(channel, edge: .clamp, into: plane.view(whole.bounds))
    }
    bp_steady_encode(
      whole.color[0].base, whole.color[1].base, whole.color[2].base, whole.bounds.area)
    for size in 1..<planes.count {
      let (fine, coarse) = (planes[size - 1], planes[size])
      for channel in 0..<3 {
        for y in 0..<coarse.bounds.height {
          bp_matting_halve(
            coarse.color[channel].row(y), fine.color[channel].row(2 * y), fine.bounds.width,
            coarse.bounds.width)
        }
      }
    }
    return planes
  }

  /// Two pictures and what is wanted of one, as the loops of `steady.c` want them. `window`: what the
  /// other picture has.
  func with(
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
  struct Wanted {
    let rect: Rect
    /// 1 or 0, row by row.
    var flags: [UInt8]

    init(rect: Rect) {
      self.rect = rect
      flags = [UInt8](repeating: 0, count: rect.area)
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
