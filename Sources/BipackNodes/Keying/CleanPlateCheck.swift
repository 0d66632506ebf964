import BipackGraph
import BipackPixels

/// Whether a clean plate shows a screen at all: green or blue that exceeds the other two colours, in the
/// file's own numbers, which keep that order.
struct CleanPlateCheck: PictureCheck {
  /// How much of the plate must be screen.
  private let least = 0.02
  /// How far a screen's colour exceeds the next.
  private let excess: Float = 1.15
  /// One pixel of so many, along both axes.
  private let step = 4

  func problem(_ picture: Image) -> String? {
    guard Channel.rgb.allSatisfy(picture.spec.has) else { return nil }
    let window = picture.dataWindow
    var (screen, all) = (0, 0)
    for y in stride(from: window.y0, to: window.y1, by: step) {
      for x in stride(from: window.x0, to: window.x1, by: step) {
        let (red, green, blue) = (
          picture.value(.red, x: x, y: y), picture.value(.green, x: x, y: y),
          picture.value(.blue, x: x, y: y)
        )
        all += 1
        if max(green, blue) > 0.02,
          green > excess * max(red, blue) || blue > excess * max(red, green)
        {
          screen += 1
        }
      }
    }
    guard all > 0, Double(screen) < least * Double(all) else { return nil }
    return
      "holds no screen: hardly any of it is green or blue. It must show the screen without the "
      + "subject; a picture to put behind belongs to 'background'. With no plate connected the Keyer "
      + "finds the screen by itself"
  }
}
