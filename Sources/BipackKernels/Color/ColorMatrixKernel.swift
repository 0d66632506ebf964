import BipackPixels

/// A 3 by 3 matrix and an offset, on red, green and blue.
package struct ColorMatrixKernel: PointKernel {
  private let m: [Float]

  package init(_ matrix: ColorMatrix3) { m = matrix.rows.map { Float($0) } }

  package func apply(_ strip: borrowing Strip) {
    let (r, g, b) = (strip.input(0), strip.input(1), strip.input(2))
    for row in 0..<3 {
      var out = strip.output(row)
      let (x, y, z, offset) = (m[4 * row], m[4 * row + 1], m[4 * row + 2], m[4 * row + 3])
      for i in 0..<strip.count { out[i] = x * r[i] + y * g[i] + z * b[i] + offset }
    }
  }
}
