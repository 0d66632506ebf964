import BipackPixels
import CVector

/// Finds a template in a picture between its pixels: inverse compositional Gauss and Newton, with gain and
/// offset, robust.
///
/// The picture through the motion so far is explained by the template, brighter by a gain and an offset, moved a
/// little; the little motion is taken off the one so far, until it is less than 1/500 pixel (Baker & Matthews,
/// *Lucas-Kanade 20 years on*, 2004). Residuals are weighed by Tukey's biweight at 4.685 of their own
/// spread, so that what passes in front has no say. From the coarsest size to the finest.
package struct Aligner: Sendable {
  package var model: MotionModel

  package init(_ model: MotionModel) { self.model = model }

  /// How bright one picture is beside another.
  struct Light: Sendable {
    var gain: Float = 1
    var offset: Float = 0
  }

  /// What was found.
  package struct Alignment: Sendable {
    /// From pixels of the template's picture to those of the other, at the largest size, centres at whole
    /// numbers.
    package var matrix: Matrix3
    /// Values there are `gain` times those of the template plus `offset`.
    package var gain: Double { Double(lights.first?.gain ?? 1) }
    package var offset: Double { Double(lights.first?.offset ?? 0) }
    /// By the template's pictures.
    private(set) var lights: [Light] = []
    /// Of the pixels of the template's first picture that have a say, -1 to 1.
    package var correlation = 0.0
    /// Which part of the template lies in the picture.
    package var overlap = 0.0
    /// Which part of that has a say.
    package var inliers = 0.0
    /// What is not explained of those that have a say, as a part of how they differ among each other.
    package var residual = Double.infinity
    /// How much of the detail is the same: of a template that lies wrong only what is large may fit.
    package var detail = 1.0
    /// One standard deviation of the template's middle, in pixels, as the noise makes it.
    package var error = Double.infinity

    init(matrix: Matrix3) { self.matrix = matrix }

    /// The same motion, explained by these.
    fileprivate mutating func explain(by lights: [Light]) { self.lights = lights }

    /// Whether it is somewhere at all.
    package var isFound: Bool { overlap > 0 && correlation > 0 }
  }

  private static let most = 40
  private static let tukey: Float = 4.685
  /// Values that differ by less of the template's own spread are alike.
  private static let least: Float = 0.005

  /// `coarsest` and `finest`: the sizes used. `moments`: the picture is seen as the mean of itself moved so, places of the
  /// template's picture to others there.
  package func align(
    _ template: AlignmentTemplate, to picture: GrayPicture, from start: Matrix3, coarsest: Int,
    finest: Int = 0, moments: [Matrix3] = [.identity], loops: Loops = .serial
  ) -> Alignment {
    var result = Alignment(matrix: start)
    let last = min(coarsest, template.levels.count - 1, picture.levels.count - 1)
    guard last >= finest else { return result }
    for size in stride(from: last, through: finest, by: -1) {
      let level = template.levels[size]
      guard level.count >= 4 * model.unknowns, !picture.levels[size].isEmpty else {
        if size == finest { return Alignment(matrix: result.matrix) }
        continue
      }
      let scale = Double(1 << size)
      var work = Work(
        model, level, picture.levels[size], moments.map { $0.coarser(by: scale) })
      let found = work.run(
        result.matrix.coarser(by: scale), tolerance: size == finest ? 0.002 : 0.02, loops: loops)
      guard let found else {
        if size == finest { return Alignment(matrix: result.matrix) }
        continue
      }
      result = found
      result.matrix = found.matrix.coarser(by: 1 / scale)
      result.error *= scale
    }
    return result
  }

  /// One size.
  private struct Work {
    let model: MotionModel
    let level: AlignmentTemplate.Level
    let picture: GrayPicture.Level
    let moments: [Matrix3]
    let frame: (x: Double, y: Double, scale: Double)
    /// The picture's values at the places of the template's pixels; NaN outside.
    var seen: [Float]
    var residuals: [Float]
    var weights: [Float]

    init(
      _ model: MotionModel, _ level: AlignmentTemplate.Level, _ picture: GrayPicture.Level,
      _ moments: [Matrix3]
    ) {
      self.model = model
      self.moments = moments
      self.level = level
      self.picture = picture
      frame = level.frame()
      seen = [Float](repeating: 0, count: level.count)
      residuals = seen
      weights = seen
    }

    private var count: Int { level.count }

    mutating func run(_ start: Matrix3, tolerance: Double, loops: Loops) -> Alignment? {
      let toFrame =
        Matrix3.scale(1 / frame.scale, 1 / frame.scale) * .translation(-frame.x, -frame.y)
      let fromFrame = Matrix3.translation(frame.x, frame.y) * .scale(frame.scale, frame.scale)
      var result = Alignment(matrix: start)
      var light: [Light]?
      var last: Step?
      for round in 0..<Aligner.most {
        look(through: result.matrix, loops)
        let valid = seen.count { $0 == $0 }
        guard valid >= 4 * model.unknowns, valid * 8 >= count else { return nil }
        let now = light ?? firstLight()
        weigh(now)
        guard let step = solve(now, loops) else { return nil }
        let after = zip(now, step.light).map { now, step in
          Light(gain: now.gain + step.gain, offset: now.offset + step.offset)
        }
        guard let back = model.matrix(step.motion).inverse else { return nil }
        let next = result.matrix * fromFrame * back * toFrame
        guard next.isFinite, let matrix = next.normalized else { return nil }
        result.matrix = matrix
        result.explain(by: after)
        (light, last) = (after, step)
        // The template's rim lies about 2 scales from its middle.
        let moved = (step.motion[0] * step.motion[0] + step.motion[1] * step.motion[1]).squareRoot()
        let bent = step.motion.dropFirst(2).map(abs).max() ?? 0
        if (moved + 2 * bent) * frame.scale < tolerance && round > 0 { break }
      }
      if let last { result.error = error(of: last) * frame.scale }
      return judged(result, loops)
    }

    /// Reads the picture at the template's places.
    private mutating func look(through matrix: Matrix3, _ loops: Loops) {
      let (level, picture, count) = (level, picture, count)
      let paths = moments.map { matrix * $0 }
      let block = 4096
      seen.withUnsafeMutableBufferPointer { seen in
        let out = PlaneView(
          rect: Rect(x0: 0, y0: 0, x1: count, y1: 1), base: seen.baseAddress!, stride: count)
        loops((count + block - 1) / block) { piece in
          let first = piece * block
          let n = min(block, count - first)
          level.x.withUnsafeBufferPointer { x in
            level.y.withUnsafeBufferPointer { y in
              picture.sample(
                out.base + first, x.baseAddress! + first, y.baseAddress! + first, n, through: paths)
            }
          }
        }
      }
    }

    private var groups: [Range<Int>] {
      zip([0] + level.ends.dropLast(), level.ends).map { $0..<$1 }
    }

    /// Gain and offset that make the spreads equal.
    private func firstLight() -> [Light] {
      groups.map { group in
        let sums = correlate(group, weighed: false)
        guard sums.n > 0 else { return Light() }
        let (a, b) = (sums.a / sums.n, sums.b / sums.n)
        let (va, vb) = (sums.aa / sums.n - a * a, sums.bb / sums.n - b * b)
        guard va > 0, vb > 0 else { return Light(offset: Float(b - a)) }
        let gain = min(max((vb / va).squareRoot(), 0.25), 4)
        return Light(gain: Float(gain), offset: Float(b - gain * a))
      }
    }

    /// Residuals, and how much each counts: by how far off it is, and by how well its picture fits at all.
    private mutating func weigh(_ lights: [Light]) {
      var spreads: [Float] = []
      for (group, light) in zip(groups, lights) {
        var sizes: [Float] = []
        sizes.reserveCapacity(group.count)
        var (sum, squares) = (0.0, 0.0)
        for i in group {
          let r = seen[i] - (light.gain * level.values[i] + light.offset)
          residuals[i] = r == r ? r : 0
          if r != r { continue }
          sizes.append(r.magnitude)
          sum += Double(seen[i])
          squares += Double(seen[i]) * Double(seen[i])
        }
        let count = Double(sizes.count)
        let spread = count > 0 ? max(0, squares - sum * sum / count) / count : 0
        let least = max(Aligner.least * Float(spread.squareRoot()), 1e-7)
        spreads.append(
          sizes.isEmpty ? .infinity : max(1.4826 * sizes.ranked(sizes.count / 2), least))
      }
      let finest = spreads.min() ?? 1
      for (group, spread) in zip(groups, spreads) {
        let scale = 1 / (Aligner.tukey * spread)
        // A picture that fits worse than noise makes it is off by the same everywhere, not at random: it
        // would pull.
        let part = (finest / spread) * (finest / spread)
        let share = part * part
        for i in group {
          let t = residuals[i] * scale
          let rest = 1 - t * t
          weights[i] = seen[i] == seen[i] && rest > 0 ? share * rest * rest : 0
        }
      }
    }

    private struct Step {
      var motion: [Double]
      var light: [Light]
      /// The normal equations, and what the residuals are beside what the step explains.
      var matrix: [Double]
      var rest: Double
    }

    /// The little motion, gain and offset that explain the residuals best.
    private func solve(_ lights: [Light], _ loops: Loops) -> Step? {
      let unknowns = model.unknowns + 2 * lights.count
      let size = (unknowns + 1) * (unknowns + 2) / 2
      let block = Int(BP_ALIGN_BLOCK)
      let blocks = (count + block - 1) / block
      let pieces = min(max(1, blocks / 8), 64)
      let parts = loops.map(pieces, otherwise: [Double](repeating: 0, count: size)) { piece in
        var sums = [Double](repeating: 0, count: size)
        withUnsafeTemporaryAllocation(of: Float.self, capacity: (unknowns + 1) * block) { columns in
          for index in (blocks * piece / pieces)..<(blocks * (piece + 1) / pieces) {
            let first = index * block
            let n = min(block, count - first)
            fill(columns.baseAddress!, block, first, n, lights)
            weights.withUnsafeBufferPointer { weights in
              bp_align_sums(&sums, columns.baseAddress!, weights.baseAddress! + first, unknowns, n)
            }
          }
        }
        return sums
      }
      var sums = [Double](repeating: 0, count: size)
      for part in parts { for i in 0..<size { sums[i] += part[i] } }
      return step(sums, unknowns)
    }

    private func fill(
      _ columns: UnsafeMutablePointer<Float>, _ stride: Int, _ first: Int, _ n: Int,
      _ lights: [Light]
    ) {
      let inverse = Float(1 / frame.scale)
      let (cx, cy) = (Float(frame.x), Float(frame.y))
      let rows = model.unknowns + 2 * lights.count
      let rest = (n + 15) / 16 * 16
      for row in model.unknowns...rows { for i in 0..<rest { columns[row * stride + i] = 0 } }
      for row in 0..<model.unknowns { for i in n..<rest { columns[row * stride + i] = 0 } }
      for (place, group) in groups.enumerated() {
        let part = group.clamped(to: first..<first + n)
        // Gradients are by pixel, coordinates by frames.
        let steep = lights[place].gain * Float(frame.scale)
        let light = columns + (model.unknowns + 2 * place) * stride
        for k in part {
          let i = k - first
          model.derivatives(
            columns, stride, i, (level.x[k] - cx) * inverse, (level.y[k] - cy) * inverse,
            steep * level.gx[k], steep * level.gy[k])
          light[i] = level.values[k]
          light[stride + i] = 1
          columns[rows * stride + i] = residuals[k]
        }
      }
    }

    /// Solves the normal equations.
    private func step(_ sums: [Double], _ unknowns: Int) -> Step? {
      var matrix = [Double](repeating: 0, count: unknowns * unknowns)
      var right = [Double](repeating: 0, count: unknowns)
      var k = 0
      var square = 0.0
      for a in 0...unknowns {
        for b in a...unknowns {
          if b < unknowns {
            matrix[a * unknowns + b] = sums[k]
            matrix[b * unknowns + a] = sums[k]
          } else if a < unknowns {
            right[a] = sums[k]
          } else {
            square = sums[k]
          }
          k += 1
        }
      }
      // What the pixels say nothing of stays where it is.
      for a in 0..<unknowns { matrix[a * unknowns + a] *= 1 + 1e-6 }
      guard let x = LinearSystem(matrix: matrix, right: right).solved(), x.allSatisfy(\.isFinite)
      else { return nil }
      return Step(
        motion: Array(x[0..<model.unknowns]),
        light: stride(from: model.unknowns, to: unknowns, by: 2).map {
          Light(gain: Float(x[$0]), offset: Float(x[$0 + 1]))
        },
        matrix: matrix, rest: max(0, square - zip(x, right).reduce(0) { $0 + $1.0 * $1.1 }))
    }

    /// One standard deviation of the motion's first two numbers, the greater one.
    private func error(of step: Step) -> Double {
      let unknowns = step.motion.count + 2 * step.light.count
      let total = weights.reduce(0.0) { $0 + Double($1) }
      let variance = step.rest / max(1, total - Double(unknowns))
      let spread = (0..<2).map { place in
        let unit = (0..<unknowns).map { $0 == place ? 1.0 : 0 }
        return LinearSystem(matrix: step.matrix, right: unit).solved()?[place] ?? .infinity
      }
      return (variance * max(spread[0], spread[1])).squareRoot()
    }

    private func correlate(_ group: Range<Int>, weighed: Bool) -> (
      n: Double, a: Double, b: Double, aa: Double, bb: Double, ab: Double
    ) {
      var (n, a, b, aa, bb, ab) = (0.0, 0.0, 0.0, 0.0, 0.0, 0.0)
      for i in group where seen[i] == seen[i] {
        let w = weighed ? Double(weights[i]) : 1
        let (p, q) = (Double(level.values[i]), Double(seen[i]))
        n += w
        a += w * p
        b += w * q
        aa += w * p * p
        bb += w * q * q
        ab += w * p * q
      }
      return (n, a, b, aa, bb, ab)
    }

    private mutating func judged(_ alignment: Alignment, _ loops: Loops) -> Alignment {
      var result = alignment
      look(through: result.matrix, loops)
      weigh(result.lights)
      let first = groups.first ?? 0..<0
      let valid = first.count { seen[$0] == seen[$0] }
      result.overlap = Double(valid) / Double(max(1, first.count))
      let most = first.reduce(Float(0)) { max($0, weights[$1]) }
      // Half of Tukey's weight lies where residuals are less than 0.54 of his limit.
      result.inliers = Double(first.count { weights[$0] > 0.25 * most }) / Double(max(1, valid))
      result.correlation = correlation(first)
      result.residual = residual(first)
      return result
    }

    private func residual(_ group: Range<Int>) -> Double {
      let sums = correlate(group, weighed: true)
      let square = group.reduce(0.0) {
        $0 + Double(weights[$1]) * Double(residuals[$1]) * Double(residuals[$1])
      }
      let spread = sums.bb - sums.b * sums.b / max(sums.n, 1e-30)
      return spread > 1e-7 * sums.bb ? (square / spread).squareRoot() : .infinity
    }

    private func correlation(_ group: Range<Int>) -> Double {
      let sums = correlate(group, weighed: true)
      guard sums.n > 0 else { return 0 }
      let covariance = sums.ab - sums.a * sums.b / sums.n
      let (va, vb) = (sums.aa - sums.a * sums.a / sums.n, sums.bb - sums.b * sums.b / sums.n)
      guard va > 1e-7 * sums.aa, vb > 1e-7 * sums.bb else { return 0 }
      return covariance / (va * vb).squareRoot()
    }
  }
}
