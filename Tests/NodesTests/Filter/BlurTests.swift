import Bipack
import Glibc
import Testing

@testable import BipackNodes

@Suite struct BlurTests {
  private func impulse(_ side: Int, x: Int, y: Int) -> Image {
    Reference(side, side) { $0 == x && $1 == y ? 1 : 0 }.image()
  }

  /// The impulse response of every size against the true Gaussian, at several phases of the pyramid.
  @Test(arguments: [0.8, 1.5, 3, 4.9, 5, 8, 20, 33.3, 100])
  func gaussian(sigma: Double) async throws {
    let side = max(64, Int(8.5 * sigma))
    for shift in [0, 1, 3] {
      let (cx, cy) = (side / 2 + shift, side / 2 - shift)
      var blur = Blur()
      blur.size = Vec2(sigma * 2.4, sigma * 2.4)
      let result = try await run(blur, [impulse(side, x: cx, y: cy)])
      let peak = 1 / (2 * Double.pi * sigma * sigma)
      let rect = Rect(width: side, height: side)
      let line = (-side...side).map { exp(-0.5 * Double($0 * $0) / (sigma * sigma)) }
      // The discrete Gaussian's own sum, which differs from the integral for small sigmas.
      let sum = line.reduce(0, +)
      let error = worst(result, rect) { x, y in
        line[x - cx + side] * line[y - cy + side] / (sum * sum)
      }
      #expect(
        error < 0.003 * max(peak, 1 / (sum * sum)), "sigma \(sigma) shift \(shift): \(error / peak)"
      )
    }
  }

  @Test func gaussianKeepsMeanAndConstants() async throws {
    var blur = Blur()
    blur.size = 37
    blur.edge = .nearest
    let flat = try await run(blur, [Reference(150, 70) { _, _ in 0.7 }.image()])
    #expect(worst(flat, Rect(width: 150, height: 70)) { _, _ in 0.7 } < 2e-6)
    // All light that leaves the pixel arrives somewhere.
    blur.edge = .black
    blur.cropToFormat = false
    let spread = try await run(blur, [impulse(61, x: 30, y: 30)])
    let total = spread.values(.red).reduce(0.0) { $0 + Double($1) }
    #expect(abs(total - 1) < 1e-3)
  }

  @Test(arguments: [BlurFilter.box, .triangle, .quadratic], [2.0, 3, 4.5, 7.25, 41])
  func boxes(filter: BlurFilter, width: Double) async throws {
    let source = Reference.noise(67, 45)
    var blur = Blur()
    blur.filter = filter
    blur.size = Vec2(width, width)
    blur.cropToFormat = false
    let result = try await run(blur, [source.image()])
    // The kernel by definition, convolved with itself.
    let half = Int((width - 1) / 2)
    let edge = (width - Double(2 * half + 1)) / 2
    let box = [edge / width] + [Double](repeating: 1 / width, count: 2 * half + 1) + [edge / width]
    var kernel = [1.0]
    for _ in 0..<(filter == .box ? 1 : filter == .triangle ? 2 : 3) {
      var next = [Double](repeating: 0, count: kernel.count + box.count - 1)
      for (i, a) in kernel.enumerated() { for (j, b) in box.enumerated() { next[i + j] += a * b } }
      kernel = next
    }
    let r = kernel.count / 2
    // Rows first, then columns, in double.
    let rect = result.dataWindow
    let rows = Reference(rect.width, 45) { x, y in
      kernel.indices.reduce(0) { $0 + kernel[$1] * source.at(x + rect.x0 + $1 - r, y, .black) }
    }
    let error = worst(result, rect) { x, y in
      kernel.indices.reduce(0) { $0 + kernel[$1] * rows.at(x - rect.x0, y + $1 - r, .black) }
    }
    #expect(error < 1e-5 * 49)
    let grow =
      (filter == .box ? 1 : filter == .triangle ? 2 : 3) * Int(((width - 1) / 2).rounded(.up))
    #expect(rect == Rect(width: 67, height: 45).expanded(grow))
  }

  @Test(arguments: [BlurEdge.black, .nearest, .mirror], [BlurFilter.gaussian, .box])
  func edges(edge: BlurEdge, filter: BlurFilter) async throws {
    let source = Reference.noise(40, 30)
    for size in [6.0, 30] {
      var blur = Blur()
      blur.filter = filter
      blur.edge = edge
      blur.size = Vec2(size, size)
      let result = try await run(blur, [source.image()])
      let sigma = size / 2.4
      let r = 80
      let weights: [Double] = (-r...r).map { k in
        if filter == .gaussian { return exp(-0.5 * Double(k * k) / (sigma * sigma)) }
        let inside = Int((size - 1) / 2)
        return abs(k) <= inside ? 1 : abs(k) == inside + 1 ? (size - Double(2 * inside + 1)) / 2 : 0
      }
      let sum = weights.reduce(0, +)
      let rows = Reference(40, 30) { x, y in
        (-r...r).reduce(0) { $0 + weights[$1 + r] / sum * source.at(x + $1, y, edge.mode) }
      }
      let error = worst(result, Rect(width: 40, height: 30)) { x, y in
        (-r...r).reduce(0) { $0 + weights[$1 + r] / sum * rows.at(x, y + $1, edge.mode) }
      }
      #expect(error < (filter == .gaussian ? 0.01 : 1e-4), "\(edge) \(filter) \(size): \(error)")
    }
  }

  @Test func axesAreSeparate() async throws {
    var blur = Blur()
    blur.size = Vec2(40, 0)
    let result = try await run(blur, [impulse(101, x: 50, y: 50)])
    let above = result.pixels(
      .red, in: Rect(x: 0, y: 49, width: 101, height: 1), pool: Pictures.renderer.pool)
    #expect(above.allSatisfy { $0 == 0 })
    #expect(result.value(.red, x: 50, y: 50) > 0.02)
    blur.size = Vec2(0, 100)
    let tall = try await run(blur, [impulse(101, x: 50, y: 50)])
    #expect(tall.value(.red, x: 51, y: 50) == 0)
    #expect(tall.value(.red, x: 50, y: 90) > 0)
  }

  @Test func onlyChosenChannels() async throws {
    let source = Reference.noise(50, 50).image([.red, .alpha])
    var blur = Blur()
    blur.channels = .alpha
    blur.cropToFormat = false
    for size in [4.0, 60] {
      blur.size = Vec2(size, size)
      let result = try await run(blur, [source])
      #expect(
        result.pixels(.red, in: Rect(width: 50, height: 50), pool: Pictures.renderer.pool)
          == source.values(.red))
      #expect(result.value(.red, x: -1, y: 0) == 0)
      #expect(result.value(.alpha, x: -1, y: 20) != 0)
    }
  }

  /// A NaN goes no further than the filter's reach, which for a pyramid is under six sigmas.
  @Test(arguments: [2.0, 10, 50])
  func nanStaysInReach(sigma: Double) async throws {
    let side = Int(14 * sigma) + 20
    let middle = side / 2
    var blur = Blur()
    blur.size = Vec2(sigma * 2.4, sigma * 2.4)
    let clean = Reference.noise(side, side)
    let dirty = Reference(side, side) { x, y in
      x == middle && y == middle ? .nan : clean[x, y]
    }
    let a = Reference(try await run(blur, [clean.image()]), .red, Rect(width: side, height: side))
    let b = Reference(try await run(blur, [dirty.image()]), .red, Rect(width: side, height: side))
    for y in 0..<side {
      for x in 0..<side where Double(max(abs(x - middle), abs(y - middle))) > 6 * sigma {
        #expect(a[x, y] == b[x, y])
      }
    }
  }

  @Test func smallPicturesAndEmptyOnes() async throws {
    var blur = Blur()
    blur.size = 30
    let dot = try await run(
      blur, [Reference(1, 1) { _, _ in 4 }.image(format: Format(width: 9, height: 9))])
    #expect(dot.value(.red, x: 0, y: 0) > 0)
    let empty = Image(
      spec: ImageSpec(format: Format(width: 9, height: 9), dataWindow: .empty), grid: .standard)
    let result = try await run(blur, [empty])
    #expect(result.dataWindow.isEmpty)
  }

  @Test func sizeZeroIsIdentity() {
    let context = NodeContext(
      frame: 1, frames: 1...1, fps: 24, format: Format(width: 8, height: 8), proxy: 1,
      settings: DocumentSettings(), inputs: [ImageSpec(format: Format(width: 8, height: 8))])
    var blur = Blur()
    #expect(blur.identity(context) == 0)
    blur.size = 10
    #expect(blur.identity(context) == nil)
  }
}
