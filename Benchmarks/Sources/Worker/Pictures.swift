import Bipack
import Dispatch
import Glibc

/// The pictures everything is measured on: made by arithmetic, the same on every machine, and like
/// what a comp is made of. Kernels whose cost depends on values (powers, medians, codecs) get no
/// easy ride: there are gradients, texture at every scale, hard and soft edges, highlights up to 6,
/// film grain that grows with the light, and mattes with large flat areas and soft borders.
enum Pictures {
  static let width = 3840
  static let height = 2160
  static let channels = 4
  static let count = width * height

  enum Name: String, ParamChoice {
    /// A street in the evening, say: opaque colour, and a soft matte as its alpha.
    case plate
    /// Something cut out of another plate: premultiplied, transparent over half of the frame.
    case element
  }

  /// Writes every picture to `folder`: 32-bit floats, R, G, B, A one after the other, each in rows
  /// from the top.
  static func write(to folder: String) throws {
    for name in Name.allCases {
      let planes = make(name)
      try File.write(planes, to: "\(folder)/\(name.rawValue).f32")
    }
  }

  /// A picture written before, in the renderer's memory.
  static func image(_ name: Name, folder: String, pool: BlockPool) throws -> Image {
    let values = try File.read("\(folder)/\(name.rawValue).f32", count: count * channels)
    var pixels: [Channel: [Float]] = [:]
    for (index, channel) in Channel.rgba.enumerated() {
      pixels[channel] = Array(values[index * count..<(index + 1) * count])
    }
    let spec = ImageSpec(format: Format(width: width, height: height))
    return Image(spec: spec, pool: pool, pixels: pixels)
  }

  // MARK: Making

  private static func make(_ name: Name) -> [Float] {
    var planes = [Float](repeating: 0, count: count * channels)
    planes.withUnsafeMutableBufferPointer { buffer in
      nonisolated(unsafe) let base = buffer
      DispatchQueue.concurrentPerform(iterations: height) { y in
        for x in 0..<width {
          let pixel = name == .plate ? plate(x, y) : element(x, y)
          for channel in 0..<channels { base[channel * count + y * width + x] = pixel[channel] }
        }
      }
    }
    return planes
  }

  private static func plate(_ x: Int, _ y: Int) -> SIMD4<Float> {
    let (u, v) = (Float(x) / Float(width), Float(y) / Float(height))
    let texture = clouds(Float(x) / 480, Float(y) / 480, octaves: 7, seed: 1)
    // Sky above, ground below, a row of dark blocks with hard edges between them.
    var light = v < 0.55 ? 0.9 - 0.9 * v : 0.12 + 0.2 * (v - 0.55)
    light *= 0.5 + texture
    let block = hash(Int(u * 23), 7, 3)
    if v > 0.35 + 0.2 * block, v < 0.62 { light *= 0.25 + 0.3 * hash(Int(u * 23), 9, 3) }
    // Lamps: small, hard, far above white.
    let (lampX, lampY) = (Float(x % 320) - 160, Float(y % 270) - 135)
    if lampX * lampX + lampY * lampY < 36, hash(x / 320, y / 270, 5) > 0.6 { light += 5 }
    var color = SIMD4<Float>(light * 1.05, light * 0.95, light * (0.7 + 0.5 * (1 - v)), 0)
    for channel in 0..<3 {
      let deviation = 0.004 + 0.03 * color[channel].squareRoot()
      color[channel] = max(0, color[channel] + deviation * grain(x, y, seed: channel))
    }
    color[3] = matte(u, v, texture)
    return color
  }

  private static func element(_ x: Int, _ y: Int) -> SIMD4<Float> {
    let (u, v) = (Float(x) / Float(width), Float(y) / Float(height))
    let texture = clouds(Float(x) / 300 + 40, Float(y) / 300 + 11, octaves: 7, seed: 2)
    let alpha = matte(1 - u, v, texture)
    guard alpha > 0 else { return .zero }
    let light = 0.15 + 0.8 * texture
    var color = SIMD4<Float>(light * 0.9, light * 0.7, light * 0.55, 1)
    for channel in 0..<3 {
      let deviation = 0.004 + 0.03 * color[channel].squareRoot()
      color[channel] = max(0, color[channel] + deviation * grain(x, y, seed: channel + 3))
    }
    return color * alpha
  }

