import Bipack
import BipackKernels
import Glibc
import Testing

@testable import BipackNodes

/// Shrinking along a diagonal: what is across it stays sharp, what is along it does not alias. Beside each figure
/// stands that of a kernel as wide and high as the box around the ellipse, which was used before.
@Suite struct DiagonalTests {
  private static let size = 256
  /// Source pixels that an output pixel spans along the diagonal.
  private static let shrink = 4.0

  private func keys(_ x: Double) -> Double {
    let t = abs(x)
    if t < 1 { return (1.5 * t - 2.5) * t * t + 1 }
    return t < 2 ? ((-0.5 * t + 2.5) * t - 4) * t + 2 : 0
  }

  /// Scales by a quarter along the direction of the angle, about the middle, and turns the result by it or not.
  private func node(_ angle: Double, isTurned: Bool) -> any Warping {
    let (s, c) = ExactMath.sinCos(degrees: angle)
    let middle = Double(Self.size) / 2
    let part = 1 / Self.shrink
    // Along (c, s).
    let squeeze =
      isTurned
      ? Matrix3([part * c, part * s, 0, -s, c, 0, 0, 0, 1])
      : Matrix3([
        1 - (1 - part) * c * c, -(1 - part) * c * s, 0, -(1 - part) * c * s, 1 - (1 - part) * s * s,
        0, 0, 0, 1,
      ])
    let matrix = Matrix3.translation(middle, middle) * squeeze * .translation(-middle, -middle)
    return ConcatenatedWarp(
      WarpPlan(
        MapMoments(matrix), filter: .keys, blackOutside: true,
        format: Format(width: Self.size, height: Self.size)))
  }

  private func inverse(_ node: any Warping) throws -> Matrix3 {
    let spec = ImageSpec(format: Format(width: Self.size, height: Self.size))
    let context = NodeContext(
      frame: 1, frames: 1...1, fps: 24, format: spec.format, proxy: 1,
      settings: DocumentSettings(), inputs: [spec])
    return try #require(try node.plan(context).maps[0].matrix?.inverse)
  }

  /// The root of the mean square of the differences over the middle: of the node, and of the box.
  private func errors(
    _ node: any Warping, _ pattern: @escaping (Double, Double) -> Double
  ) async throws -> (now: Double, box: Double) {
    let source = Reference(Self.size, Self.size) { pattern(Double($0) + 0.5, Double($1) + 0.5) }
    let result = try await run(node, [source.image()])
    let m = try inverse(node).m
    let side = 32
    let rect = Rect(
      x: (Self.size - side) / 2, y: (Self.size - side) / 2, width: side, height: side)
    let got = Reference(result, .red, rect)
    let wide = (m[0] * m[0] + m[1] * m[1]).squareRoot()
    let high = (m[3] * m[3] + m[4] * m[4]).squareRoot()
    var (now, box) = (0.0, 0.0)
    for y in 0..<side {
      for x in 0..<side {
        let (px, py) = (Double(rect.x0 + x) + 0.5, Double(rect.y0 + y) + 0.5)
        let (u, v) = (m[0] * px + m[1] * py + m[2], m[3] * px + m[4] * py + m[5])
        let truth = ideal(u, v, m, pattern)
        now += (got[x, y] - truth) * (got[x, y] - truth)
        let old = boxed(source, u, v, wide, high)
        box += (old - truth) * (old - truth)
      }
    }
    let count = Double(side * side)
    return ((now / count).squareRoot(), (box / count).squareRoot())
  }

  /// The filter over the continuous picture, in the output's own square.
  private func ideal(
    _ u: Double, _ v: Double, _ m: [Double], _ pattern: (Double, Double) -> Double
  ) -> Double {
    let n = 6
    var (sum, weights) = (0.0, 0.0)
    for j in -2 * n..<2 * n {
      let b = (Double(j) + 0.5) / Double(n)
      for i in -2 * n..<2 * n {
        let a = (Double(i) + 0.5) / Double(n)
        let w = keys(a) * keys(b)
        sum += w * pattern(u + m[0] * a + m[1] * b, v + m[3] * a + m[4] * b)
        weights += w
      }
    }
    return sum / weights
  }

  private func boxed(_ source: Reference, _ u: Double, _ v: Double, _ wide: Double, _ high: Double)
    -> Double
  {
    let (rx, ry) = (Int(2 * wide) + 1, Int(2 * high) + 1)
    let (x0, y0) = (Int(u.rounded(.down)), Int(v.rounded(.down)))
    var (sum, weights) = (0.0, 0.0)
    for y in y0 - ry...y0 + ry {
      let b = keys((Double(y) + 0.5 - v) / high)
      for x in x0 - rx...x0 + rx {
        let w = b * keys((Double(x) + 0.5 - u) / wide)
        sum += w * source.at(x, y, .black)
        weights += w
      }
    }
    return sum / weights
  }

  /// Lines along the diagonal that is shortened lie across nothing that shrinks: they stay. Lines across it are
  /// too fine for the result: they become grey.
  @Test(arguments: [45.0, 30, -60], [false, true])
  func lines(angle: Double, isTurned: Bool) async throws {
    let (s, c) = ExactMath.sinCos(degrees: angle)
    let node = node(angle, isTurned: isTurned)
    let fine = 2 * Double.pi * 0.2
    let kept = try await errors(node) { x, y in 0.5 + 0.5 * cos(fine * (-s * x + c * y)) }
    #expect(kept.now < 0.02, "\(kept)")
    #expect(kept.box > 10 * kept.now, "\(kept)")
    let gone = try await errors(node) { x, y in 0.5 + 0.5 * cos(fine * (c * x + s * y)) }
    #expect(gone.now < 0.02, "\(gone)")
    print("lines at \(angle), turned \(isTurned): kept \(kept), gone \(gone)")
  }

  /// All frequencies and directions at once.
  @Test(arguments: [45.0, 30], [false, true])
  func zonePlate(angle: Double, isTurned: Bool) async throws {
    let middle = Double(Self.size) / 2
    let error = try await errors(node(angle, isTurned: isTurned)) { x, y in
      let r2 = (x - middle) * (x - middle) + (y - middle) * (y - middle)
      // Fades out before it is finer than the source's pixels.
      let fade = min(max((0.46 - r2.squareRoot() / 256) / 0.05, 0), 1)
      return 0.5 + 0.5 * fade * cos(Double.pi / 256 * r2)
    }
    #expect(error.now < 0.02, "\(error)")
    #expect(error.box > 4 * error.now, "\(error)")
    print("zone plate at \(angle), turned \(isTurned): \(error)")
  }
}
