import Bipack

@testable import BipackNodes

/// A picture in double, for brute-force references: read with any edge rule.
struct Reference {
  var width: Int
  var height: Int
  var values: [Double]

  init(_ width: Int, _ height: Int, _ value: (Int, Int) -> Double) {
    self.width = width
    self.height = height
    values = []
    for y in 0..<height { for x in 0..<width { values.append(value(x, y)) } }
  }

  init(_ image: Image, _ channel: Channel, _ rect: Rect) {
    width = rect.width
    height = rect.height
    values = image.pixels(channel, in: rect, pool: Pictures.renderer.pool).map(Double.init)
  }

  subscript(x: Int, y: Int) -> Double { values[y * width + x] }

  func at(_ x: Int, _ y: Int, _ edge: EdgeMode) -> Double {
    func held(_ v: Int, _ n: Int) -> Int? {
      if v >= 0 && v < n { return v }
      switch edge {
      case .black: return nil
      case .clamp: return min(max(v, 0), n - 1)
      case .mirror:
        let k = ((v % (2 * n)) + 2 * n) % (2 * n)
        return k < n ? k : 2 * n - 1 - k
      }
    }
    guard let i = held(x, width), let j = held(y, height) else { return 0 }
    return self[i, j]
  }

  /// The same picture as an image, in every channel.
  func image(
    _ channels: [Channel] = [.red], at origin: (x: Int, y: Int) = (0, 0), format: Format? = nil
  )
    -> Image
  {
    var pixels: [Channel: [Float]] = [:]
    for channel in channels { pixels[channel] = values.map { Float($0) } }
    return Pictures.make(width: width, height: height, format: format, at: origin, pixels)
  }

  /// Numbers without pattern, from -0.5 to 1.5, and some highlights.
  static func noise(_ width: Int, _ height: Int, seed: UInt64 = 1) -> Reference {
    var state = seed &* 0x9e37_79b9_7f4a_7c15 | 1
    return Reference(width, height) { _, _ in
      state ^= state << 13
      state ^= state >> 7
      state ^= state << 17
      let v = Double(state >> 11) / Double(1 << 53)
      return Double(Float(v > 0.98 ? v * 50 : v * 2 - 0.5))
    }
  }
}

/// The greatest difference of an image from a function over a rectangle.
func worst(
  _ image: Image, _ rect: Rect, _ channel: Channel = .red, _ expected: (Int, Int) -> Double
) -> Double {
  let got = Reference(image, channel, rect)
  var worst = 0.0
  for y in 0..<rect.height {
    for x in 0..<rect.width {
      let difference = abs(got[x, y] - expected(rect.x0 + x, rect.y0 + y))
      worst = difference.isNaN ? .infinity : max(worst, difference)
    }
  }
  return worst
}
