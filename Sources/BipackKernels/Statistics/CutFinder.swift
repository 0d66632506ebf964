/// Finds the cuts of a clip, and frames that repeat the one before, by their sketches.
///
/// A cut is a difference that is large by itself and large beside those around: fast motion is different
/// frame after frame. Where the frames on both sides of one or two others are alike, it was a flash. Dissolves
/// and fades are no cuts.
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
      i == 0 ? 0 : frames[i].difference(from: frames[i - 1])
    }
    let differences = result.differences
    let details = frames.indices.map { i in
      i == 0 ? Double.infinity : frames[i].detail(from: frames[i - 1])
    }
    for i in frames.indices.dropFirst() {
      if details[i] <= tolerance { result.duplicates.append(i) }
      let isCut =
        differences[i] > threshold
        && differences[i] > Self.prominence * usual(differences, details, around: i)
        && !isFlash(frames, at: i)
      if isCut { result.cuts.append(i) }
    }
    return result
  }

  /// The median of the differences around, that of `i` left out and those of repeated frames.
  private func usual(_ differences: [Double], _ details: [Double], around i: Int) -> Double {
    let places = max(1, i - Self.reach)..<min(differences.count, i + Self.reach + 1)
    let around = places.filter { $0 != i && details[$0] > tolerance }.map { differences[$0] }
      .sorted()
    return around.isEmpty ? 0 : around[around.count / 2]
  }

  /// Whether the difference before frame `i` begins or ends a flash: the picture before it comes back.
  private func isFlash(_ frames: [FrameSketch], at i: Int) -> Bool {
    let here = frames[i].difference(from: frames[i - 1])
    func isAlike(_ a: Int, _ b: Int) -> Bool {
      guard frames.indices.contains(a), frames.indices.contains(b) else { return false }
      return frames[a].difference(from: frames[b]) < 0.4 * here
    }
    for length in 1...Self.flash {
      if isAlike(i - 1, i + length) || isAlike(i - 1 - length, i) { return true }
    }
    return false
  }
}
