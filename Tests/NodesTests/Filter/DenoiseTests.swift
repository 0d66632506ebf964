import Bipack
import BipackKernels
import Foundation
import Testing

@testable import BipackNodes

@Suite("Denoise") struct DenoiseTests {
  /// A clip with known motion, as it is and with grain: the same in all of the root of light.
  private func clip(_ denoise: String, frame: Double = 4, noise: Double = 8) async throws
    -> (clean: Image, noisy: Image, made: Image)
  {
    let text = """
      {"bipack": 1, "format": {"width": 320, "height": 180}, "frames": [1, 8], "nodes": {
        "clean": {"type": "MovingPlate"},
        "noisy": {"type": "MovingPlate", "noise": \(noise)},
        "made": {"type": "Denoise", "source": "noisy", \(denoise)}}}
      """
    let check = Comp.check(text: text, registry: MovingPlate.registry)
    let comp = try #require(check.comp, "\(check.diagnostics)")
    func image(_ name: String) async throws -> Image {
      let id = try #require(comp.id(of: name))
      return try await Pictures.renderer.image(comp, node: id, frame: frame)
    }
    return try await (image("clean"), image("noisy"), image("made"))
  }

  /// Peak signal to noise in decibels, of code values.
  private func quality(_ image: Image, _ truth: Image) -> Double {
    func coded(_ value: Float) -> Double {
      let v = Double(min(max(value, 0), 1))
      return v <= 0.0031308 ? v * 12.92 : 1.055 * pow(v, 1 / 2.4) - 0.055
    }
    let squares = zip(image.values(.green), truth.values(.green)).map { a, b in
      let off = coded(a) - coded(b)
      return off * off
    }
    return -10 * log10(squares.reduce(0, +) / Double(squares.count))
  }

  @Test("noise goes and texture stays; frames around help, though things move")
  func noiseGoes() async throws {
    let still = try await clip(#""sigma": 8"#)
    let before = quality(still.noisy, still.clean)
    let alone = quality(still.made, still.clean)
    #expect(alone > before + 5, "\(before) to \(alone) dB")
    let moving = quality(try await clip(#""sigma": 8, "range": 2"#).made, still.clean)
    #expect(moving > alone + 1, "\(alone) alone, \(moving) dB with frames around")
  }

  @Test("nothing to take out changes nothing much")
  func cleanStays() async throws {
    let result = try await clip(#""sigma": 0.5"#, noise: 0)
    #expect(quality(result.made, result.clean) > 50)
    let off = try await clip(#""sigma": 0"#)
    #expect(off.made.values(.red) == off.noisy.values(.red))
  }

  @Test("a region is that part of the whole, where pictures are larger than the reach")
  func regions() async throws {
    var dice = Dice(seed: 5)
    func picture() -> Image {
      let values = (0..<3).map { _ in (0..<(260 * 230)).map { _ in Float(dice.unit()) } }
      return Pictures.make(
        width: 260, height: 230, at: (-7, 3),
        [
          NoiseChannel.all[0]: values[0], NoiseChannel.all[1]: values[1],
          NoiseChannel.all[2]: values[2],
        ])
    }
    let inputs = [picture(), picture()]
    for (count, step) in [(1, PatchDenoiser.Step.first), (2, .last)] {
      let part = DenoisePart(noise: PatchNoise(even: 0.2), step: step)
      let whole = try await run(part, Array(inputs[..<count]))
      let region = Rect(x: 101, y: 90, width: 33, height: 21)
      let small = try await Pictures.renderer.run(
        part, inputs: Array(inputs[..<count]), region: region)
      for channel in NoiseChannel.all {
        let (a, b) = (
          whole.pixels(channel, in: region, pool: Pictures.renderer.pool),
          small.pixels(channel, in: region, pool: Pictures.renderer.pool)
        )
        #expect(a == b, "\(channel)")
      }
    }
  }
}
