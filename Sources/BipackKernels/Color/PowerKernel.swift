import BipackPixels

/// Every element to one power; values below 0 pass unchanged.
package struct PowerKernel: PointKernel {
  private let exponent: Float

  package init(_ exponent: Float) { self.exponent = exponent }

  package func apply(_ strip: borrowing Strip) {
    TransferMath.pow(
      strip.inputPointer(0), exponent, negative: .pass, to: strip.outputPointer(0),
      count: strip.count)
  }
}
