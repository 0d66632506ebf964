/// Finds the cuts of a clip, and frames that repeat the one before, by their sketches.
///
/// A cut is a difference that is large by itself and large beside those around: fast motion is different
/// frame after frame. Where the frames on both sides of one or two others are alike, it was a flash; where a
/// flash, or a black frame, lies at a cut, there is one cut and not two. Dissolves and fades of four frames and
/// more are no cuts.
package struct CutFinder: Sendable {
  /// The least difference of a cut (`FrameSketch.difference`).
  package var threshold: Double
  /// The greatest difference of a frame that repeats the one before (`FrameSketch.detail`).
  package var tolerance: Double

  package init(threshold: Double, tolerance: Double) {
    self.threshold = threshold
    self.tolerance = tolerance
  }

  package struct Result: Sendable, Hashable {
    /// Places of the first frames of shots, but for the very first.
    package var cuts: [Int] = []
    /// Places of frames that repeat the one before.
    package var duplicates: [Int] = []
    /// How different each frame is from the one before; 0 for the first.
    package var differences: [Double] = []
  }

  /// A cut is so many times as different as what is usual around it.
  private static let prominence = 3.0
  /// What is around: so many frames on either side.
  private static let reach = 8
  /// A flash lasts so many frames at most.
  private static let flash = 2

  package func find(_ frames: [FrameSketch]) -> Result {
    var result = Result()
    result.differences = frames.indices.map { i in
      i == 0 ? 0 : frames[i].differenceOfContent(from: frames[i - 1])
    }
    let differences = result.differences
    let details = frames.indices.map { i in
      i == 0 ? Double.infinity : frames[i].detail(from: frames[i - 1])
    }
    let isRepeat = details.map { $0 <= tolerance }
    var cuts: [Int] = []
    for i in frames.indices.dropFirst() {
      if isRepeat[i] { result.duplicates.append(i) }
      let isCut =
        differences[i] > threshold
        && differences[i] > Self.prominence * usual(differences, isRepeat, around: i)
        && !isFlash(frames, at: i)
      if isCut { cuts.append(i) }
    }
    result.cuts = merged(cuts, frames)
    return result
  }

  /// Two cuts so near that what lies between them is a flash, a black frame, or the middle of a dissolve: the
  /// first, unless what lies between is more like what was before.
  private func merged(_ cuts: [Int], _ frames: [FrameSketch]) -> [Int] {
    var result: [Int] = []
    for cut in cuts {
      guard let last = result.last, cut - last <= Self.flash else {
        result.append(cut)
        continue
      }
      let before = frames[last].differenceOfContent(from: frames[last - 1])
      let after = frames[cut - 1].differenceOfContent(from: frames[cut])
      if before < after { result[result.count - 1] = cut }
    }
    return result
  }

  /// The median of the differences around, that of `i` left out. Clips on twos and threes repeat frames,
  /// which say nothing; a picture that is held longer stands still.
  private func usual(_ differences: [Double], _ isRepeat: [Bool], around i: Int) -> Double {
    func isBrief(_ place: Int) -> Bool {
      guard isRepeat[place] else { return false }
      let before = isRepeat[..<place].reversed().prefix { $0 }.count
      let after = isRepeat[place...].prefix { $0 }.count
      return before + after <= 2
    }
    let places = max(1, i - Self.reach)..<min(differences.count, i + Self.reach + 1)
    let around = places.filter { $0 != i && !isBrief($0) }.map { differences[$0] }.sorted()
    return around.isEmpty ? 0 : around[around.count / 2]
  }

  /// Whether the difference before frame `i` begins or ends a flash: the picture before it comes back.
  private func isFlash(_ frames: [FrameSketch], at i: Int) -> Bool {
    let here = frames[i].difference(from: frames[i - 1])
    func isAlike(_ a: Int, _ b: Int) -> Bool {
      guard frames.indices.contains(a), frames.indices.contains(b) else { return false }
      let between = frames[a].difference(from: frames[b])
      return between < 0.4 * here && between < threshold
    }
    for length in 1...Self.flash {
      if isAlike(i - 1, i + length) || isAlike(i - 1 - length, i) { return true }
    }
    return false
  }
}
