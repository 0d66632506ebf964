import BipackGraph
import BipackPixels

/// Whether a clean plate shows a screen at all: one hue between yellow-green and violet that covers much of
/// it, in the file's own numbers, which keep hues near enough. Plates at hand have such a hue on 98 % of
/// their pixels and more; a forest has 16, a beach under the sky 37 to 41.
struct CleanPlateCheck: PictureCheck {
  /// How much of the plate must be of one hue.
  private static let least = 0.45
  /// Hues are counted in steps of 5 degrees; a screen's lie in six of them.
  private static let (step, width) = (5.0, 6)
  private static let hues = 50.0..<280.0
  private static let saturation: Float = 0.2
  /// One pixel of so many, along both axes.
  private static let stride = 4

  func problem(_ picture: Image) -> String? {
    guard Channel.rgb.allSatisfy(picture.spec.has) else { return nil }
    let window = picture.dataWindow
    var counts = [Int](repeating: 0, count: Int(360 / Self.step))
    var all = 0
    for y in Swift.stride(from: window.y0, to: window.y1, by: Self.stride) {
      for x in Swift.stride(from: window.x0, to: window.x1, by: Self.stride) {
        let color = Channel.rgb.map { picture.value($0, x: x, y: y) }
        all += 1
        guard let hue = Self.hue(color), Self.hues.contains(hue) else { continue }
        counts[Int(hue / Self.step)] += 1
      }
    }
    let most = (0...counts.count - Self.width).map { counts[$0..<$0 + Self.width].reduce(0, +) }
    guard all > 0, Double(most.max() ?? 0) < Self.least * Double(all) else { return nil }
    return
      "holds no screen: no green or blue covers much of it. It must show the screen without the "
      + "subject; a picture to put behind belongs to 'background'. With no plate connected the Keyer "
      + "finds the screen by itself"
  }

  /// In degrees; nil of what has too little colour to have one.
  private static func hue(_ color: [Float]) -> Double? {
    let (red, green, blue) = (color[0], color[1], color[2])
    let (high, low) = (max(red, green, blue), min(red, green, blue))
    guard high > 0.02, high.isFinite, low.isFinite, high - low > saturation * high else {
      return nil
    }
    let range = Double(high - low)
    if high == green { return 120 + 60 * Double(blue - red) / range }
    if high == blue { return 240 + 60 * Double(red - green) / range }
    let hue = 60 * Double(green - blue) / range
    return hue < 0 ? hue + 360 : hue
  }
}
