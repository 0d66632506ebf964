import BipackPixels
import CVector

/// Minimum and maximum over a disc of any radius, fractions included: what moves the edge of a matte
/// and leaves its profile as it is.
///
/// A soft edge is a bundle of contours, one for each value. Taking the least value within r of each
/// pixel moves every contour inwards by r, so the profile moves as a whole; nothing is blurred and
/// nothing gets harder. (Flat grey-scale morphology; Serra 1982.) The disc's rim seldom runs through
/// pixels: there the picture is read between them by cubic convolution (Keys 1981), held within the
/// four pixels around, at 16 to 32 places of the rim, which moves edges of all directions by r to
/// 0.03 pixels. Inside the rim whole pixels do.
package struct Disc: Sendable {
  /// The largest radius of one pass: larger discs are sums of these, one pass after another.
  package static let largest = 4.0

  private let pixels: [Int32]
  private let places: [bp_disc_place]
  private let maximum: Bool
  /// How far it reads.
  package let reachX: Int
  package let reachY: Int

  /// - Parameter pixelAspect: the width of a pixel by its height: wide pixels make the disc narrower.
  package init(maximum: Bool, radius: Double, pixelAspect: Double) {
    precondition(radius > 0 && radius <= Self.largest && pixelAspect > 0)
    self.maximum = maximum
    let (rx, ry) = (radius / pixelAspect, radius)
    let count = radius <= 1 ? 16 : radius <= 2 ? 24 : 32
    var pixels: [Int32] = []
    for y in -Int(ry)...Int(ry) {
      for x in -Int(rx)...Int(rx) where x != 0 || y != 0 {
        let (u, v) = (Double(x) / rx, Double(y) / ry)
        if u * u + v * v <= 1 { pixels += [Int32(x), Int32(y)] }
      }
    }
    self.pixels = pixels
    places = (0..<count).compactMap { i in
      let (sine, cosine) = Turn.degrees(360 * Double(i) / Double(count))
      return Self.place(rx * cosine, ry * sine)
    }
    (reachX, reachY) = (Int(rx) + 2, Int(ry) + 2)
  }

  /// Nil on a whole pixel.
  private static func place(_ x: Double, _ y: Double) -> bp_disc_place? {
    let (left, top) = (x.rounded(.down), y.rounded(.down))
    let (u, v) = (x - left, y - top)
    if u == 0 && v == 0 { return nil }
    return bp_disc_place(x: Int32(left), y: Int32(top), wx: weights(u), wy: weights(v))
  }

  /// Keys' cubic convolution, a = -1/2, at `t` after the second of four pixels.
  private static func weights(_ t: Double) -> (Float, Float, Float, Float) {
    let (square, cube) = (t * t, t * t * t)
    return (
      Float((-t + 2 * square - cube) / 2), Float((2 - 5 * square + 3 * cube) / 2),
      Float((t + 4 * square - 3 * cube) / 2), Float((cube - square) / 2)
    )
  }

  /// Fills `target`; `source` is its rectangle grown by the reach.
  package func apply(_ source: borrowing Window, into target: PlaneView, pool: BlockPool) {
    let rect = target.rect
    precondition(source.rect == rect.expanded(x: reachX, y: reachY), "rectangle and reach")
    let work = pool.scratch(count: (rect.height + 3) * rect.width)
    let first = source.pointer + reachY * source.stride + reachX
    let stride = source.stride
    pixels.withUnsafeBufferPointer { pixels in
      places.withUnsafeBufferPointer { places in
        var disc = bp_disc(
          pixels: pixels.baseAddress, pixel_count: pixels.count / 2, places: places.baseAddress,
          place_count: places.count)
        bp_disc_extreme(
          target.base, target.stride, first, stride, rect.width, rect.height, &disc,
          maximum ? 1 : 0, work.base)
      }
    }
  }
}
