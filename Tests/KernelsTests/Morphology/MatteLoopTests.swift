import BipackPixels
import CVector
import Testing

@testable import BipackKernels

/// The loops of matte tools against the same done one pixel at a time.
@Suite struct MatteLoopTests {
  private struct Random {
    var state: UInt64

    mutating func below(_ n: Int) -> Int {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return Int(state >> 33) % n
    }
  }

  private let pool = BlockPool()

  // MARK: Discs

  /// A place between pixels: Keys' cubic, held within the four pixels around.
  private func between(_ at: (Int, Int) -> Float, _ dx: Double, _ dy: Double) -> Float {
    let (left, top) = (Int(dx.rounded(.down)), Int(dy.rounded(.down)))
    func weights(_ t: Double) -> [Float] {
      let (s, c) = (t * t, t * t * t)
      return [
        Float((-t + 2 * s - c) / 2), Float((2 - 5 * s + 3 * c) / 2), Float((t + 4 * s - 3 * c) / 2),
        Float((c - s) / 2),
      ]
    }
    let (wx, wy) = (weights(dx - Double(left)), weights(dy - Double(top)))
    let rows = (0..<4).map { j -> Float in
      let y = top - 1 + j
      return wx[0] * at(left - 1, y) + wx[1] * at(left, y) + wx[2] * at(left + 1, y)
        + wx[3] * at(left + 2, y)
    }
    let v = wy[0] * rows[0] + wy[1] * rows[1] + wy[2] * rows[2] + wy[3] * rows[3]
    let near = [at(left, top), at(left + 1, top), at(left, top + 1), at(left + 1, top + 1)]
    let (low, high) = (near.min() ?? 0, near.max() ?? 0)
    return v < low ? low : v > high ? high : v
  }

  @Test(arguments: [0.3, 1, 1.7, 2, 3.25, 4], [true, false])
  func disc(radius: Double, maximum: Bool) {
    let (width, height, aspect) = (53, 19, 1.25)
    let disc = Disc(maximum: maximum, radius: radius, pixelAspect: aspect)
    var random = Random(state: 7)
    let rect = Rect(x: 3, y: -2, width: width, height: height)
    let wide = rect.expanded(x: disc.reachX, y: disc.reachY)
    let values = (0..<wide.area).map { _ in Float(random.below(1000)) / 500 - 0.5 }
    let spec = ImageSpec(
      format: Format(width: 100, height: 100), dataWindow: wide, channels: [.alpha])
    let image = Image(spec: spec, pool: pool, pixels: [.alpha: values])
    var out = [Float](repeating: 0, count: rect.area)
    out.withUnsafeMutableBufferPointer { out in
      guard let base = out.baseAddress else { return }
      disc.apply(
        image.window(.alpha, wide, edge: .clamp, pool: pool),
        into: PlaneView(rect: rect, base: base, stride: rect.width), pool: pool)
    }
    let count = radius <= 1 ? 16 : radius <= 2 ? 24 : 32
    for y in stride(from: 0, to: height, by: 3) {
      for x in 0..<width {
        func at(_ dx: Int, _ dy: Int) -> Float {
          values[(y + dy + disc.reachY) * wide.width + x + dx + disc.reachX]
        }
        var seen = [at(0, 0)]
        for dy in -4...4 {
          for dx in -4...4 {
            let (u, v) = (Double(dx) * aspect / radius, Double(dy) / radius)
            if u * u + v * v <= 1 + 1e-12 { seen.append(at(dx, dy)) }
          }
        }
        for k in 0..<count {
          let (sine, cosine) = Turn.degrees(360 * Double(k) / Double(count))
          seen.append(between(at, radius / aspect * cosine, radius * sine))
        }
        let expected = (maximum ? seen.max() : seen.min()) ?? 0
        #expect(out[y * width + x] == expected, "\(x), \(y)")
      }
    }
  }

