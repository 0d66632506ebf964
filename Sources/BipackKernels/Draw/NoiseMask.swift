import BipackPixels
import CVector

/// Fractal gradient noise over the plane of the picture.
///
/// The picture is a tilted plane through a three-dimensional noise: a straight section along the
/// lattice would show it. Integers are hashed and floats never contracted, so that a seed gives the
/// same noise on every machine.
package struct NoiseMask: PointKernel {
  /// What becomes of each octave before they are added.
  package enum Sum: Sendable {
    /// Added as they are; the result is mapped from -1...1 to 0...1.
    case fractal
    /// Their absolute values are added.
    case turbulence
  }

  /// Where the picture lies in noise space: pixel (x, y) is at origin + right x + down y.
  package struct Placement: Sendable {
    package var origin: SIMD3<Double>
    package var right: SIMD3<Double>
    package var down: SIMD3<Double>

    package init(origin: SIMD3<Double>, right: SIMD3<Double>, down: SIMD3<Double>) {
      self.origin = origin
      self.right = right
      self.down = down
    }
  }

  private let placement: Placement
  private let sum: Sum
  private let octaves: Int
  private let lacunarity: Double
  private let gain: Double
  private let exponent: Float
  private let seed: UInt32

  /// - Parameter gamma: the result is raised to 1 / gamma; at 0 only values of 1 and above remain.
  package init(
    _ sum: Sum, placement: Placement, octaves: Int, lacunarity: Double, gain: Double,
    gamma: Double, seed: Int
  ) {
    self.sum = sum
    self.placement = placement
    self.octaves = octaves
    self.lacunarity = lacunarity
    self.gain = gain
    exponent = gamma <= 0.0001 ? .infinity : Float(1 / gamma)
    self.seed = UInt32(truncatingIfNeeded: seed) &* 0x9e37_79b1
  }

  package var readsPosition: Bool { true }

  package func apply(_ strip: borrowing Strip) {
    let out = strip.outputPointer(0)
    out.update(repeating: 0, count: strip.count)
    for row in 0..<strip.rows {
      let target = out + row * strip.width
      // Pixel centres lie at a half.
      let start =
        placement.origin + placement.right * 0.5 + placement.down * (Double(strip.y + row) + 0.5)
      var (frequency, amplitude) = (1.0, 1.0)
      for octave in 0..<octaves {
        let (origin, step) = (start * frequency, placement.right * frequency)
        var line = bp_noise_line(
          origin: (origin.x, origin.y, origin.z), step: (step.x, step.y, step.z))
        bp_noise_octave(
          target, strip.width, &line, Int32(truncatingIfNeeded: strip.x), Float(amplitude),
          seed &+ UInt32(octave) &* 0x85eb_ca77, sum == .turbulence ? 1 : 0)
        frequency *= lacunarity
        amplitude *= gain
      }
    }
    let (scale, offset): (Float, Float) = sum == .fractal ? (0.5, 0.5) : (1, 0)
    bp_noise_finish(out, strip.count, scale, offset, exponent)
  }
}
