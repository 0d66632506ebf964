import BipackPixels
import Foundation
import Testing

@testable import BipackKernels

@Suite("Grain") struct GrainFieldTests {
  private let pool = BlockPool()

  private func field(
    _ correlation: GrainCorrelation, _ rect: Rect, frame: Double = 1, seed: Int = 0
  ) -> [[Float]] {
    let planes = (0..<3).map { _ in pool.scratch(count: rect.area) }
    GrainField(GrainFilter(correlation), frame: frame, seed: seed).fill(
      planes.map { PlaneView(rect, of: $0) }, rect, pool: pool)
    return planes.map { plane in (0..<rect.area).map { plane.base[$0] } }
  }

  /// The mean product of two planes, one of them moved.
  private func product(_ a: [Float], _ b: [Float], width: Int, _ dx: Int = 0, _ dy: Int = 0)
    -> Double
  {
    var (sum, count) = (0.0, 0.0)
    for y in 0..<a.count / width - dy {
      for x in max(0, -dx)..<min(width, width - dx) {
        sum += Double(a[y * width + x]) * Double(b[(y + dy) * width + x + dx])
        count += 1
      }
    }
    return sum / count
  }

  private static let shapes: [GrainCorrelation] = [
    GrainCorrelation(size: 0, alike: 0), GrainCorrelation(size: 0.8, alike: 0.4),
    GrainCorrelation(size: 1.6, alike: -0.3),
    // Finer in green, and longer across than down.
    GrainCorrelation(reach: 4) { pair, dx, dy in
      let wide = [1.6, 0.9, 1.6][pair < 3 ? pair : 1]
      let near = exp(-Double(dx * dx) / (2 * wide * wide) - Double(dy * dy) / (wide * wide))
      return near * (pair < 3 ? 1 : 0.25)
    },
  ]

  @Test(
    "grain is as strong, as large and as much alike as was asked for", arguments: shapes.indices)
  func isAsAskedFor(_ shape: Int) {
    let correlation = Self.shapes[shape]
    let rect = Rect(x: -37, y: 12, width: 600, height: 400)
    let planes = field(correlation, rect)
    for (pair, (a, b)) in GrainCorrelation.pairs.enumerated() {
      for (dx, dy) in [(0, 0), (1, 0), (0, 1), (1, 1), (-1, 1), (2, 0), (0, 3)] {
        let found = product(planes[a], planes[b], width: rect.width, dx, dy)
        let wanted = correlation.value(pair, dx, dy)
        #expect(
          abs(found - wanted) < 0.04,
          "pair \(pair) at \(dx), \(dy): \(found)")
      }
    }
  }

  @Test("grain is normal: neither flat nor spiky")
  func isNormal() {
    let plane = field(
      GrainCorrelation(size: 0, alike: 0), Rect(x: 0, y: 0, width: 400, height: 400))[2]
    let moments = [1, 2, 3, 4].map { power in
      plane.reduce(0.0) { $0 + pow(Double($1), Double(power)) } / Double(plane.count)
    }
    #expect(abs(moments[0]) < 0.01)
    #expect(abs(moments[1] - 1) < 0.02)
    #expect(abs(moments[2]) < 0.03)
    #expect(abs(moments[3] - 3) < 0.1)
    #expect(plane.contains { $0 > 3.7 } && plane.contains { $0 < -3.7 })
  }

  @Test("a part is that part of the whole; frames, seeds and channels have nothing in common")
  func partsAndFrames() {
    let correlation = GrainCorrelation(size: 0.7, alike: 0)
    let rect = Rect(x: 0, y: 0, width: 300, height: 200)
    let whole = field(correlation, rect)
    let part = Rect(x: 101, y: 33, width: 67, height: 5)
    let cut = field(correlation, part)
    for channel in 0..<3 {
      for y in 0..<part.height {
        let start = (part.y0 + y) * rect.width + part.x0
        #expect(
          Array(cut[channel][y * part.width..<(y + 1) * part.width])
            == Array(whole[channel][start..<start + part.width]))
      }
    }
    let others = [
      field(correlation, rect, frame: 2), field(correlation, rect, seed: 1),
      field(correlation, rect, frame: 1.5),
    ]
    for other in others {
      for shift in -2...2 {
        #expect(abs(product(whole[1], other[1], width: rect.width, shift)) < 0.03)
      }
    }
    #expect(abs(product(whole[0], whole[2], width: rect.width)) < 0.03)
  }

  @Test("a proxy's grain is the mean of the full one's", arguments: [2, 3])
  func proxies(_ side: Int) {
    let correlation = GrainCorrelation(size: 1.1, alike: 0.3)
    let rect = Rect(x: 0, y: 0, width: 420, height: 420)
    let (width, height) = (rect.width / side, rect.height / side)
    let means = field(correlation, rect).map { plane in
      (0..<width * height).map { i -> Float in
        var sum: Float = 0
        for y in 0..<side {
          for x in 0..<side {
            sum += plane[(i / width * side + y) * rect.width + i % width * side + x]
          }
        }
        return sum / Float(side * side)
      }
    }
    let (small, share) = correlation.averaged(side)
    for (dx, dy) in [(0, 0), (1, 0), (0, 1), (2, 0)] {
      let found = product(means[0], means[0], width: width, dx, dy)
      #expect(abs(found - small.value(0, dx, dy) * share[0] * share[0]) < 0.04)
    }
    let across = product(means[0], means[1], width: width)
    #expect(abs(across - small.value(3, 0, 0) * share[0] * share[1]) < 0.04)
  }

  @Test("larger grain goes together further away")
  func enlarged() {
    let fine = GrainCorrelation(size: 0.8, alike: 0)
    let coarse = fine.enlarged(2)
    #expect(abs(coarse.value(0, 2, 0) - fine.value(0, 1, 0)) < 1e-12)
    #expect(coarse.value(0, 1, 1) > fine.value(0, 1, 1) + 0.2)
    #expect(fine.enlarged(1) == fine)
  }

  @Test("a list of numbers is read as it was written, and others refused")
  func lists() {
    let correlation = Self.shapes[3]
    #expect(GrainCorrelation(correlation.values) == correlation)
    #expect(GrainCorrelation([1, 1, 1, 0, 0, 0])?.reach == 0)
    #expect(GrainCorrelation([1, 2, 3]) == nil)
  }
}
