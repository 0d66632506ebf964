/// What a brush puts on a row: exactly the donor where it covers all, exactly what was there where it covers nothing.
package enum BrushMix {
  /// Another picture.
  package static func apply(
    _ mask: UnsafePointer<Float>, _ opacity: Float, _ donor: UnsafePointer<Float>,
    onto out: UnsafeMutablePointer<Float>, count: Int
  ) {
    for i in 0..<count {
      let m = mask[i] * opacity
      let mixed = out[i] * (1 - m) + donor[i] * m
      let all = m >= 1 ? donor[i] : mixed
      out[i] = m > 0 ? all : out[i]
    }
  }

  /// One value.
  package static func apply(
    _ mask: UnsafePointer<Float>, _ opacity: Float, _ value: Float,
    onto out: UnsafeMutablePointer<Float>, count: Int
  ) {
    for i in 0..<count {
      let m = mask[i] * opacity
      let mixed = out[i] * (1 - m) + value * m
      let all = m >= 1 ? value : mixed
      out[i] = m > 0 ? all : out[i]
    }
  }
}
