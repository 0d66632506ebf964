import BipackPixels
import CVector

/// A model of colour that names a hue: to it from red, green and blue, and back.
///
/// Hues run from 0 (red) by 1/3 (green) and 2/3 (blue) to 1, which is red again; greys have hue 0.
protocol HueModel: SendableMetatype {
  static func from(_ color: RGB) -> RGB
  static func back(_ color: RGB) -> RGB
}

/// Every pixel to a model or back.
package struct HueModelKernel: PointKernel {
  package enum Model: Sendable {
    case hsv, hsl
  }

  private let model: Model
  private let isBack: Bool

  package init(_ model: Model, back: Bool) {
    self.model = model
    isBack = back
  }

  package func apply(_ strip: borrowing Strip) {
    switch model {
    case .hsv: run(HSV.self, strip)
    case .hsl: run(HSL.self, strip)
    }
  }

  private func run<Formula: HueModel>(_ formula: Formula.Type, _ strip: borrowing Strip) {
    let (r, g, b) = (strip.input(0), strip.input(1), strip.input(2))
    var first = strip.output(0)
    var second = strip.output(1)
    var third = strip.output(2)
    if isBack {
      for i in 0..<strip.count {
        let color = Formula.back(RGB(r[i], g[i], b[i]))
        (first[i], second[i], third[i]) = (color.r, color.g, color.b)
      }
    } else {
      for i in 0..<strip.count {
        let color = Formula.from(RGB(r[i], g[i], b[i]))
        (first[i], second[i], third[i]) = (color.r, color.g, color.b)
      }
    }
  }
}

extension RGB {
  /// The hue, `most` and `range` being those of the colour.
  @inline(__always)
  func hue(most: Float, range: Float) -> Float {
    let over: Float = range > 0 ? range : 1
    let red = (g - b) / over
    let green = 2 + (b - r) / over
    let blue = 4 + (r - g) / over
    let sector = r == most ? red : g == most ? green : blue
    let turned = (sector < 0 ? sector + 6 : sector) / 6
    return range > 0 ? turned : 0
  }

  /// The colour of a hue whose greatest component is `most` and whose least is `range` below it.
  @inline(__always)
  init(hue: Float, most: Float, range: Float) {
    let place = 6 * (hue - Floor.of(hue))
    /// How far a component is below the greatest: 0 about its own hue, 1 on the other side.
    func lack(_ offset: Float) -> Float {
      let turned = place + offset
      let k = turned >= 6 ? turned - 6 : turned
      let slope = k < 4 - k ? k : 4 - k
      return slope < 0 ? 0 : slope > 1 ? 1 : slope
    }
    self.init(most - range * lack(5), most - range * lack(3), most - range * lack(1))
  }
}

/// Hue, saturation and value (A. R. Smith, 1978): the value is the greatest component, the saturation
/// (greatest - least) / greatest.
enum HSV: HueModel {
  @inline(__always)
  static func from(_ color: RGB) -> RGB {
    let (most, range) = (color.most, color.range)
    let saturation = range / (most == 0 ? 1 : most)
    return RGB(color.hue(most: most, range: range), most == 0 ? 0 : saturation, most)
  }

  @inline(__always)
  static func back(_ color: RGB) -> RGB {
    RGB(hue: color.r, most: color.b, range: color.b * color.g)
  }
}

/// Hue, saturation and lightness: the lightness L is the mean of the greatest and the least component,
/// the saturation (greatest - least) / (1 - |2 L - 1|).
enum HSL: HueModel {
  @inline(__always)
  static func from(_ color: RGB) -> RGB {
    let (most, range) = (color.most, color.range)
    let lightness = (most + color.least) / 2
    let room = room(lightness)
    let saturation = range / (room == 0 ? 1 : room)
    return RGB(color.hue(most: most, range: range), room == 0 ? 0 : saturation, lightness)
  }

  @inline(__always)
  static func back(_ color: RGB) -> RGB {
    let range = color.g * room(color.b)
    return RGB(hue: color.r, most: color.b + range / 2, range: range)
  }

  @inline(__always)
  private static func room(_ lightness: Float) -> Float { 1 - (2 * lightness - 1).magnitude }
}

/// Hue, saturation and intensity (Gonzalez and Woods, Digital Image Processing, 1992): the intensity is
/// the mean of the components, the saturation 1 - least / intensity, the hue a true angle.
package struct HSIKernel: PointKernel {
  private let isBack: Bool

  package init(back: Bool) { isBack = back }

  private static let turn: Float = 6.283_185_3
  private static let root3: Float = 1.732_050_8

  package func apply(_ strip: borrowing Strip) {
    if isBack { back(strip) } else { from(strip) }
  }

  /// The usual arc cosine as an arc tangent, which is right at its ends too.
  private func from(_ strip: borrowing Strip) {
    let (r, g, b) = (strip.input(0), strip.input(1), strip.input(2))
    var hue = strip.output(0)
    var saturation = strip.output(1)
    var intensity = strip.output(2)
    for i in 0..<strip.count {
      hue[i] = Self.root3 * (g[i] - b[i])
      saturation[i] = (r[i] - g[i]) + (r[i] - b[i])
    }
    bp_atan2(strip.outputPointer(0), strip.outputPointer(1), strip.outputPointer(0), strip.count)
    for i in 0..<strip.count {
      let color = RGB(r[i], g[i], b[i])
      let mean = (color.r + color.g + color.b) / 3
      let share = 1 - color.least / (mean == 0 ? 1 : mean)
      let angle = hue[i] / Self.turn
      hue[i] = color.range > 0 ? (angle < 0 ? angle + 1 : angle) : 0
      saturation[i] = mean == 0 ? 0 : share
      intensity[i] = mean
    }
  }

  /// Each third of the circle alike: one component is the least, the next is
  /// I (1 + S cos h / cos(60 - h)), h the angle into the third, and the last has what is left of 3 I.
  private func back(_ strip: borrowing Strip) {
    let (hue, saturation, intensity) = (strip.input(0), strip.input(1), strip.input(2))
    var red = strip.output(0)
    var green = strip.output(1)
    var blue = strip.output(2)
    for i in 0..<strip.count {
      let third = 3 * (hue[i] - Floor.of(hue[i]))
      let angle = (third - Floor.of(third)) * (Self.turn / 3)
      red[i] = angle
      green[i] = Self.turn / 6 - angle
    }
    bp_cos(strip.outputPointer(0), strip.outputPointer(0), strip.count)
    bp_cos(strip.outputPointer(1), strip.outputPointer(1), strip.count)
    for i in 0..<strip.count {
      let (s, mean) = (saturation[i], intensity[i])
      let leads = mean * (1 + s * red[i] / green[i])
      let least = mean * (1 - s)
      let rest = 3 * mean - leads - least
      let third = 3 * (hue[i] - Floor.of(hue[i]))
      red[i] = third < 1 ? leads : third < 2 ? least : rest
      green[i] = third < 1 ? rest : third < 2 ? leads : least
      blue[i] = third < 1 ? least : third < 2 ? rest : leads
    }
  }
}
