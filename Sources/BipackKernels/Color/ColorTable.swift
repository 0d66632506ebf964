import CVector

/// A three-dimensional table of colours, read tetrahedrally.
package struct ColorTable: Sendable {
  private let size: Int
  private let values: [Float]

  /// - Parameters:
  ///   - size: points on each axis, which runs over 0...1; at least 2.
  ///   - values: size³ colours of four floats (the fourth unused), red running fastest.
  package init(size: Int, values: [Float]) {
    precondition(size >= 2 && size < 512 && values.count == 4 * size * size * size, "a cube")
    self.size = size
    self.values = values
  }

  /// The addresses of three planes.
  package typealias Planes = (
    UnsafePointer<Float>, UnsafePointer<Float>, UnsafePointer<Float>
  )

  /// Turns the three planes of `source` into three others; in place when nil. Colours outside the table
  /// are held to its edge.
  package func apply(
    _ source: Planes?, _ red: UnsafeMutablePointer<Float>,
    _ green: UnsafeMutablePointer<Float>, _ blue: UnsafeMutablePointer<Float>, count: Int
  ) {
    let from = source ?? (UnsafePointer(red), UnsafePointer(green), UnsafePointer(blue))
    bp_lut_tetrahedral(
      red, green, blue, from.0, from.1, from.2, count, values, Int32(size))
  }
}
