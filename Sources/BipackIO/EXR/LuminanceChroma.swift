import BipackPixels

/// Luminance/chroma pictures (`Y`, `RY`, `BY`, the chroma usually at half resolution) to RGB, as the
/// OpenEXR standard defines them: RY = (R - Y) / Y, BY = (B - Y) / Y, and Y the luminance in the
/// file's chromaticities. Chroma is brought to full resolution with the standard's 27-tap filter.
struct LuminanceChroma {
  /// Weights of R, G, B in Y.
  let weights: (Float, Float, Float)

  /// Weights for `chromaticities` (red x y, green x y, blue x y, white x y); Rec. 709 when nil or
  /// degenerate.
  init(chromaticities: [Double]?) {
    var c = [0.64, 0.33, 0.3, 0.6, 0.15, 0.06, 0.3127, 0.329]
    if let given = chromaticities, given.count == 8, given.allSatisfy(\.isFinite) { c = given }
    // The luminances of the primaries that add up to white: solve P * s = W for unit Y of white.
    func solve(_ c: [Double]) -> (Double, Double, Double)? {
      func xyz(_ i: Int) -> (Double, Double, Double) {
        (c[i], c[i + 1], 1 - c[i] - c[i + 1])
      }
      let (r, g, b, w) = (xyz(0), xyz(2), xyz(4), xyz(6))
      guard w.1 != 0 else { return nil }
      let white = (w.0 / w.1, 1.0, w.2 / w.1)
      func determinant(
        _ a: (Double, Double, Double), _ b: (Double, Double, Double), _ c: (Double, Double, Double)
      ) -> Double {
        a.0 * (b.1 * c.2 - b.2 * c.1) - b.0 * (a.1 * c.2 - a.2 * c.1)
          + c.0 * (a.1 * b.2 - a.2 * b.1)
      }
      let d = determinant(r, g, b)
      guard d != 0 else { return nil }
      let result = (
        r.1 * determinant(white, g, b) / d, g.1 * determinant(r, white, b) / d,
        b.1 * determinant(r, g, white) / d
      )
      let finite = result.0.isFinite && result.1.isFinite && result.2.isFinite
      return finite && result.1 != 0 ? result : nil
    }
    let y = solve(c) ?? (0.2126, 0.7152, 0.0722)
    weights = (Float(y.0), Float(y.1), Float(y.2))
  }

  /// One line: on entry `red` holds RY, `blue` BY, `green` Y; on exit R, G, B.
  func convert(
    red: UnsafeMutablePointer<Float>, green: UnsafeMutablePointer<Float>,
    blue: UnsafeMutablePointer<Float>, count: Int
  ) {
    let (wr, wg, wb) = weights
    for i in 0..<count {
      let y = green[i]
      if red[i] == 0 && blue[i] == 0 {
        // Grey exactly, without the rounding of the weights.
        red[i] = y
        blue[i] = y
      } else {
        let r = (red[i] + 1) * y
        let b = (blue[i] + 1) * y
        red[i] = r
        blue[i] = b
        green[i] = (y - r * wr - b * wb) / wg
      }
    }
  }

  /// Line `y` of a picture, with the over-saturated pixels that chroma filtering leaves at edges
  /// calmed: a pixel may be at most three quarters of the way from its four diagonal neighbours'
  /// mean saturation to full saturation. Its luminance stays. (As OpenEXR's own RGB reader does.)
  /// `into` receives the red, green and blue lines, one after the other.
  func calm(
    red: UnsafePointer<Float>, green: UnsafePointer<Float>, blue: UnsafePointer<Float>,
    width: Int, height: Int, y: Int, into lines: UnsafeMutablePointer<Float>
  ) {
    let (wr, wg, wb) = weights
    let above = max(y - 1, 0) * width
    let below = min(y + 1, height - 1) * width
    func saturation(_ i: Int) -> Float {
      let (r, g, b) = (red[i], green[i], blue[i])
      let most = r > g ? (r > b ? r : b) : (g > b ? g : b)
      let least = r < g ? (r < b ? r : b) : (g < b ? g : b)
      return most > 0 ? 1 - least / most : 0
    }
    for x in 0..<width {
      let i = y * width + x
      var (r, g, b) = (red[i], green[i], blue[i])
      let left = max(x - 1, 0)
      let right = min(x + 1, width - 1)
      let sum =
        saturation(above + left) + saturation(above + right) + saturation(below + left)
        + saturation(below + right)
      let mean = sum < 4 ? 0.25 * sum : 1
      let most = 1 - (1 - mean) * 0.25
      let own = saturation(i)
      if own > mean, own > most {
        let f = most / own
        let peak = r > g ? (r > b ? r : b) : (g > b ? g : b)
        let luminance = r * wr + g * wg + b * wb
        func toward(_ v: Float) -> Float {
          let moved = peak - (peak - v) * f
          return moved > 0 ? moved : 0
        }
        (r, g, b) = (toward(r), toward(g), toward(b))
        let now = r * wr + g * wg + b * wb
        if now > 0 {
          let scale = luminance / now
          (r, g, b) = (r * scale, g * scale, b * scale)
        }
      }
      lines[x] = r
      lines[width + x] = g
      lines[2 * width + x] = b
    }
  }

  /// The filter between two chroma samples; its mirror image follows. It sums to 1.
  private static let taps: [Float] = [
    0.002128, -0.007540, 0.019597, -0.043159, 0.087929, -0.186077, 0.627123,
  ]

  /// Value at half-sample position `2k + 1` of a line of samples `step` apart.
  @inline(__always)
  private static func between(
    _ samples: UnsafePointer<Float>, _ k: Int, count: Int, step: Int
  ) -> Float {
    var sum: Float = 0
    for j in 0..<7 {
      let left = min(max(k - 6 + j, 0), count - 1)
      let right = min(max(k + 7 - j, 0), count - 1)
      sum += taps[j] * (samples[left * step] + samples[right * step])
    }
    return sum
  }

  /// Doubles a line.
  static func doubled(
    _ samples: UnsafePointer<Float>, count: Int, into line: UnsafeMutablePointer<Float>, width: Int
  ) {
    for x in 0..<width {
      let k = min(x / 2, count - 1)
      line[x] = x & 1 == 0 ? samples[k] : between(samples, k, count: count, step: 1)
    }
  }

  /// Line `y` between lines of `width` samples.
  static func doubledLine(
    _ lines: UnsafePointer<Float>, y: Int, count: Int, width: Int,
    into line: UnsafeMutablePointer<Float>
  ) {
    let k = min(y / 2, count - 1)
    if y & 1 == 0 {
      line.update(from: lines + k * width, count: width)
    } else {
      for x in 0..<width { line[x] = between(lines + x, k, count: count, step: width) }
    }
  }
}
