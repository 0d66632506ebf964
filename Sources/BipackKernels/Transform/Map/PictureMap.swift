import BipackPixels
import CVector

/// A picture whose pixels say where those of the output come from: an ST map.
///
/// Two channels hold the place as a part of a frame: (0, 0) is the frame's bottom left corner, (1, 1) its top
/// right, so that u is 0.5 / width in the middle of the first pixel. Between pixels places are interpolated linearly.
/// Their derivatives are the differences of neighbouring pixels, of the two sides the smaller: a tear in
/// the map widens no kernel, nor does the rounding of half floats. A pixel that is not finite, or whose alpha is not above
/// 0, says nothing, and what it would have a share in comes from nowhere.
package struct PictureMap: MapPart, Hashable {
  /// The input it is.
  var slot: Int
  let u: Channel
  let v: Channel
  /// Where it is 0 the map says nothing; nil for a map that is good everywhere.
  let alpha: Channel?
  /// The data window of the map.
  let window: Rect
  /// The frame that places are parts of.
  let frame: Rect
  /// Whether v grows downwards.
  let isDown: Bool

  package init(
    slot: Int, u: Channel, v: Channel, alpha: Channel?, window: Rect, frame: Rect, isDown: Bool
  ) {
    (self.slot, self.u, self.v, self.alpha) = (slot, u, v, alpha)
    (self.window, self.frame, self.isDown) = (window, frame, isDown)
  }

  package var picture: MapPicture? {
    MapPicture(slot: slot, channels: [u, v] + (alpha.map { [$0] } ?? []))
  }

  package func shifted(by first: Int) -> PictureMap {
    var result = self
    result.slot += first
    return result
  }

  /// The output is as large as the map.
  package func image(of bounds: RealRect) -> RealRect? {
    window.isEmpty ? nil : RealRect(window)
  }

  /// Pixels of a channel that are gathered at a time, at most.
  private static let largest = 1 << 18
  /// Floats of memory it takes at most.
  static let scratch = 3 * largest + 16
  /// A share in a place that is too small to count.
  private static let least = 1e-6
  /// Differences of neighbours count for a little less than they are: what is left of rounding is no
  /// shrinking.
  private static let trust = 0.998
  /// A million frames away is nowhere.
  fileprivate static let furthest: Float = 1e6

  package func pull(_ positions: Positions, _ pictures: MapPictures) -> Bool {
    guard pictures.images.indices.contains(slot), let image = pictures.images[slot],
      let pool = pictures.pool, !window.isEmpty
    else {
      for i in 0..<positions.count { positions.hide(i) }
      return true
    }
    if let rect = positions.centres, window.contains(rect), rect.area <= Self.largest / 2 {
      read(rect, of: image, positions, pool)
      return true
    }
    if pictures.edge == .black { hideOutside(positions) }
    guard let box = positions.box else { return true }
    let needed = RealRect(
      x0: min(max(box.x0, Double(window.x0)), Double(window.x1)),
      y0: min(max(box.y0, Double(window.y0)), Double(window.y1)),
      x1: min(max(box.x1, Double(window.x0)), Double(window.x1)),
      y1: min(max(box.y1, Double(window.y0)), Double(window.y1))
    ).expanded(x: 2, y: 2).covering().intersection(window)
    if needed.area > Self.largest && positions.count > 1 { return false }
    let scratch = pool.scratch(count: 3 * needed.area)
    func plane(_ index: Int, _ channel: Channel?) -> UnsafeMutablePointer<Float> {
      let base = scratch.base + index * needed.area
      if let channel {
        gather(channel, of: image, needed, into: base)
      } else {
        base.update(repeating: 1, count: needed.area)
      }
      return base
    }
    follow(positions, Places(rect: needed, u: plane(0, u), v: plane(1, v), alpha: plane(2, alpha)))
    return true
  }

  private func gather(
    _ channel: Channel, of image: Image, _ rect: Rect, into base: UnsafeMutablePointer<Float>
  ) {
    image.gather(
      channel, edge: .black, into: PlaneView(rect: rect, base: base, stride: rect.width))
  }

  /// The same for the pixel centres of a rectangle: each says what its own pixel of the map says.
  private func read(
    _ rect: Rect, of image: Image, _ positions: Positions, _ pool: BlockPool
  ) {
    let needed = rect.expanded(x: 1, y: 1)
    let (area, stride) = (needed.area, needed.width)
    let scratch = pool.scratch(count: 3 * area)
    let (us, vs) = (scratch.base, scratch.base + area)
    gather(u, of: image, needed, into: us)
    gather(v, of: image, needed, into: vs)
    if let alpha { gather(alpha, of: image, needed, into: vs + area) }
    bp_points_mute(us, vs, alpha == nil ? nil : vs + area, Self.furthest, area)
    muteOutside(PlaneView(rect: needed, base: us, stride: stride))
    withUnsafePointer(to: positions.points) { points in
      for row in 0..<rect.height {
        let first = (row + 1) * stride + 1
        bp_points_read(
          points, row * rect.width, rect.width, us + first, vs + first, stride, origin, size,
          slope)
      }
    }
  }

  /// Makes NaN what lies beyond the map.
  private func muteOutside(_ plane: PlaneView) {
    let inner = plane.rect.intersection(window)
    if inner == plane.rect { return }
    for y in plane.rect.y0..<plane.rect.y1 {
      let row = plane.row(y)
      let isInside = y >= inner.y0 && y < inner.y1
      for x in plane.rect.x0..<plane.rect.x1 where !isInside || x < inner.x0 || x >= inner.x1 {
        row[x - plane.rect.x0] = .nan
      }
    }
  }

  private var origin: [Double] { [Double(frame.x0), Double(isDown ? frame.y0 : frame.y1)] }

  private var size: [Double] { [Double(frame.width), Double(frame.height) * (isDown ? 1 : -1)] }

  private var slope: [Double] { size.map { $0 * Self.trust } }

  private func hideOutside(_ positions: Positions) {
    for i in 0..<positions.count where positions.seen[i] != 0 {
      let (x, y) = (positions.x[i], positions.y[i])
      let isInside =
        x >= Double(window.x0) && x <= Double(window.x1) && y >= Double(window.y0)
        && y <= Double(window.y1)
      if !isInside { positions.hide(i) }
    }
  }

  private func follow(_ positions: Positions, _ places: Places) {
    let (origin, size, slope) = (origin, size, slope)
    for i in 0..<positions.count where positions.seen[i] != 0 {
      let x = min(max(positions.x[i] - 0.5, Double(window.x0)), Double(window.x1 - 1))
      let y = min(max(positions.y[i] - 0.5, Double(window.y0)), Double(window.y1 - 1))
      guard let place = places.place(x, y, least: Self.least) else {
        positions.hide(i)
        continue
      }
      let (column, row) = (Int((x + 0.5).rounded(.down)), Int((y + 0.5).rounded(.down)))
      let across = places.difference(column, row, 1, 0)
      let down = places.difference(column, row, 0, 1)
      positions.move(
        i, origin[0] + place.u * size[0], origin[1] + place.v * size[1], slope[0] * across.u,
        slope[0] * down.u, slope[1] * across.v, slope[1] * down.v)
    }
  }
}

