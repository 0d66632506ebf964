/// The greatest whole number that is not above another, without a call, so that loops over it become
/// SIMD: adding 2^52 rounds.
enum Floor {
  @inline(__always)
  static func of(_ x: Double) -> Double {
    let size = x.magnitude
    let rounded = (size + 0x1p52) - 0x1p52
    let whole = x < 0 ? -rounded : rounded
    let lower = whole > x ? whole - 1 : whole
    return size < 0x1p52 ? lower : x
  }

  @inline(__always)
  static func of(_ x: Float) -> Float {
    let size = x.magnitude
    let rounded = (size + 0x1p23) - 0x1p23
    let whole = x < 0 ? -rounded : rounded
    let lower = whole > x ? whole - 1 : whole
    return size < 0x1p23 ? lower : x
  }
}
