import BipackPixels
import CVector

/// Where a little picture is found in a larger one, to the pixel: every place within reach is tried, and
/// compared by the correlation, so that light does not matter.
struct CorrelationSearch {
  /// A place that was tried: where the pattern's middle lies, and how well it fits, -1 to 1.
  struct Place {
    var x: Int
    var y: Int
    var correlation: Double
  }

  /// Odd: the middle is a pixel.
  private let side: (x: Int, y: Int)
  /// Without its mean, the sum of squares 1.
  private let pattern: [Float]

  /// The pixels of a picture around a point seen through a map from the pattern to the picture; nil where it is
  /// flat or less than half of it is there.
  init?(
    _ level: GrayPicture.Level, radius: (x: Int, y: Int),
    through place: (Double, Double) -> (x: Double, y: Double)?
  ) {
    side = (2 * radius.x + 1, 2 * radius.y + 1)
    let count = side.x * side.y
    var (xs, ys) = ([Double](), [Double]())
    for j in -radius.y...radius.y {
      for i in -radius.x...radius.x {
        let at = place(Double(i), Double(j)) ?? (.nan, .nan)
        xs.append(at.x - Double(level.rect.x0))
        ys.append(at.y - Double(level.rect.y0))
      }
    }
    var values = [Float](repeating: .nan, count: count)
    if level.rect.isEmpty { return nil }
    bp_align_sample(&values, level.pixels, level.rect.width, level.rect.height, xs, ys, count)
    let known = values.filter { $0 == $0 }
    guard known.count * 2 >= count else { return nil }
    let mean = known.reduce(0, +) / Float(known.count)
    // What is not there has no say.
    for i in 0..<count { values[i] = values[i] == values[i] ? values[i] - mean : 0 }
    let spread = values.reduce(0) { $0 + $1 * $1 }
    guard spread > 1e-5 * Float(count) * mean * mean, spread > 0 else { return nil }
    let scale = 1 / spread.squareRoot()
    pattern = values.map { $0 * scale }
  }

  /// The best place within `reach` of a point, and the best of those further than `apart` from it. Far ones must
  /// fit a little better.
  func find(
    in level: GrayPicture.Level, near x: Double, _ y: Double, reach: Int, apart: Int
  ) -> (best: Place, other: Place?)? {
    guard x.magnitude < 1e6, y.magnitude < 1e6 else { return nil }
    let (cx, cy) = (Int(x.rounded()), Int(y.rounded()))
    let places = Rect(x0: cx - reach, y0: cy - reach, x1: cx + reach + 1, y1: cy + reach + 1)
      .intersection(level.rect.expanded(x: -(side.x / 2), y: -(side.y / 2)))
    if places.isEmpty { return nil }
    var found = [Float](repeating: -1, count: places.area)
    // Loops read to the end of sixteen pixels.
    let width = level.rect.width
    let first =
      (places.y0 - side.y / 2 - level.rect.y0) * width + places.x0 - side.x / 2 - level.rect.x0
    (level.pixels + [Float](repeating: 0, count: 16)).withUnsafeBufferPointer { pixels in
      bp_align_search(
        &found, pixels.baseAddress! + first, width, places.width, places.height, pattern, side.x,
        side.y)
    }
    func best(where isWanted: (Int, Int) -> Bool) -> Place? {
      var result: Place?
      var most = -Float.infinity
      for j in 0..<places.height {
        for i in 0..<places.width where isWanted(places.x0 + i, places.y0 + j) {
          let (dx, dy) = (Double(places.x0 + i) - x, Double(places.y0 + j) - y)
          let far = (dx * dx + dy * dy) / Double(reach * reach + 1)
          let value = found[j * places.width + i] - Float(0.02 * far)
          if value > most {
            most = value
            result = Place(
              x: places.x0 + i, y: places.y0 + j,
              correlation: Double(found[j * places.width + i]))
          }
        }
      }
      return result
    }
    guard let top = best(where: { _, _ in true }) else { return nil }
    return (top, best { x, y in max(abs(x - top.x), abs(y - top.y)) > apart })
  }
}
