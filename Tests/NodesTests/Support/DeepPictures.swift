import Bipack
import BipackPixels
import Testing

/// Deep pictures for tests.
enum DeepPictures {
  static let channels: [Channel] = Channel.rgba + [.z, .zBack, "id"]

  /// What a deep picture of these channels is, with so many samples a pixel at most.
  static func spec(
    _ window: Rect, format: Format? = nil, channels: [Channel] = channels, most: Int = 4
  ) -> ImageSpec {
    ImageSpec(
      format: format ?? Format(window: window), dataWindow: window, channels: channels,
      deep: DeepExtent(
        ids: Set(channels).intersection(["id"]),
        counts: SampleCounts(perPixel: most, in: window)))
  }

  /// Pixels of no to four samples: points, volumes that overlap, some opaque, some without alpha.
  static func random(_ window: Rect, format: Format? = nil, seed: UInt64, _ pool: BlockPool)
    -> DeepImage
  {
    DeepImage(spec: spec(window, format: format), pool: pool) { x, y in
      // Each pixel its own dice: what it has does not depend on the window.
      var dice = Dice(seed: seed &* 7919 &+ UInt64(truncatingIfNeeded: (y &+ 9000) &* 65537 &+ x))
      _ = dice.word()
      return (0..<dice.below(5)).map { _ in
        let z = Float(dice.below(12)) / 2 + 1
        let alpha: Float = dice.pick([0, 1, 0.25, 0.5, 0.9, Float(dice.unit())])
        var sample: [Channel: Float] = [
          .alpha: alpha, .z: z, .zBack: dice.below(2) == 0 ? z : z + Float(dice.below(5)) / 2,
          "id": Float(bitPattern: UInt32(dice.below(1 << 30))),
        ]
        for channel in Channel.rgb { sample[channel] = alpha * Float(dice.unit() * 1.5) }
        return sample
      }
    }
  }

  /// A deep picture of one pixel with these samples.
  static func pixel(_ samples: [[Channel: Float]], _ pool: BlockPool) -> DeepImage {
    var channels = Channel.rgba + [.z, .zBack]
    channels.removeAll { channel in !samples.contains { $0[channel] != nil } }
    let window = Rect(width: 1, height: 1)
    return DeepImage(
      spec: spec(window, channels: channels, most: max(1, samples.count)), pool: pool
    ) { _, _ in samples }
  }
}

extension DeepImage {
  /// The samples of a pixel, channel by channel.
  func pixel(x: Int, y: Int) -> [[Channel: Float]] {
    (0..<count(x: x, y: y)).map { index in
      Dictionary(
        uniqueKeysWithValues: channels.map { ($0, values($0, x: x, y: y)[index]) })
    }
  }

  /// The same with one number in all channels but ids of one pixel's samples.
  func with(_ bad: Float, x badX: Int, y badY: Int, _ pool: BlockPool) -> DeepImage {
    DeepImage(spec: spec, pool: pool) { x, y in
      var samples = pixel(x: x, y: y)
      if (x, y) == (badX, badY) {
        for index in samples.indices {
          for channel in channels where !ids.contains(channel) { samples[index][channel] = bad }
        }
      }
      return samples
    }
  }
}

extension Payload {
  /// As a picture, so that nothing of it is lost: of a deep one the number of samples, and each channel of
  /// the first sample, of the second, and so on.
  func unrolled(_ pool: BlockPool) -> Image {
    guard let deep else { return picture ?? Image(spec: spec, grid: pool.grid) }
    let window = deep.dataWindow
    var pixels: [Channel: [Float]] = ["samples": []]
    var most = 0
    for y in window.y0..<max(window.y0, window.y1) {
      for x in window.x0..<window.x1 { most = max(most, deep.count(x: x, y: y)) }
    }
    var names: [[Channel]] = []
    for index in 0..<most {
      names.append(deep.channels.map { Channel("\(index).\($0)") })
      for name in names[index] { pixels[name] = [] }
    }
    for y in window.y0..<max(window.y0, window.y1) {
      for x in window.x0..<window.x1 {
        let count = deep.count(x: x, y: y)
        pixels["samples"]?.append(Float(count))
        for (slot, channel) in deep.channels.enumerated() {
          let values = count == 0 ? [] : deep.values(channel, x: x, y: y)
          for index in 0..<most {
            pixels[names[index][slot]]?.append(index < count ? values[index] : 0)
          }
        }
      }
    }
    var spec = deep.spec
    spec.deep = nil
    spec.channels = ["samples"] + names.flatMap { $0 }
    return Image(spec: spec, pool: pool, pixels: pixels)
  }
}

extension Payload {
  /// The same with one number in all channels of one pixel.
  func with(_ bad: Float, x: Int, y: Int, _ pool: BlockPool) -> Payload {
    switch self {
    case .deep(let deep): return .deep(deep.with(bad, x: x, y: y, pool))
    case .picture(let image):
      let window = image.dataWindow
      var pixels: [Channel: [Float]] = [:]
      for channel in image.channels {
        pixels[channel] = image.pixels(channel, in: window, pool: pool)
        pixels[channel]?[(y - window.y0) * window.width + x - window.x0] = bad
      }
      return .picture(Image(spec: image.spec, pool: pool, pixels: pixels))
    }
  }
}
