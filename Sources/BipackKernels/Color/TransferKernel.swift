import BipackPixels

/// A transfer curve on every element.
package struct TransferKernel: PointKernel {
  private let curve: TransferCurve
  private let isEncoding: Bool

  /// - Parameter encoding: from linear light to the curve's values; else back.
  package init(_ curve: TransferCurve, encoding: Bool) {
    self.curve = curve
    isEncoding = encoding
  }

  package func apply(_ strip: borrowing Strip) {
    let (input, output) = (strip.inputPointer(0), strip.outputPointer(0))
    if isEncoding {
      curve.encode(input, to: output, count: strip.count)
    } else {
      curve.decode(input, to: output, count: strip.count)
    }
  }
}
