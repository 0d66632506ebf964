import BipackPixels
import Foundation
import Testing

@testable import BipackKernels

@Suite("Grain measured") struct GrainSumsTests {
  private let pool = BlockPool()
  private let width = 480
  private let height = 320
  private let law = (read: 0.003, shot: 0.0004)

  private func deviation(_ brightness: Double) -> Double {
    (law.read * law.read + law.shot * max(0, brightness)).squareRoot()
  }

  /// A picture with soft light, and a part that is all texture.
  private func picture(texture: Double) -> [[Float]] {
    (0..<3).map { channel in
      (0..<width * height).map { i in
        let (x, y) = (Double(i % width), Double(i / width))
        let soft = 0.35 + 0.3 * sin(0.011 * x + Double(channel)) * cos(0.013 * y)
        let rough = x < 200 ? texture * sin(1.3 * x + 0.4 * y) * sin(0.7 * y) : 0
        return Float(max(0, soft + rough))
      }
    }
  }

  private func grained(_ planes: [[Float]], _ correlation: GrainCorrelation, frame: Double)
    -> [[Float]]
  {
    let rect = Rect(x: 0, y: 0, width: width, height: height)
    let noise = (0..<3).map { _ in pool.scratch(count: rect.area) }
    GrainField(GrainFilter(correlation), frame: frame, seed: 3).fill(
      noise.map { PlaneView(rect, of: $0) }, rect, pool: pool)
    let strength = GrainStrength(brightest: 2, deviation)
    return (0..<3).map { channel in
      var out = [Float](repeating: 0, count: rect.area)
      strength.add(
        noise[channel].base, to: planes[channel], alpha: nil, into: &out, count: rect.area)
      return out
    }
  }

  private func measured(_ planes: [[Float]], _ beside: GrainPicture.Beside? = nil)
    -> GrainSums.Result?
  {
    var pictures = [
      GrainPicture(width: width, height: height, planes: planes, beside: .nothing)
    ]
    if let beside {
      let other = GrainPicture(width: width, height: height, planes: planes, beside: beside)
      if case .clean = beside { pictures = [other] } else { pictures.append(other) }
    }
    return GrainSums(pictures, loops: .serial).result()
  }

  private func expect(
    _ result: GrainSums.Result, _ correlation: GrainCorrelation, within share: Double = 0.06,
    _ comment: String = ""
  ) {
    for channel in 0..<3 {
      for point in result.seen[channel] where point.count > 20 {
        let wanted = deviation(point.brightness)
        #expect(
          abs(point.deviation / wanted - 1) < share,
          "\(comment) channel \(channel) at \(point.brightness): \(point.deviation) for \(wanted)")
      }
    }
    for pair in GrainCorrelation.pairs.indices {
      for (dx, dy) in [(0, 0), (1, 0), (0, 1), (1, 1), (2, 0), (0, 2), (3, 1)] {
        let (found, wanted) = (
          result.correlation.value(pair, dx, dy), correlation.value(pair, dx, dy)
        )
        #expect(
          abs(found - wanted) < 0.06,
          "\(comment) pair \(pair) at \(dx), \(dy): \(found) for \(wanted)")
      }
    }
  }

  @Test(
    "strength, size and colours are found though half of the picture is texture",
    arguments: [(0.0, 0.0), (0.7, 0.0), (0.7, 0.5), (1.3, 0.2)])
  func found(_ size: Double, _ alike: Double) throws {
    let correlation = GrainCorrelation(size: size, alike: alike)
    let plane = grained(picture(texture: 0.2), correlation, frame: 1)
    let result = try #require(measured(plane))
    // Of large grain squares of 16 pixels know less.
    expect(result, correlation, within: size > 1 ? 0.1 : 0.06)
    #expect(result.confidence > 0.7)
    for channel in 0..<3 {
      #expect(result.strengths[channel].first?.brightness == 0)
      let last = try #require(result.strengths[channel].last)
      #expect(last.brightness >= 1)
      #expect(abs(last.deviation / deviation(last.brightness) - 1) < 0.25)
    }
  }

  @Test("a texture all over is seen through beside the next frame, or the picture without grain")
  func seenThrough() throws {
    let correlation = GrainCorrelation(size: 0.7, alike: 0)
    let clean = (0..<3).map { channel in
      picture(texture: 0)[channel].enumerated().map { i, value in
        let (x, y) = (Double(i % width), Double(i / width))
        return value + Float(0.006 * sin(0.9 * x) * sin(0.8 * y + 0.3 * x))
      }
    }
    let plane = grained(clean, correlation, frame: 1)
    let next = grained(clean, correlation, frame: 2)
    let alone = try #require(measured(plane))
    #expect(alone.seen[1].contains { $0.deviation > 1.1 * deviation($0.brightness) })
    expect(try #require(measured(plane, .frame(next))), correlation, within: 0.08, "frames")
    expect(try #require(measured(plane, .clean(clean))), correlation, "clean")
  }

  @Test("a frame that repeats tells nothing of grain, and makes doubtful what looks like it")
  func repeats() throws {
    let correlation = GrainCorrelation(size: 0.5, alike: 0)
    let plane = grained(picture(texture: 0.1), correlation, frame: 1)
    let nearly = plane.map { $0.enumerated().map { $1 + Float($0 % 7) * 1e-5 } }
    for other in [plane, nearly] {
      let result = try #require(measured(plane, .frame(other)))
      expect(result, correlation)
      #expect(result.confidence < 0.4)
    }
    let next = grained(picture(texture: 0.1), correlation, frame: 2)
    #expect(try #require(measured(plane, .frame(next))).confidence > 0.7)
  }

  @Test("what is cut off at black and white is left out")
  func cutOff() throws {
    let correlation = GrainCorrelation(size: 0, alike: 0)
    let dark = picture(texture: 0).map { $0.map { max(0, ($0 - 0.3) * 1.5) } }
    let plane = grained(dark, correlation, frame: 1).map { $0.map { min(max($0, 0), 0.4) } }
    expect(try #require(measured(plane)), correlation)
  }

  @Test(
    "sums of frames are as good as all of them together; NaN and a picture without grain are survived"
  )
  func sumsAndTrouble() throws {
    let correlation = GrainCorrelation(size: 0.7, alike: 0)
    var sums = GrainSums()
    for frame in 1...3 {
      var plane = grained(picture(texture: 0.2), correlation, frame: Double(frame))
      plane[frame - 1][1000 * frame] = .nan
      plane[1][7] = .infinity
      sums += GrainSums(
        [GrainPicture(width: width, height: height, planes: plane, beside: .nothing)],
        loops: .serial)
    }
    expect(try #require(sums.result()), correlation, within: 0.04)
    let flat = [[Float]](repeating: [Float](repeating: 0.5, count: width * height), count: 3)
    #expect(measured(flat) == nil)
  }
}
