import BipackPixels

/// How a brightness is made of red, green and blue. The first four are Nuke's "luminance math".
public enum LuminanceMath: String, CaseIterable, Sendable {
  /// 0.2125, 0.7154, 0.0721: Nuke's weights for Rec. 709.
  case rec709
  /// 0.299, 0.587, 0.114.
  case ccir601
  case average
  case maximum
  /// 0.2627, 0.6780, 0.0593.
  case rec2020
  /// The luminance of ACEScg: 0.2722287168, 0.6740817658, 0.0536895174.
  case acesAP1 = "acesap1"

  /// The weights; nil for `maximum`.
  package var weights: (r: Float, g: Float, b: Float)? {
    switch self {
    case .rec709: (0.2125, 0.7154, 0.0721)
    case .ccir601: (0.299, 0.587, 0.114)
    case .average: (1 / 3, 1 / 3, 1 / 3)
    case .maximum: nil
    case .rec2020: (0.2627, 0.678, 0.0593)
    case .acesAP1: (0.272_228_716_8, 0.674_081_765_8, 0.053_689_517_4)
    }
  }
}

/// Colours moved away from or towards their brightness: y + (c - y) saturation.
package struct SaturationKernel: PointKernel {
  private let saturation: (r: Float, g: Float, b: Float)
  private let weights: (r: Float, g: Float, b: Float)?

  package init(_ saturation: Double, _ math: LuminanceMath) {
    self.init(saturation, weights: math.weights)
  }

  package init(_ saturation: Double, weights: (r: Float, g: Float, b: Float)?) {
    self.saturation = (Float(saturation), Float(saturation), Float(saturation))
    self.weights = weights
  }

  /// A saturation for each channel.
  package init(_ saturation: (r: Double, g: Double, b: Double), _ math: LuminanceMath) {
    self.saturation = (Float(saturation.r), Float(saturation.g), Float(saturation.b))
    weights = math.weights
  }

  package func apply(_ strip: borrowing Strip) {
    let (r, g, b) = (strip.input(0), strip.input(1), strip.input(2))
    var red = strip.output(0)
    var green = strip.output(1)
    var blue = strip.output(2)
    let s = saturation
    if let (x, y, z) = weights {
      for i in 0..<strip.count {
        let grey = r[i] * x + g[i] * y + b[i] * z
        red[i] = grey + (r[i] - grey) * s.r
        green[i] = grey + (g[i] - grey) * s.g
        blue[i] = grey + (b[i] - grey) * s.b
      }
    } else {
      for i in 0..<strip.count {
        let larger = g[i] > r[i] ? g[i] : r[i]
        let grey = b[i] > larger ? b[i] : larger
        red[i] = grey + (r[i] - grey) * s.r
        green[i] = grey + (g[i] - grey) * s.g
        blue[i] = grey + (b[i] - grey) * s.b
      }
    }
  }
}
