import BipackPixels
import CVector
import Testing

@testable import BipackKernels

/// The wide loops against the same arithmetic one pixel at a time: equal to the last bit, at every
/// place in a row, so that neither a row's beginning nor the CPU's width shows.
@Suite struct FilterLoopTests {
  private static func noise(_ count: Int) -> [Float] {
    var state: UInt64 = 0x2545_f491_4f6c_dd1d
    return (0..<count).map { _ in
      state ^= state << 13
      state ^= state >> 7
      state ^= state << 17
      return Float(state >> 40) / Float(1 << 23) - 0.7
    }
  }

  private let source = noise(256 * 64)
  private let stride = 256

  @Test(arguments: [1, 15, 16, 17, 63, 64, 79, 130])
  func symmetric(width: Int) {
    let weights: [Float] = [0.3, 0.2, 0.1, 0.05]
    let r = weights.count - 1
    var rows = [Float](repeating: 0, count: width * 20)
    var columns = rows
    bp_fir_rows(&rows, width, source, stride, width, 20, weights, r)
    withLines { bp_fir_columns(&columns, width, $0, width, 20, weights, r) }
    for y in 0..<20 {
      for x in 0..<width {
        var (a, b) = (weights[0] * at(x + r, y), weights[0] * at(x, y + r))
        for k in 1...r {
          a += weights[k] * (at(x + r - k, y) + at(x + r + k, y))
          b += weights[k] * (at(x, y + r - k) + at(x, y + r + k))
        }
        #expect(rows[y * width + x] == a)
        #expect(columns[y * width + x] == b)
      }
    }
  }

  /// The sum of a box is cut where the picture's rows divide by its size.
  @Test(
    arguments: [1, 15, 16, 31, 32, 40, 70], [(0, Float(0)), (0, 0.25), (2, 0), (2, 0.3), (9, 0.5)])
  func box(width: Int, shape: (half: Int, edge: Float)) {
    let (half, edge, height) = (shape.half, shape.edge, 23)
    let n = 2 * half + 1
    let lineStride = (width + 15) & ~15
    let rows = UnsafeMutableRawPointer.allocate(
      byteCount: 4 * lineStride * height, alignment: 64
    ).bindMemory(to: Float.self, capacity: lineStride * height)
    defer { rows.deallocate() }
    var columns = [Float](repeating: 0, count: width * height)
    let divisor = Float(n) + 2 * edge
    var work = [Float](repeating: .nan, count: 32 * n + 64 * (width + n + 1))
    func mean(_ first: Int, _ value: (Int) -> Float) -> Float {
      let cut = (0...n).first { (first + 1 + $0) % n == 0 } ?? 0
      var (above, below): (Float, Float) = (0, 0)
      for i in (0..<cut).reversed() { above += value(1 + i) }
      for i in cut..<n { below += value(1 + i) }
      let sum = above + below
      return (edge == 0 ? sum : sum + edge * (value(0) + value(n + 1))) / divisor
    }
    for (origin, streams) in [(-7, 0), (0, 1), (12, 0), (12, 1)] {
      bp_box_rows(
        rows, lineStride, source, stride, width, height, half, edge, divisor, origin,
        Int32(streams), &work)
      withLines {
        bp_box_columns(&columns, width, $0, width, height, half, edge, divisor, origin, &work)
      }
      for y in 0..<height {
        for x in 0..<width {
          let row = mean(origin + x) { at(x + $0, y) }
          let column = mean(origin + y) { at(x, y + $0) }
          #expect(rows[y * lineStride + x] == row)
          #expect(columns[y * width + x] == column)
        }
      }
    }
  }

  @Test(arguments: [1, 15, 16, 31, 32, 40, 70], [1, 2, 7, 31])
  func extremes(width: Int, window: Int) {
    let height = 19
    let keys = source.map { Int32($0 * 1e6) }
    var work = [Int32](repeating: 0, count: 32 * window + 64 * (width + window))
    var rows = [Float](repeating: 0, count: width * height)
    var columns = [Int32](repeating: 0, count: width * height)
    /// A float's place in their order, and back.
    func turned(_ bits: Int32) -> Int32 { bits ^ (bits >> 31 & 0x7fff_ffff) }
    for maximum: Int32 in [0, 1] {
      bp_extreme_rows(&rows, width, keys, stride, width, height, window, maximum, &work)
      withLines { bp_extreme_columns(&columns, width, $0, width, height, window, maximum, &work) }
      for y in 0..<height {
        for x in 0..<width {
          let row = (0..<window).map { keys[y * stride + x + $0] }
          let column = (0..<window).map { at(x, y + $0) }
          let wanted = (maximum == 1 ? row.max() : row.min()) ?? 0
          #expect(Int32(bitPattern: rows[y * width + x].bitPattern) == turned(wanted))
          let extreme = (maximum == 1 ? column.max() : column.min()) ?? 0
          #expect(columns[y * width + x] == turned(Int32(bitPattern: extreme.bitPattern)))
        }
      }
    }
  }