  @Test func discsLeaveNaNOut() {
    let disc = Disc(maximum: true, radius: 1.5, pixelAspect: 1)
    let wide = Rect(x: 0, y: 0, width: 12, height: 12)
    let rect = wide.expanded(x: -disc.reachX, y: -disc.reachY)
    var values = [Float](repeating: 0.25, count: wide.area)
    values[5 * 12 + 5] = .nan
    let spec = ImageSpec(
      format: Format(width: 12, height: 12), dataWindow: wide, channels: [.alpha])
    let image = Image(spec: spec, pool: pool, pixels: [.alpha: values])
    var out = [Float](repeating: 0, count: rect.area)
    out.withUnsafeMutableBufferPointer { out in
      guard let base = out.baseAddress else { return }
      disc.apply(
        image.window(.alpha, wide, edge: .clamp, pool: pool),
        into: PlaneView(rect: rect, base: base, stride: rect.width), pool: pool)
    }
    for value in out { #expect(abs(value - 0.25) < 1e-6) }
  }

  // MARK: Areas

  /// A small picture with few levels, and now and then no number.
  private struct Spots {
    var width: Int
    var height: Int
    var values: [Float]
    var corners: Bool

    init(_ random: inout Random) {
      (width, height) = (1 + random.below(12), 1 + random.below(12))
      corners = random.below(2) == 0
      let levels = 2 + random.below(6)
      values = []
      for _ in 0..<width * height {
        let value = Float(random.below(levels)) / 4 - 0.25
        values.append(random.below(40) == 0 ? .nan : value)
      }
    }

    /// All pixels joined to one through such as `holds` for.
    func joined(_ start: Int, _ holds: (Float) -> Bool) -> [Int] {
      var (seen, open) = (Set([start]), [start])
      while let at = open.popLast() {
        for dy in -1...1 {
          for dx in -1...1 where (dx != 0 || dy != 0) && (corners || dx == 0 || dy == 0) {
            let (x, y) = (at % width + dx, at / width + dy)
            guard x >= 0, y >= 0, x < width, y < height else { continue }
            if holds(values[y * width + x]), seen.insert(y * width + x).inserted {
              open.append(y * width + x)
            }
          }
        }
      }
      return Array(seen)
    }

    /// The opening by its definition.
    func opened(_ area: Int, limit: Float) -> [Float] {
      values.indices.map { i in
        let value = values[i]
        if value.isNaN { return value }
        let levels = values.filter { $0 <= value }
        let large = levels.filter { level in joined(i) { $0 >= level }.count >= area }
        let least = joined(i) { !$0.isNaN }.map { values[$0] }.min() ?? value
        let result = large.max() ?? least
        return result <= limit ? result : value
      }
    }
  }

  @Test func openingsAreWhatTheyAreDefinedAs() {
    var random = Random(state: 3)
    for _ in 0..<250 {
      let spots = Spots(&random)
      let (area, fills) = (1 + random.below(20), random.below(2) == 0)
      let limit = random.below(3) == 0 ? Float.infinity : Float(random.below(6)) / 4 - 0.3
      // Holes are specks of the picture turned round.
      let input = spots.values.map { fills ? -$0 : $0 }
      var out = input
      input.withUnsafeBufferPointer { input in
        out.withUnsafeMutableBufferPointer { out in
          guard let from = input.baseAddress, let to = out.baseAddress else { return }
          AreaOpening(
            area: area, joinsCorners: spots.corners, fillsHoles: fills,
            limit: fills ? -limit : limit
          ).apply(from, to, width: spots.width, height: spots.height, pool: pool)
        }
      }
      let expected = spots.opened(area, limit: limit).map { fills ? -$0 : $0 }
      let isSame = zip(out, expected).allSatisfy { $0 == $1 || ($0.isNaN && $1.isNaN) }
      #expect(isSame, "\(spots) area \(area) limit \(limit) fills \(fills): \(out)")
    }
  }
}
