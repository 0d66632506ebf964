import Bipack
import Testing

@testable import BipackNodes

@Suite struct MatrixFilterTests {
  private let source = Reference.noise(70, 50)
  private let frame = Rect(width: 70, height: 50)

  @Test(arguments: [3, 5, 7])
  func matrix(side: Int) async throws {
    var node = Convolve()
    node.matrix = NumberList((0..<(side * side)).map { Double(($0 * 7) % 11) - 4 })
    let weights = node.matrix.values
    let result = try await run(node, [source.image(), nil])
    let r = side / 2
    let error = worst(result, frame) { x, y in
      var sum = 0.0
      for j in 0..<side {
        for i in 0..<side { sum += weights[j * side + i] * source.at(x + i - r, y + j - r, .black) }
      }
      return sum
    }
    #expect(error < 1e-3)
    node.normalize = true
    node.edge = .nearest
    let normalized = try await run(node, [source.image(), nil])
    let total = weights.reduce(0, +)
    let normalizedError = worst(normalized, frame) { x, y in
      var sum = 0.0
      for j in 0..<side {
        for i in 0..<side {
          sum += weights[j * side + i] / total * source.at(x + i - r, y + j - r, .clamp)
        }
      }
      return sum
    }
    #expect(normalizedError < 1e-3)
  }

  /// One bright pixel turns into the filter picture.
  @Test func picture() async throws {
    let kernel = Reference(5, 5) { Double($0 + 10 * $1) }
    let dot = Reference(31, 31) { $0 == 15 && $1 == 12 ? 1 : 0 }
    let result = try await run(Convolve(), [dot.image(), kernel.image()])
    let error = worst(result, Rect(width: 31, height: 31)) { x, y in
      kernel.at(x - 13, y - 10, .black)
    }
    #expect(error == 0)
  }

  @Test func wrongMatrixIsExplained() async {
    var node = Convolve()
    node.matrix = [1, 2, 3, 4]
    await #expect(throws: RenderError.self) { _ = try await run(node, [source.image(), nil]) }
  }

  @Test func sharpenAndFriends() async throws {
    var blur = Blur()
    blur.size = 5
    blur.edge = .nearest
    let blurred = Reference(try await run(blur, [source.image()]), .red, frame)
    var sharpen = Sharpen()
    sharpen.size = 5
    sharpen.amount = 0.5
    let sharp = try await run(sharpen, [source.image()])
    #expect(worst(sharp, frame) { source[$0, $1] * 1.5 - 0.5 * blurred[$0, $1] } < 1e-4)
    var soften = Soften()
    soften.size = 5
    soften.amount = 0.25
    let soft = try await run(soften, [source.image()])
    #expect(worst(soft, frame) { source[$0, $1] * 0.75 + 0.25 * blurred[$0, $1] } < 1e-4)
    var laplacian = Laplacian()
    laplacian.size = 5
    let difference = try await run(laplacian, [source.image()])
    #expect(worst(difference, frame) { source[$0, $1] - blurred[$0, $1] } < 1e-4)
  }

  @Test(arguments: [
    (EdgeDetect.Filter.simple, 0.0, 0.5), (.sobel, 0.125, 0.25), (.prewitt, 1.0 / 6, 1.0 / 6),
    (.rotationInvariant, 0.146446609, 0.207106781),
  ])
  func gradients(filter: EdgeDetect.Filter, side: Double, middle: Double) async throws {
    func slope(_ s: Reference, _ x: Int, _ y: Int) -> (Double, Double) {
      func p(_ i: Int, _ j: Int) -> Double { s.at(x + i, y + j, .clamp) }
      let gx =
        middle * (p(1, 0) - p(-1, 0)) + side * (p(1, -1) - p(-1, -1) + p(1, 1) - p(-1, 1))
      let gy =
        middle * (p(0, 1) - p(0, -1)) + side * (p(-1, 1) - p(-1, -1) + p(1, 1) - p(1, -1))
      return (gx, gy)
    }
    var node = EdgeDetect()
    node.filter = filter
    node.multiChannel = .separate
    let result = try await run(node, [source.image()])
    let error = worst(result, frame) {
      let (x, y) = slope(source, $0, $1)
      return (x * x + y * y).squareRoot()
    }
    #expect(error < 1e-4)

    let other = Reference.noise(70, 50, seed: 9)
    let two = Pictures.make(
      width: 70, height: 50,
      [.red: source.values.map { Float($0) }, .green: other.values.map { Float($0) }])
    for mode in [EdgeDetect.MultiChannel.rms, .max, .tensor] {
      node.multiChannel = mode
      let result = try await run(node, [two])
      let error = worst(result, frame) { x, y in
        let (a, b) = (slope(source, x, y), slope(other, x, y))
        let (xx, yy) = (a.0 * a.0 + b.0 * b.0, a.1 * a.1 + b.1 * b.1)
        let xy = a.0 * a.1 + b.0 * b.1
        switch mode {
        case .rms: return ((xx + yy) / 2).squareRoot()
        case .max: return max(a.0 * a.0 + a.1 * a.1, b.0 * b.0 + b.1 * b.1).squareRoot()
        default:
          let root = ((xx - yy) * (xx - yy) + 4 * xy * xy).squareRoot()
          return ((xx + yy + root) / 2).squareRoot()
        }
      }
      #expect(error < 1e-4, "\(mode)")
    }
  }

  /// A step edge gives a line of height about one whatever the blur. The constants are Natron's: 4 %
  /// too high for the Gaussian, more for the triangle.
  @Test(arguments: [(EdgeDetect.Filter.gaussian, 12.0), (.box, 9), (.triangle, 8), (.quadratic, 8)])
  func stepEdgeIsOne(filter: EdgeDetect.Filter, size: Double) async throws {
    let step = Reference(80, 40) { x, _ in x >= 40 ? 1 : 0 }
    var node = EdgeDetect()
    node.filter = filter
    node.blurSize = Vec2(size, size)
    let result = try await run(node, [step.image()])
    let peak = Reference(result, .red, Rect(x: 0, y: 20, width: 80, height: 1)).values.max() ?? 0
    #expect(abs(peak - 1) < (filter == .triangle ? 0.16 : 0.08), "\(peak)")
  }
}
