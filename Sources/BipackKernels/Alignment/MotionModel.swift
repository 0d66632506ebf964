/// Which motions of a plane are allowed.
public enum MotionModel: String, Sendable, Hashable, CaseIterable {
  /// A step in x and y.
  case translation
  /// Step, turn and scale.
  case similarity
  /// What keeps parallel lines parallel.
  case affine
  /// What a flat thing does before a camera.
  case homography

  /// How many numbers say it.
  package var unknowns: Int {
    switch self {
    case .translation: 2
    case .similarity: 4
    case .affine: 6
    case .homography: 8
    }
  }

  /// The small motion with these parameters.
  func matrix(_ p: [Double]) -> Matrix3 {
    switch self {
    case .translation: Matrix3([1, 0, p[0], 0, 1, p[1], 0, 0, 1])
    case .similarity: Matrix3([1 + p[2], -p[3], p[0], p[3], 1 + p[2], p[1], 0, 0, 1])
    case .affine: Matrix3([1 + p[2], p[3], p[0], p[4], 1 + p[5], p[1], 0, 0, 1])
    case .homography: Matrix3([1 + p[2], p[3], p[0], p[4], 1 + p[5], p[1], p[6], p[7], 1])
    }
  }

  /// How a value with the gradient (gx, gy) at (x, y) changes with each parameter: rows of `stride` floats.
  @inline(__always)
  func derivatives(
    _ rows: UnsafeMutablePointer<Float>, _ stride: Int, _ i: Int, _ x: Float, _ y: Float,
    _ gx: Float,
    _ gy: Float
  ) {
    rows[i] = gx
    rows[stride + i] = gy
    switch self {
    case .translation: break
    case .similarity:
      rows[2 * stride + i] = gx * x + gy * y
      rows[3 * stride + i] = gy * x - gx * y
    case .affine, .homography:
      rows[2 * stride + i] = gx * x
      rows[3 * stride + i] = gx * y
      rows[4 * stride + i] = gy * x
      rows[5 * stride + i] = gy * y
      if self == .affine { break }
      let along = gx * x + gy * y
      rows[6 * stride + i] = -along * x
      rows[7 * stride + i] = -along * y
    }
  }
}
