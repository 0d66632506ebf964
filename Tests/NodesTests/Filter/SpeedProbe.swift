import Bipack
import BipackKernels
import Foundation
import Testing

@testable import BipackNodes

/// Prints how long nodes take at UHD when BIPACK_SPEED is set; no test otherwise.
@Suite struct SpeedProbe {
  @Test(.enabled(if: ProcessInfo.processInfo.environment["BIPACK_SPEED"] != nil))
  func uhd() async throws {
    let renderer = Renderer(RenderOptions(threads: 2, isCaching: false))
    let noise = Reference.noise(3840, 2160)
    var pixels: [Channel: [Float]] = [:]
    for channel in Channel.rgba { pixels[channel] = noise.values.map { Float($0) } }
    let spec = ImageSpec(format: Format(width: 3840, height: 2160))
    let image = Image(spec: spec, pool: renderer.pool, pixels: pixels)
    func time(_ name: String, _ node: some Node, _ n: Int = 3) async throws {
      var best = Double.infinity
      for _ in 0...n {
        let start = ContinuousClock.now
        let inputs: [Image?] = node is Convolve ? [image, nil] : [image]
        _ = try await renderer.run(node, inputs: inputs)
        let seconds = (ContinuousClock.now - start) / .milliseconds(1)
        best = min(best, seconds)
      }
      print("SPEED \(name) \(best.rounded()) ms")
    }
    for sigma in [5.0, 20, 100] {
      var blur = Blur()
      blur.size = Vec2(sigma * 2.4, sigma * 2.4)
      try await time("gauss\(Int(sigma))", blur)
    }
    var box = Blur()
    box.filter = .box
    box.size = 41
    try await time("box20", box)
    var erode = Erode()
    erode.size = 15
    try await time("erode15", erode)
    var median = BipackNodes.Median()
    median.size = 2
    try await time("median5", median)
    median.size = 15
    try await time("median31", median, 0)
    var pin = CornerPin()
    (pin.to1, pin.to2) = (Vec2(200, 100), Vec2(3700, 300))
    (pin.to3, pin.to4) = (Vec2(3500, 2100), Vec2(100, 1900))
    for filter in [ResampleFilter.impulse, .linear, .cubic, .keys, .lanczos6] {
      pin.filter = filter
      try await time("pin \(filter)", pin, 1)
    }
    // Enlarging: no kernel is widened.
    (pin.to1, pin.to2) = (Vec2(-200, -100), Vec2(4000, -300))
    (pin.to3, pin.to4) = (Vec2(4500, 2800), Vec2(-500, 2900))
    for filter in [ResampleFilter.keys, .lanczos6] {
      pin.filter = filter
      try await time("pin enlarging \(filter)", pin, 1)
    }
    var half = Reformat()
    half.to = .scale
    half.scale = 0.5
    half.filter = .lanczos6
    try await time("half lanczos6", half)
    var edges = EdgeDetect()
    edges.filter = .sobel
    try await time("sobel", edges)
  }
}
