import BipackPixels
import CVector

/// Colour difference keys against a screen, pixel by pixel (Vlahos; Nuke's IBK and Keylight).
///
/// The excess of a colour is how far the screen's primary, the greatest channel of the plate there,
/// lies above the mean of the other two (`average`, best on edges) or above the greater of them
/// (`greatest`, best inside). Alpha is 1 less the pixel's excess by the plate's; 1 where either has
/// none. Inputs: picture and plate, three planes each. Outputs: the alpha by the average; where three are
/// wanted, that by the greatest too, and how far the colours are apart, relative to the plate's.
package struct ScreenDifferenceKernel: PointKernel {
  private let givesAll: Bool

  package init(givesAll: Bool = true) { self.givesAll = givesAll }

  package func apply(_ strip: borrowing Strip) {
    let color: [UnsafePointer<Float>?] = (0..<3).map { strip.inputPointer($0) }
    let plate: [UnsafePointer<Float>?] = (3..<6).map { strip.inputPointer($0) }
    bp_key_difference(
      strip.outputPointer(0), givesAll ? strip.outputPointer(1) : nil,
      givesAll ? strip.outputPointer(2) : nil, color, plate, strip.count)
  }
}
