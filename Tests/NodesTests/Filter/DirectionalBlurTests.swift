import Bipack
import BipackKernels
import Foundation
import Testing

@testable import BipackNodes

@Suite struct DirectionalBlurTests {
  /// The integral along the line in 20,000 steps, of the picture read between the pixels of the
  /// column (or row) on either side.
  private func line(_ source: Reference, _ x: Int, _ y: Int, _ length: Double, _ angle: Double)
    -> Double
  {
    let (c, s) = (cos(angle * .pi / 180), sin(angle * .pi / 180))
    let isSteep = abs(s) > abs(c)
    func crossing(_ k: Int) -> Double {
      let minor = Double(k) * (isSteep ? -c / s : -s / c)
      let low = Int(minor.rounded(.down))
      let f = minor - Double(low)
      return (1 - f) * source.at(x + (isSteep ? low : k), y + (isSteep ? k : low), .black)
        + f * source.at(x + (isSteep ? low + 1 : k), y + (isSteep ? k : low + 1), .black)
    }
    let reach = Int(length) + 3
    let values = (-reach...reach).map(crossing)
    let count = 20_000
    var sum = 0.0
    for i in 0..<count {
      let t = length * ((Double(i) + 0.5) / Double(count) - 0.5) * max(abs(c), abs(s))
      let k = Int(t.rounded(.down))
      let f = t - Double(k)
      sum += (1 - f) * values[k + reach] + f * values[k + 1 + reach]
    }
    return sum / Double(count)
  }

  @Test(arguments: [0.0, 30, 45, 71.5, 90, 200, -17])
  func aLineIsItsIntegral(_ angle: Double) async throws {
    let source = Reference.noise(40, 30)
    for length in [0.3, 1, 7.5, 30] {
      var blur = DirectionalBlur()
      (blur.length, blur.angle) = (length, angle)
      let image = try await run(blur, [source.image()])
      #expect(image.dataWindow == Rect(width: 40, height: 30))
      for (x, y) in [(0, 0), (20, 15), (39, 29), (3, 22), (31, 1)] {
        let expected = line(source, x, y, length, angle)
        #expect(abs(Double(image.value(.red, x: x, y: y)) - expected) < 1e-4, "\(length) \(x) \(y)")
      }
    }
  }

  @Test func nothingIsNothingAndLightIsKept() async throws {
    let source = Reference(61, 61) { x, y in x == 30 && y == 30 ? 1 : 0 }
    var blur = DirectionalBlur()
    #expect(try await run(blur, [source.image()]).values(.red) == source.values.map { Float($0) })
    (blur.length, blur.angle) = (23.7, 33)
    let sum = try await run(blur, [source.image()]).values(.red).reduce(0, +)
    #expect(abs(sum - 1) < 1e-5)
  }

  /// A smooth picture as a function, so that moved images of it are exact.
  private func smooth(_ x: Double, _ y: Double) -> Double {
    var value = 0.0
    for (cx, cy, size, height) in [
      (40.0, 30.0, 5.0, 1.0), (70, 60, 7, 0.6), (25, 70, 4, 1.5), (80, 20, 6, 0.8),
    ] {
      let (dx, dy) = ((x - cx) / size, (y - cy) / size)
      value += height * exp(-(dx * dx + dy * dy) / 2)
    }
    return value
  }

  private var picture: Reference {
    Reference(100, 90) { smooth(Double($0) + 0.5, Double($1) + 0.5) }
  }

  /// The mean over the movement, of the exact picture.
  private func moved(_ x: Int, _ y: Int, zoom: Double, spin: Double, _ center: (Double, Double))
    -> Double
  {
    var sum = 0.0
    let count = 800
    for i in 0..<count {
      let t = (Double(i) + 0.5) / Double(count) - 0.5
      let scale = pow(zoom, -t)
      let angle = spin * t * .pi / 180
      let (dx, dy) = (Double(x) + 0.5 - center.0, Double(y) + 0.5 - center.1)
      // Back: clockwise as seen, y down.
      let u = center.0 + scale * (cos(angle) * dx - sin(angle) * dy)
      let v = center.1 + scale * (sin(angle) * dx + cos(angle) * dy)
      sum += smooth(u, v)
    }
    return sum / Double(count)
  }

