import Bipack
import BipackGraph
import BipackPixels
import Foundation
import Testing

@testable import BipackNodes

/// A textured background and a textured disc over it, each with a motion of its own, exactly known.
struct MovingScene {
  var width = 320
  var height = 180
  /// The disc's motion in pixels a frame.
  var disc = (x: 4.6, y: -2.3)

  private func noise(_ x: Int, _ y: Int, _ seed: Int) -> Double {
    var hash = UInt32(truncatingIfNeeded: x &* 73_856_093 ^ y &* 19_349_663 ^ seed &* 83_492_791)
    hash = (hash ^ hash >> 13) &* 1_274_126_177
    hash = (hash ^ hash >> 15) &* 2_246_822_519
    return Double((hash ^ hash >> 16) & 0xffff) / 65535
  }

  /// Blotches of a size, with continuous slopes.
  private func blotches(_ x: Double, _ y: Double, _ size: Double, _ seed: Int) -> Double {
    let (px, py) = (x / size, y / size)
    let (ix, iy) = (px.rounded(.down), py.rounded(.down))
    func ease(_ t: Double) -> Double { t * t * (3 - 2 * t) }
    let (s, t) = (ease(px - ix), ease(py - iy))
    let (i, j) = (Int(ix), Int(iy))
    let above = noise(i, j, seed) * (1 - s) + noise(i + 1, j, seed) * s
    let below = noise(i, j + 1, seed) * (1 - s) + noise(i + 1, j + 1, seed) * s
    return above * (1 - t) + below * t
  }

  private func texture(_ x: Double, _ y: Double, _ seed: Int) -> Double {
    let sum = [41.0, 17, 7, 4].enumerated().reduce(0.0) { sum, octave in
      sum + blotches(x, y, octave.element, seed + octave.offset)
    }
    return 0.03 * pow(2, 1.3 * sum)
  }

  /// From a place in the background at frame 0 to where it is at another.
  private func background(_ x: Double, _ y: Double, _ time: Double) -> (x: Double, y: Double) {
    let (angle, zoom) = (0.004 * time, pow(1.002, time))
    let (dx, dy) = (x - Double(width) / 2, y - Double(height) / 2)
    return (
      Double(width) / 2 + zoom * (dx * cos(angle) - dy * sin(angle)) - 1.7 * time,
      Double(height) / 2 + zoom * (dx * sin(angle) + dy * cos(angle)) + 0.6 * time
    )
  }

  private func origin(_ x: Double, _ y: Double, _ time: Double) -> (x: Double, y: Double) {
    let (angle, zoom) = (-0.004 * time, pow(1.002, -time))
    let dx = x + 1.7 * time - Double(width) / 2
    let dy = y - 0.6 * time - Double(height) / 2
    return (
      Double(width) / 2 + zoom * (dx * cos(angle) - dy * sin(angle)),
      Double(height) / 2 + zoom * (dx * sin(angle) + dy * cos(angle))
    )
  }

  /// How far outside the disc.
  private func outside(_ x: Double, _ y: Double, _ time: Double) -> Double {
    let dx = x - Double(width) * 0.45 - disc.x * time
    let dy = y - Double(height) * 0.55 - disc.y * time
    return (dx * dx + dy * dy).squareRoot() - Double(height) * 0.22
  }

  func value(_ x: Double, _ y: Double, _ time: Double, seed: Int) -> Double {
    let place = origin(x, y, time)
    let behind = texture(place.x + 500, place.y + 500, seed)
    let cover = min(max(0.5 - outside(x, y, time), 0), 1)
    if cover == 0 { return behind }
    let before = texture(x - disc.x * time + 900, y - disc.y * time + 700, seed + 50)
    return behind + cover * (before - behind)
  }

  /// Where what is at a place at one frame is at another; nil where it is hidden, outside, or an edge.
  func moved(_ x: Double, _ y: Double, from time: Double, to other: Double)
    -> (x: Double, y: Double)?
  {
    let distance = outside(x, y, time)
    if distance.magnitude < 1.5 { return nil }
    var to: (x: Double, y: Double)
    if distance < 0 {
      to = (x + disc.x * (other - time), y + disc.y * (other - time))
    } else {
      let place = origin(x, y, time)
      to = background(place.x, place.y, other)
      if outside(to.x, to.y, other) < 1.5 { return nil }
    }
    let isInside = to.x >= 0 && to.y >= 0 && to.x < Double(width) && to.y < Double(height)
    return isInside ? to : nil
  }
}

/// The scene as a clip, a cut and a change of light in it.
struct MovingPlate: SourceNode {
  static let abstract = "A scene whose motion is known."
  static let category = "Test"

  @Param("The first frame of another shot; 0 is never.") var cut = 0.0
  @Param("What light is multiplied by at each frame, over and over.") var gain = 1.0
  @Param("Frames after this one repeat it; 0 is never.") var stop = 0.0
  @Param("Standard deviation of noise in 255ths of the code value, another at each frame.")
  var noise = 0.0

  init() {}

  static let scene = MovingScene()

  /// The catalogue, and this.
  static let registry: Registry = {
    var registry = Registry(Catalog.nodes)
    registry.add(MovingPlate.self)
    return registry
  }()

  func spec(_ context: NodeContext) throws(NodeError) -> ImageSpec {
    ImageSpec(
      format: Format(width: Self.scene.width, height: Self.scene.height), channels: Channel.rgb)
  }

  var isTimeVarying: Bool { true }

  func stamp(_ context: NodeContext) throws(NodeError) -> StableHash {
    StableHash(high: 0, low: UInt64(bitPattern: Int64(context.frame * 64)))
  }

  func read(_ demand: Demand, _ context: NodeContext, _ loops: Loops, _ pool: BlockPool)
    throws(NodeError) -> Payload
  {
    let seed = cut > 0 && context.frame >= cut ? 7000 : 1
    let time = stop > 0 ? min(context.frame, stop) : context.frame
    let light = pow(gain, context.frame)
    var pixels: [Float] = []
    for y in 0..<Self.scene.height {
      for x in 0..<Self.scene.width {
        let value = Self.scene.value(Double(x) + 0.5, Double(y) + 0.5, time, seed: seed)
        pixels.append(Float(value * light))
      }
    }
    let spec = try spec(context)
    let planes = Channel.rgb.enumerated().map { index, channel in
      (channel, grainy(pixels, seed: UInt64(context.frame * 16) * 3 + UInt64(index)))
    }
    return .picture(
      Image(spec: spec, pool: pool, pixels: Dictionary(uniqueKeysWithValues: planes)))
  }

  /// With noise that is the same everywhere in code values of sRGB.
  private func grainy(_ values: [Float], seed: UInt64) -> [Float] {
    if noise == 0 { return values }
    var dice = Dice(seed: seed)
    return values.map { value in
      // Twelve even numbers make a normal one, nearly.
      let grain = (0..<12).reduce(-6.0) { sum, _ in sum + dice.unit() } * noise / 255
      let v = Double(max(value, 0))
      let coded = (v <= 0.0031308 ? v * 12.92 : 1.055 * pow(v, 1 / 2.4) - 0.055) + grain
      return Float(coded <= 0.04045 ? coded / 12.92 : pow((coded + 0.055) / 1.055, 2.4))
    }
  }
}
