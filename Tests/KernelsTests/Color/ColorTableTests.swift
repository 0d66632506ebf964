import Testing

@testable import BipackKernels

/// The vector loop of the tetrahedral table against one pixel at a time.
@Suite struct ColorTableTests {
  private let size = 5
  private let values: [Float]

  init() {
    var seed: UInt32 = 3
    values = (0..<4 * 5 * 5 * 5).map { _ in
      seed = seed &* 1_664_525 &+ 1_013_904_223
      return Float(seed >> 8) / Float(1 << 24) * 3 - 1
    }
  }

  /// Sakamoto's tetrahedra: along the edges of the cell in the order of the fractions.
  private func reference(_ color: [Float]) -> [Float] {
    var cell: [Int] = []
    var fractions: [Float] = []
    for v in color {
      let x = v > 0 ? min(v * Float(size - 1), Float(size - 1)) : 0
      cell.append(min(Int(x), size - 2))
      fractions.append(x - Float(min(Int(x), size - 2)))
    }
    let order = [0, 1, 2].sorted {
      fractions[$0] != fractions[$1] ? fractions[$0] > fractions[$1] : $0 < $1
    }
    var corners = [cell]
    for axis in order {
      var next = corners[corners.count - 1]
      next[axis] += 1
      corners.append(next)
    }
    let (a, b, c) = (fractions[order[0]], fractions[order[1]], fractions[order[2]])
    let weights = [1 - a, a - b, b - c, c]
    return (0..<3).map { channel in
      let v = corners.map { values[4 * (($0[2] * size + $0[1]) * size + $0[0]) + channel] }
      let near = weights[0] * v[0] + weights[1] * v[1]
      let far = weights[2] * v[2] + weights[3] * v[3]
      return near + far
    }
  }

  @Test func sameBitsAsOneByOne() {
    let steps: [Float] = [
      -1, 0, 0.1, 0.25, 0.3, 0.5, 0.77, 0.9999, 1, 1.5, .infinity, -.infinity, .nan,
    ]
    var planes: [[Float]] = [[], [], []]
    for r in steps {
      for g in steps {
        for b in steps { for (i, v) in [r, g, b].enumerated() { planes[i].append(v) } }
      }
    }
    let count = planes[0].count
    let table = ColorTable(size: size, values: values)
    var (r, g, b) = (planes[0], planes[1], planes[2])
    r.withUnsafeMutableBufferPointer { r in
      g.withUnsafeMutableBufferPointer { g in
        b.withUnsafeMutableBufferPointer { b in
          guard let r = r.baseAddress, let g = g.baseAddress, let b = b.baseAddress else { return }
          table.apply(nil, r, g, b, count: count)
        }
      }
    }
    for i in 0..<count {
      let want = reference(planes.map { $0[i] })
      #expect([r[i], g[i], b[i]] == want, "\(planes.map { $0[i] })")
    }
  }
}
