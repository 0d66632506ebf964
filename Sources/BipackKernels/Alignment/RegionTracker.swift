import BipackPixels

/// Follows a flat region, or the whole of a picture, from frame to frame.
///
/// The template is the region in a reference frame, and stays that, so that errors do not add up. What the frame before shows of
/// it is looked for with it, in one system of equations, each by how well it fits: a region that looks as in the
/// reference is held by that, and one that has turned, is blurred otherwise or half hidden by its neighbour in time. The motion
/// of the frame before is where the search begins: by correlation at the smallest size, then by least
/// squares at all (`Aligner`). Where that does not fit, what the frame before shows of the region is found in this
/// one and the template looked for from there; and where that does not fit either, everywhere, turned and
/// scaled. A fit of the whole is none as long as the detail does not agree.
///
/// Motion blur pulls where it is not the same in both. How fast the region goes is known by then: the template is blurred as the
/// frame is, and the frame as the template is, for the shutter that explains most.
package struct RegionTracker: Sendable {
  package var model: MotionModel
  /// How far the region may have moved since the frame before, in pixels.
  package var search: Double

  package init(_ model: MotionModel, search: Double) {
    self.model = model
    self.search = search
  }

  package struct State: Sendable {
    /// From the reference frame's pixels to this one's, centres at whole numbers.
    package var matrix = Matrix3.identity
    package var confidence = 1.0
    /// One standard deviation of the region's middle, in pixels, as noise makes it.
    package var error = 0.0
    package var gain = 1.0
    package var offset = 0.0
    /// How much of the region is in the picture and seen.
    package var overlap = 1.0
    package var inliers = 1.0
    /// The matrix of the frame before, and the first that was found from the reference on: how fast the region goes.
    package var earlier = Matrix3.identity
    package var first = Matrix3.identity

    package init() {}
  }

  /// Sizes of a picture: the smallest about 48 pixels high.
  package static func sizes(for rect: Rect) -> Int {
    var sizes = 1
    while min(rect.width, rect.height) >> sizes >= 40 && sizes < 8 { sizes += 1 }
    return sizes
  }

  /// Less of the region in the picture is not enough to go by.
  private static let leastOverlap = 0.2

  /// The region in the next frame. `outline`: its corners in the reference frame, pixels, centres at whole numbers.
  package func follow(
    _ state: State, reference: GrayPicture, outline: [(x: Double, y: Double)], before: GrayPicture?,
    in picture: GrayPicture, loops: Loops
  ) -> State {
    let template = AlignmentTemplate(reference, inside: outline)
    var best = find(template, reference, outline, in: picture, from: state.matrix, loops)
    let moved = outline.compactMap { state.matrix.apply($0.x, $0.y) }
    // The region as the frame before shows it.
    if let before, moved.count == outline.count {
      if isSure(best) {
        if state.confidence > 0, state.matrix != .identity, let back = state.matrix.inverse {
          // What passed in front there is not looked for here.
          let recent = AlignmentTemplate(before, inside: moved).agreeing(
            with: reference, through: back, gain: state.gain, offset: state.offset)
          best = steadied(best, template, recent, state, in: picture, loops)
        }
      } else {
        let recent = AlignmentTemplate(before, inside: moved)
        let step = find(recent, before, moved, in: picture, from: .identity, loops)
        if step.isFound {
          let there = step.matrix * state.matrix
          let again = refine(template, in: picture, from: there, loops)
          if isSure(again) || quality(again) > quality(best) { best = again }
          if !isSure(best), isSure(step) {
            // Drifting: the reference is out of sight.
            best = step
            best.matrix = there
            return state.found(best, confidence: 0.5 * confidence(best))
          }
        }
      }
    }
    if !isSure(best) {
      let anywhere = findAnywhere(template, reference, outline, in: picture, loops)
      if quality(anywhere) > quality(best) + 0.1 { best = anywhere }
    }
    guard best.isFound, confidence(best) > 0 else { return state.lost }
    best = blurredAlike(best, template, reference, state, in: picture, loops)
    return state.found(best, confidence: confidence(best))
  }

  // MARK: How good

  /// A region of which half is hidden has half of its detail.
  private static let enoughDetail = 0.45

  private func quality(_ found: Aligner.Alignment) -> Double {
    guard found.isFound else { return 0 }
    return found.correlation * min(1, found.inliers / 0.6)
      * min(1, max(0, found.detail) / Self.enoughDetail)
  }

  private func isSure(_ found: Aligner.Alignment) -> Bool {
    quality(found) > 0.8 && found.overlap > Self.leastOverlap && found.gain > 0.2 && found.gain < 5
  }

  private func confidence(_ found: Aligner.Alignment) -> Double {
    guard found.gain > 0.1, found.gain < 10 else { return 0 }
    let fit = min(max((quality(found) - 0.45) / 0.4, 0), 1)
    return fit * min(1, found.overlap / 0.5)
  }

  // MARK: Finding

  /// What was found, held by the frame before as well.
  private func steadied(
    _ best: Aligner.Alignment, _ template: AlignmentTemplate, _ recent: AlignmentTemplate,
    _ state: State, in picture: GrayPicture, _ loops: Loops
  ) -> Aligner.Alignment {
    guard let both = template.joined(with: recent, through: state.matrix) else { return best }
    var found = Aligner(model).align(
      both, to: picture, from: best.matrix, coarsest: min(2, picture.levels.count - 1),
      loops: loops)
    found.detail = template.detail(in: picture, through: found.matrix)
    return quality(found) > quality(best) - 0.05 ? found : best
  }

  /// How long the shutter may be open, of a frame.
  private static let shutters = [0.25, 0.5, 0.75, 1]
  /// By how many pixels a frame the region must go otherwise than in the reference for its blur to matter.
  private static let leastDifference = 1.0
  /// By how much a shutter must explain more than none.
  private static let better = 0.9

  /// What was found, with the template blurred as this frame is and the frame as the reference is.
  private func blurredAlike(
    _ best: Aligner.Alignment, _ template: AlignmentTemplate, _ reference: GrayPicture,
    _ state: State,
    in picture: GrayPicture, _ loops: Loops
  ) -> Aligner.Alignment {
    let here = RealRect(around: template.outline).corners
    func places(_ matrix: Matrix3) -> [(x: Double, y: Double)]? {
      let moved = here.compactMap { matrix.apply($0.x, $0.y) }
      return moved.count == here.count ? moved : nil
    }
    // Of one step nobody knows how it changes.
    guard state.first != .identity, let back = best.matrix.inverse, let now = places(best.matrix),
      let before = places(state.matrix), let earlier = places(state.earlier),
      let first = places(state.first)
    else { return best }
    let path = ShutterPath(
      now, before: before, earlier: state.earlier == state.matrix ? nil : earlier)
    let start = ShutterPath(here, after: first)
    guard start.difference(from: path, through: best.matrix) > Self.leastDifference else {
      return best
    }
    let longest = max(path.longest, start.longest)
    let tried = loops.map(Self.shutters.count, otherwise: best) { index in
      let open = Self.shutters[index]
      let count = min(max(Int((longest * open / 1.5).rounded(.up)), 3), 12)
      guard let moments = path.moments(count, open: open),
        let others = start.moments(count, open: open)
      else { return best }
      let blurred = template.blurred(
        reference, by: moments.map { back * $0 * best.matrix }, further: others)
      var found = Aligner(model).align(
        blurred, to: picture, from: best.matrix, coarsest: 1, moments: others)
      // Blur makes all alike: what is sharp says more.
      found.detail = best.detail
      return found
    }
    var result = best
    for found in tried
    where found.residual < Self.better * result.residual && quality(found) > quality(best) - 0.1 {
      result = found
    }
    result.overlap = best.overlap
    return result
  }

  private func refine(
    _ template: AlignmentTemplate, in picture: GrayPicture, from start: Matrix3, _ loops: Loops
  ) -> Aligner.Alignment {
    let top = picture.levels.count - 1
    var from = start
    if model.unknowns > MotionModel.affine.unknowns {
      let rough = Aligner(.affine).align(
        template, to: picture, from: from, coarsest: top, finest: max(0, top - 1), loops: loops)
      if rough.isFound { from = rough.matrix }
    }
    var found = Aligner(model).align(
      template, to: picture, from: from, coarsest: top, loops: loops)
    found.detail = template.detail(in: picture, through: found.matrix)
    return found
  }

  /// Near where it was.
  private func find(
    _ template: AlignmentTemplate, _ reference: GrayPicture, _ outline: [(x: Double, y: Double)],
    in picture: GrayPicture, from start: Matrix3, _ loops: Loops
  ) -> Aligner.Alignment {
    let plain = refine(template, in: picture, from: start, loops)
    if isSure(plain) { return plain }
    guard let shifted = shift(reference, outline, in: picture, start) else { return plain }
    let found = refine(template, in: picture, from: shifted.matrix, loops)
    return quality(found) > quality(plain) ? found : plain
  }

  /// The start moved to where the middle of the region fits best at the smallest size.
  private func shift(
    _ reference: GrayPicture, _ outline: [(x: Double, y: Double)], in picture: GrayPicture,
    _ start: Matrix3, reach: Double? = nil
  ) -> (matrix: Matrix3, correlation: Double)? {
    let size = min(reference.levels.count, picture.levels.count) - 1
    let scale = Double(1 << size)
    let box = RealRect(around: outline)
    let middle = box.middle
    guard let there = start.apply(middle.x, middle.y), let back = start.inverse else { return nil }
    // Half of it: the rest may be out of the frame.
    let radius = (
      x: max(2, min(40, Int((box.x1 - box.x0) / scale / 4))),
      y: max(2, min(40, Int((box.y1 - box.y0) / scale / 4)))
    )
    guard
      let wanted = CorrelationSearch(
        reference.levels[size], radius: radius,
        through: { i, j in
          back.apply(there.x + i * scale, there.y + j * scale).map { ($0.x / scale, $0.y / scale) }
        }),
      let place = wanted.find(
        in: picture.levels[size], near: there.x / scale, there.y / scale,
        reach: Int(((reach ?? search) / scale).rounded(.up)), apart: 2)
    else { return nil }
    let step = Matrix3.translation(
      Double(place.best.x) * scale - there.x, Double(place.best.y) * scale - there.y)
    return (step * start, place.best.correlation)
  }

  /// Turned and scaled, wherever it fits best.
  private func findAnywhere(
    _ template: AlignmentTemplate, _ reference: GrayPicture, _ outline: [(x: Double, y: Double)],
    in picture: GrayPicture, _ loops: Loops
  ) -> Aligner.Alignment {
    let middle = RealRect(around: outline).middle
    let far = Double(picture.levels[0].rect.width + picture.levels[0].rect.height)
    let turns = model == .translation ? [0] : [0, -15, 15, -30, 30, -45.0, 45]
    let scales = model == .translation ? [1] : [1, 0.8, 1.25, 0.6, 1.6]
    let starts = turns.flatMap { turn in scales.map { (turn, $0) } }
    let tried = loops.map(starts.count, otherwise: (matrix: Matrix3.identity, correlation: -1.0)) {
      index in
      let (turn, scale) = starts[index]
      let start =
        Matrix3.translation(middle.x, middle.y) * .rotation(degrees: turn) * .scale(scale, scale)
        * .translation(-middle.x, -middle.y)
      return shift(reference, outline, in: picture, start, reach: far)
        ?? (matrix: .identity, correlation: -1)
    }
    var best = Aligner.Alignment(matrix: .identity)
    let order = tried.indices.sorted {
      (tried[$0].correlation, $1) > (tried[$1].correlation, $0)
    }
    for index in order.prefix(6) where tried[index].correlation > 0 {
      let found = refine(template, in: picture, from: tried[index].matrix, loops)
      if quality(found) > quality(best) { best = found }
      if isSure(best) { break }
    }
    return best
  }
}

extension RegionTracker.State {
  fileprivate func found(_ found: Aligner.Alignment, confidence: Double) -> Self {
    var next = self
    if first == .identity { next.first = found.matrix }
    next.earlier = matrix
    next.matrix = found.matrix
    next.confidence = confidence
    (next.error, next.gain, next.offset) = (found.error, found.gain, found.offset)
    (next.overlap, next.inliers) = (found.overlap, found.inliers)
    return next
  }

  fileprivate var lost: Self {
    var next = self
    next.earlier = matrix
    next.confidence = 0
    (next.overlap, next.inliers) = (0, 0)
    return next
  }
}
