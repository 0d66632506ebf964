import BipackPixels

/// in * scale + offset.
package struct Affine: PointKernel {
  private let scale: Float
  private let offset: Float

  package init(_ scale: Float, _ offset: Float) {
    self.scale = scale
    self.offset = offset
  }

  package func apply(_ strip: borrowing Strip) {
    let input = strip.input(0)
    var out = strip.output(0)
    let (scale, offset) = (scale, offset)
    for i in 0..<strip.count { out[i] = input[i] * scale + offset }
  }
}

/// in * scale + offset, then held between two bounds (infinite ones for none).
package struct BoundedAffine: PointKernel {
  private let scale: Float
  private let offset: Float
  private let low: Float
  private let high: Float

  package init(_ scale: Float, _ offset: Float, low: Float, high: Float) {
    self.scale = scale
    self.offset = offset
    self.low = low
    self.high = high
  }

  package func apply(_ strip: borrowing Strip) {
    let input = strip.input(0)
    var out = strip.output(0)
    let (scale, offset, low, high) = (scale, offset, low, high)
    for i in 0..<strip.count {
      let value = input[i] * scale + offset
      let raised = value < low ? low : value
      out[i] = raised > high ? high : raised
    }
  }
}

/// The product of two planes.
package struct Product: PointKernel {
  package init() {}

  package func apply(_ strip: borrowing Strip) {
    let (x, y) = (strip.input(0), strip.input(1))
    var out = strip.output(0)
    for i in 0..<strip.count { out[i] = x[i] * y[i] }
  }
}

/// The product of a plane and what another lacks to 1.
package struct ProductWithComplement: PointKernel {
  package init() {}

  package func apply(_ strip: borrowing Strip) {
    let (x, y) = (strip.input(0), strip.input(1))
    var out = strip.output(0)
    for i in 0..<strip.count { out[i] = x[i] * (1 - y[i]) }
  }
}

/// The quotient of two planes; where the divisor is 0, the dividend.
package struct Quotient: PointKernel {
  package init() {}

  package func apply(_ strip: borrowing Strip) {
    let (x, y) = (strip.input(0), strip.input(1))
    var out = strip.output(0)
    for i in 0..<strip.count {
      let divisor = y[i]
      out[i] = x[i] / (divisor == 0 ? 1 : divisor)
    }
  }
}

/// A value put where a plane leaves its bounds: below `low` comes `under`, above `high` comes `over`.
package struct Bounds: PointKernel {
  private let low: Float
  private let under: Float
  private let high: Float
  private let over: Float

  package init(low: Float, under: Float, high: Float, over: Float) {
    self.low = low
    self.under = under
    self.high = high
    self.over = over
  }

  package func apply(_ strip: borrowing Strip) {
    let input = strip.input(0)
    var out = strip.output(0)
    let (low, under, high, over) = (low, under, high, over)
    for i in 0..<strip.count {
      let value = input[i]
      let raised = value < low ? under : value
      out[i] = value > high ? over : raised
    }
  }
}