/// A rectangle of an ST map.
private struct Places {
  let rect: Rect
  let u: UnsafeMutablePointer<Float>
  let v: UnsafeMutablePointer<Float>
  let alpha: UnsafeMutablePointer<Float>

  /// What a pixel says; nil for nothing.
  @inline(__always)
  private func pixel(_ x: Int, _ y: Int) -> (u: Double, v: Double)? {
    let k = (y - rect.y0) * rect.width + (x - rect.x0)
    guard alpha[k] > 0, u[k].magnitude < PictureMap.furthest, v[k].magnitude < PictureMap.furthest
    else { return nil }
    return (Double(u[k]), Double(v[k]))
  }

  /// The place said at a point, pixel centres at whole numbers.
  @inline(__always)
  func place(_ x: Double, _ y: Double, least: Double) -> (u: Double, v: Double)? {
    let (column, row) = (Int(x.rounded(.down)), Int(y.rounded(.down)))
    let (s, t) = (x - Double(column), y - Double(row))
    if s < least && t < least { return pixel(column, row) }
    var (u, v, sum) = (0.0, 0.0, 0.0)
    for j in 0..<2 {
      for i in 0..<2 {
        let share = (i == 0 ? 1 - s : s) * (j == 0 ? 1 - t : t)
        if share < least { continue }
        guard let pixel = pixel(column + i, row + j) else { return nil }
        u += share * pixel.u
        v += share * pixel.v
        sum += share
      }
    }
    return (u / sum, v / sum)
  }

  /// The difference from a pixel to the one `dx`, `dy` further, or from the one before, whichever is less.
  @inline(__always)
  func difference(_ x: Int, _ y: Int, _ dx: Int, _ dy: Int) -> (u: Double, v: Double) {
    guard let here = pixel(x, y) else { return (0, 0) }
    var best: (u: Double, v: Double)?
    for sign in [1, -1] {
      let (nx, ny) = (x + sign * dx, y + sign * dy)
      guard rect.contains(x: nx, y: ny), let next = pixel(nx, ny) else { continue }
      let step = (u: Double(sign) * (next.u - here.u), v: Double(sign) * (next.v - here.v))
      if let known = best,
        known.u * known.u + known.v * known.v <= step.u * step.u + step.v * step.v
      {
        continue
      }
      best = step
    }
    return best ?? (0, 0)
  }
}
