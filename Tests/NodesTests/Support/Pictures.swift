import Bipack
import Testing

@testable import BipackNodes

/// Makes small pictures, runs a node on them, reads the result. One renderer serves all tests.
enum Pictures {
  static let renderer = Renderer(RenderOptions(threads: 2, isCaching: false))

  /// A picture whose rows follow one another in each array.
  static func make(
    width: Int, height: Int = 1, format: Format? = nil, at origin: (x: Int, y: Int) = (0, 0),
    _ pixels: [Channel: [Float]]
  ) -> Image {
    let window = Rect(x: origin.x, y: origin.y, width: width, height: height)
    var spec = ImageSpec(
      format: format ?? Format(width: width, height: height), dataWindow: window, channels: [])
    spec.add(pixels.keys.sorted { $0.name < $1.name })
    return Image(spec: spec, pool: renderer.pool, pixels: pixels)
  }

  /// One row, the same numbers in red, green and blue, alpha 1 unless given.
  static func row(_ values: [Float], alpha: [Float]? = nil) -> Image {
    make(
      width: values.count,
      [
        .red: values, .green: values, .blue: values,
        .alpha: alpha ?? values.map { _ in 1 },
      ])
  }
}

/// Runs an operator on images.
func run(
  _ work: any Operator, _ inputs: [Image?] = [], format: Format? = nil, frame: Double = 1
) async throws -> Image {
  try await Pictures.renderer.run(work, inputs: inputs, format: format, frame: frame)
}

extension Image {
  /// A channel's values over the data window, row by row.
  func values(_ channel: Channel) -> [Float] {
    dataWindow.isEmpty
      ? [] : pixels(channel, in: dataWindow, pool: Pictures.renderer.pool)
  }
}

/// Whether two lists agree to `tolerance` times the larger of 1 and the value; NaN agrees with NaN.
func agree(_ a: [Float], _ b: [Double], _ tolerance: Double = 1e-6) -> Bool {
  a.count == b.count && zip(a, b).allSatisfy { x, y in agree(x, y, tolerance) }
}

func agree(_ x: Float, _ y: Double, _ tolerance: Double = 1e-6) -> Bool {
  if y.isNaN || y.isInfinite { return Double(x) == y || (x.isNaN && y.isNaN) }
  return (Double(x) - y).magnitude <= tolerance * max(1, y.magnitude)
}

/// The values every formula is tried on: negative, 0, ordinary, 1, beyond.
let difficult: [Float] = [-2, -0.25, -0.0, 0, 1e-6, 0.18, 0.25, 0.5, 0.75, 1, 1.5, 7, 1000]