  /// A figure with soft, frayed edges: 1 inside, 0 outside, something between over a tenth of it.
  private static func matte(_ u: Float, _ v: Float, _ texture: Float) -> Float {
    let (dx, dy) = ((u - 0.4) / 0.32, (v - 0.55) / 0.48)
    let edge = 1 - (dx * dx + dy * dy) + 0.5 * (texture - 0.5)
    let t = min(max(edge / 0.25, 0), 1)
    return t * t * (3 - 2 * t)
  }

  /// Value noise, each octave half the size and half the height of the one before; about 0 to 1.
  private static func clouds(_ x: Float, _ y: Float, octaves: Int, seed: Int) -> Float {
    var (x, y, sum, height) = (x, y, Float(0), Float(0.5))
    for octave in 0..<octaves {
      let (cellX, cellY) = (Int(x.rounded(.down)), Int(y.rounded(.down)))
      var (s, t) = (x - Float(cellX), y - Float(cellY))
      s = s * s * (3 - 2 * s)
      t = t * t * (3 - 2 * t)
      func corner(_ i: Int, _ j: Int) -> Float {
        hash(cellX + i, cellY + j, seed * 100 + octave)
      }
      let top = corner(0, 0) + (corner(1, 0) - corner(0, 0)) * s
      let bottom = corner(0, 1) + (corner(1, 1) - corner(0, 1)) * s
      sum += height * (top + (bottom - top) * t)
      (x, y, height) = (x * 2, y * 2, height / 2)
    }
    return sum
  }

  /// Nearly Gaussian, standard deviation 1, another for each pixel.
  static func grain(_ x: Int, _ y: Int, seed: Int) -> Float {
    var sum: Float = -2
    for i in 0..<4 { sum += hash(x, y, 1000 + seed * 4 + i) }
    return sum * 1.7320508
  }

  /// 0 up to 1, by three rounds of a 64-bit mix.
  private static func hash(_ x: Int, _ y: Int, _ seed: Int) -> Float {
    var bits = UInt64(truncatingIfNeeded: x) &* 0x9e37_79b9_7f4a_7c15
    bits ^= UInt64(truncatingIfNeeded: y) &* 0xc2b2_ae3d_27d4_eb4f
    bits ^= UInt64(truncatingIfNeeded: seed) &* 0x1656_67b1_9e37_79f9
    bits = (bits ^ (bits >> 31)) &* 0xbf58_476d_1ce4_e5b9
    bits = (bits ^ (bits >> 29)) &* 0x94d0_49bb_1331_11eb
    bits ^= bits >> 32
    return Float(bits >> 40) / 16_777_216
  }
}

/// Files of bare 32-bit floats.
enum File {
  static func write(_ values: [Float], to path: String) throws {
    guard let file = fopen(path, "wb") else { throw Complaint("cannot write \(path)") }
    defer { fclose(file) }
    let written = values.withUnsafeBufferPointer {
      fwrite($0.baseAddress, MemoryLayout<Float>.stride, $0.count, file)
    }
    guard written == values.count else { throw Complaint("cannot write \(path)") }
  }

  static func read(_ path: String, count: Int) throws -> [Float] {
    guard let file = fopen(path, "rb") else { throw Complaint("cannot read \(path)") }
    defer { fclose(file) }
    return try [Float](unsafeUninitializedCapacity: count) { buffer, filled in
      filled = fread(buffer.baseAddress, MemoryLayout<Float>.stride, count, file)
      guard filled == count else { throw Complaint("\(path) is too short") }
    }
  }
}

/// What went wrong, for the person at the terminal.
struct Complaint: Error, CustomStringConvertible {
  let description: String
  init(_ description: String) { self.description = description }
}