  @Test(arguments: [(1.5, 0.0), (0.8, 0), (1, 40), (1, -370), (1.3, 25)])
  func zoomAndSpinAreTheMeanOfTheMovement(_ zoom: Double, _ spin: Double) async throws {
    var blur = DirectionalBlur()
    (blur.zoom, blur.spin) = (zoom, spin)
    blur.center = .at(45, 40)
    let image = try await run(blur, [picture.image()])
    let inner = Rect(x0: 25, y0: 20, x1: 65, y1: 60)
    let error = worst(image, inner) { moved($0, $1, zoom: zoom, spin: spin, (45, 40)) }
    #expect(error < 6e-3)
  }

  /// The doubled sum against the sum of all images, made one by one.
  @Test(arguments: [false, true])
  func raysAreTheMeanOrMaximumOfTheirImages(_ isMaximum: Bool) async throws {
    for (translate, rotate, scale, fade) in [
      (Vec2(12, -7), 0.0, 1.0, 1.0), (Vec2(0, 0), 0, 1.4, 0.25), (Vec2(5, 9), 30, 1.2, 1),
    ] {
      var rays = GodRays()
      (rays.translate, rays.rotate, rays.scale, rays.fade) = (
        translate, rotate, Vec2(scale, scale), fade
      )
      rays.center = .at(50, 45)
      rays.max = isMaximum
      rays.steps = 4
      let format = Format(width: 100, height: 90)
      let step = try rays.step(format)
      var maps = [Matrix3.identity]
      for _ in 1..<16 { maps.append(step * (maps.last ?? step)) }
      // The last image is moved by all of it.
      var transform = Transform()
      (transform.translate, transform.rotate, transform.scale) = (
        translate, rotate, Vec2(scale, scale)
      )
      transform.center = .at(50, 45)
      let whole = transform.placement.matrix(format)
      #expect(zip(maps[15].m, whole.m).allSatisfy { abs($0 - $1) < 1e-9 })
      let image = try await run(rays, [picture.image()])
      let backs = maps.compactMap(\.inverse)
      let error = worst(image, Rect(x0: 20, y0: 15, x1: 80, y1: 75)) { x, y in
        var (sum, weights, most) = (0.0, 0.0, 0.0)
        for (i, back) in backs.enumerated() {
          guard let p = back.apply(Double(x) + 0.5, Double(y) + 0.5) else { continue }
          let weight = pow(fade, Double(i) / 15)
          let value = weight * smooth(p.x, p.y)
          sum += value
          weights += weight
          most = max(most, value)
        }
        return isMaximum ? most : sum / weights
      }
      // The mean evens out what four resamples do to a peak, the maximum does not, and is read without
      // overshoot, which cuts peaks between pixels.
      #expect(error < (isMaximum ? 0.025 : 6e-3), "\(translate) \(rotate) \(scale)")
    }
  }

  /// Of a picture of ones nothing is brighter than 1, its window's edges included.
  @Test(arguments: ResampleFilter.allCases)
  func theMaximumOfRaysDoesNotRing(_ filter: ResampleFilter) async throws {
    var rays = GodRays()
    (rays.translate, rays.rotate, rays.scale) = (Vec2(13, -8), 20, Vec2(1.5, 1.2))
    (rays.max, rays.steps, rays.filter) = (true, 6, filter)
    let window = Rect(x0: 20, y0: 15, x1: 70, y1: 60)
    let ones = Reference(100, 90) { x, y in
      (window.x0..<window.x1).contains(x) && (window.y0..<window.y1).contains(y) ? 1 : 0
    }
    let values = try await run(rays, [ones.image()]).values(.red)
    #expect(values.allSatisfy { $0 >= 0 && $0 <= 1.000_01 }, "\(values.max() ?? 0)")
  }

  @Test func raysWithoutMovementAreThePicture() async throws {
    let source = Reference.noise(20, 20)
    #expect(
      try await run(GodRays(), [source.image()]).values(.red) == source.values.map { Float($0) })
    var turning = GodRays()
    (turning.rotate, turning.translate) = (360, Vec2(3, 0))
    let node = turning
    await #expect(throws: RenderError.self) { try await run(node, [source.image()]) }
  }
}
