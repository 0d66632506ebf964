import BipackGraph
import BipackKernels
import BipackPixels

extension FrameCurve {
  /// No motion: what a parameter for one has before it is connected.
  static let still = FrameCurve(constant: 0)

  /// The matrix at a frame of a motion that was measured, from its reference frame to the frame, at full size.
  func motion(_ parameter: String, at frame: Double) throws(NodeError) -> Matrix3 {
    if count == 1, value(at: frame) == 0 { return .identity }
    guard count == 9 else {
      throw NodeError(
        "\(parameter): expected matrices of nine numbers over frames, as {\"from\": \"align.matrix\"}; these have \(count)"
      )
    }
    let matrix = Matrix3(values(at: frame))
    guard matrix.isFinite, matrix.inverse != nil else { throw .flatMotion(parameter, frame) }
    return matrix
  }
}

extension NodeError {
  static func flatMotion(_ parameter: String, _ frame: Double) -> NodeError {
    NodeError(
      "\(parameter): the matrix at frame \(Wording.number(frame)) squeezes the picture into a line")
  }
}