  /// The addresses of the rows of `source`.
  private func withLines(_ body: ([UnsafePointer<Float>?]) -> Void) {
    source.withUnsafeBufferPointer { buffer in
      body((0..<64).map { row in buffer.baseAddress.map { $0 + row * stride } })
    }
  }

  @Test(arguments: [1, 16, 33, 64, 97])
  func correlation(width: Int) {
    let kernel: [Float] = (0..<15).map { Float($0) * 0.1 - 0.4 }
    var out = [Float](repeating: 0, count: width * 9)
    bp_correlate(&out, width, source, stride, width, 9, kernel, 5, 3)
    for y in 0..<9 {
      for x in 0..<width {
        var sum: Float = 0
        for j in 0..<3 { for i in 0..<5 { sum += kernel[j * 5 + i] * at(x + i, y + j) } }
        #expect(out[y * width + x] == sum)
      }
    }
  }

  @Test(arguments: [1, 2, 16, 17, 33, 64])
  func pyramid(width: Int) {
    var half = [Float](repeating: 0, count: width * 6)
    var work = [Float](repeating: 0, count: 4 * width + 64)
    bp_halve(&half, width, source, stride, width, 6, 1, 1, &work)
    for y in 0..<6 {
      for x in 0..<width {
        let column: [Float] = (0..<5).map { i in
          let s = (0..<5).map { at(2 * x + i, 2 * y + $0) }
          return ((s[0] + s[4]) + 4 * (s[1] + s[3]) + 6 * s[2]) * 0.0625
        }
        let value =
          ((column[0] + column[4]) + 4 * (column[1] + column[3]) + 6 * column[2]) * 0.0625
        #expect(half[y * width + x] == value)
      }
    }
    var twice = [Float](repeating: 0, count: width * 7)
    bp_double(&twice, width, source, stride, width, 7, 1, 1, &work)
    for y in 0..<7 {
      for x in 0..<width {
        func line(_ i: Int) -> Float {
          let (a, b, c) = (at(i, y / 2), at(i, y / 2 + 1), at(i, y / 2 + 2))
          return y % 2 == 1 ? (b + c) * 0.5 : ((a + c) + 6 * b) * 0.125
        }
        let (a, b, c) = (line(x / 2), line(x / 2 + 1), line(x / 2 + 2))
        let value = x % 2 == 1 ? (b + c) * 0.5 : ((a + c) + 6 * b) * 0.125
        #expect(twice[y * width + x] == value)
      }
    }
  }

  /// Halving and doubling spread a pixel over a cubic B-spline and lose nothing of it.
  @Test func pyramidKeepsTheSum() {
    for place in 40..<44 {
      var line = [Float](repeating: 0, count: 97)
      line[place] = 1
      var half = [Float](repeating: 0, count: 40)
      var work = [Float](repeating: 0, count: 400)
      bp_halve(&half, 40, line, 97, 40, 1, 1, 0, &work)
      var whole = [Float](repeating: 0, count: 76)
      bp_double(&whole, 76, half, 40, 76, 1, 1, 0, &work)
      #expect(abs(whole.reduce(0, +) - 1) < 1e-6)
    }
  }

  @Test func elementaryFunctions() {
    #expect(ExactMath.exp(0) == 1 && ExactMath.exp(-1000) == 0)
    #expect(abs(ExactMath.exp(1) - 2.718281828459045) < 1e-15)
    #expect(abs(ExactMath.exp(-20) / 2.061153622438558e-9 - 1) < 1e-15)
    for quarter in -9...9 {
      let (s, c) = ExactMath.sinCos(degrees: Double(90 * quarter))
      #expect(abs(s) + abs(c) == 1 && s * c == 0)
    }
    let (s, c) = ExactMath.sinCos(degrees: 30)
    #expect(abs(s - 0.5) < 1e-15 && abs(c * c + s * s - 1) < 1e-15)
    #expect(ExactMath.sinc(0) == 1 && ExactMath.sinc(2) == 0 && ExactMath.sinc(-3) == 0)
  }

  private func at(_ x: Int, _ y: Int) -> Float { source[y * stride + x] }
}
