import BipackPixels
import CVector

/// A matte by hue: 1 less a curve over the hue, which fades with the saturation below a threshold that
/// is a curve over the hue itself (Natron's HueKeyer). Hue and saturation do not change with exposure.
/// Inputs: red, green, blue.
package struct HueKeyKernel: PointKernel {
  /// Steps of a table for one unit of hue; tables run from hue 0 to 6 (red at 1).
  package static let steps = HueCorrectKernel.steps

  private let amount: [Float]
  private let threshold: [Float]

  /// - Parameters: 6 `steps` + 1 values each.
  package init(amount: [Float], threshold: [Float]) {
    precondition(amount.count == 6 * Self.steps + 1 && threshold.count == amount.count)
    self.amount = amount
    self.threshold = threshold
  }

  package func apply(_ strip: borrowing Strip) {
    let from: [UnsafePointer<Float>?] = (0..<3).map { strip.inputPointer($0) }
    bp_hue_key(strip.outputPointer(0), from, strip.count, amount, threshold)
  }
}
