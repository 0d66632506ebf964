import BipackPixels

/// Follows a point from frame to frame.
///
/// The pattern is what surrounds the point in a reference frame, and stays that: errors do not add up. In each
/// frame it is looked for around where the point is expected, first to the pixel at a smaller size, by
/// correlation, then between pixels by least squares with gain and offset (`Aligner`). Where it is not found
/// what surrounded the point in the frame before is looked for, at half the confidence; where that is not
/// found either the point is lost, and looked for further and further around until the pattern is there
/// again, unmistakably.
package struct PointTracker: Sendable {
  /// The side of the pattern, in pixels.
  package var pattern: Double
  /// How far from where it is expected the point may be, in pixels.
  package var search: Double
  /// How the pattern may change.
  package var model: MotionModel

  package init(pattern: Double, search: Double, model: MotionModel) {
    self.pattern = pattern
    self.search = search
    self.model = model
  }

  /// What is known of a point at a frame. Coordinates are pixels, centres at whole numbers.
  package struct State: Sendable {
    package var x: Double
    package var y: Double
    /// How the pattern's surroundings are turned and stretched since the reference: a row after the other.
    package var shape = [1.0, 0, 0, 1]
    /// Pixels a frame.
    package var velocity = (x: 0.0, y: 0.0)
    /// From 0, lost, to 1.
    package var confidence = 1.0
    /// One standard deviation, in pixels, as noise makes it.
    package var error = 0.0
    /// How well the pattern fits on average, where it does.
    package var quality = 0.0
    /// For how many frames it has been lost.
    package var misses = 0

    package init(x: Double, y: Double) { (self.x, self.y) = (x, y) }
  }

  /// A frame with the point in it.
  package struct Place {
    package var image: Image
    package var x: Double
    package var y: Double

    package init(_ image: Image, _ x: Double, _ y: Double) {
      (self.image, self.x, self.y) = (image, x, y)
    }
  }

  /// Sizes: the smallest shows the pattern in 9 pixels or more.
  private var sizes: Int {
    var sizes = 1
    while pattern / Double(1 << sizes) >= 9 && sizes < 6 { sizes += 1 }
    return sizes
  }

  private var half: Double { max(2, pattern / 2) }

  /// The point in the next frame.
  package func follow(
    _ state: State, reference: Place, before: Image?, in image: Image, pool: BlockPool
  ) -> State {
    let expected = (
      x: state.x + (state.misses == 0 ? state.velocity.x : 0),
      y: state.y + (state.misses == 0 ? state.velocity.y : 0)
    )
    let reach = search * Double(1 + min(state.misses, 4))
    let seen = window(image, expected, half + reach, pool)
    let pattern = window(reference.image, (reference.x, reference.y), half, pool)
    if let match = match(
      pattern, (reference.x, reference.y), state.shape, in: seen, expected, reach, model,
      lost: state.misses > 0),
      match.quality >= max(0.5, (state.misses > 0 ? 0.85 : 0.75) * state.quality)
    {
      return state.found(match, confidence: min(1, match.quality / max(state.quality, 0.5)))
    }
    if state.misses == 0, let before {
      let recent = window(before, (state.x, state.y), half, pool)
      if let match = match(
        recent, (state.x, state.y), [1, 0, 0, 1], in: seen, expected, reach, .translation,
        lost: false), match.quality >= max(0.7, 0.9 * state.quality)
      {
        var next = state.found(match, confidence: 0.5)
        (next.shape, next.quality) = (state.shape, state.quality)
        return next
      }
    }
    return state.lost
  }

  fileprivate struct Match {
    var x: Double
    var y: Double
    var shape: [Double]
    var quality: Double
    var error: Double
  }

  private func match(
    _ template: GrayPicture, _ origin: (x: Double, y: Double), _ shape: [Double],
    in picture: GrayPicture, _ expected: (x: Double, y: Double), _ reach: Double,
    _ model: MotionModel, lost: Bool
  ) -> Match? {
    let size = sizes - 1
    guard size < template.levels.count, size < picture.levels.count else { return nil }
    let scale = Double(1 << size)
    let radius = max(3, Int((half / scale).rounded()))
    let (a, b, c, d) = (shape[0], shape[1], shape[2], shape[3])
    let determinant = a * d - b * c
    guard determinant.magnitude > 1e-3 else { return nil }
    // From around the point as it looks now back to the reference.
    guard
      let wanted = CorrelationSearch(
        template.levels[size], radius: (radius, radius),
        through: { i, j in
          (
            origin.x / scale + (d * i - b * j) / determinant,
            origin.y / scale + (a * j - c * i) / determinant
          )
        }),
      let place = wanted.find(
        in: picture.levels[size], near: expected.x / scale, expected.y / scale,
        reach: Int((reach / scale).rounded(.up)), apart: radius)
    else { return nil }
    // One of two that look alike is no find.
    if lost, let other = place.other, place.best.correlation - other.correlation < 0.08 {
      return nil
    }
    let outline = [(-half, -half), (half, -half), (half, half), (-half, half)].map {
      (x: origin.x + $0.0, y: origin.y + $0.1)
    }
    let start =
      Matrix3.translation(Double(place.best.x) * scale, Double(place.best.y) * scale)
      * Matrix3([a, b, 0, c, d, 0, 0, 0, 1]) * .translation(-origin.x, -origin.y)
    let pattern = AlignmentTemplate(template, inside: outline)
    var found = Aligner(.translation).align(pattern, to: picture, from: start, coarsest: size)
    if model != .translation, found.isFound {
      let bent = Aligner(model).align(pattern, to: picture, from: found.matrix, coarsest: 0)
      if bent.isFound, bent.correlation >= found.correlation - 0.02 { found = bent }
    }
    guard found.isFound, found.overlap > 0.5, found.gain > 0.1, found.gain < 10,
      let at = found.matrix.apply(origin.x, origin.y)
    else { return nil }
    // Least squares go between pixels, not somewhere else.
    let (dx, dy) = (
      at.x - Double(place.best.x) * scale, at.y - Double(place.best.y) * scale
    )
    guard (dx * dx + dy * dy).squareRoot() < 2 * scale + 1 else { return nil }
    let m = found.matrix.m
    return Match(
      x: at.x, y: at.y, shape: [m[0] / m[8], m[1] / m[8], m[3] / m[8], m[4] / m[8]],
      quality: found.correlation * min(1, found.inliers / 0.85) * min(1, found.overlap / 0.9),
      error: found.error)
  }

  private func window(
    _ image: Image, _ middle: (x: Double, y: Double), _ reach: Double, _ pool: BlockPool
  ) -> GrayPicture {
    // Halving and gradients look a little further.
    let margin = reach + Double(4 << sizes)
    let rect = RealRect(
      x0: middle.x - margin, y0: middle.y - margin, x1: middle.x + margin + 1,
      y1: middle.y + margin + 1
    ).covering()
    return GrayPicture(image, rect, levels: sizes, pool: pool, loops: .serial)
  }
}

extension PointTracker.State {
  fileprivate func found(_ match: PointTracker.Match, confidence: Double) -> Self {
    var next = self
    next.velocity =
      misses == 0 ? (match.x - x, match.y - y) : (0, 0)
    (next.x, next.y, next.shape, next.error) = (match.x, match.y, match.shape, match.error)
    next.confidence = confidence
    next.quality = quality == 0 ? match.quality : 0.8 * quality + 0.2 * match.quality
    next.misses = 0
    return next
  }

  fileprivate var lost: Self {
    var next = self
    // It goes on for a little.
    if misses < 3 {
      next.x += velocity.x
      next.y += velocity.y
      next.velocity = (0.5 * velocity.x, 0.5 * velocity.y)
    }
    next.confidence = 0
    next.misses += 1
    return next
  }
}
