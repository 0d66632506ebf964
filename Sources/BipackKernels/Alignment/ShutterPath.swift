/// How a region moves while a shutter is open: what motion blur makes of it.
struct ShutterPath: Sendable {
  /// Four places in the middle of the exposure, and how far each goes in a frame.
  private let places: [(x: Double, y: Double)]
  private let steps: [(x: Double, y: Double)]

  /// From frames in a row: where four corners are now, and where they were before. Of three frames the speed in the last is
  /// found, of two the step between them.
  init(
    _ now: [(x: Double, y: Double)], before: [(x: Double, y: Double)],
    earlier: [(x: Double, y: Double)]? = nil
  ) {
    places = now
    let steps = Self.steps(before, now)
    guard let earlier else {
      self.steps = steps
      return
    }
    let last = Self.steps(earlier, before)
    self.steps = zip(steps, last).map { (1.5 * $0.x - 0.5 * $1.x, 1.5 * $0.y - 0.5 * $1.y) }
  }

  /// From the first of two frames.
  init(_ now: [(x: Double, y: Double)], after: [(x: Double, y: Double)]) {
    (places, steps) = (now, Self.steps(now, after))
  }

  private static func steps(_ from: [(x: Double, y: Double)], _ to: [(x: Double, y: Double)])
    -> [(x: Double, y: Double)]
  {
    zip(from, to).map { ($1.x - $0.x, $1.y - $0.y) }
  }

  /// How far the fastest corner goes in a frame.
  var longest: Double { steps.map(Self.length).max() ?? 0 }

  /// How far, in a frame, a corner of this path gets from one of another seen through a map from here to there.
  func difference(from other: ShutterPath, through matrix: Matrix3) -> Double {
    zip(zip(places, steps), other.steps).map { here, step in
      let ahead = matrix.apply(here.0.x + here.1.x, here.0.y + here.1.y)
      guard let ahead, let now = matrix.apply(here.0.x, here.0.y) else { return .infinity }
      return Self.length((ahead.x - now.x - step.x, ahead.y - now.y - step.y))
    }.max() ?? 0
  }

  private static func length(_ v: (x: Double, y: Double)) -> Double {
    (v.x * v.x + v.y * v.y).squareRoot()
  }

  /// From places in the middle of the exposure to those at moments of it, `open` frames long; nil where the region
  /// falls into a line.
  func moments(_ count: Int, open: Double) -> [Matrix3]? {
    var moments: [Matrix3] = []
    for k in 0..<count {
      let time = open * ((Double(k) + 0.5) / Double(count) - 0.5)
      let moved = zip(places, steps).map { (x: $0.x + time * $1.x, y: $0.y + time * $1.y) }
      guard let moment = Matrix3.homography(from: places, to: moved) else { return nil }
      moments.append(moment)
    }
    return moments
  }
}
