import Bipack
import Dispatch

/// The two shots of the whole comp: somebody in front of a green screen, and the street behind.
/// Half EXR, ZIP, every frame with its own grain and a little further along.
enum Sequences {
  static let frames = 1...24

  static func write(to folder: String) throws {
    let plate = try File.read("\(folder)/plate.f32", count: Pictures.count * Pictures.channels)
    let element = try File.read("\(folder)/element.f32", count: Pictures.count * Pictures.channels)
    let pool = BlockPool()
    for frame in frames {
      let name = String(frame + 10000).dropFirst()
      try write(Shot(plate, nil, frame), to: "\(folder)/street.\(name).exr", pool)
      try write(Shot(plate, element, frame), to: "\(folder)/screen.\(name).exr", pool)
    }
  }

  private static func write(_ shot: Shot, to path: String, _ pool: BlockPool) throws {
    let format = Format(width: Pictures.width, height: Pictures.height)
    let image = Image(
      spec: ImageSpec(format: format, channels: Channel.rgb), pool: pool, pixels: shot.pixels())
    try ImageFile.write(image, to: path)
  }
}

/// One frame of a shot.
private struct Shot: Sendable {
  private let plate: [Float]
  /// In front of a green screen; nil is the plate itself.
  private let element: [Float]?
  private let frame: Int

  init(_ plate: [Float], _ element: [Float]?, _ frame: Int) {
    (self.plate, self.element, self.frame) = (plate, element, frame)
  }

  func pixels() -> [Channel: [Float]] {
    var planes = [[Float]](repeating: [Float](repeating: 0, count: Pictures.count), count: 3)
    for channel in 0..<3 {
      planes[channel].withUnsafeMutableBufferPointer { buffer in
        nonisolated(unsafe) let plane = buffer
        DispatchQueue.concurrentPerform(iterations: Pictures.height) { y in
          for x in 0..<Pictures.width {
            let light = light(channel, x, y)
            let grain = Pictures.grain(x, y, seed: 100 + frame * 6 + channel + (isScreen ? 3 : 0))
            plane[y * Pictures.width + x] = max(0, light + (0.003 + 0.01 * light) * grain)
          }
        }
      }
    }
    return Dictionary(uniqueKeysWithValues: zip(Channel.rgb, planes))
  }

  private var isScreen: Bool { element != nil }

  private func light(_ channel: Int, _ x: Int, _ y: Int) -> Float {
    let x = min(x + 4 * frame, Pictures.width - 1)
    let at = y * Pictures.width + x
    guard let element else { return plate[channel * Pictures.count + at] }
    // The screen is lit unevenly, and a little of it shines on what stands before it.
    let uneven = 0.9 + 0.2 * Float(x) / Float(Pictures.width)
    let screen = SIMD3<Float>(0.06, 0.34, 0.09) * uneven
    let alpha = element[3 * Pictures.count + at]
    return element[channel * Pictures.count + at] + screen[channel] * (1 - alpha + 0.06 * alpha)
  }
}
