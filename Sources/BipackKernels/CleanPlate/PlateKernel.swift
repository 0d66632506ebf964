import BipackPixels
import CVector

/// Of what several frames show at a pixel, one colour, in numbers in which noise is even (`NoiseSpace.light`). Inputs: red, green, blue and how much is seen of each frame, the most
/// welcome first. Outputs: red, green, blue and how sure that is, 0 where no frame shows anything.
package struct PlateKernel: PointKernel {
  package enum Choice: Sendable, Hashable {
    /// What most frames show: the mean of the largest crowd of colours.
    case most
    /// The middle of each channel.
    case median
    /// What the first frame that shows anything shows.
    case first
  }

  /// More frames are not looked at.
  package static let mostFrames = Int(BP_PLATE_FRAMES)

  private let choice: Choice
  private let frames: Int
  private let tolerance: Float

  /// - Parameter tolerance: how different the same may look.
  package init(_ choice: Choice, frames: Int, tolerance: Double) {
    self.choice = choice
    self.frames = min(frames, Self.mostFrames)
    self.tolerance = Float(max(tolerance, 1e-4))
  }

  package func apply(_ strip: borrowing Strip) {
    let planes = (0..<4 * frames).map { UnsafePointer<Float>?(strip.inputPointer($0)) }
    let out = (0..<4).map { UnsafeMutablePointer<Float>?(strip.outputPointer($0)) }
    let word =
      switch choice {
      case .most: BP_PLATE_MOST
      case .median: BP_PLATE_MEDIAN
      case .first: BP_PLATE_FIRST
      }
    bp_plate(out, planes, Int32(frames), strip.count, Int32(word), tolerance)
  }
}
