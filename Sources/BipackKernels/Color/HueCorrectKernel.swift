import BipackPixels
import CVector

/// Gains and suppressions that depend on the hue, in the order of Natron's HueCorrect.
package struct HueCorrectKernel: PointKernel {
  /// The curves, over the hue from 0 to 6 (red at 1).
  package enum Curve: Int, CaseIterable, Sendable {
    case sat, lum, red, green, blue, rSup, gSup, bSup, satThrsh
  }

  /// Table steps for one unit of hue. Between them values are joined by straight lines: of a smooth
  /// curve y'' the error is at most y'' / 8 million, at a corner within a step up to 1/4096 of the
  /// change of slope.
  package static let steps = Int(BP_HUE_STEPS)

  /// The tables one after the other.
  private let values: [Float]
  // SAFETY: the C structure's pointer is empty until `apply` sets it for one call.
  private nonisolated(unsafe) let settings: bp_hue

  /// - Parameter tables: for each curve 6 `steps` + 1 values, or one value for a constant.
  package init(tables: [[Float]], math: LuminanceMath, mixLuminance: Double) {
    precondition(tables.count == Curve.allCases.count)
    precondition(tables.allSatisfy { $0.count == 1 || $0.count == 6 * Self.steps + 1 })
    var settings = bp_hue()
    var values: [Float] = []
    withUnsafeMutableBytes(of: &settings.start) { bytes in
      let starts = bytes.bindMemory(to: Int32.self)
      for (index, table) in tables.enumerated() {
        starts[index] = Int32(values.count)
        values += table.map { $0 > 0 ? $0 : 0 }
      }
    }
    for (index, table) in tables.enumerated() where table.count > 1 {
      settings.varying |= 1 << UInt32(index)
    }
    let weights = math.weights
    settings.weight = weights ?? (0, 0, 0)
    settings.brightest = weights == nil ? 1 : 0
    settings.mix_luminance = Float(mixLuminance)
    self.values = values
    self.settings = settings
  }

  package func apply(_ strip: borrowing Strip) {
    let from: [UnsafePointer<Float>?] = (0..<3).map { strip.inputPointer($0) }
    let to: [UnsafeMutablePointer<Float>?] = (0..<3).map { strip.outputPointer($0) }
    let count = strip.count
    values.withUnsafeBufferPointer { values in
      var hue = settings
      hue.values = values.baseAddress
      bp_hue_correct(to, from, count, &hue)
    }
  }
}
