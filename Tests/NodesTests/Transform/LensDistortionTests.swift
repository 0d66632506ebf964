import Bipack
import BipackKernels
import Glibc
import Testing

@testable import BipackNodes

@Suite struct LensDistortionTests {
  private let format = Format(width: 160, height: 120)

  private func opencv(_ direction: LensDistortion.Direction, k1: Double = -0.2) -> LensDistortion {
    var node = LensDistortion()
    node.direction = direction
    (node.opencv.focal, node.opencv.principal) = (Vec2(150, 148), .at(82, 58.5))
    (node.opencv.k1, node.opencv.k2, node.opencv.p1) = (k1, 0.05, 0.002)
    return node
  }

  private func radial4(_ direction: LensDistortion.Direction) -> LensDistortion {
    var node = LensDistortion()
    (node.model, node.direction) = (.radial4, direction)
    (node.radial4.filmback, node.radial4.lensCenterOffset) = (Vec2(2.4, 1.8), Vec2(0.04, -0.02))
    (node.radial4.c2, node.radial4.c4, node.radial4.u1, node.radial4.v3) = (
      -0.08, 0.03, 0.004, -0.002
    )
    return node
  }

  /// A picture whose pixels say where they are.
  private func places(_ window: Rect) -> Image {
    var pixels: [Channel: [Float]] = [.red: [], .green: []]
    for y in window.y0..<window.y1 {
      for x in window.x0..<window.x1 {
        pixels[.red]?.append(Float(x) + 0.5)
        pixels[.green]?.append(Float(y) + 0.5)
      }
    }
    return Pictures.make(
      width: window.width, height: window.height, format: format, at: (window.x0, window.y0), pixels
    )
  }

  /// OpenCV's formula, in double: an undistorted pixel shows the distorted picture where the formula takes it.
  @Test func undistortReadsWhereTheFormulaSays() async throws {
    let window = Rect(x0: -60, y0: -60, x1: 220, y1: 180)
    var node = opencv(.undistort)
    node.resampling.filter = .linear
    let result = try await run(node, [places(window)], format: format)
    func place(_ px: Int, _ py: Int) -> (x: Double, y: Double) {
      let x = (Double(px) + 0.5 - 82) / 150
      let y = (Double(py) + 0.5 - 58.5) / 148
      let r2 = x * x + y * y
      let gain = 1 - 0.2 * r2 + 0.05 * r2 * r2
      return (
        (x * gain + 2 * 0.002 * x * y) * 150 + 82,
        (y * gain + 0.002 * (r2 + 2 * y * y)) * 148 + 58.5
      )
    }
    #expect(worst(result, format.window, .red) { place($0, $1).x } < 2e-3)
    #expect(worst(result, format.window, .green) { place($0, $1).y } < 2e-3)
  }

  /// 3DEqualizer's, whose formula goes the other way: a distorted pixel shows the plain picture there.
  @Test func distortReadsWhereTheFormulaSays() async throws {
    var node = radial4(.distort)
    node.resampling.filter = .linear
    let result = try await run(
      node, [places(Rect(x0: -60, y0: -60, x1: 220, y1: 180))], format: format)
    let radius = (2.4 * 2.4 + 1.8 * 1.8).squareRoot() / 2
    func place(_ px: Int, _ py: Int) -> (x: Double, y: Double) {
      let u = (Double(px) + 0.5) / 160
      let v = 1 - (Double(py) + 0.5) / 120
      let x = ((u - 0.5) * 2.4 - 0.04) / radius
      let y = ((v - 0.5) * 1.8 + 0.02) / radius
      let r2 = x * x + y * y
      let gain = 1 - 0.08 * r2 + 0.03 * r2 * r2
      let qx = x * gain + (r2 + 2 * x * x) * 0.004 + 2 * x * y * -0.002 * r2
      let qy = y * gain + (r2 + 2 * y * y) * -0.002 * r2 + 2 * x * y * 0.004
      return (
        ((qx * radius + 0.04) / 2.4 + 0.5) * 160, (1 - ((qy * radius - 0.02) / 1.8 + 0.5)) * 120
      )
    }
    #expect(worst(result, format.window, .red) { place($0, $1).x } < 2e-3)
    #expect(worst(result, format.window, .green) { place($0, $1).y } < 2e-3)
  }

  /// Undistort, a resample, distort: the places come back, a tenth of overscan included. (Those of the map
  /// alone do to a millionth of a pixel, `MapTests`; a widened filter keeps a slope to some hundredths.)
  @Test(arguments: [false, true]) func thereAndBack(isRadial4: Bool) async throws {
    let node = isRadial4 ? radial4 : { self.opencv($0) }
    var (there, back) = (node(.undistort), node(.distort))
    (there.resampling.filter, back.resampling.filter) = (.keys, .keys)
    let window = Rect(x0: -80, y0: -80, x1: 240, y1: 200)
    let flat = try await run(there, [places(window)], format: format)
    let again = try await run(back, [flat], format: format)
    let overscan = Rect(x0: -16, y0: -12, x1: 176, y1: 132)
    let error = max(
      worst(again, overscan, .red) { x, _ in Double(x) + 0.5 },
      worst(again, overscan, .green) { _, y in Double(y) + 0.5 })
    #expect(error < 0.05, "\(error)")
    print("lens there and back, radial4 \(isRadial4): \(error) px")
  }

  /// Nothing is cut off at the rim: the window grows and shrinks as the lens bends.
  @Test func theWindowFollowsTheLens() async throws {
    let flat = Reference(160, 120) { _, _ in 1 }.image(format: format)
    // Barrel distortion pulls corners in; without it they lie further out.
    let wide = try await run(opencv(.undistort), [flat]).dataWindow
    let narrow = try await run(opencv(.distort), [flat]).dataWindow
    #expect(wide.x0 < -5 && wide.x1 > 165 && wide.y0 < -3 && wide.y1 > 123)
    #expect(narrow.x0 >= 0 && narrow.x1 <= 160 && narrow.height <= 121)
    // All of the picture is there: undistort and distort give its whole area back.
    let again = try await run(opencv(.distort), [try await run(opencv(.undistort), [flat])])
    #expect(worst(again, Rect(x0: 3, y0: 3, x1: 157, y1: 117)) { _, _ in 1 } < 0.01)
  }

  /// Without terms, and there and back in one chain, nothing is touched.
  @Test func nothingIsNothing() async throws {
    let noise = Reference.noise(160, 120)
    let same = try await run(LensDistortion(), [noise.image()])
    #expect(same.values(.red) == noise.values.map { Float($0) })
    var none = LensDistortion()
    none.model = .radial4
    let still = try await run(none, [noise.image()])
    #expect(still.values(.red) == noise.values.map { Float($0) })
  }

  /// Where a lens folds back there is nothing, by every filter.
  @Test(arguments: ResampleFilter.allCases) func aFoldIsBlack(filter: ResampleFilter) async throws {
    let flat = Reference(160, 120) { _, _ in 1 }.image(format: format)
    var node = opencv(.undistort, k1: -1.5)
    node.opencv.k2 = 0
    node.resampling.filter = filter
    let result = try await run(node, [flat])
    let window = result.dataWindow
    let values = Reference(result, .red, window)
    #expect(values.values.allSatisfy { $0.isFinite })
    // r = 0.47 is where x (1 - 1.5 r^2) turns back: 70 pixels.
    #expect(result.value(.red, x: 82, y: 58) > 0.99)
    if window.contains(x: 82 - 75, y: 58) { #expect(result.value(.red, x: 82 - 75, y: 58) == 0) }
  }
}
