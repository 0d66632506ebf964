/// A 3 by 3 matrix of colours with an offset, in double.
package struct ColorMatrix3: Sendable, Hashable {
  /// Twelve numbers: three rows of three factors and an offset.
  package let rows: [Double]

  package init(rows: [Double]) {
    precondition(rows.count == 12, "three rows of four")
    self.rows = rows
  }

  /// Nine numbers, row by row.
  package init(_ m: [Double], offset: [Double] = [0, 0, 0]) {
    precondition(m.count == 9 && offset.count == 3, "nine numbers and three")
    self.init(rows: (0..<3).flatMap { m[(3 * $0)..<(3 * $0 + 3)] + [offset[$0]] })
  }

  package static let identity = ColorMatrix3([1, 0, 0, 0, 1, 0, 0, 0, 1])

  package static func diagonal(_ x: Double, _ y: Double, _ z: Double) -> ColorMatrix3 {
    ColorMatrix3([x, 0, 0, 0, y, 0, 0, 0, z])
  }

  /// What a colour becomes.
  package func apply(_ color: [Double]) -> [Double] {
    (0..<3).map { row in dot(row, color[0], color[1], color[2]) + rows[4 * row + 3] }
  }

  /// First `b`, then `a`.
  package static func * (a: ColorMatrix3, b: ColorMatrix3) -> ColorMatrix3 {
    var rows: [Double] = []
    for row in 0..<3 {
      for column in 0..<4 {
        let offset = column == 3 ? a.rows[4 * row + 3] : 0
        rows.append(a.dot(row, b.rows[column], b.rows[4 + column], b.rows[8 + column]) + offset)
      }
    }
    return ColorMatrix3(rows: rows)
  }

  private func dot(_ row: Int, _ x: Double, _ y: Double, _ z: Double) -> Double {
    rows[4 * row] * x + rows[4 * row + 1] * y + rows[4 * row + 2] * z
  }

  package var determinant: Double { (0..<3).reduce(0) { $0 + at(0, $1) * cofactor(0, $1) } }

  /// The way back; nil when there is none.
  package var inverse: ColorMatrix3? {
    let determinant = determinant
    guard determinant != 0, determinant.isFinite else { return nil }
    return ColorMatrix3(
      rows: (0..<3).flatMap { row in
        let factors = (0..<3).map { cofactor($0, row) / determinant }
        let offset = (0..<3).reduce(0) { $0 - factors[$1] * rows[4 * $1 + 3] }
        return factors + [offset]
      })
  }

  private func at(_ row: Int, _ column: Int) -> Double { rows[4 * (row % 3) + column % 3] }

  private func cofactor(_ row: Int, _ column: Int) -> Double {
    at(row + 1, column + 1) * at(row + 2, column + 2)
      - at(row + 1, column + 2) * at(row + 2, column + 1)
  }
}
