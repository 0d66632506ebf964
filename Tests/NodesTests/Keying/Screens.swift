import Bipack

/// A made-up shot in front of a screen with all that is true of it.
struct ScreenShot {
  static let size = (width: 320, height: 200)
  var shot: Image
  var plate: Image
  var alpha: [Float]
  /// The subject's colour times alpha.
  var subject: [Channel: [Float]]

  /// A disc with a soft edge, warm on one side and cold on the other, lit unevenly on an uneven
  /// screen.
  init(isBlue: Bool = false, grain: Float = 0, gain: Float = 1, unevenness: Float = 0.3) {
    let (w, h) = Self.size
    let screen: [Float] = isBlue ? [0.05, 0.10, 0.36] : [0.06, 0.36, 0.09]
    var clean = [[Float]](repeating: [], count: 3)
    var shot = clean
    var own = clean
    var alpha: [Float] = []
    var state: UInt64 = 77
    func random() -> Float {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return Float(state >> 40) / Float(1 << 23) - 1
    }
    for y in 0..<h {
      for x in 0..<w {
        let (u, v) = (Float(x) / Float(w), Float(y) / Float(h))
        let light = gain * (1 - unevenness * ((u - 0.35) * (u - 0.35) + (v - 0.4) * (v - 0.4)) * 2)
        let (dx, dy) = (Float(x - w / 2), Float(y - h / 2))
        let distance = (dx * dx + dy * dy).squareRoot()
        let edge = (62 - distance) / 8
        let a = edge < 0 ? 0 : edge > 1 ? 1 : edge * edge * (3 - 2 * edge)
        alpha.append(a)
        let shade = gain * (0.15 + 0.5 * v + 0.1 * Float((x / 6 + y / 6) % 2))
        let color: [Float] = [shade * (1.3 - 0.6 * u), shade * 0.9, shade * (0.4 + 0.7 * u)]
        for c in 0..<3 {
          let s = screen[c] * light
          clean[c].append(s)
          own[c].append(a * color[c])
          shot[c].append(a * color[c] + (1 - a) * s + grain * random())
        }
      }
    }
    func image(_ planes: [[Float]]) -> Image {
      Pictures.make(width: w, height: h, [.red: planes[0], .green: planes[1], .blue: planes[2]])
    }
    self.shot = image(shot)
    plate = image(clean)
    self.alpha = alpha
    subject = [.red: own[0], .green: own[1], .blue: own[2]]
  }

  /// Mean difference over the picture and over the edge.
  func errors(_ values: [Float]) -> (all: Double, edges: Double) {
    var (all, edges, count) = (0.0, 0.0, 0)
    for (value, truth) in zip(values, alpha) {
      let d = Double((value - truth).magnitude)
      all += d
      if truth > 0.02, truth < 0.98 {
        edges += d
        count += 1
      }
    }
    return (all / Double(alpha.count), edges / Double(max(1, count)))
  }
}
