/// "Did you mean": the known word nearest to what was written.
package enum Spelling {
  /// The candidate with the fewest edits (letters added, dropped, changed or swapped), if there are
  /// few enough for the word's length, or a word it begins. Case does not count. Ties go to the first in order.
  package static func nearest(_ word: String, _ candidates: some Sequence<String>) -> String? {
    let lower = Array(word.lowercased().utf8)
    guard lower.count <= 64 else { return nil }
    let allowed = lower.count < 2 ? 0 : max(1, min(3, lower.count / 3))
    var best: (distance: Int, word: String)?
    for candidate in candidates.sorted() {
      let other = Array(candidate.lowercased().utf8)
      guard other.count <= 64 else { continue }
      let isBeginning = lower.count > 2 && other.starts(with: lower)
      guard isBeginning || abs(other.count - lower.count) <= allowed else { continue }
      let distance = isBeginning ? 1 : distance(lower, other)
      if distance <= allowed, distance < best?.distance ?? .max { best = (distance, candidate) }
    }
    return best?.word
  }

  /// Damerau-Levenshtein distance (optimal string alignment).
  package static func distance(_ a: [UInt8], _ b: [UInt8]) -> Int {
    var before: [Int] = []
    var last = Array(0...b.count)
    for i in 0..<a.count {
      var row = [i + 1]
      for j in 0..<b.count {
        var cost = min(last[j + 1] + 1, row[j] + 1, last[j] + (a[i] == b[j] ? 0 : 1))
        if i > 0, j > 0, a[i] == b[j - 1], a[i - 1] == b[j] { cost = min(cost, before[j - 1] + 1) }
        row.append(cost)
      }
      before = last
      last = row
    }
    return last[b.count]
  }
}
