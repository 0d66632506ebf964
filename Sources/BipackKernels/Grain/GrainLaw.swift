/// How strong grain is by brightness: its variance is a + b x + c x x, for the noise of reading a sensor, of light itself, and of
/// what differs from pixel to pixel. No part is below 0.
package struct GrainLaw: Sendable, Hashable {
  package private(set) var parts: [Double]

  package func variance(_ brightness: Double) -> Double {
    let x = max(0, brightness)
    return parts[0] + x * (parts[1] + x * parts[2])
  }

  /// What was seen at about one brightness.
  package struct Point: Sendable, Hashable {
    package var brightness: Double
    package var variance: Double
    package var count: Double

    package init(brightness: Double, variance: Double, count: Double) {
      (self.brightness, self.variance, self.count) = (brightness, variance, count)
    }
  }

  /// Through points, as shares of what each says. Texture only adds to grain: what lies above the law counts less than what
  /// lies below, and what lies far above not at all. Nil for no points.
  package init?(_ points: [Point]) {
    var kept = points.filter { $0.variance > 0 }
    guard var fit = Self.fit(kept) else { return nil }
    for _ in 0..<8 {
      let law = GrainLaw(parts: fit)
      let near = points.compactMap { point -> Point? in
        let above = point.variance / law.variance(point.brightness)
        guard above > 0, above < 1.4 else { return nil }
        var point = point
        if above > 1.1 { point.count = 0.6 * min(point.count, Self.enough) }
        return point
      }
      guard near.count > 1, near != kept, let again = Self.fit(near) else { break }
      (kept, fit) = (near, again)
    }
    parts = fit
  }

  /// More squares do not make a point surer.
  private static let enough = 100.0

  /// One for each channel. A channel that was seen at about one brightness only has the shape of all of them together. Nil
  /// where a channel has no points.
  package static func laws(_ channels: [[Point]]) -> [GrainLaw]? {
    let all = channels.joined().sorted { $0.brightness < $1.brightness }
    guard let together = GrainLaw(all) else { return nil }
    let found = channels.compactMap { points -> GrainLaw? in
      let lights = points.map(\.brightness)
      guard let first = lights.first, let last = lights.last else { return nil }
      if points.count > 2, last > 3 * max(first, 0) { return GrainLaw(points) }
      let shares = points.map { $0.variance / max(together.variance($0.brightness), 1e-20) }
      return together.scaled(shares.median)
    }
    return found.count == channels.count ? found : nil
  }

  private init(parts: [Double]) { self.parts = parts }

  func scaled(_ factor: Double) -> GrainLaw { GrainLaw(parts: parts.map { $0 * factor }) }

  /// Least squares without negative parts. The square of light counts where it is needed: beyond the points the simpler
  /// law is the safer.
  private static func fit(_ points: [Point]) -> [Double]? {
    guard let simple = best(points, of: 1..<4) else { return best(points, of: 1..<8)?.parts }
    let chance = 0.03 * 0.03 * points.reduce(0) { $0 + min($1.count, enough) }
    guard simple.error > chance, let full = best(points, of: 1..<8), full.error < 0.5 * simple.error
    else { return simple.parts }
    return full.parts
  }

  /// Of some choices of parts, each a bit, the best that has no negative one.
  private static func best(_ points: [Point], of choices: Range<Int>) -> (
    error: Double, parts: [Double]
  )? {
    var best: (error: Double, parts: [Double])?
    for choice in choices {
      let used = (0..<3).filter { choice >> $0 & 1 == 1 }
      var matrix = [Double](repeating: 0, count: used.count * used.count)
      var right = [Double](repeating: 0, count: used.count)
      func terms(_ point: Point) -> [Double] {
        let x = max(0, point.brightness)
        let all = [1 / point.variance, x / point.variance, x * x / point.variance]
        return used.map { all[$0] }
      }
      for point in points {
        let (terms, weight) = (terms(point), min(point.count, enough))
        for i in used.indices {
          right[i] += weight * terms[i]
          for j in used.indices { matrix[i * used.count + j] += weight * terms[i] * terms[j] }
        }
      }
      // Parts of different size: each is measured by its own.
      let scale = used.indices.map { max(matrix[$0 * used.count + $0], 1e-300).squareRoot() }
      for i in used.indices {
        right[i] /= scale[i]
        for j in used.indices { matrix[i * used.count + j] /= scale[i] * scale[j] }
      }
      guard let solved = LinearSystem(matrix: matrix, right: right).solved() else { continue }
      let found = zip(solved, scale).map { $0 / $1 }
      if found.contains(where: { !($0 >= 0) }) { continue }
      let error = points.reduce(0.0) { sum, point in
        let off = zip(terms(point), found).reduce(-1) { $0 + $1.0 * $1.1 }
        return sum + min(point.count, enough) * off * off
      }
      if best.map({ error < $0.error }) ?? true {
        var parts = [0.0, 0, 0]
        for (place, part) in zip(used, found) { parts[place] = part }
        best = (error, parts)
      }
    }
    return best
  }
}
