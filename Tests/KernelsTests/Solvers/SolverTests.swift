import BipackPixels
import Testing

@testable import BipackKernels

@Suite("Solvers") struct SolverTests {
  @Test func aLinearSystemIsSolvedAndAnUndeterminedOneIsNot() throws {
    // The first pivot is 0.
    let solved = try #require(
      LinearSystem(matrix: [0, 2, 1, 1, 1, 1, 4, 0, -1], right: [7, 6, 1]).solved())
    for (value, expected) in zip(solved, [1.0, 2, 3]) { #expect(abs(value - expected) < 1e-12) }
    #expect(LinearSystem(matrix: [1, 2, 2, 4], right: [1, 2]).solved() == nil)
  }

  @Test func chebyshevConvergesForAllEigenvaluesBetweenItsBounds() {
    let iteration = Chebyshev(lowest: 0.004, highest: 3)
    let steps = 200
    for eigenvalue in [0.004, 0.01, 0.5, 1.7, 3] {
      // The solution is 1, the first guess 0.
      var (now, before) = (0.0, 0.0)
      for (step, factor) in iteration.factors(steps: steps).enumerated() {
        let residual = eigenvalue * (1 - now)
        let next = before + factor * (iteration.scale * residual + now - before)
        (before, now) = (now, step == 0 ? iteration.scale * residual : next)
      }
      // 2 ((sqrt(k) - 1) / (sqrt(k) + 1))^steps, k the ratio of the bounds.
      #expect(abs(now - 1) < 1e-6, "\(eigenvalue): \(now)")
    }
  }

  @Test func unmixingFindsTheTwoColoursInAnyOrder() {
    let pool = BlockPool()
    let (width, height) = (90, 60)
    let spec = ImageSpec(format: Format(width: width, height: height))
    let (inside, outside): ([Float], [Float]) = ([0.8, 0.3, 1.6], [0.1, 0.5, 0.2])
    let alpha = (0..<width * height).map { min(max((Float($0 % width) - 30) / 30, 0), 1) }
    var pixels: [Channel: [Float]] = [.alpha: alpha]
    for (channel, i) in zip(Channel.rgb, 0..<3) {
      pixels[channel] = alpha.map { $0 * inside[i] + (1 - $0) * outside[i] }
    }
    let image = Image(spec: spec, pool: pool, pixels: pixels)
    func found(_ loops: Loops) -> [[Float]] {
      let unmixing = Unmixing(picture: image, matte: image, pool: pool, loops: loops)
      return (0..<3).map { channel in
        let plane = pool.scratch(count: width * height)
        unmixing.fill(channel, PlaneView(image.dataWindow, of: plane))
        return (0..<width * height).map { plane.base[$0] }
      }
    }
    let planes = found(.serial)
    for i in 0..<3 {
      for (value, a) in zip(planes[i], alpha) where a > 0.2 {
        #expect(abs(value - inside[i]) < 0.03)
      }
    }
    #expect(found(.backwards) == planes)
  }
}
