import BipackPixels

/// Angles of view and lengths.
enum FieldOfView {
  /// The focal length that sees so many degrees of a film of this size.
  static func focal(_ degrees: ImportedNumber, of film: Double) -> ImportedNumber {
    degrees.mapped { film / 2 / PortableMath.tan($0 * .pi / 360) }
  }
}

/// Angles of a rotation.
enum Euler {
  /// The angles about x, y and z, turned z first, then x, then y, of a camera whose axes in the scene are these
  /// three rows.
  static func zxy(rows: [Double]) -> [Double] {
    // R = Ry Rx Rz has the axes as columns: R[row][column] = rows[column][row].
    func r(_ row: Int, _ column: Int) -> Double { rows[3 * column + row] }
    let sine = min(max(-r(1, 2), -1), 1)
    let x = PortableMath.atan2(sine, (1 - sine * sine).squareRoot())
    let isUpright = abs(sine) < 0.9999999
    let y = isUpright ? PortableMath.atan2(r(0, 2), r(2, 2)) : PortableMath.atan2(-r(2, 0), r(0, 0))
    let z = isUpright ? PortableMath.atan2(r(1, 0), r(1, 1)) : 0
    return [x, y, z].map { $0 * 180 / .pi }
  }
}
